"""Agenda: which tickets are to be looked at, and when. Kept in memory, and made anew at each start."""

import heapq
from datetime import datetime


class Agenda:
    """At most one time for each ticket, all aware and in UTC. Used by one thread."""

    def __init__(self) -> None:
        self._at: dict[int, datetime] = {}
        self._heap: list[tuple[datetime, int]] = []

    def put(self, ticket_id: int, at: datetime | None) -> None:
        """Look at a ticket at this time, in place of any other; None: no more."""
        self._at.pop(ticket_id, None)
        if at is not None:
            self._at[ticket_id] = at
            heapq.heappush(self._heap, (at, ticket_id))

    def take(self, now: datetime) -> list[int]:
        """The tickets whose time has come, the earliest first; they are on the agenda no more."""
        due = []
        while self._heap and self._heap[0][0] <= now:
            at, ticket_id = heapq.heappop(self._heap)
            if self._at.get(ticket_id) == at:  # else it was put off or taken off since
                del self._at[ticket_id]
                due.append(ticket_id)
        return due
