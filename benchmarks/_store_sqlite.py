"""Tickets in plain SQLite, as one writes it by hand: the peer that our store is measured against, in the file and
behind FastAPI and Flask. The same rows, columns, indexes, counts and chained events as ours."""

import sqlite3
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec.structs import force_setattr, replace

from ticket_api.mailbox import address_key
from ticket_api.tickets.event import Act, Event, next_event
from ticket_api.tickets.ticket import Status, Ticket

SCHEMA = """
CREATE TABLE tickets (id INTEGER PRIMARY KEY AUTOINCREMENT, link TEXT, status TEXT, address TEXT, request TEXT,
  sum INTEGER NOT NULL, doc BLOB NOT NULL);
CREATE INDEX tickets_link ON tickets (link);
CREATE INDEX tickets_status ON tickets (status);
CREATE INDEX tickets_address ON tickets (address);
CREATE UNIQUE INDEX tickets_request ON tickets (request) WHERE request <> '';
CREATE TABLE events (id INTEGER PRIMARY KEY, ticket INTEGER NOT NULL, sum INTEGER NOT NULL, doc BLOB NOT NULL);
CREATE INDEX events_ticket ON events (ticket);
CREATE TABLE counts (status TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
"""
ADD = "INSERT INTO tickets (link, status, address, request, sum, doc) VALUES (?, ?, ?, ?, ?, ?)"
LOAD = "INSERT INTO tickets (link, status, address, request, sum, doc, id) VALUES (?, ?, ?, ?, ?, ?, ?)"
COUNT = "INSERT INTO counts VALUES (?, 1) ON CONFLICT (status) DO UPDATE SET number = number + 1"
KNOWN = "SELECT id, doc FROM tickets WHERE request = ? AND request <> ''"  # the partial index needs to be told
PAGE = "SELECT id, doc FROM tickets WHERE status = ? AND id < ? ORDER BY id DESC LIMIT ?"

T = TypeVar("T")

_TICKET = msgspec.json.Decoder(Ticket)
_EVENT = msgspec.json.Decoder(Event)
_encode = msgspec.json.Encoder().encode


class PlainSQLite:
    """One connection with WAL and synchronous=FULL, and SQLite's own checkpoints. For one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        if not self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            self._db.executescript(SCHEMA)

    def add_ticket(self, ticket: Ticket) -> Ticket:
        """Store a new ticket with its event, unless its request is known."""
        return self._commit(lambda: self._add(ticket))

    def change_ticket(self, ticket_id: int, change: Callable[[Ticket], Ticket], act: Act) -> Ticket:
        """Store what `change` makes of a ticket, with its event."""
        return self._commit(lambda: self._change(ticket_id, change, act))

    def ticket(self, ticket_id: int) -> Ticket:
        """The ticket with this id."""
        row = self._db.execute("SELECT id, doc FROM tickets WHERE id = ?", (ticket_id,)).fetchone()
        return _decoded(row)

    def page(self, status: Status, before: int, limit: int) -> list[Ticket]:
        """Tickets in a state with an id below `before`, newest first."""
        return [_decoded(row) for row in self._db.execute(PAGE, (status, before, limit))]

    def counts(self) -> dict[Status, int]:
        """How many tickets are in each state."""
        return dict(self._db.execute("SELECT status, number FROM counts"))

    def load(self, records: Iterable[tuple[Ticket, Event]]) -> None:
        """Store tickets and events as they are, in one transaction."""

        def put() -> None:
            for ticket, event in records:
                self._load(ticket, event)

        self._commit(put)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _commit(self, work: Callable[[], T]) -> T:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            result = work()
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        return result

    def _add(self, ticket: Ticket) -> Ticket:
        run = self._db.execute
        if ticket.request:
            known = run(KNOWN, (ticket.request,)).fetchone()
            if known:
                return _decoded(known)
        address = address_key(ticket.email)
        earlier = run("SELECT id, doc FROM tickets WHERE address = ? LIMIT 1", (address,)).fetchone()
        if earlier:
            ticket = replace(ticket, requester=_decoded(earlier).requester)
        ticket = replace(ticket, id=run(ADD, _row(ticket, address)).lastrowid)
        run(COUNT, (ticket.status,))
        self._append(ticket, Act("requester", "asked", ticket.created_at))
        return ticket

    def _change(self, ticket_id: int, change: Callable[[Ticket], Ticket], act: Act) -> Ticket:
        run = self._db.execute
        before = self.ticket(ticket_id)
        after = replace(change(before), version=before.version + 1)
        doc = _encode(after)
        if after.status == before.status:
            run("UPDATE tickets SET sum = ?, doc = ? WHERE id = ?", (zlib.crc32(doc), doc, ticket_id))
        else:
            values = (after.status, zlib.crc32(doc), doc, ticket_id)
            run("UPDATE tickets SET status = ?, sum = ?, doc = ? WHERE id = ?", values)
            run("UPDATE counts SET number = number - 1 WHERE status = ?", (before.status,))
            run(COUNT, (after.status,))
        self._append(after, act)
        return after

    def _append(self, ticket: Ticket, act: Act) -> None:
        last = self._db.execute("SELECT doc FROM events ORDER BY id DESC LIMIT 1").fetchone()
        self._put_event(next_event(_EVENT.decode(last[0]) if last else None, ticket, act))

    def _put_event(self, event: Event) -> None:
        doc = _encode(event)
        self._db.execute("INSERT INTO events VALUES (?, ?, ?, ?)", (event.seq, event.ticket, zlib.crc32(doc), doc))

    def _load(self, ticket: Ticket, event: Event) -> None:
        self._db.execute(LOAD, (*_row(ticket, address_key(ticket.email)), ticket.id))
        self._db.execute(COUNT, (ticket.status,))
        self._put_event(event)


def _row(ticket: Ticket, address: str) -> tuple[object, ...]:
    doc = _encode(ticket)
    return ticket.link, ticket.status, address, ticket.request, zlib.crc32(doc), doc


def _decoded(row: tuple[int, bytes]) -> Ticket:
    ticket = _TICKET.decode(row[1])
    force_setattr(ticket, "id", row[0])
    return ticket
