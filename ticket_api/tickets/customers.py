"""What is known of a requester beside the tickets, and which customers the owner looks for."""

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from ticket_api.errors import Invalid
from ticket_api.tickets.message import Note
from ticket_api.tickets.orders import Figures, Loyalty, Risk, risk_of
from ticket_api.tickets.tag import spelling


class Profile(Struct, frozen=True, kw_only=True):
    """A customer as priorities and rules see them. `value` is in which fifth of all customers, from 1 to 5 for the most
    valuable, 0 where no orders are known; `plan` is "" where none is."""

    plan: str = ""
    value: int = 0
    tags: tuple[str, ...] = ()


NOBODY = Profile()
"""A requester of whom nothing is known."""

LONGEST_NAME, LONGEST_FIELD, LONGEST_NOTE = 60, 500, 5_000
MOST_TAGS, MOST_FIELDS, MOST_NOTES, MOST_MERGED = 30, 30, 200, 10
LONGEST_FILTER = 200


class Kept(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is kept of a requester, as `Profile` reads it too: plan, value and tags are those of all addresses together.

    `address` is the key of theirs. `own_plan` and `own_tags` are the owner's words about this address, `fields` by
    name, `notes` by time. `merged` are the ids of requesters who are the same person, `into` is the one that this is
    merged into. `orders` are the figures of all addresses, `loyalty` is None where there are too few customers.
    """

    address: str = ""
    plan: str = ""
    value: int = 0
    tags: tuple[str, ...] = ()
    own_plan: str = ""
    own_tags: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    notes: tuple[Note, ...] = ()
    merged: tuple[str, ...] = ()
    into: str = ""
    orders: Figures | None = None
    loyalty: Loyalty | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known but the address."""
        return self == Kept(address=self.address)


def settled(group: Mapping[str, Kept], main: str, orders: Figures | None, loyalty: Loyalty | None) -> dict[str, Kept]:
    """All of one person, by requester, with plan, value and tags as they follow from the owner's words and the orders.

    The owner's plan comes before that of the last order, the main address's before that of the others.
    """
    ordered = [group[main], *(each for name, each in group.items() if name != main)]
    plan = next((each.own_plan for each in ordered if each.own_plan), orders.plan if orders else "")
    tags = tuple(sorted({tag for each in ordered for tag in each.own_tags}))
    value = loyalty.value if loyalty else 0
    return {
        name: replace(
            each,
            plan=plan,
            value=value,
            tags=tags,
            orders=orders if name == main else None,
            loyalty=loyalty if name == main else None,
        )
        for name, each in group.items()
    }


def tagged(kept: Kept, tag: str) -> Kept:
    """With a tag more. Raises Invalid."""
    spelled = spelling(tag)
    if not spelled:
        raise Invalid("missing_tag", field="tag")
    if len(spelled) > LONGEST_NAME:
        raise Invalid("field_too_long", field="tag", name="tag", limit=LONGEST_NAME)
    tags = tuple(sorted({*kept.own_tags, spelled}))
    if len(tags) > MOST_TAGS:
        raise Invalid("many_of_customer", field="tag", limit=MOST_TAGS)
    return replace(kept, own_tags=tags)


def untagged(kept: Kept, tag: str) -> Kept:
    """Without a tag."""
    return replace(kept, own_tags=tuple(each for each in kept.own_tags if each != tag))


def planned(kept: Kept, plan: str) -> Kept:
    """With the plan that the owner says; "" leaves it to the orders. Raises Invalid."""
    name = " ".join(plan.split())
    if len(name) > LONGEST_NAME:
        raise Invalid("field_too_long", field="plan", name="plan", limit=LONGEST_NAME)
    return replace(kept, own_plan=name)


def with_field(kept: Kept, name: str, value: str) -> Kept:
    """With an own field, in place of one of that name; an empty value takes it away. Raises Invalid."""
    known, given, text = dict(kept.fields), " ".join(name.split()), value.strip()
    if not given:
        raise Invalid("empty_field", field="name", name="name")
    if len(given) > LONGEST_NAME:
        raise Invalid("field_too_long", field="name", name="name", limit=LONGEST_NAME)
    if len(text) > LONGEST_FIELD:
        raise Invalid("field_too_long", field="value", name="value", limit=LONGEST_FIELD)
    known.pop(given, None)
    fields = {**known, given: text} if text else known
    if len(fields) > MOST_FIELDS:
        raise Invalid("many_of_customer", field="name", limit=MOST_FIELDS)
    return replace(kept, fields=tuple(fields.items()))


def noted(kept: Kept, text: str, now: datetime) -> Kept:
    """With a note more; the same words twice in a row, by a second click, are one. Raises Invalid."""
    if not text.strip():
        raise Invalid("missing_note", field="note")
    if len(text) > LONGEST_NOTE:
        raise Invalid("field_too_long", field="note", name="note", limit=LONGEST_NOTE)
    if len(kept.notes) >= MOST_NOTES:
        raise Invalid("many_of_customer", field="note", limit=MOST_NOTES)
    if kept.notes and kept.notes[-1].text == text:
        return kept
    return replace(kept, notes=(*kept.notes, Note(text, now)))


def unnoted(kept: Kept, number: int) -> Kept:
    """Without the note with this number, from 0."""
    return replace(kept, notes=tuple(note for place, note in enumerate(kept.notes) if place != number))


class Customer(Struct, frozen=True, kw_only=True):
    """A customer as the list shows them: all that is known of the person, whatever the address.

    `messages` are those that they wrote, `scores` their ratings from 1 to 5, `open` tickets wait for the owner.
    """

    requester: str
    address: str
    name: str = ""
    lang: str = "en"
    tickets: int = 0
    open: int = 0
    messages: int = 0
    scores: tuple[int, ...] = ()
    first: datetime
    last: datetime
    kept: Kept = Kept()

    @property
    def badly_rated(self) -> int:
        """How many of their tickets they rated 1 or 2."""
        return sum(score <= 2 for score in self.scores)

    def risk(self, today: int) -> Risk:
        """Their risk of leaving."""
        return risk_of(self.kept.orders, self.open, self.badly_rated, today)


FIELD = re.compile(r'(?<!\S)(plan|tag|value|risk|orders|tickets|lang|segment):(?:"([^"]*)"|(\S+))')
NUMBER = re.compile(r"(>=|<=|>|<|=)?(\d{1,9}(?:\.\d{1,6})?)", re.ASCII)
COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "": operator.eq,
}
Wanted = Callable[[Customer, int], bool]
"""Whether a customer is looked for; the second is today's ordinal."""


