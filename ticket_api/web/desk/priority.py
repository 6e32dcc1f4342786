"""Why a ticket stands where it does, in words."""

from dataclasses import dataclass
from datetime import datetime

from ticket_api.tickets.priority import (
    IMPORTANT,
    USUAL_IMPORTANCE,
    USUAL_URGENCY,
    Assessment,
    Part,
    Quadrant,
    Weights,
)
from ticket_api.tickets.row import view_of
from ticket_api.tickets.ticket import Ticket
from ticket_api.web.context import Context
from ticket_api.words import say

WEIGHED_ONCE = 1.0
"""A weight that needs no words."""


@dataclass(frozen=True, slots=True)
class Told:
    """A part: its sentence, the points that it gives once they are weighed, and how they were."""

    told: str
    points: str
    weighed: str


@dataclass(frozen=True, slots=True)
class Side:
    """Importance or urgency: what it is, what is usual, and the parts that it is made of."""

    name: str
    level: str
    usual: str
    begins: str
    parts: list[Told]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page of a ticket says of its priority; `shown` is whether it is to be answered at all."""

    shown: bool
    quadrant: Quadrant
    told: str
    sides: list[Side]
    mean: str
    until: datetime | None


def pressing_of(context: Context, ticket: Ticket, now: datetime, lang: str) -> Shown:
    """Read what counts by now, and say it in the owner's language. Raises StoreUnavailable."""
    found, weights = context.priorities.explain(ticket, now), context.priorities.scale.weights
    return shown(found, weights, lang, view_of(ticket) == "open")


def shown(found: Assessment, weights: Weights, lang: str, waits: bool) -> Shown:
    """An assessment in words."""
    a, b = weights.importance, weights.urgency
    values = {"importance": found.importance, "urgency": found.urgency, "a": a, "b": b, "sum": a + b}
    told = {name: number(value) for name, value in {**values, "score": found.computed}.items()}
    if found.owner:
        sentence = say(lang, "priority.word", owner=found.owner, score=told["score"])
    else:
        sentence = say(lang, "priority.score", score=told["score"])
    important = [part for part in found.parts if part.name in IMPORTANT]
    urgent = [part for part in found.parts if part.name not in IMPORTANT]
    sides = [
        _side("importance", found.importance, USUAL_IMPORTANCE, important, lang),
        _side("urgency", found.urgency, USUAL_URGENCY, urgent, lang),
    ]
    return Shown(waits, found.quadrant, sentence, sides, say(lang, "priority.mean", **told), found.until)


def _side(name: str, level: float, usual: float, parts: list[Part], lang: str) -> Side:
    told = [_told(part, lang) for part in parts]
    total = usual + sum(part.points * part.weight for part in parts)
    if total != level:
        held = "priority.most" if total > level else "priority.least"
        told.append(Told(say(lang, held, level=number(level)), signed(level - total), ""))
    heading, begins = say(lang, f"priority.{name}"), say(lang, f"priority.usual_{name}")
    return Side(heading, say(lang, "work.of_five", score=number(level)), begins, number(usual), told)


def _told(part: Part, lang: str) -> Told:
    told = say(lang, f"priority.part_{part.reason}", about=part.about)
    weighed = "" if part.weight == WEIGHED_ONCE else f"{signed(part.points)} × {number(part.weight)}"
    return Told(told, signed(part.points * part.weight), weighed)


def number(value: float) -> str:
    """A number with at most two digits behind the point."""
    return f"{round(value, 2):g}"


def signed(value: float) -> str:
    """The same with its sign."""
    return f"+{number(value)}" if value >= 0 else f"−{number(-value)}"
