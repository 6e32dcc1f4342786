"""What is wrong with rules: names of what isn't there, patterns that never end, and rules that undo each other."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations

from msgspec import Struct

from ticket_api.tickets.pattern import Endless, tried
from ticket_api.tickets.rule import Rule, When
from ticket_api.tickets.rules import USUAL
from ticket_api.tickets.tag import spelling

EXACT = ("category", "lang", "offered", "plan", "channel", "hours")
"""Conditions of which two can't hold at once when they name different things."""
WARNINGS = frozenset({"unknown_reply", "unknown_customer_tag", "reply_language", "ask_language", "wide_pattern"})
"""What is only known from the store, as it may be made, or come, while the server runs; and what may well be meant."""
ANYTHING = re.compile(r"(?<!\\)\.(?:[*+]|\{\d*,\})")
"""Where a pattern lets any text stand, however long. Each multiplies its time by the length of the text."""


class Known(Struct, frozen=True, kw_only=True):
    """What rules may refer to. None: nothing is known of it, so that it isn't checked.

    `promises` are the promises of time of which the owner is told; `replies` are titles with their languages.
    """

    articles: Collection[str] | None = None
    categories: Collection[str] | None = None
    plans: Collection[str] | None = None
    webhooks: Collection[str] | None = None
    languages: Collection[str] | None = None
    promises: Collection[str] | None = None
    replies: Mapping[str, Collection[str]] | None = None
    customer_tags: Collection[str] | None = None


class Wrong(Struct, frozen=True):
    """What is wrong with a rule: a sentence of words/ (section `rule_wrong`) and what fills it."""

    code: str
    rule: str
    values: Mapping[str, object]

    @property
    def is_warning(self) -> bool:
        """Whether the server starts all the same, and the owner is told at the desk."""
        return self.code in WARNINGS


def wrongs(rules: Sequence[Rule], known: Known) -> list[Wrong]:
    """All that is wrong with rules, in their order."""
    found = [wrong for rule in rules for wrong in _wrong_alone(rule, known)]
    return [*found, *(wrong for first, second in combinations(rules, 2) for wrong in _wrong_together(first, second))]


def wrongs_with(rule: Rule, others: Sequence[Rule], known: Known) -> list[Wrong]:
    """What is wrong with a rule that is looked at after others."""
    return [*_wrong_alone(rule, known), *(wrong for each in others for wrong in _wrong_together(each, rule))]


def _wrong_alone(rule: Rule, known: Known) -> Iterator[Wrong]:
    yield from _unknown(rule, known)
    yield from _unpromised(rule, known)
    yield from _unspoken(rule, known)
    yield from _misspelled(rule)
    yield from _endless(rule)


def _wrong_together(first: Rule, second: Rule) -> Iterator[Wrong]:
    """A rule that is switched off undoes nothing; nor does one that is looked at after another with `stop`."""
    if first.name == second.name:
        yield Wrong("name_twice", first.name, {"name": first.name})
    elif first.on and second.on and not first.stop and (against := opposite(first, second)):
        yield Wrong("undo_each_other", first.name, {"name": first.name, "other": second.name, "action": against})


def _unknown(rule: Rule, known: Known) -> Iterator[Wrong]:
    when, then = rule.when, rule.then
    named = (
        ("unknown_article", when.offered, known.articles),
        ("unknown_category", when.category, known.categories),
        ("unknown_plan", when.plan, known.plans),
        ("unknown_lang", when.lang, known.languages),
        ("unknown_customer_tag", spelling(when.tag), known.customer_tags),
        ("unknown_webhook", then.webhook, known.webhooks),
        ("unknown_reply", then.reply, known.replies),
    )
    for code, value, there in named:
        if value and there is not None and value not in there:
            yield Wrong(code, rule.name, {"name": rule.name, "value": value})


def _unpromised(rule: Rule, known: Known) -> Iterator[Wrong]:
    """Nothing is told of a promise that nobody made, so that the rule would never act."""
    _, _, kind = rule.when.promise.partition(":")
    there = known.promises
    if rule.when.promise and there is not None and not (kind in there if kind else there):
        code = "unknown_promise" if there else "no_promises"
        yield Wrong(code, rule.name, {"name": rule.name, "value": kind})


def _unspoken(rule: Rule, known: Known) -> Iterator[Wrong]:
    """In which of the site's languages customers of whom the rule holds get nothing."""
    then = rule.then
    there = (known.replies or {}).get(then.reply, ())
    for lang in known.languages or ():
        if rule.when.lang not in ("", lang):
            continue
        values = {"name": rule.name, "value": then.reply, "language": lang}
        if there and lang not in there:
            yield Wrong("reply_language", rule.name, values)
        if then.ask and not then.asks(lang):
            yield Wrong("ask_language", rule.name, values)


def _misspelled(rule: Rule) -> Iterator[Wrong]:
    for tag in (rule.when.tag, rule.then.tag, rule.then.untag):
        if spelling(tag) != tag:
            yield Wrong("tag_spelling", rule.name, {"name": rule.name, "value": tag, "right": spelling(tag)})


def _endless(rule: Rule) -> Iterator[Wrong]:
    pattern = rule.when.pattern
    if pattern and (fault := _fault(pattern)):
        code, told = fault
        yield Wrong(code, rule.name, {"name": rule.name, "value": pattern, "told": told})
    elif len(ANYTHING.findall(pattern.strip(".*+?"))) > 1:
        yield Wrong("wide_pattern", rule.name, {"name": rule.name, "value": pattern})


@lru_cache(maxsize=1000)
def _fault(pattern: str) -> tuple[str, str] | None:
    """What is wrong with a pattern, kept, because an endless one takes some tenths of a second."""
    try:
        tried(pattern)
    except Endless as error:
        return "endless_pattern", str(error)
    except ValueError as error:
        return "bad_pattern", str(error)
    return None


def opposite(first: Rule, second: Rule) -> str:
    """The action in which two rules undo each other on a ticket of which both hold, or "".

    Rules that wait for another age, or for another thing to become of a promise, act one after the other, which is what
    they are for.
    """
    if not meet(first.when, second.when) or not _at_once(first.when, second.when):
        return ""
    one, two = first.then, second.then
    if one.priority and two.priority and one.priority != two.priority:
        return "priority"
    if (one.tag and spelling(one.tag) == spelling(two.untag)) or (two.tag and spelling(two.tag) == spelling(one.untag)):
        return "tag"
    if (one.quarantine and (two.writes or two.snooze)) or (two.quarantine and (one.writes or one.snooze)):
        return "quarantine"
    if one.snooze and two.snooze and one.snooze != two.snooze:
        return "snooze"
    return ""


def _at_once(one: When, two: When) -> bool:
    """Whether they may come to hold of a ticket at the same time: of any promise is also of one of them."""
    shorter, longer = sorted((one.promise, two.promise), key=len)
    same = shorter == longer or bool(shorter and longer.startswith(f"{shorter}:"))
    return one.age == two.age and same


def meet(one: When, two: When) -> bool:
    """Whether all conditions of both may hold of one ticket at once."""
    for name in EXACT:
        mine, other = getattr(one, name), getattr(two, name)
        if mine and other and mine != other:
            return False
    if not set((one.status,) if one.status else USUAL) & set((two.status,) if two.status else USUAL):
        return False
    least = max(one.rating_at_least or 1, two.rating_at_least or 1)
    return least <= min(one.rating_at_most or 5, two.rating_at_most or 5)