def read_segment(typed: str, segments: Mapping[str, str] | None = None) -> Wanted:
    """A filter as it is typed: `plan:pro value:>=4 risk:>0.5 tag:vip orders:3 tickets:>2 lang:zh` and words, all of
    which must be so; `segment:NAME` is the saved one of that name. Words are looked for in names and addresses.

    Raises Invalid with what can't be understood. A word with a colon that is none of ours is a word like any other.
    """
    if len(typed) > LONGEST_FILTER:
        raise Invalid("long_search", field="q", limit=LONGEST_FILTER)
    words = FIELD.sub(" ", typed).casefold().split()
    given = [(name, quoted or plain) for name, quoted, plain in FIELD.findall(typed)]
    tests = [_has_word(word) for word in words]
    for name, value in given:
        if name == "segment":
            tests.append(_saved(value, segments or {}))
        elif name in _NUMBERS:
            tests.append(_compared(name, value))
        else:
            tests.append(_TEXTS[name](value))
    return lambda customer, today: all(test(customer, today) for test in tests)


def _saved(name: str, segments: Mapping[str, str]) -> Wanted:
    if name not in segments:
        raise Invalid("unknown_segment", field="q", name=name)
    return read_segment(segments[name])


def _has_word(word: str) -> Wanted:
    return lambda customer, _: word in customer.address or word in customer.name.casefold()


def _compared(name: str, value: str) -> Wanted:
    found = NUMBER.fullmatch(value)
    if not found:
        raise Invalid("unknown_number", field="q", name=name, value=value)
    compare, bound, read = COMPARED[found[1] or ""], float(found[2]), _NUMBERS[name]
    return lambda customer, today: compare(read(customer, today), bound)


def _has_plan(value: str) -> Wanted:
    plan = value.casefold()
    return lambda customer, _: customer.kept.plan.casefold() == plan


def _has_tag(value: str) -> Wanted:
    tag = spelling(value)
    return lambda customer, _: tag in customer.kept.tags


def _has_lang(value: str) -> Wanted:
    return lambda customer, _: customer.lang == value


_NUMBERS: Mapping[str, Callable[[Customer, int], float]] = {
    "value": lambda customer, _: customer.kept.value,
    "risk": lambda customer, today: customer.risk(today).score,
    "orders": lambda customer, _: customer.kept.orders.orders if customer.kept.orders else 0,
    "tickets": lambda customer, _: customer.tickets,
}
_TEXTS: Mapping[str, Callable[[str], Wanted]] = {"plan": _has_plan, "tag": _has_tag, "lang": _has_lang}

SORTS: Mapping[str, Callable[[Customer, int], int]] = {
    "seen": lambda customer, _: int(customer.last.timestamp() * 1000),
    "value": lambda customer, _: customer.kept.orders.cents if customer.kept.orders else -(1 << 62),
    "risk": lambda customer, today: round(customer.risk(today).score * 1_000_000),
}
"""What customers are sorted by, the greatest first."""


def sorted_by(customers: Iterable[Customer], sort: str, today: int) -> Sequence[tuple[int, Customer]]:
    """Customers in their order, each with what it is by; of the same, by the id."""
    read = SORTS[sort]
    return sorted(((read(each, today), each) for each in customers), key=lambda pair: (-pair[0], pair[1].requester))
