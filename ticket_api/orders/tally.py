"""All orders in one pass: what `tickets/orders.py` says of all customers, without a record for each order."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median

from ticket_api.tickets.orders import STAYS, Fifths, Period, fifths_of


class _One:
    """One customer's orders: days of those that aren't refunds, the sum, the last line of all and of those with a plan,
    and the days on which something ended."""

    __slots__ = ("cents", "days", "ended", "ends", "latest", "plan", "planned")

    def __init__(self) -> None:
        self.days: list[int] = []
        self.cents = self.latest = self.ended = self.planned = 0
        self.plan = ""
        self.ends: list[tuple[int, int]] = []

    def ended_by(self, day: int) -> int:
        """The last end of the orders up to a day."""
        return max((ended for ordered, ended in self.ends if ordered <= day), default=0)

    @property
    def gap(self) -> float:
        """The median of the days between one order and the next."""
        days = sorted(set(self.days))
        return median([after - before for before, after in pairwise(days)]) if len(days) > 2 else 0

    @property
    def end(self) -> int:
        """On which day it ended for the customer."""
        return self.ended or max((ended for _, ended in self.ends if ended >= self.days[-1]), default=0)

    def line(self, key: str) -> str:
        """Their figures in one line."""
        days = self.days
        return f"{key}\t{len(days)}\t{self.cents}\t{days[0]}\t{days[-1]}\t{self.gap:g}\t{self.plan}\t{self.end}"


class Tally:
    """The fifths of all customers, and who stayed from the day before `first` to `last`."""

    def __init__(self, first: int, last: int) -> None:
        self._first, self._last = first, last
        self._recency, self._orders, self._cents = array("q"), array("q"), array("q")
        self._start = self._end = self._kept = self._number = self._sum = 0

    def add(self, lines: Iterable[str]) -> list[str]:
        """Take in all orders of some customers, of each all that there are; returns the figures of each in one line."""
        found: dict[str, _One] = {}
        first, last = self._first, self._last
        for line in lines:
            key, text, amount, plan, ended = line.split("\t")
            day, cents = int(text), int(amount)
            if (one := found.get(key)) is None:
                one = found[key] = _One()
            one.cents += cents
            if cents >= 0:
                one.days.append(day)
            if first <= day <= last:
                self._number += cents >= 0
                self._sum += cents
            if day >= one.latest:
                one.latest, one.ended = day, int(ended)
            if plan and day >= one.planned:
                one.planned, one.plan = day, plan
            if ended != "0":
                one.ends.append((day, int(ended)))
        return [one.line(key) for key, one in found.items() if self._take(one)]

    def _take(self, one: _One) -> bool:
        """Whether they have ordered anything."""
        days = one.days
        days.sort()
        if days:
            self._recency.append(days[-1])
            self._orders.append(len(days))
            self._cents.append(one.cents)
        start = _stays(days[: bisect_left(days, self._first)][-1:], one, self._first - 1)
        end = _stays(days[: bisect_right(days, self._last)][-1:], one, self._last)
        self._start, self._end, self._kept = self._start + start, self._end + end, self._kept + (start and end)
        return bool(days)

    @property
    def fifths(self) -> Fifths:
        """The fifths of all customers."""
        return fifths_of(self._recency, self._orders, self._cents)

    @property
    def period(self) -> Period:
        """Who stayed."""
        return Period(self._start, self._end, self._kept, self._number, self._sum)


def _stays(before: Sequence[int], one: _One, day: int) -> bool:
    last = before[0] if before else 0
    return day - last < STAYS and not (one.ends and last <= one.ended_by(day) <= day)
