"""All orders in one pass: what `tickets/orders.py` says of all customers, without a record for each order."""

from array import array
from collections.abc import Iterable, Sequence

from ticket_api.tickets.orders import STAYS, Fifths, Period, fifths_of


class Tally:
    """The fifths of all customers, and who stayed from the day before `first` to `last`."""

    def __init__(self, first: int, last: int) -> None:
        self._first, self._last = first, last
        self._recency, self._orders, self._cents = array("q"), array("q"), array("q")
        self._start = self._end = self._kept = self._number = self._sum = 0

    def add(self, lines: Iterable[str]) -> None:
        """Take in all orders of some customers, of each of these all that there are."""
        found: dict[str, list[int]] = {}
        first, last = self._first, self._last
        for line in lines:
            key, text, amount, _, ended = line.split("\t")
            day, cents = int(text), int(amount)
            if (one := found.get(key)) is None:
                one = found[key] = [0, 0, 0, 0, 0, 0, 0]
            one[1] += cents
            if cents >= 0:
                one[0] += 1
                if day > one[2]:
                    one[2] = day
                if day < first and day > one[3]:
                    one[3] = day
                if day <= last and day > one[4]:
                    one[4] = day
            if first <= day <= last:
                self._number += cents >= 0
                self._sum += cents
            if ended != "0":
                self._end_of(one, day, int(ended))
        for one in found.values():
            self._take(one)

    def _end_of(self, one: list[int], day: int, ended: int) -> None:
        if day < self._first:
            one[5] = max(one[5], ended)
        if day <= self._last:
            one[6] = max(one[6], ended)

    def _take(self, one: Sequence[int]) -> None:
        orders, cents, latest, before, until, ended_before, ended = one
        if orders:
            self._recency.append(latest)
            self._orders.append(orders)
            self._cents.append(cents)
        start = _stays(before, ended_before, self._first - 1)
        end = _stays(until, ended, self._last)
        self._start, self._end, self._kept = self._start + start, self._end + end, self._kept + (start and end)

    @property
    def fifths(self) -> Fifths:
        """The fifths of all customers."""
        return fifths_of(self._recency, self._orders, self._cents)

    @property
    def period(self) -> Period:
        """Who stayed."""
        return Period(self._start, self._end, self._kept, self._number, self._sum)


def _stays(last: int, ended: int, day: int) -> bool:
    return day - last < STAYS and not last <= ended <= day
