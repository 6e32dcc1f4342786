"""Audit: everything that was done, newest first, and whether all of it stands as it was written."""

from time import sleep

from msgspec import Struct

from ticket_api.errors import Broken
from ticket_api.store import Store
from ticket_api.tickets.event import Event, verify

PAGE_LENGTH = 50
BATCH = 1000
BREATH = 0.002
"""Seconds between some events and the next, so that reading all of them leaves the machine to the visitors."""


class AuditPage(Struct, frozen=True):
    """Some events, newest first. `older`: the number to go on before, or 0; `broken`: the number of the first event
    among them that is missing or was changed, or 0; `there`: which of their tickets weren't erased."""

    events: list[Event]
    older: int
    broken: int
    there: frozenset[int]


class Audit:
    """The use cases over the events of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def page(self, before: int = 0) -> AuditPage:
        """The events before a number, 0 being the end, with each checked against the one that it follows."""
        found = self._store.events_before(before, limit=PAGE_LENGTH + 1)
        events, previous = found[:PAGE_LENGTH], found[PAGE_LENGTH:]
        broken = 0
        try:
            verify(reversed(events), previous[0] if previous else None)
        except Broken as error:
            broken = int(str(error.values["seq"]))
        tickets = self._store.tickets_by_id(sorted({event.ticket for event in events} - {0}))
        older = events[-1].seq if previous else 0
        return AuditPage(events, older, broken, frozenset(ticket.id for ticket in tickets))

    def verify(self) -> int:
        """Check every event there is and return how many. Raises Broken with the number of the first one amiss."""
        last = None
        while events := self._store.events_after(last.seq if last else 0, limit=BATCH):
            last = verify(events, last)
            sleep(BREATH)
        return last.seq if last else 0
