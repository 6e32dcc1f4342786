"""Promises of time: until when a ticket is to be answered and solved, and how it stands with that."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct

from ticket_api.tickets.event import Event
from ticket_api.tickets.hours import Calendar, before
from ticket_api.tickets.priority import QUADRANTS, Quadrant
from ticket_api.tickets.ticket import Status, Ticket

Kind = Literal["first_response", "resolution"]
News = Literal["near", "missed"]
"""What the owner is told of a promise."""
State = Literal["running", "near", "late", "kept", "missed"]
"""`near`: most of the target is used up; `late`: all of it, and it isn't done. Then it was `kept` or `missed`."""

LONGEST = 1000.0
"""In hours, or as many opening days: the longest target."""
OUR_TURN: frozenset[Status] = frozenset({"offered", "open"})
"""In these states a ticket's clock runs; in all others it stands still."""
DONE: frozenset[Status] = frozenset({"solved", "deflected"})

_SPAN = re.compile(r"(\d{1,6}(?:\.\d{1,4})?) ?([mhd])", re.ASCII)
_SECOND = timedelta(seconds=1)

Turn = tuple[datetime, datetime | None]
"""From when until when the clock runs; None: it runs still."""


class ByQuadrant(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A span of opening time for each quadrant, such as "30m", "8h" or "3d"; "" for none."""

    now: str = ""
    soon: str = ""
    plan: str = ""
    whenever: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError for what is no span."""
        for quadrant in QUADRANTS:
            if text := getattr(self, quadrant):
                _read(quadrant, text)


class Targets(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table `[targets]`. `warn_at` is the part of a target after which the owner is warned; `mail`: by mail too.

    Where a quadrant has no target for the first response, that of the preferences holds.
    """

    first_response: ByQuadrant = ByQuadrant()
    resolution: ByQuadrant = ByQuadrant()
    warn_at: Annotated[float, Meta(gt=0, le=1)] = 0.75
    mail: bool = True

    def span(self, kind: Kind, quadrant: Quadrant, calendar: Calendar) -> timedelta | None:
        """How much opening time a promise leaves, or None; a day is as long as the calendar's days are in the mean."""
        text: str = getattr(getattr(self, kind), quadrant)
        if not text:
            return None
        amount, unit = _read(quadrant, text)
        return amount * {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": calendar.day}[unit]


class Terms(Struct, frozen=True):
    """What is promised: the targets, the one of the preferences for a first response, and when it is open."""

    targets: Targets
    usual: timedelta
    calendar: Calendar

    def span(self, kind: Kind, quadrant: Quadrant) -> timedelta | None:
        """How much opening time a promise leaves, or None where there is no such promise."""
        usual = self.usual if kind == "first_response" else None
        return self.targets.span(kind, quadrant, self.calendar) or usual

    def spans(self) -> dict[Quadrant, timedelta]:
        """How much opening time the first answer may take, by quadrant."""
        return {each: self.span("first_response", each) or self.usual for each in QUADRANTS}

    def overdue(self, now: datetime) -> dict[Quadrant, datetime]:
        """Of each quadrant, since when those have waited whose answer is overdue by now."""
        of = self.calendar
        return {each: before(now, span, of.hours, of.zone, of.days) for each, span in self.spans().items()}


class Promise(Struct, frozen=True, kw_only=True):
    """One promise to a requester, as it stands at an instant. Times are aware and in UTC, spans are opening time.

    `used` is how much of `target` has passed. `due` is when all of it has or will have; None as long as the clock
    stands still before. `paused`: it isn't the owner's turn. `again` is when `state` changes next if nothing happens.
    """

    kind: Kind
    state: State
    target: timedelta
    used: timedelta
    due: datetime | None
    paused: bool
    again: datetime | None = None

    @property
    def left(self) -> timedelta:
        """How much opening time there is still; less than none when it is late."""
        return self.target - self.used


def promises(
    ticket: Ticket, terms: Terms, quadrant: Quadrant, now: datetime, history: Sequence[Event] = ()
) -> list[Promise]:
    """How it stands with the promises about a ticket; none for one that goes on elsewhere or is quarantined.

    Both begin when it was asked. The clock stands still while it isn't the owner's turn: that is read from `history`,
    the ticket's events, to the second; without these from its messages, from the owner's to the requester's next. A
    snoozed ticket's clock runs on. More than the target has to pass before it is late: what is due at the end of a day
    may be answered until the next begins, as in the queue.
    """
    if ticket.merged_into or ticket.status == "quarantined":
        return []
    turns = list(_by_events(history) if history else _by_thread(ticket))
    found = []
    for kind in get_args(Kind):
        span = terms.span(kind, quadrant)
        if span is not None and (kind == "resolution" or ticket.answered or ticket.status not in DONE):
            end = ticket.first_reply_at if kind == "first_response" else None
            found.append(_promise(kind, span, _until(turns, end), terms, now, done=_is_done(kind, ticket)))
    return found


def _is_done(kind: Kind, ticket: Ticket) -> bool:
    return ticket.answered if kind == "first_response" else ticket.status in DONE


def _promise(
    kind: Kind, target: timedelta, turns: Sequence[Turn], terms: Terms, now: datetime, *, done: bool
) -> Promise:
    calendar, used, due = terms.calendar, timedelta(), None
    running = bool(turns) and turns[-1][1] is None and not done
    before = used
    for start, end in turns:
        before, used = used, used + calendar.open_time(start, end or now)
        if due is None and (used >= target or end is None):
            due = calendar.after(start, target - before)
    warn = terms.targets.warn_at * target
    state = _state(used, target, warn, done=done)
    next_at = {"running": warn, "near": target + _SECOND}.get(state)
    again = calendar.after(turns[-1][0], next_at - before) if running and next_at is not None else None
    return Promise(
        kind=kind, state=state, target=target, used=used, due=due, paused=not running and not done, again=again
    )


def _state(used: timedelta, target: timedelta, warn: timedelta, *, done: bool) -> State:
    if done:
        return "kept" if used <= target else "missed"
    return "late" if used > target else "near" if used >= warn else "running"


def _until(turns: Sequence[Turn], end: datetime | None) -> list[Turn]:
    """The turns as far as they lie before an end."""
    if end is None:
        return list(turns)
    return [(start, min(stop or end, end)) for start, stop in turns if start < end]


def _by_events(history: Sequence[Event]) -> Iterator[Turn]:
    """When it was the owner's turn, by the ticket's state after each event."""
    since: datetime | None = None
    for event in history:
        ours = event.status in OUR_TURN
        if ours and since is None:
            since = event.at
        elif not ours and since is not None:
            yield since, max(since, event.at)  # a clock may have gone back
            since = None
    if since is not None:
        yield since, None


def _by_thread(ticket: Ticket) -> Iterator[Turn]:
    """When it was the owner's turn, as far as the messages tell."""
    since: datetime | None = ticket.created_at
    for message in ticket.messages:
        at = max(message.at, ticket.created_at)
        if message.author == "requester" and since is None:
            since = at
        elif message.author == "owner" and since is not None:
            yield since, max(since, at)
            since = None
    if ticket.status in OUR_TURN:
        yield since or ticket.changed_at, None  # without a word, it was taken up again when it changed last
    elif since is not None:
        yield since, max(since, ticket.solved_at or ticket.changed_at)


def note_of(promise: Promise, what: News) -> str:
    """What is noted on the ticket once the owner was told so of a promise: once for each time at which it was due."""
    due = promise.due.astimezone(UTC) if promise.due else datetime.min
    return f"{_told_so(promise.kind, what)}{due:%Y-%m-%dT%H:%M}Z"


def was_told(ticket: Ticket, kind: Kind, what: News) -> bool:
    """Whether the owner was told so of a promise about a ticket, in whichever quadrant it was then."""
    return any(each.name.startswith(_told_so(kind, what)) for each in ticket.ran or ())


def is_known(ticket: Ticket, promise: Promise, what: News) -> bool:
    """Whether the owner needn't be told so of a promise as it stands.

    They were told so of this due time; or that it was missed, of a later one: in a quadrant that leaves less time it
    is missed all the more.
    """
    note, told = note_of(promise, what), _told_so(promise.kind, what)
    names = [each.name for each in ticket.ran or () if each.name.startswith(told)]
    return any(name == note or (what == "missed" and name > note) for name in names)


def _told_so(kind: Kind, what: News) -> str:
    """What the names of such notes begin with; behind it stands when the promise was due, so that they sort by time."""
    return f"promise:{kind}:{what}:"


def deadline_of(ticket: Ticket, terms: Terms, quadrant: Quadrant = "whenever") -> datetime | None:
    """When the first of the promises that are still to be kept is or was due, as far as the ticket itself tells.

    None while it isn't the owner's turn. Of no quadrant named, the one that leaves most time: so what a quadrant is
    computed of may be this.
    """
    if ticket.status not in OUR_TURN:
        return None
    found = promises(ticket, terms, quadrant, ticket.changed_at)
    return min((each.due for each in found if each.due and each.state not in ("kept", "missed")), default=None)


def _read(quadrant: str, text: str) -> tuple[float, str]:
    """A span of time as its amount and unit. Raises ValueError."""
    found = _SPAN.fullmatch(text.strip())
    amount = float(found[1]) if found else 0.0
    if found is None or not 0 < amount / (60 if found[2] == "m" else 1) <= LONGEST:
        raise ValueError(
            f"the target for {quadrant}, “{text}”, is no span of time above 0 and up to {LONGEST:.0f} hours or days;"
            " write minutes, hours or opening days, such as 30m, 8h or 3d"
        )
    return amount, found[2]
