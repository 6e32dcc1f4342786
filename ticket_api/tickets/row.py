"""Row: what the queue shows of a ticket, and where in the queue it stands."""

from datetime import datetime
from typing import Literal, NamedTuple, get_args

from msgspec import UNSET, Struct, UnsetType

from ticket_api.tickets.priority import MOST, Assessment, Facts, Quadrant
from ticket_api.tickets.ticket import Status, Ticket

View = Literal["open", "waiting", "snoozed", "solved", "offered", "quarantined"]
VIEWS: tuple[View, ...] = get_args(View)
"""What the owner leafs through; every ticket stands in one of them."""

FIRST_WORDS = 160
"""Characters of the question that a row shows."""
_LIFT = 10**14
"""More milliseconds than any time has: what a hundredth of a score lifts a ticket by."""


class Pressing(NamedTuple):
    """How much a ticket presses, and of which facts that was computed."""

    facts: Facts
    found: Assessment


class Row(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the queue shows of a ticket.

    `words` are the first of the question; `since` is when the owner's turn began, or when it changed last; `offers` is
    how many articles the requester had seen. `quadrant` and `score` tell how much one presses that is to be answered;
    `priority` is the owner's own word on it, 0 for none. Times are aware and in UTC.
    """

    id: int
    version: int
    status: Status
    words: str
    subject: str = ""
    who: str = ""
    lang: str
    since: datetime
    created_at: datetime
    tags: tuple[str, ...] = ()
    priority: int = 0
    quadrant: Quadrant | Literal[""] = ""
    score: float = 0.0
    offers: int = 0
    messages: int = 1
    answered: bool = False
    rating: int = 0
    snoozed_until: datetime | None = None


def row_of(ticket: Ticket, found: Assessment | None = None) -> Row:
    """What the queue shows of a ticket, with how much it presses where it is to be answered."""
    return Row(
        id=ticket.id,
        version=ticket.version,
        status=ticket.status,
        words=" ".join(ticket.question[: 4 * FIRST_WORDS].split())[:FIRST_WORDS],
        subject=ticket.subject,
        who=ticket.name or ticket.email,
        lang=ticket.lang,
        since=since(ticket),
        created_at=ticket.created_at,
        tags=ticket.tags or (),
        priority=ticket.priority or 0,
        quadrant=found.quadrant if found else "",
        score=round(found.score, 2) if found else 0.0,
        offers=len(ticket.offers),
        messages=len(ticket.messages),
        answered=ticket.answered,
        rating=ticket.rating.score if ticket.rating else 0,
        snoozed_until=_set(ticket.snoozed_until),
    )


def view_of(ticket: Ticket) -> View:
    """The view that a ticket stands in; a snoozed one stays in its own until somebody wakes it."""
    if ticket.status == "deflected":
        return "solved"
    if ticket.snoozed_until and ticket.status in ("open", "waiting"):
        return "snoozed"
    return ticket.status


def since(ticket: Ticket) -> datetime:
    """Since when the requester waits: their first message after the owner's last; else when the ticket changed last."""
    waiting = None
    for message in reversed(ticket.messages):
        if message.author == "owner":
            break
        waiting = message.at
    return waiting or ticket.changed_at


def rank(ticket: Ticket, score: float = 0.0) -> int:
    """Where a ticket stands in its view, the least first.

    To answer: by score, then who waits longest. Snoozed: who wakes first. Offered: the oldest. Else what changed last.
    """
    view = view_of(ticket)
    if view == "open":
        return rank_of(score, since(ticket))
    if view == "snoozed":
        return milliseconds(ticket.snoozed_until or ticket.changed_at)
    return milliseconds(ticket.created_at) if view == "offered" else -milliseconds(ticket.changed_at)


def rank_of(score: float, waits_since: datetime) -> int:
    """Where a ticket that is to be answered stands; scores count to the hundredth."""
    return round((MOST - score) * 100) * _LIFT + milliseconds(waits_since)


def milliseconds(moment: datetime) -> int:
    """A time as milliseconds of Unix time."""
    return int(moment.timestamp() * 1000)


def _set(moment: datetime | UnsetType | None) -> datetime | None:
    return None if moment is UNSET else moment or None
