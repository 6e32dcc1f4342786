"""All orders in one pass: what `tickets/orders.py` says of all customers, without a record for each order."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from operator import sub

from ticket_api.tickets.orders import STAYS, Fifths, Period, fifths_of


class _One:
    """One customer's orders: days of those that aren't refunds, the sum, the last line of all and of those with a plan,
    and the days on which something ended. What ended stands as it is written."""

    __slots__ = ("cents", "days", "ended", "ends", "latest", "plan", "planned")

    def __init__(self) -> None:
        self.days: list[int] = []
        self.cents = self.latest = self.planned = 0
        self.ended = "0"
        self.plan = ""
        self.ends: list[tuple[int, int]] = []

    def stayed(self, orders: int, day: int) -> bool:
        """Whether they were a customer on a day, `orders` up to it that aren't refunds."""
        last = self.days[orders - 1] if orders else 0
        if day - last >= STAYS or not self.ends:
            return day - last < STAYS
        return not last <= max((ended for ordered, ended in self.ends if ordered <= day), default=0) <= day

    def line(self, key: str) -> str:
        """Their figures in one line."""
        days, ended = self.days, self.ended
        if ended == "0" and self.ends:
            ended = str(max((ended for _, ended in self.ends if ended >= days[-1]), default=0))
        return f"{key}\t{len(days)}\t{self.cents}\t{days[0]}\t{days[-1]}\t{_gap(days)}\t{self.plan}\t{ended}"


def _gap(ordered: Sequence[int]) -> float:
    """The median of the days between one order and the next; 0 for fewer than three."""
    days = sorted(set(ordered)) if len(ordered) > 2 else ()
    if len(days) < 3:
        return 0
    gaps: list[int] = sorted(map(sub, days[1:], days))
    half = len(gaps) // 2
    return gaps[half] if len(gaps) % 2 else (gaps[half - 1] + gaps[half]) / 2


class Tally:
    """The fifths of all customers, and who stayed from the day before `first` to `last`."""

    def __init__(self, first: int, last: int) -> None:
        self._first, self._last = first, last
        self._recency, self._orders, self._cents = array("q"), array("q"), array("q")
        self._start = self._end = self._kept = self._number = self._sum = 0

    def add(self, lines: Iterable[str]) -> list[str]:
        """Take in all orders of some customers, of each all that there are; returns the figures of each in one line."""
        found: dict[str, _One] = {}
        first, last, number, total = self._first, self._last, 0, 0
        for line in lines:
            key, text, amount, plan, ended = line.split("\t")
            day, cents = int(text), int(amount)
            if (one := found.get(key)) is None:
                one = found[key] = _One()
            one.cents += cents
            if cents >= 0:
                one.days.append(day)
            if first <= day <= last:
                number += cents >= 0
                total += cents
            if day >= one.latest:
                one.latest, one.ended = day, ended
            if plan and day >= one.planned:
                one.planned, one.plan = day, plan
            if ended != "0":
                one.ends.append((day, int(ended)))
        self._number, self._sum = self._number + number, self._sum + total
        return [one.line(key) for key, one in found.items() if self._take(one)]

    def _take(self, one: _One) -> bool:
        """Whether they have ordered anything."""
        days = one.days
        days.sort()
        if not days:
            return False
        self._recency.append(days[-1])
        self._orders.append(len(days))
        self._cents.append(one.cents)
        start = one.stayed(bisect_left(days, self._first), self._first - 1)
        end = one.stayed(bisect_right(days, self._last), self._last)
        self._start, self._end, self._kept = self._start + start, self._end + end, self._kept + (start and end)
        return True

    @property
    def fifths(self) -> Fifths:
        """The fifths of all customers."""
        return fifths_of(self._recency, self._orders, self._cents)

    @property
    def period(self) -> Period:
        """Who stayed."""
        return Period(self._start, self._end, self._kept, self._number, self._sum)
