"""Segments: which customers the owner looks for, as a filter says it, and what may be saved under a name."""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from msgspec import Struct

from ticket_api.errors import Invalid
from ticket_api.tickets.customers import Customer
from ticket_api.tickets.tag import spelling

LONGEST_FILTER = 200
LONGEST_NAME = 60
MOST_SEGMENTS = 50
"""Segments that may be saved on the page."""
FIFTHS = 5
"""What `value` is at most."""

NONE: Mapping[str, str] = {}
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
NUMBERS: Mapping[str, Callable[[Customer, int], float]] = {
    "value": lambda customer, _: customer.kept.value,
    "risk": lambda customer, today: customer.risk(today).score,
    "orders": lambda customer, _: customer.kept.orders.orders if customer.kept.orders else 0,
    "tickets": lambda customer, _: customer.tickets,
}
"""What a number says of a customer; the second is today's ordinal."""
TEXTS: Mapping[str, Callable[[Customer, str], bool]] = {
    "word": lambda customer, word: word in customer.address or word in customer.name.casefold(),
    "plan": lambda customer, plan: customer.kept.plan.casefold() == plan,
    "tag": lambda customer, tag: tag in customer.kept.tags,
    "lang": lambda customer, lang: customer.lang == lang,
}
"""Whether a text holds of a customer."""
_SPELLED: Mapping[str, Callable[[str], str]] = {"plan": str.casefold, "tag": spelling, "lang": str}


class Clause(NamedTuple):
    """One thing that must be so: `field` is one of TEXTS with its `text`, or of NUMBERS, compared with `bound`."""

    field: str
    text: str = ""
    compare: str = ""
    bound: float = 0.0

    def holds(self, customer: Customer, today: int) -> bool:
        """Whether it is so; `today` is an ordinal."""
        if self.field in TEXTS:
            return TEXTS[self.field](customer, self.text)
        return COMPARED[self.compare](NUMBERS[self.field](customer, today), self.bound)


class Segment(Struct, frozen=True):
    """The customers of whom all clauses hold."""

    clauses: tuple[Clause, ...] = ()

    def __call__(self, customer: Customer, today: int) -> bool:
        """Whether a customer is one of them; `today` is an ordinal."""
        return all(clause.holds(customer, today) for clause in self.clauses)


def read_segment(typed: str, segments: Mapping[str, str] = NONE) -> Segment:
    """A filter as it is typed: `plan:pro value:>=4 risk:>0.5 tag:vip orders:3 tickets:>2 lang:zh` and words, all of
    which must be so; `segment:NAME` is the one of that name. Words are looked for in names and addresses.

    Raises Invalid with what can't be understood. A word with a colon that is none of ours is a word like any other.
    """
    return Segment(tuple(dict.fromkeys(_clauses(typed, segments, (), set()))))


def named(name: str) -> str:
    """The filter that is the segment of this name."""
    return f'segment:"{name}"'


def check_name(name: str) -> None:
    """Raise Invalid for a name that no segment may have."""
    if not name:
        raise Invalid("empty_segment", field="name")
    if len(name) > LONGEST_NAME:
        raise Invalid("field_too_long", field="name", name="name", limit=LONGEST_NAME)
    if '"' in name:
        raise Invalid("segment_quotes", field="name")


def _clauses(typed: str, segments: Mapping[str, str], within: tuple[str, ...], done: set[str]) -> Iterator[Clause]:
    """What a filter says, each segment in it once; `within` are the names that it stands in."""
    if len(typed) > LONGEST_FILTER:
        raise Invalid("long_search", field="q", limit=LONGEST_FILTER)
    for word in FIELD.sub(" ", typed).casefold().split():
        yield Clause("word", word)
    for field, quoted, plain in FIELD.findall(typed):
        value = quoted or plain
        if field == "segment":
            yield from _saved(value, segments, within, done)
        elif field in NUMBERS:
            yield _compared(field, value)
        else:
            yield Clause(field, _SPELLED[field](value))


def _saved(name: str, segments: Mapping[str, str], within: tuple[str, ...], done: set[str]) -> Iterator[Clause]:
    if name in within:
        raise Invalid("segment_circle", field="q", name=name)
    if name not in segments:
        raise Invalid("unknown_segment", field="q", name=name)
    if name not in done:
        yield from _clauses(segments[name], segments, (*within, name), done)
        done.add(name)


def _compared(field: str, value: str) -> Clause:
    found = NUMBER.fullmatch(value)
    if not found:
        raise Invalid("unknown_number", field="q", name=field, value=value)
    if field == "value" and float(found[2]) > FIFTHS:
        raise Invalid("no_fifth", field="q", value=value)
    return Clause(field, "", found[1] or "", float(found[2]))


def mentions(typed: str, name: str) -> bool:
    """Whether a filter names a segment."""
    return any(field == "segment" and (quoted or plain) == name for field, quoted, plain in FIELD.findall(typed))
