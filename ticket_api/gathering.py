"""Gathering: what is learned of the tickets, kept up with a store by its events. In memory alone."""

import time
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from ticket_api.store import Store
from ticket_api.tickets.event import Event
from ticket_api.tickets.ticket import Status, Ticket

T = TypeVar("T")

LOOKED_AT = 20_000
"""So many of the newest tickets are looked at, however many there are."""
AT_ONCE = 100
READ_ANEW = 3600.0
"""Seconds after which all is read anew: older tickets take the places of those that were taken back or erased."""

COUNTED: tuple[Status, ...] = ("open", "waiting", "solved", "deflected")
"""A ticket counts in these states: not while articles are offered for it, and never in quarantine."""


class Gathering(Generic[T]):
    """What `take` takes of each ticket and `counting` lets count, by the ticket's id; one thread may use it.

    `take` returns None for a ticket that tells nothing. `counting` gets everything by the tickets' ids and returns what
    of it counts, within a bound.
    """

    def __init__(
        self, store: Store, take: Callable[[Ticket], T | None], counting: Callable[[Mapping[int, T]], dict[int, T]]
    ) -> None:
        self._store = store
        self._take = take
        self._counting = counting
        self.gathered: dict[int, T] = {}
        self._seen = -1
        self._read_at = 0.0

    def follow(self, go_on: Callable[[], object]) -> bool:
        """Learn what happened since the last call, the first time from all tickets; whether anything changed.

        `go_on` is called between some tickets and the next, and may raise to end it. Raises StoreUnavailable.
        """
        before = self.gathered
        with self._store.snapshot() as snapshot:
            head = snapshot.head()
            last = head.seq if head else 0
            due = self._seen < 0 or last < self._seen or time.monotonic() - self._read_at >= READ_ANEW
            if not due and last > self._seen:
                self.gathered = self._after(list(snapshot.events(after=self._seen)), snapshot.ticket)
        if due:
            self.gathered = self._read(go_on)
            self._read_at = time.monotonic()
        self._seen = last
        return self.gathered != before

    def _read(self, go_on: Callable[[], object]) -> dict[int, T]:
        found: dict[int, T] = {}
        after = 0
        for _ in range(0, LOOKED_AT, AT_ONCE):
            page = self._store.tickets(COUNTED, limit=AT_ONCE, after=after, newest_first=True)
            found = self._counting(found | {ticket.id: taken for ticket in page if (taken := self._take(ticket))})
            if len(page) < AT_ONCE:
                break
            after = page[-1].id
            go_on()
        return found

    def _after(self, events: list[Event], ticket_of: Callable[[int], Ticket | None]) -> dict[int, T]:
        """What counts after these events: whatever they did, the tickets tell."""
        found = dict(self.gathered)
        for ticket_id in {event.ticket for event in events if event.what != "asked"}:
            found.pop(ticket_id, None)
            ticket = ticket_of(ticket_id)
            taken = self._take(ticket) if ticket else None
            if taken:
                found[ticket_id] = taken
        return self._counting(found)
