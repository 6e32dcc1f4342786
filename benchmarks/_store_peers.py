"""What the benchmark can do to each system: ours, PostgreSQL, plain SQLite, TinyDB as it comes and with its cache."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import msgspec
from msgspec.structs import replace
from tinydb import TinyDB, where
from tinydb.middlewares import CachingMiddleware
from tinydb.storages import JSONStorage
from tinydb.table import Document

from benchmarks._measure import Progress
from benchmarks._store_data import START, batches, stored_tickets, with_events
from benchmarks._store_sqlite import PlainSQLite
from ticket_api.store import Store, open_store
from ticket_api.store.records import Batch
from ticket_api.tickets.event import Act
from ticket_api.tickets.ticket import Ticket

PAGE = 50
STEP = 1000


class Peer(Protocol):
    """One system with its tickets. Each call that writes is on disk when it returns."""

    def insert(self, ticket: Ticket) -> object: ...
    def update(self, ticket_id: int) -> object: ...
    def get(self, ticket_id: int) -> object: ...
    def page(self, before: int) -> object: ...
    def counts(self) -> object: ...
    def close(self) -> None: ...


def turned(ticket: Ticket) -> Ticket:
    """The change that is measured: an open ticket waits, any other opens."""
    return replace(ticket, status="waiting" if ticket.status == "open" else "open", changed_at=ticket.changed_at)


ACT = Act("owner", "replied", START)


class Ours:
    """A store of ours through its protocol: the file, or PostgreSQL."""

    def __init__(self, url: str) -> None:
        self.store: Store = open_store(url)

    def fill(self, count: int, progress: Progress) -> None:
        """Put in so many tickets with their events."""
        for batch in batches(with_events(stored_tickets(count)), STEP):
            tickets, events = zip(*batch, strict=True)
            self.store.load(Batch(tickets=tickets, events=events))
            progress.step(len(batch))

    def insert(self, ticket: Ticket) -> object:
        return self.store.add_ticket(ticket)

    def update(self, ticket_id: int) -> object:
        return self.store.change_ticket(ticket_id, turned, ACT)

    def get(self, ticket_id: int) -> object:
        return self.store.ticket(ticket_id)

    def page(self, before: int) -> object:
        return self.store.tickets(("open",), limit=PAGE, after=before, newest_first=True)

    def counts(self) -> object:
        return self.store.count_tickets()

    def close(self) -> None:
        self.store.close()


class Plain:
    """SQLite by hand."""

    def __init__(self, path: Path) -> None:
        self.sqlite = PlainSQLite(path)

    def fill(self, count: int, progress: Progress) -> None:
        """Put in so many tickets with their events."""
        for batch in batches(with_events(stored_tickets(count)), STEP):
            self.sqlite.load(batch)
            progress.step(len(batch))

    def insert(self, ticket: Ticket) -> object:
        return self.sqlite.add_ticket(ticket)

    def update(self, ticket_id: int) -> object:
        return self.sqlite.change_ticket(ticket_id, turned, ACT)

    def get(self, ticket_id: int) -> object:
        return self.sqlite.ticket(ticket_id)

    def page(self, before: int) -> object:
        return self.sqlite.page("open", before, PAGE)

    def counts(self) -> object:
        return self.sqlite.counts()

    def close(self) -> None:
        self.sqlite.close()


class Stock:
    """TinyDB with its own JSON file: a document for each ticket, no events, no checks. With the cache, the file is
    written after each insert as without: what stands in the cache alone is lost with the process."""

    def __init__(self, path: Path, *, cached: bool) -> None:
        storage: Any = CachingMiddleware(JSONStorage) if cached else JSONStorage  # type: ignore[no-untyped-call]
        self._db = TinyDB(path, storage=storage)
        self._flush: Callable[[], object] = getattr(self._db.storage, "flush", lambda: None)

    @staticmethod
    def write(path: Path, count: int, progress: Progress) -> None:
        """Write the file that so many inserts would have left."""
        with path.open("wb") as file:
            file.write(b'{"_default": {')
            for ticket in stored_tickets(count):
                comma = b", " if ticket.id > 1 else b""
                file.write(comma + b'"%d": ' % ticket.id + msgspec.json.encode(ticket))
                progress.step()
            file.write(b"}}")

    def insert(self, ticket: Ticket) -> object:
        done = self._db.insert(msgspec.to_builtins(ticket))
        self._flush()
        return done

    def update(self, ticket_id: int) -> object:
        done = self._db.update(_turn, doc_ids=[ticket_id])
        self._flush()
        return done

    def get(self, ticket_id: int) -> object:
        return msgspec.convert(self._db.get(doc_id=ticket_id), Ticket)

    def page(self, before: int) -> object:
        self._db.clear_cache()  # answers to queries are kept; here none comes twice
        found = self._db.search((where("status") == "open") & (where("id") < before))
        last = sorted(found, key=_doc_id, reverse=True)[:PAGE]
        return [msgspec.convert(document, Ticket) for document in last]

    def counts(self) -> object:
        counts: dict[str, int] = {}
        for document in self._db:
            counts[document["status"]] = counts.get(document["status"], 0) + 1
        return counts

    def close(self) -> None:
        self._db.close()


class Raw:
    """Append to a file and fsync: what no durable insert can be faster than. The bytes are those of the ticket."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)

    def append(self, data: bytes) -> None:
        """On disk when it returns."""
        os.write(self._file, data)
        os.fsync(self._file)

    def close(self) -> None:
        os.close(self._file)


def _turn(document: Any) -> None:
    document["status"] = "waiting" if document["status"] == "open" else "open"


def _doc_id(document: Document) -> int:
    return document.doc_id
