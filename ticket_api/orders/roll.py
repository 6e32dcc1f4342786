"""PURE. All who have ordered, in columns: a hundred thousand are filtered and sorted without a record for each."""

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from heapq import nsmallest
from itertools import islice

from ticket_api.tickets.customers import Customer, Kept, buyer, buyer_id
from ticket_api.tickets.orders import Fifths, Figures, buyer_risk
from ticket_api.tickets.segments import COMPARED, Clause, Segment

DAY = 86_400_000
EPOCH = 719_163
"""The ordinal of the first day of 1970."""
Places = Sequence[int]
"""Customers by their places in the columns, which are in the order of the addresses."""


class Roll:
    """Who has ordered, by the lines of `orders/buyers.py` in their order. Days are ordinals.

    May be used by several threads: what is worked out is the same, whoever does it first.
    """

    def __init__(self, lines: Iterable[str] = (), fifths: Fifths | None = None) -> None:
        self.fifths = fifths or Fifths()
        self.addresses: list[str] = []
        self._plans: list[str] = []
        self._orders, self._cents, self._plan = array("q"), array("q"), array("l")
        self._first, self._last, self._ended, self._gap = array("l"), array("l"), array("l"), array("d")
        self._read(lines)
        self._value = bytes(bisect_left(self.fifths.value, cents) + 1 for cents in self._cents)
        if not self.fifths.value:
            self._value = bytes(len(self.addresses))
        self._risks: tuple[int, array[float]] = (0, array("d"))
        self._sorted: dict[tuple[str, int], tuple[Places, Places, Places]] = {}

    def _read(self, lines: Iterable[str]) -> None:
        plans: dict[str, int] = {}
        for line in lines:
            address, orders, cents, first, last, gap, plan, ended = line.split("\t")
            self.addresses.append(address)
            self._orders.append(int(orders))
            self._cents.append(int(cents))
            self._first.append(int(first))
            self._last.append(int(last))
            self._gap.append(float(gap))
            self._plan.append(plans.setdefault(plan, len(plans)))
            self._ended.append(int(ended))
        self._plans = list(plans)

    def __len__(self) -> int:
        return len(self.addresses)

    def places_of(self, addresses: Iterable[str]) -> frozenset[int]:
        """Where those stand of these addresses who have ordered."""
        found = set()
        for address in addresses:
            place = bisect_left(self.addresses, address)
            if self.addresses[place : place + 1] == [address]:
                found.add(place)
        return frozenset(found)

    def customer(self, place: int) -> Customer:
        """The customer at a place."""
        address, plan = self.addresses[place], self._plans[self._plan[place]]
        figures = Figures(
            self._orders[place],
            self._cents[place],
            self._first[place],
            self._last[place],
            self._gap[place],
            plan,
            self._ended[place],
        )
        loyalty = self.fifths.loyalty(figures)
        kept = Kept(address=address, plan=plan, value=self._value[place], orders=figures, loyalty=loyalty)
        return buyer(buyer_id(address), kept)

    def select(self, segment: Segment, today: int, among: Places | None = None) -> Places:
        """Where those stand who belong to a segment, all of them or `among` these."""
        left: Places = range(len(self.addresses)) if among is None else among
        for clause in segment.clauses:
            left = self._narrowed(left, clause, today)
        return left

    def _narrowed(self, left: Places, clause: Clause, today: int) -> Places:
        if clause.field == "word":
            addresses, word = self.addresses, clause.text
            return [each for each in left if word in addresses[each]]
        if clause.field == "plan":
            wanted = {number for number, plan in enumerate(self._plans) if plan.casefold() == clause.text}
            numbers = self._plan
            return [each for each in left if numbers[each] in wanted]
        if clause.field in ("tag", "lang"):
            return ()  # nothing of it is known of who never wrote
        compare, bound = COMPARED[clause.compare], clause.bound
        if clause.field == "tickets":
            return left if compare(0, bound) else ()
        column = self._column(clause.field, today)
        return [each for each in left if compare(column[each], bound)]

    def _column(self, field: str, today: int) -> Sequence[float]:
        if field == "orders":
            return self._orders
        return self._value if field == "value" else self._risk(today)

    def _risk(self, today: int) -> Sequence[float]:
        if self._risks[0] != today:
            columns = zip(self._last, self._gap, self._ended, strict=True)
            self._risks = today, array("d", (buyer_risk(*each, today) for each in columns))
        return self._risks[1]

    def _order(self, sort: str, today: int) -> tuple[Places, Places, Places]:
        """What customers are sorted by, all in their order, and where each stands in it."""
        name = (sort, today if sort == "risk" else 0)
        if name not in self._sorted:
            keys = array("q", self._keys(sort, today))
            places = array("l", sorted(range(len(keys)), key=[-key for key in keys].__getitem__))
            ranks = array("l", bytes(places.itemsize * len(places)))
            for rank, place in enumerate(places):
                ranks[place] = rank
            others = {each: kept for each, kept in self._sorted.items() if each[0] != sort}
            self._sorted = {**others, name: (keys, places, ranks)}
        return self._sorted[name]

    def _keys(self, sort: str, today: int) -> Iterable[int]:
        """The same as SORTS says of each."""
        if sort == "seen":
            return ((last - EPOCH) * DAY for last in self._last)
        return self._cents if sort == "value" else (round(each * 1_000_000) for each in self._risk(today))

    def first(
        self,
        places: Places,
        sort: str,
        today: int,
        after: tuple[int, str] | None,
        most: int,
        hidden: Collection[int] = (),
    ) -> list[tuple[int, Customer]]:
        """The first of these behind `after` (what it is sorted by, negative, and the id), but for those `hidden`.

        Each comes with what it is sorted by; of the same number, the order is that of the ids.
        """
        keys, ordered, ranks = self._order(sort, today)

        def passed(place: int) -> tuple[int, str]:
            return -keys[place], buyer_id(self.addresses[place])

        begin = 0
        if after is not None:
            begin = bisect_left(ordered, True, key=lambda place: passed(place) > after)
        if len(places) == len(ordered):
            shown = list(islice((each for each in islice(ordered, begin, None) if each not in hidden), most))
        else:
            left = (ranks[each] for each in places if ranks[each] >= begin and each not in hidden)
            shown = [ordered[rank] for rank in nsmallest(most, left)]
        return [(keys[each], self.customer(each)) for each in shown]
