"""Rules: which of them hold of a ticket, and why. Pure: what is known of its requester and the time are arguments."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple, get_args

from ticket_api.tickets.customers import NOBODY, Profile
from ticket_api.tickets.pattern import LONGEST, Budget, Compiled, OutOfTime, compiled, found
from ticket_api.tickets.promises import Kind, News, was_told
from ticket_api.tickets.rule import Rule, When, span
from ticket_api.tickets.tag import spelling
from ticket_api.tickets.ticket import Status, Ticket

USUAL: tuple[Status, ...] = ("open", "waiting", "solved")
"""The states in which a rule acts that names none: the requester has decided, and it isn't suspected."""
LONGEST_SHOWN = 60
"""Characters of what a pattern found that are kept to say why."""

Spell = Callable[[str], str]
"""A text in the one way that words are compared in: each word or Han character between spaces."""
Why = tuple[tuple[str, str], ...]
"""The conditions that held, by name, with what held them."""


class Facts:
    """What rules look at: a ticket, its requester, the time, and whether it was asked within the opening hours."""

    def __init__(
        self,
        ticket: Ticket,
        spell: Spell,
        now: datetime,
        profile: Callable[[], Profile] = lambda: NOBODY,
        was_open: Callable[[], bool] = lambda: True,
    ) -> None:
        self.ticket = ticket
        self.now = now
        self.budget = Budget()
        self._spell = spell
        self._profile = profile
        self._was_open = was_open

    @cached_property
    def profile(self) -> Profile:
        """What is known of the requester, looked up when a rule asks for it."""
        return self._profile()

    @cached_property
    def was_open(self) -> bool:
        """Whether it was asked within the opening hours."""
        return self._was_open()

    @cached_property
    def text(self) -> str:
        """The subject and what the requester wrote, at most LONGEST characters: the first half and the last."""
        ticket = self.ticket
        whole = "\n".join((ticket.subject, *(each.text for each in ticket.messages if each.author == "requester")))
        return whole if len(whole) <= LONGEST else f"{whole[: LONGEST // 2]}\n{whole[-LONGEST // 2 :]}"

    @cached_property
    def spelled(self) -> str:
        """The same, to look for words in."""
        return self._spell(self.text)

    @cached_property
    def offered(self) -> frozenset[str]:
        """The ids of the articles that were offered."""
        return frozenset(each.id for each in self.ticket.offers)

    @cached_property
    def customer_tags(self) -> frozenset[str]:
        """The requester's tags, as they are spelled."""
        return frozenset(map(spelling, self.profile.tags))


Check = Callable[[Facts], str | None]
"""Whether one condition holds: what holds it, None when it doesn't. May raise OutOfTime."""


class Held(NamedTuple):
    """A rule that holds of a ticket, and why."""

    rule: Rule
    why: Why


class Ready(NamedTuple):
    """A rule made ready: its conditions, the cheapest first."""

    rule: Rule
    checks: tuple[tuple[str, Check], ...]
    statuses: tuple[Status, ...]
    age: timedelta


def ready(rule: Rule, spell: Spell) -> Ready:
    """A rule that can be looked at many times. Raises ValueError for a pattern that can't be understood."""
    when = rule.when
    makers: Mapping[str, Callable[[], Check]] = {
        "lang": lambda: _same(when.lang, lambda facts: facts.ticket.lang),
        "channel": lambda: _same(when.channel, lambda facts: facts.ticket.channel or ""),
        "category": lambda: _same(when.category, _category),
        "plan": lambda: _same(when.plan, lambda facts: facts.profile.plan),
        "offered": lambda: lambda facts: when.offered if when.offered in facts.offered else None,
        "tag": lambda: _tagged(spelling(when.tag)),
        "hours": lambda: lambda facts: when.hours if facts.was_open == (when.hours == "open") else None,
        "promise": lambda: _told(when.promise),
        "rating_at_most": lambda: _rated(when),
        "rating_at_least": lambda: _rated(when),
        "words": lambda: _says(tuple((each, spell(each)) for each in when.words)),
        "pattern": lambda: _finds(compiled(when.pattern)),
    }
    given = when.given()
    checks = tuple((name, make()) for name, make in makers.items() if name in given)
    statuses = (when.status,) if when.status else USUAL
    return Ready(rule, checks, statuses, span(when.age) if when.age else timedelta())


def holding(
    rules: Sequence[Ready], facts: Facts, *, ran: frozenset[str], slow: Callable[[Rule], object]
) -> Iterator[Held]:
    """The rules that hold of a ticket and haven't acted on it, in order.

    `ran` are the names of those that have: one of them with `stop` ends it too. `slow` is told of a rule whose pattern
    ran out of time, and so doesn't hold.
    """
    for each in rules:
        if not each.rule.on:
            continue
        acted = each.rule.name in ran
        if acted and not each.rule.stop:
            continue
        why = () if acted else _why(each, facts, slow)
        if why is None:
            continue
        if not acted:
            yield Held(each.rule, why)
        if each.rule.stop:
            return


def next_look(rules: Sequence[Ready], facts: Facts, ran: frozenset[str]) -> datetime | None:
    """When a ticket becomes old enough for another rule that hasn't acted on it, or None."""
    ages = (
        facts.ticket.created_at + each.age for each in rules if each.age and each.rule.on and each.rule.name not in ran
    )
    return min((at for at in ages if at > facts.now), default=None)


def _why(each: Ready, facts: Facts, slow: Callable[[Rule], object]) -> Why | None:
    ticket = facts.ticket
    if ticket.status not in each.statuses or facts.now - ticket.created_at < each.age:
        return None
    why = []
    try:
        for name, check in each.checks:
            held = check(facts)
            if held is None:
                return None
            why.append((name, held))
    except OutOfTime:
        slow(each.rule)
        return None
    when = each.rule.when
    return (*why, *((name, value) for name, value in (("age", when.age), ("status", when.status)) if value))


def _same(wanted: str, of: Callable[[Facts], str]) -> Check:
    return lambda facts: wanted if of(facts) == wanted else None


def _category(facts: Facts) -> str:
    return facts.ticket.category.name if facts.ticket.category else ""


def _tagged(wanted: str) -> Check:
    return lambda facts: wanted if wanted in facts.customer_tags else None


def _told(wanted: str) -> Check:
    """Whether the owner was told so of a promise; a rule that asks for any says of which."""
    news: News = "near" if wanted.startswith("near") else "missed"
    kinds: tuple[Kind, ...] = tuple(kind for kind in get_args(Kind) if wanted in (news, f"{news}:{kind}"))

    def check(facts: Facts) -> str | None:
        return next((f"{news}:{kind}" for kind in kinds if was_told(facts.ticket, kind, news)), None)

    return check


def _rated(when: When) -> Check:
    least, most = when.rating_at_least or 1, when.rating_at_most or 5

    def check(facts: Facts) -> str | None:
        rating = facts.ticket.rating
        return str(rating.score) if rating and least <= rating.score <= most else None

    return check


def _says(wanted: Sequence[tuple[str, str]]) -> Check:
    def check(facts: Facts) -> str | None:
        spelled = facts.spelled
        for word, form in wanted:
            if form in spelled and form.strip():
                return word
        return None

    return check


def _finds(pattern: Compiled) -> Check:
    def check(facts: Facts) -> str | None:
        match = found(pattern, facts.text, facts.budget)
        return None if match is None else " ".join(match.split())[:LONGEST_SHOWN]

    return check
