"""The customers who have written, or of whom something is kept: made of tickets and papers, in memory alone.

Who has only ordered, and of whom the owner said nothing, stands in the papers of `orders/buyers.py`.
"""

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from ticket_api.customers.papers import NOTHING, all_kept
from ticket_api.mailbox import address_key
from ticket_api.store import Store
from ticket_api.tickets.customers import Customer, Kept, buyer, buyer_address
from ticket_api.tickets.event import What
from ticket_api.tickets.ticket import MOVES, Status, Ticket

BATCH = 500
STATUSES: tuple[Status, ...] = tuple(MOVES)
KNOWS: tuple[What, ...] = ("customer_changed", "orders_imported", "erased")
"""What happens when a paper changes."""


class Brief(NamedTuple):
    """What the list needs of a ticket."""

    requester: str
    address: str
    name: str
    lang: str
    open: bool
    messages: int
    score: int
    first: datetime
    last: datetime


class Known(NamedTuple):
    """The customers as they are by now, by the id of the requester; who is merged into another is part of them.

    `addresses` are all of theirs. `version` is another number whenever anything of it is another.
    """

    people: Mapping[str, Customer]
    addresses: frozenset[str]
    version: int


class CustomerList:
    """The customers of one store. Every method may be called from several threads and raises StoreUnavailable."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._place = (0, "")
        self._version = 0
        self._known = Known({}, frozenset(), 0)
        self._begin()

    def known(self) -> Known:
        """All customers by now."""
        with self._lock:
            self._follow()
            if self._known.version != self._version:
                written = {brief.address for brief in self._briefs.values()}
                kept = {each.address for each in self._kept.values() if each.address}
                self._known = Known(dict(self._people), frozenset(written | kept), self._version)
            return self._known

    def customers(self) -> Mapping[str, Customer]:
        """The same, by the id of the requester."""
        return self.known().people

    def main(self, requester: str) -> str:
        """The requester that this one is merged into, or this one; as of the last call of `customers`."""
        with self._lock:
            return self._main(requester)

    def tickets(self, requester: str) -> Sequence[int]:
        """The ids of a requester's tickets; as of the last call of `customers`."""
        with self._lock:
            return tuple(self._ids.get(requester, ()))

    def _main(self, requester: str) -> str:
        return self._kept.get(requester, NOTHING).into or requester

    def _begin(self) -> None:
        self._briefs: dict[int, Brief] = {}
        self._ids: dict[str, set[int]] = {}
        self._kept: dict[str, Kept] = {}
        self._people: dict[str, Customer] = {}

    def _follow(self) -> None:
        """Take in what happened since; all where it followed nothing yet, or another store."""
        seq = self._place[0]
        events = self._store.events_after(max(0, seq - 1), limit=BATCH + 1)
        if seq == 0 or not events or (events[0].seq, events[0].hash) != self._place:
            self._fill()
            return
        events = events[1:]
        while events:
            ids = {event.ticket for event in events if event.ticket}
            stale = self._put(ids, self._store.tickets_by_id(sorted(ids)))
            if any(event.what in KNOWS for event in events):
                stale |= self._read_papers()
            self._fold(stale)
            self._place = (events[-1].seq, events[-1].hash)
            events = self._store.events_after(events[-1].seq, limit=BATCH)

    def _fill(self) -> None:
        head = self._store.events_before(0, limit=1)
        self._begin()
        after = 0
        while page := self._store.tickets(STATUSES, limit=BATCH, after=after):
            after = page[-1].id
            self._put({ticket.id for ticket in page}, page)
        self._read_papers()
        self._fold({self._main(requester) for requester in (*self._ids, *self._kept)})
        self._place = (head[0].seq, head[0].hash) if head else (0, "")

    def _put(self, ids: set[int], tickets: Sequence[Ticket]) -> set[str]:
        """Take these tickets in as they are now; returns who may be another customer by that."""
        stale = set()
        for ticket_id in ids:
            if before := self._briefs.pop(ticket_id, None):
                stale.add(self._main(before.requester))
                self._ids[before.requester].discard(ticket_id)
        for ticket in tickets:
            if ticket.email and ticket.status != "quarantined":
                self._briefs[ticket.id] = brief = brief_of(ticket)
                self._ids.setdefault(brief.requester, set()).add(ticket.id)
                stale.add(self._main(brief.requester))
        return stale

    def _read_papers(self) -> set[str]:
        """Read what is kept; returns who may be another customer by that."""
        before = self._kept
        self._kept = all_kept(self._store)
        names = {name for name in before.keys() | self._kept.keys() if before.get(name) != self._kept.get(name)}
        return names | {self._main(name) for name in names} | {before.get(name, NOTHING).into for name in names}

    def _fold(self, stale: set[str]) -> None:
        """Make these customers anew; who is merged into another is none, nor who neither wrote nor ordered."""
        self._version += 1
        for requester in stale:
            kept = self._kept.get(requester, NOTHING)
            briefs = [self._briefs[each] for name in (requester, *kept.merged) for each in self._ids.get(name, ())]
            if briefs and not kept.into:
                self._people[requester] = _customer(requester, kept, sorted(briefs, key=lambda brief: brief.last))
            elif not kept.into and buyer_address(requester) and not kept.is_empty:
                self._people[requester] = buyer(requester, kept)
            else:
                self._people.pop(requester, None)


def brief_of(ticket: Ticket) -> Brief:
    """What the list needs of it."""
    written = [message.at for message in ticket.messages if message.author == "requester"]
    return Brief(
        ticket.requester,
        address_key(ticket.email),
        ticket.name,
        ticket.lang,
        ticket.status == "open",
        len(written),
        ticket.rating.score if ticket.rating else 0,
        min(written, default=ticket.created_at),
        max(written, default=ticket.created_at),
    )


def _customer(requester: str, kept: Kept, briefs: Sequence[Brief]) -> Customer:
    """A customer of all tickets, those written to last at the end."""
    own = [brief.address for brief in briefs if brief.requester == requester]
    return Customer(
        requester=requester,
        address=own[-1] if own else kept.address or briefs[-1].address,
        name=next((brief.name for brief in reversed(briefs) if brief.name), ""),
        lang=briefs[-1].lang,
        tickets=len(briefs),
        open=sum(brief.open for brief in briefs),
        messages=sum(brief.messages for brief in briefs),
        scores=tuple(brief.score for brief in briefs if brief.score),
        first=min(brief.first for brief in briefs),
        last=briefs[-1].last,
        kept=kept,
    )
