"""Customers: what is kept of a requester beside the tickets, in one paper for each."""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ticket_api.customers.listing import CustomerList
from ticket_api.customers.papers import CUSTOMER, fifths_in, group_of, overall_in, read_kept, write_group
from ticket_api.customers.search import CustomerSearch
from ticket_api.customers.segments import Listed, Segments
from ticket_api.errors import Conflict, Invalid, NotFound
from ticket_api.mailbox import address_key
from ticket_api.orders import shelf
from ticket_api.question import check_characters
from ticket_api.store import Store, at_once
from ticket_api.tickets.customers import (
    MOST_MERGED,
    NOBODY,
    SORTS,
    Customer,
    Kept,
    Profile,
    buyer,
    buyer_address,
    buyer_id,
    settled,
)
from ticket_api.tickets.event import Act
from ticket_api.tickets.orders import Overall, figures_of
from ticket_api.tickets.segments import NONE, read_segment
from ticket_api.tickets.ticket import Ticket

PAGE_LENGTH = 50
MOST_TICKETS = 100
"""Tickets that are listed on a customer's page."""


class CustomerPage(Struct, frozen=True):
    """One page of the list. `after` leads to the next, "" on the last; `total` pass the filter."""

    customers: list[Customer]
    after: str
    total: int


class Sheet(Struct, frozen=True):
    """All that is known of a customer: `kept` by requester, the main one first; their newest tickets."""

    customer: Customer
    kept: dict[str, Kept]
    tickets: list[Ticket]
    overall: Overall


