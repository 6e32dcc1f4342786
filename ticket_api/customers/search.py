"""Searching the customers: those who have written and those who have only ordered, page by page, in one order."""

import threading
from collections.abc import Mapping, Sequence
from heapq import merge
from itertools import islice

from ticket_api.customers.listing import CustomerList, Known
from ticket_api.customers.papers import fifths_in
from ticket_api.errors import Invalid
from ticket_api.orders import buyers
from ticket_api.orders.roll import Roll
from ticket_api.store import Store
from ticket_api.tickets.customers import Customer, sorted_by
from ticket_api.tickets.segments import Segment, read_segment

MOST_COUNTED = 20
"""Segments whose customers are counted. Of more, none are: a page would wait for it."""
Place = tuple[int, str]
"""Where a page ended: what customers are sorted by, negative, and the id."""


class CustomerSearch:
    """The customers of one store. Every method may be called from several threads and raises StoreUnavailable."""

    def __init__(self, store: Store, known: CustomerList) -> None:
        self._store = store
        self._list = known
        self._reading = threading.Lock()
        self._read = "", Roll()
        self._hidden: tuple[int, Roll, frozenset[int]] = (0, self._read[1], frozenset())
        self._counted: tuple[tuple[int, Roll, int], dict[Segment, int]] = ((0, self._read[1], 0), {})

    def find(
        self, segment: Segment, sort: str, today: int, after: Place | None, most: int
    ) -> tuple[list[tuple[int, Customer]], int]:
        """The first customers of a segment behind a place, each with what it is sorted by; and how many are in it."""
        known, roll = self._list.known(), self._roll()
        passed = [each for each in known.people.values() if segment(each, today)]
        ordered = [
            pair for pair in sorted_by(passed, sort, today) if after is None or (-pair[0], pair[1].requester) > after
        ]
        places, hidden = roll.select(segment, today), self._hidden_in(known, roll)
        others = roll.first(places, sort, today, after, most, hidden)
        together = merge(ordered, others, key=lambda pair: (-pair[0], pair[1].requester))
        total = len(passed) + len(places) - len(roll.select(segment, today, sorted(hidden)))
        return list(islice(together, most)), total

    def count(self, segments: Mapping[str, str], names: Sequence[str], today: int) -> dict[str, int]:
        """How many customers are in these segments, but for those that can't be understood; of too many, of none."""
        if len(names) > MOST_COUNTED:
            return {}
        known, roll = self._list.known(), self._roll()
        state = (known.version, roll, today)
        before = self._counted[1] if self._counted[0] == state else {}
        found, counted = {}, {}
        for name in names:
            try:
                segment = read_segment(segments[name], segments)
            except Invalid:
                continue
            counted[segment] = before[segment] if segment in before else self._count(segment, known, roll, today)
            found[name] = counted[segment]
        self._counted = state, counted
        return found

    def _count(self, segment: Segment, known: Known, roll: Roll, today: int) -> int:
        hidden = sorted(self._hidden_in(known, roll))
        own = sum(segment(each, today) for each in known.people.values())
        return own + len(roll.select(segment, today)) - len(roll.select(segment, today, hidden))

    def _roll(self) -> Roll:
        """Who has ordered, read anew after an import: a second for a hundred thousand customers."""
        mark = buyers.mark(self._store)
        with self._reading:
            if self._read[0] != mark:
                self._read = mark, Roll(buyers.lines(self._store), fifths_in(self._store))
            return self._read[1]

    def _hidden_in(self, known: Known, roll: Roll) -> frozenset[int]:
        """Where those stand who are among the others already."""
        version, of_roll, hidden = self._hidden
        if version != known.version or of_roll is not roll:
            hidden = roll.places_of(known.addresses)
            self._hidden = known.version, roll, hidden
        return hidden
