"""Rule: when something holds of a ticket, what is done to it; as it stands in helpleaf.toml or was made at the desk."""

import re
from datetime import timedelta
from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import asdict, fields

from ticket_api.tickets.ticket import Status

LONGEST_NAME = 60
LONGEST_PATTERN = 500
LONGEST_TEXT = 2000
MOST_RULES = 500
MOST_WORDS = 100
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
LONGEST_SPAN = timedelta(days=366)

_SPAN = re.compile(r"([1-9]\d{0,4}) ?([mhdw])", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

Name = Annotated[str, Meta(max_length=100)]
Word = Annotated[str, Meta(min_length=1, max_length=100)]
Text = Annotated[str, Meta(max_length=LONGEST_TEXT)]
Stars = Annotated[int, Meta(ge=1, le=5)]
Told = Literal["near", "missed", "near:first_response", "missed:first_response", "near:resolution", "missed:resolution"]
"""What the owner was told of a promise of time, of any or of one of the two."""


def span(text: str) -> timedelta:
    """A span as it is written: "30m", "2h", "3d" or "1w". Raises ValueError."""
    found = _SPAN.fullmatch(text.strip())
    length = int(found[1]) * UNITS[found[2]] if found else timedelta()
    if not timedelta() < length <= LONGEST_SPAN:
        raise ValueError(f'"{text}" is no span of time: write "30m", "2h", "3d" or "1w", a year at most')
    return length


class When(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What must hold of a ticket, all that is given at once; with nothing given, every ticket will do.

    `words`: any of these, as whole words of what the requester wrote, whatever their endings. `pattern`: found in it.
    `offered`: the id of an article that was offered. `tag` and `plan` are the requester's. `hours`: whether it was
    asked within the opening hours. `age`: asked at least so long ago. `promise`: the owner was told so of a promise of
    time. Without `status`: open, waiting or solved.
    """

    words: Annotated[tuple[Word, ...], Meta(max_length=MOST_WORDS)] = ()
    pattern: Annotated[str, Meta(max_length=LONGEST_PATTERN)] = ""
    category: Name = ""
    lang: Name = ""
    offered: Annotated[str, Meta(max_length=300)] = ""
    tag: Name = ""
    plan: Name = ""
    channel: Name = ""
    hours: Literal["", "open", "closed"] = ""
    rating_at_most: Stars | None = None
    rating_at_least: Stars | None = None
    age: str = ""
    promise: Told | Literal[""] = ""
    status: Status | Literal[""] = ""

    def __post_init__(self) -> None:
        """Raise ValueError for an age that is no span, and for ratings that none can be."""
        if self.age:
            span(self.age)
        if (self.rating_at_least or 1) > (self.rating_at_most or 5):
            raise ValueError("no rating is both at least and at most that: rating_at_least is above rating_at_most")

    def given(self) -> dict[str, object]:
        """The conditions that are given, by name."""
        return _given(self)


class Then(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is done, in this order. At least one thing.

    `reply` is the title of a saved reply; `ask` names what the customer is asked for, in one language or by language;
    `webhook` is the name of one; `quarantine` and `snooze` (a span) take the ticket out of the queue.
    """

    tag: Name = ""
    untag: Name = ""
    priority: Stars | None = None
    note: Text = ""
    reply: Name = ""
    ask: Name | dict[str, Name] = ""
    snooze: str = ""
    quarantine: bool = False
    webhook: Name = ""

    def __post_init__(self) -> None:
        """Raise ValueError for a span that is none, and for nothing to be done."""
        if self.snooze:
            span(self.snooze)
        if not self.given():
            raise ValueError("a rule has to do something: give one of " + ", ".join(each.name for each in fields(self)))
        if self.reply and self.ask:
            raise ValueError("a rule sends one message: give reply or ask, not both")
        if self.quarantine and (self.writes or self.snooze):
            raise ValueError("a rule that quarantines a ticket can't also write to its customer or snooze it")

    def given(self) -> dict[str, object]:
        """The actions that are given, by name."""
        return _given(self)

    def asks(self, lang: str) -> str:
        """What the customer is asked for in a language, or ""."""
        return self.ask if isinstance(self.ask, str) else self.ask.get(lang, "")

    @property
    def writes(self) -> bool:
        """Whether the customer gets a message."""
        return bool(self.reply or self.ask)


class Rule(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One rule. Rules are looked at in their order; after one with `stop` that holds, no other is."""

    name: Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]
    on: bool = True
    when: When = When()
    then: Then
    stop: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError for a name that couldn't be shown on one line."""
        if self.name != self.name.strip() or _CONTROL.search(self.name):
            raise ValueError(f"the name {self.name!r} has spaces around it, or characters that can't be seen")


def _given(group: When | Then) -> dict[str, object]:
    return {name: value for name, value in asdict(group).items() if value not in ("", (), None, False, {})}
