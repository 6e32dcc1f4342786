"""Follower: takes part in what happens, event by event, across restarts, and once where several servers run."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from ticket_api.keys import new_uid
from ticket_api.store import Store
from ticket_api.tickets.event import Event

FOLLOWS = "follows:"
"""What the names of the papers begin with."""
BATCH = 200
LEASE = timedelta(minutes=2)
"""How long events are left to the server that took them: longer than any batch takes."""


class Followed(Struct, frozen=True):
    """How far it has come: the number and the hash of the last event, and who is at the next ones until when."""

    seq: int = 0
    hash: str = ""
    holder: str = ""
    until: datetime | None = None


class Follower:
    """Hands each event after its first start to `handle`, in order, in batches. What fails is handed out again.

    `handle` must therefore bear to be given an event twice. What it raises leaves the place as it was. It returns how
    many of the events, from the first on, it is done with; None means all.
    """

    def __init__(self, store: Store, name: str, handle: Callable[[Sequence[Event], datetime], int | None]) -> None:
        self._store = store
        self._paper = f"{FOLLOWS}{name}"
        self._handle = handle
        self._me = new_uid()

    def begin(self) -> None:
        """Follow from the last event on that there is, unless it followed before."""
        if not self._store.paper(self._paper):
            head = self._head()
            self._store.change_paper(self._paper, lambda paper: paper or _written(head))

    def skip(self) -> None:
        """Go on from the last event on that there is, whatever wasn't handed out yet."""
        head = self._head()
        self._store.change_paper(self._paper, lambda _: _written(head))

    def _head(self) -> Followed:
        head = self._store.events_before(0, limit=1)
        return Followed(head[0].seq, head[0].hash) if head else Followed()

    def follow(self, now: datetime) -> bool:
        """Hand out the next events; whether any were done with. Raises StoreUnavailable."""
        if not (paper := self._store.paper(self._paper)):  # taken away meanwhile
            self.begin()
            return False
        place = _read(paper)
        if self._is_taken(place, now) or not self._next(place):
            return False
        if place.holder != self._me or place.until is None or place.until - now < LEASE / 2:
            place = _read(self._store.change_paper(self._paper, lambda paper: self._claimed(paper, now)))
        events = self._next(place) if place.holder == self._me else []
        done = self._handle(events, now) if events else 0
        if last := (events if done is None else events[:done])[-1:]:
            settled = Followed(last[0].seq, last[0].hash, self._me, now + LEASE)
            self._store.change_paper(self._paper, lambda paper: self._settled(paper, settled, place))
        return bool(last)

    def _next(self, place: Followed) -> list[Event]:
        """The events that come next; from the end of a store that was put back to before what was followed."""
        events = self._store.events_after(max(0, place.seq - 1), limit=BATCH + 1)
        if not place.seq:
            return events
        if events and (events[0].seq, events[0].hash) == (place.seq, place.hash):
            return events[1:]
        self._store.change_paper(self._paper, lambda _: "")
        self.begin()
        return []

    def _is_taken(self, place: Followed, now: datetime) -> bool:
        """Whether another server is at it; a lease that ends too far ahead is none: the clock went back."""
        until = place.until
        return place.holder not in ("", self._me) and until is not None and now < until <= now + LEASE

    def _claimed(self, paper: str, now: datetime) -> str:
        place = _read(paper)
        mine = msgspec.structs.replace(place, holder=self._me, until=now + LEASE)
        return paper if self._is_taken(place, now) else _written(mine)

    def _settled(self, paper: str, place: Followed, before: Followed) -> str:
        """The place that was reached, unless another server took over or the place was moved meanwhile."""
        there = _read(paper)
        return _written(place) if (there.holder, there.seq) == (self._me, before.seq) else paper


def _read(paper: str) -> Followed:
    return msgspec.json.decode(paper, type=Followed) if paper else Followed()


def _written(place: Followed) -> str:
    return msgspec.json.encode(place).decode()