class Customers:
    """The customers of one store. `now` is an aware UTC time, read at the door; `today` an ordinal."""

    def __init__(self, store: Store, segments: Mapping[str, str] = NONE) -> None:
        self._store = store
        self._list = CustomerList(store)
        self._search = CustomerSearch(store, self._list)
        self.segments = Segments(store, segments)

    def profile(self, requester: str) -> Profile:
        """What is known of a requester (their random id). Raises StoreUnavailable."""
        paper = self._store.paper(f"{CUSTOMER}{requester}")
        return msgspec.json.decode(paper, type=Profile) if paper else NOBODY

    def profiles(self) -> Mapping[str, Profile]:
        """All of whom anything is known, by the id of the requester. Raises StoreUnavailable."""
        papers = self._store.papers(CUSTOMER)
        return {each.name.removeprefix(CUSTOMER): msgspec.json.decode(each.content, type=Profile) for each in papers}

    def page(self, typed: str, sort: str, after: str, today: int) -> CustomerPage:
        """The customers that pass a filter, from where the page before ended. Raises Invalid and StoreUnavailable."""
        if sort not in SORTS:
            raise Invalid("wrong_value", field="sort", name="sort")
        segment = read_segment(typed, self.segments.all())
        found, total = self._search.find(segment, sort, today, _place(after), PAGE_LENGTH + 1)
        shown = found[:PAGE_LENGTH]
        following = f"{shown[-1][0]}.{shown[-1][1].requester}" if len(found) > PAGE_LENGTH else ""
        return CustomerPage([each for _, each in shown], following, total)

    def listed(self, today: int) -> tuple[int, list[Listed]]:
        """All segments with the number of their customers, where that is quick; and their version.

        Raises StoreUnavailable.
        """
        version, listed = self.segments.listed()
        numbers = self._search.count(self.segments.all(), [each.name for each in listed if not each.hidden], today)
        return version, [replace(each, number=None if each.hidden else numbers.get(each.name)) for each in listed]

    def overall(self) -> Overall:
        """What all orders told after the last import. Raises StoreUnavailable."""
        return overall_in(self._store)

    def sheet(self, requester: str) -> Sheet:
        """A customer with all addresses, also one who has only ordered. Raises NotFound and StoreUnavailable."""
        customers = self._list.customers()
        main = self._list.main(self._by_now(requester))
        if main not in customers:
            return self._buyer(main)
        group = group_of(self._store, main)
        ids = sorted({each for name in group for each in self._list.tickets(name)}, reverse=True)
        tickets = self._store.tickets_by_id(ids[:MOST_TICKETS])
        return Sheet(customers[main], group, tickets[::-1], overall_in(self._store))

    def _buyer(self, requester: str) -> Sheet:
        """Who has only ordered, and of whom nothing is kept. Raises NotFound."""
        address, overall = buyer_address(requester), overall_in(self._store)
        orders = figures_of(shelf.orders_of(self._store, [address])) if address else None
        if orders is None:
            raise NotFound("not_found")
        group = settled({requester: Kept(address=address)}, requester, orders, overall.fifths.loyalty(orders))
        return Sheet(buyer(requester, group[requester]), group, [], overall)

    def _by_now(self, requester: str) -> str:
        """The requester whom somebody has become who had only ordered and has written by now."""
        address = buyer_address(requester)
        tickets = self._store.tickets_of(address) if address else []
        return next((each.requester for each in reversed(tickets) if each.status != "quarantined"), requester)

    def change(self, requester: str, change: Callable[[Kept], Kept], now: datetime, *, every: bool = False) -> None:
        """Change what is kept of a requester, or of `every` address of theirs. Raises Invalid and NotFound."""
        requester = self._by_now(requester)
        address = self._address(requester)

        def job() -> None:
            group = group_of(self._store, self._kept(requester).into or requester)
            known = replace(group.get(requester, Kept()), address=address)
            group = {**group, requester: known}
            group |= {name: change(kept) for name, kept in group.items() if every or name == requester}
            self._write(next(iter(group)), group, now)

        at_once(self._store, job)

    def merge(self, requester: str, address: str, now: datetime) -> None:
        """Say that another address is the same person's. Raises Invalid, Conflict, NotFound and StoreUnavailable.

        Nothing is changed of the tickets: each keeps its requester, its address and its secret link.
        """
        check_characters("address", address)
        requester = self._by_now(requester)
        other = self._requester_of(address)
        mine, theirs = self._address(requester), address_key(address)

        def job() -> None:
            main = self._kept(requester).into or requester
            group = group_of(self._store, main)
            if other in group:
                raise Invalid("merged_already", field="address")
            far = self._kept(other)
            if far.into or far.merged:
                raise Conflict("merged_elsewhere", field="address")
            if len(group) > MOST_MERGED:
                raise Invalid("many_of_customer", field="address", limit=MOST_MERGED)
            group[main] = replace(group[main], address=group[main].address or mine)
            group[other] = replace(far, address=theirs, into=main)
            group[main] = replace(group[main], merged=(*group[main].merged, other))
            self._write(main, group, now)

        at_once(self._store, job)

    def unmerge(self, requester: str, other: str, now: datetime) -> None:
        """Take a merge back: either has again what was its own. Raises NotFound and StoreUnavailable."""

        def job() -> None:
            group = group_of(self._store, requester)
            if other == requester or other not in group:
                raise NotFound("not_found")
            alone = replace(group.pop(other), into="")
            merged = tuple(each for each in group[requester].merged if each != other)
            group[requester] = replace(group[requester], merged=merged)
            self._write(other, {other: alone}, now)
            self._write(requester, group, now)

        at_once(self._store, job)

    def _requester_of(self, address: str) -> str:
        found = self._by_now(buyer_id(address_key(address)))
        if buyer_address(found) and not (self._kept(found).address or shelf.orders_of(self._store, [address])):
            raise Invalid("no_such_customer", field="address")
        return found

    def _address(self, requester: str) -> str:
        """The key of a requester's address. Raises NotFound."""
        if address := self._kept(requester).address:
            return address
        if address := buyer_address(requester):
            if shelf.orders_of(self._store, [address]):
                return address
            raise NotFound("not_found")
        self._list.customers()
        tickets = self._store.tickets_by_id(sorted(self._list.tickets(requester))[-1:])
        if not tickets:
            raise NotFound("not_found")
        return address_key(tickets[0].email)

    def _kept(self, requester: str) -> Kept:
        return read_kept(self._store, requester)

    def _write(self, main: str, group: Mapping[str, Kept], now: datetime) -> None:
        if write_group(self._store, main, group, fifths_in(self._store)):
            self._store.record(Act("owner", "customer_changed", now))


def _place(after: str) -> tuple[int, str] | None:
    """What a cursor says; None for anything else, which begins at the beginning."""
    number, _, requester = after.partition(".")
    digits = number.removeprefix("-")
    if not (requester and digits.isascii() and digits.isdecimal() and len(digits) < 20):
        return None
    return -int(number), requester
