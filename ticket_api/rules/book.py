"""Rules: those of helpleaf.toml and those of the desk, kept in one paper; what holds of a ticket, and what it gets."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from ticket_api import preferences, words
from ticket_api.customers import Customers
from ticket_api.errors import Conflict, Invalid, NotFound, Stop
from ticket_api.preferences import fill
from ticket_api.rules.kept import PAPER, SLOW, Kept, Present, Slow, decoded, encoded, listing, slow_in
from ticket_api.rules.known import spelled
from ticket_api.rules.newest import newest
from ticket_api.rules.wording import fault_said
from ticket_api.settings import Settings
from ticket_api.settings.sections import section
from ticket_api.store import Store
from ticket_api.tickets.event import Act
from ticket_api.tickets.handling import sealed
from ticket_api.tickets.hours import is_open
from ticket_api.tickets.rule import MOST_RULES, Rule
from ticket_api.tickets.rule_acts import Unheard, undone
from ticket_api.tickets.rule_checks import Known, Wrong, wrongs, wrongs_with
from ticket_api.tickets.rules import Facts, Ready, ready
from ticket_api.tickets.ticket import Ticket


class Rules:
    """The rules of one desk. `known` tells what they may refer to, of the settings and the articles.

    Raises Stop for a table of helpleaf.toml that can't be understood.
    """

    def __init__(self, store: Store, settings: Settings, *, known: Callable[[], Known] = Known) -> None:
        self._store = store
        self._settings = settings
        self._customers = Customers(store)
        self._zone = ZoneInfo(settings.timezone)
        self._of_file = tuple(section(settings, "rules", list[Rule]) or ())
        self.known = known
        self._read: tuple[str, Present] = ("-", Present(0, (), (), {}))
        if len(self._of_file) > MOST_RULES:
            raise Stop(f"{settings.file}: in rules: there are more than {MOST_RULES}. Put some together.")

    def require_right(self) -> None:
        """Raise Stop with a sentence for the first thing that is wrong with the rules of the file."""
        for wrong in wrongs(self._of_file, self.known()):
            if not wrong.is_warning:
                raise Stop(f"{self._settings.file}: in rules: {fault_said(wrong, 'en')}")

    def last(self) -> int:
        """The number of the last ticket, 0 without any. Raises StoreUnavailable."""
        return next((each.id for each in newest(self._store, 1)), 0)

    def begin(self, last: int) -> None:
        """Note after which ticket those rules of the file are in force that are on. Raises StoreUnavailable."""
        names = {rule.name for rule in self._of_file if rule.on}

        def note(paper: str) -> str:
            kept = decoded(paper)
            there = names | {rule.name for rule in kept.rules}
            after = {name: number for name, number in kept.after.items() if name in there}
            after |= dict.fromkeys(there - after.keys(), last)
            return paper if after == kept.after else encoded(replace(kept, after=after))

        self._store.change_paper(PAPER, note)

    def present(self) -> Present:
        """The rules in force, as they are stored by now. Raises StoreUnavailable."""
        paper = self._store.paper(PAPER)
        if paper != self._read[0]:
            self._read = paper, self._made(decoded(paper))
        return self._read[1]

    def wrongs(self, known: Known | None = None) -> list[Wrong]:
        """All that is wrong with the rules in force. Raises StoreUnavailable."""
        rules = [replace(each.rule, on=each.on) for each in self.present().listed]
        return wrongs(rules, known or self._known_all())

    def facts(self, ticket: Ticket, now: datetime) -> Facts:
        """What rules look at."""

        def was_open() -> bool:
            return is_open(ticket.created_at, preferences.read(self._store).hours, self._zone)

        return Facts(ticket, spelled, now, lambda: self._customers.profile(ticket.requester), was_open)

    def message(self, rule: Rule, ticket: Ticket) -> str:
        """What a rule writes to the customer, in the ticket's language, "" for nothing.

        None of the customer's own words stand in it: the address may be another's. Raises StoreUnavailable.
        """
        preferred = preferences.read(self._store)
        company = preferred.name or self._settings.company
        if asked := rule.then.asks(ticket.lang):
            return words.say(ticket.lang, "automatic.ask", field=asked)
        saved = next((each for each in preferred.replies_in(ticket.lang) if each.title == rule.then.reply), None)
        if saved is None:
            return ""
        offer = ticket.offers[0] if ticket.offers else None
        article = f"[{offer.title}]({self._settings.served_url}{offer.url})" if offer else ""
        return fill(saved.text, name="", number=str(ticket.id), company=company, article=article)

    def wordless(self, rule: Rule) -> Unheard:
        """Why a rule has no message in a ticket's language. Raises StoreUnavailable."""
        if rule.then.ask:
            return "ask_language"
        there = any(each.title == rule.then.reply for each in preferences.read(self._store).replies)
        return "reply_language" if there else "no_reply"

    def slow(self) -> Mapping[str, Slow]:
        """Which rules' patterns, as they stand now, ran out of time, by the rule's name. Raises StoreUnavailable."""
        return _still(slow_in(self._store.paper(SLOW)), self.present())

    def ran_slow(self, rules: Sequence[Rule], ticket_id: int) -> list[str]:
        """Note that the patterns of rules ran out of time on a ticket; the names of those of which it is the first.

        Nothing is switched off by that: it is a stranger who writes what a pattern is slow on. Raises StoreUnavailable.
        """
        first: list[str] = []
        present = self.present()

        def count(paper: str) -> str:
            nonlocal first
            there = _still(slow_in(paper), present)
            first = [each.name for each in rules if each.name not in there]
            noted = {each.name: there.get(each.name, Slow(each.when.pattern)).again(ticket_id) for each in rules}
            return encoded({**there, **noted})

        self._store.change_paper(SLOW, count)
        return first

    def undo(self, ticket_id: int, name: str, now: datetime) -> Ticket:
        """The owner takes back what a rule did to a ticket. Raises NotFound, Conflict and StoreUnavailable."""
        act = Act("owner", "rule_undone", now)
        return self._store.change_ticket(ticket_id, lambda each: sealed(each, undone(each, name, now)), act)

    def faults(self, rule: Rule, before: str) -> list[Wrong]:
        """What is wrong with a rule that takes the place of the one with this name ("": a new one), but for warnings.

        Takes up to a second, for a pattern that never ends. Raises StoreUnavailable.
        """
        others = [replace(each.rule, on=each.on) for each in self.present().listed if each.rule.name != before]
        return [each for each in wrongs_with(rule, others, self.known()) if not each.is_warning]

    def put(self, rule: Rule, before: str, version: int, now: datetime) -> None:
        """Store a rule without `faults` in place of the one of this name, or at the end where `before` is "".

        Raises Conflict when rules were changed meanwhile, Invalid for one too many, and StoreUnavailable.
        """
        last = self.last()

        def alter(kept: Kept) -> Kept:
            names = [each.name for each in kept.rules]
            if before and before not in names:
                raise Conflict("rules_meanwhile")
            if not before and len(names) + len(self._of_file) >= MOST_RULES:
                raise Invalid("many_rules", limit=MOST_RULES)
            new = replace(rule, on=True)
            stored = tuple(new if each.name == before else each for each in kept.rules)
            after = {name: number for name, number in kept.after.items() if name != before}
            after[rule.name] = kept.after.get(before, last)
            off = tuple(name for name in kept.off if name not in (before, rule.name))
            return replace(
                kept,
                rules=stored if before else (*stored, new),
                off=off if rule.on else (*off, rule.name),
                after=after,
            )

        self._change(alter, version, now)

    def drop(self, name: str, version: int, now: datetime) -> None:
        """Remove a rule of the desk. Raises Conflict, NotFound, StoreUnavailable."""

        def alter(kept: Kept) -> Kept:
            left = tuple(each for each in kept.rules if each.name != name)
            if len(left) == len(kept.rules):
                raise NotFound("not_found")
            return replace(kept, rules=left, off=tuple(each for each in kept.off if each != name))

        self._change(alter, version, now)

    def move(self, name: str, by: int, version: int, now: datetime) -> None:
        """Let a rule of the desk be looked at earlier (-1) or later (1).

        Raises Conflict, NotFound, StoreUnavailable.
        """

        def alter(kept: Kept) -> Kept:
            names = [each.name for each in kept.rules]
            if name not in names:
                raise NotFound("not_found")
            place = names.index(name)
            order = list(kept.rules)
            order.insert(max(0, place + by), order.pop(place))
            return replace(kept, rules=tuple(order))

        self._change(alter, version, now)

    def switch(self, name: str, version: int, now: datetime, *, on: bool) -> None:
        """Switch a rule on or off, of the file's too, from now on. Raises Conflict, NotFound, StoreUnavailable."""
        if name not in {each.rule.name for each in self.present().listed}:
            raise NotFound("not_found")
        last = self.last()

        def alter(kept: Kept) -> Kept:
            off = tuple(each for each in kept.off if each != name)
            after = {**kept.after, name: last} if on else kept.after
            return replace(kept, off=off if on else (*off, name), after=after)

        self._change(alter, version, now)

    def _change(self, alter: Callable[[Kept], Kept], version: int, now: datetime) -> None:
        def change(paper: str) -> str:
            kept = decoded(paper)
            if kept.version != version:
                raise Conflict("rules_meanwhile")
            return encoded(replace(alter(kept), version=version + 1))

        self._store.change_paper(PAPER, change)
        self._store.record(Act("owner", "rules_changed", now))

    def _made(self, kept: Kept) -> Present:
        listed = [listing(rule, kept, in_file=True) for rule in self._of_file]
        listed += [listing(rule, kept, in_file=False) for rule in kept.rules]
        in_force = [replace(each.rule, on=each.on) for each in listed]
        return Present(kept.version, tuple(listed), tuple(_ready(in_force)), kept.after)

    def _known_all(self) -> Known:
        """What rules may refer to, of the store too."""
        replies: dict[str, list[str]] = {}
        for reply in preferences.read(self._store).replies:
            replies.setdefault(reply.title, []).append(reply.lang)
        tags = {tag for profile in self._customers.profiles().values() for tag in profile.tags}
        return replace(self.known(), replies=replies, customer_tags=tags)


def _still(slow: Mapping[str, Slow], present: Present) -> dict[str, Slow]:
    """Those that are told of a pattern as it stands now."""
    patterns = {each.rule.name: each.rule.when.pattern for each in present.listed}
    return {name: each for name, each in slow.items() if patterns.get(name) == each.pattern}


def _ready(rules: Sequence[Rule]) -> list[Ready]:
    """Those that can be looked at; a pattern that another version of this program took may be none of ours."""
    made = []
    for rule in rules:
        try:
            made.append(ready(rule, spelled))
        except ValueError:
            continue
    return made
