"""The default store: TinyDB's API over tables that lie in one SQLite file."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Self, cast

import msgspec
from msgspec.structs import replace
from tinydb import where
from tinydb.table import Document

from ticket_api.errors import Broken, NotFound, Stop, StoreUnavailable
from ticket_api.keys import new_uid
from ticket_api.mailbox import address_key
from ticket_api.store import tinydb_searches
from ticket_api.store.migrations import prepare
from ticket_api.store.records import Batch, Feedback, Paper, Search, Votes, draft_name
from ticket_api.store.sqlite_refusal import damaged
from ticket_api.store.sqlite_storage import SQLiteStorage
from ticket_api.store.tinydb_desk import TinyDBDesk
from ticket_api.store.tinydb_mails import TinyDBMails
from ticket_api.store.tinydb_records import (
    SCRUB,
    Known,
    SQLiteTinyDB,
    as_document,
    decoded,
    decoded_ticket,
    load_others,
    note_erase,
    put_paper,
)
from ticket_api.store.tinydb_snapshot import TinyDBSnapshot
from ticket_api.store.verifying import verify_snapshot
from ticket_api.tickets.event import Act, Event, next_event, verify
from ticket_api.tickets.ticket import Status, Ticket

WHOLE_BYTES = 8_000_000
"""Up to this size a file is read as a whole before it is opened; a larger one would delay every start."""


class TinyDBStore(TinyDBMails, TinyDBDesk):
    """`Store` in TinyDB: a table for each kind of record."""

    def __init__(self, path: Path) -> None:
        """Open the file at `path`. Raises Stop, StoreUnavailable when its tables can't be made, and Broken."""
        self._db = SQLiteTinyDB(path, storage=SQLiteStorage)
        self._file = cast(SQLiteStorage, self._db.storage)
        self._last: tuple[int, Event | None] = (-1, None)
        try:
            self._tables = prepare(self._file, self._db.table)
            if path.stat().st_size <= WHOLE_BYTES:
                self.verify()
        except BaseException:
            self.close()
            raise

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the store at `url`, a path. Raises Stop with a sentence for the owner when it can't be opened."""
        if scheme := re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", url):
            raise Stop(
                f"Stores at {scheme[0]} aren't known."
                " Set HELPLEAF_STORE to the path of a file, such as data/tickets.db, or to postgresql://..."
            )
        path = Path(url)
        try:
            return cls(path)
        except Broken as broken:
            raise damaged(path, broken.told) from broken
        except StoreUnavailable as trouble:
            reason = trouble.__cause__ or trouble
            raise Stop(f"{url} can't be written: {reason}. See that the disk has room, then start again.") from trouble

    def add_ticket(self, ticket: Ticket) -> Ticket:
        """Store a new ticket, or find the one with the same request."""

        def add() -> Ticket:
            known = self.ticket_by_request(ticket.request)
            if known is not None:
                return known
            document = as_document(ticket)
            document["requester"] = requester = self._requester(document["address"]) or ticket.requester
            new = replace(ticket, requester=requester, id=self._tables.tickets.add(document))
            self._append(new, Act("requester", "asked", new.created_at))
            return new

        return self._file.commit(add)

    def change_ticket(self, ticket_id: int, change: Callable[[Ticket], Ticket], act: Act) -> Ticket:
        """Change a ticket; one that comes back as it was costs no write."""

        def apply() -> Ticket:
            row = self._tables.tickets.whole_row(ticket_id)
            if row is None:
                raise NotFound("not_found")
            before = decoded_ticket(row)
            after = replace(change(before), id=ticket_id, version=before.version)
            if after == before:
                return before
            after = replace(after, version=before.version + 1)
            old, new = as_document(before), as_document(after)
            if new["address"] != old["address"]:
                new["requester"] = requester = self._requester(new["address"]) or new_uid()
                after = replace(after, requester=requester)
            self._tables.tickets.put(ticket_id, new, old)
            self._append(after, act)
            return after

        return self._file.commit(apply)

    def ticket(self, ticket_id: int) -> Ticket:
        """The ticket with this id."""
        row = self._tables.tickets.row(ticket_id)
        if row is None:
            raise NotFound("not_found")
        return decoded_ticket(row)

    def ticket_by_link(self, link: str) -> Ticket:
        """The ticket whose `link` this is."""
        row = self._tables.tickets.first("link", link)
        if row is None:
            raise NotFound("unknown_link")
        return decoded_ticket(row)

    def ticket_by_request(self, request: str) -> Ticket | None:
        """The ticket with this request."""
        row = self._tables.tickets.first("request", request) if request else None
        return decoded_ticket(row) if row else None

    def tickets(
        self, statuses: Sequence[Status], *, limit: int, after: int = 0, newest_first: bool = False
    ) -> list[Ticket]:
        """Tickets in these states, by id."""
        rows = self._tables.tickets.page("status", statuses, limit=limit, after=after, newest_first=newest_first)
        return list(map(decoded_ticket, rows))

    def tickets_of(self, address: str) -> list[Ticket]:
        """All tickets with this e-mail address."""
        return list(map(decoded_ticket, self._tables.tickets.rows("address", address_key(address))))

    def tickets_by_id(self, ticket_ids: Sequence[int]) -> list[Ticket]:
        """Those of these tickets that are there."""
        return list(map(decoded_ticket, self._tables.tickets.those(ticket_ids)))

    def count_tickets(self) -> dict[Status, int]:
        """How many tickets there are in each state."""
        return self._tables.tickets.count_by("status")

    def erase_tickets(self, ticket_ids: Sequence[int], act: Act) -> list[int]:
        """Remove these tickets, with an event for each."""

        def erase() -> list[int]:
            rows = [row for each in dict.fromkeys(ticket_ids) if (row := self._tables.tickets.row(each))]
            for row in rows:
                self._append(decoded_ticket(row), act)
                self._tables.mails.remove(doc_ids=[mail_id for mail_id, _ in self._tables.mails.rows("ticket", row[0])])
                put_paper(self._tables, Paper(draft_name(row[0]), ""))
            if rows:
                note_erase(self._tables)
            return self._tables.tickets.remove(doc_ids=[row[0] for row in rows])

        return self._file.commit(erase)

    def scrub(self) -> None:
        """Write the file anew, and empty its log."""
        due = self._tables.desk.get(doc_id=SCRUB)
        self._file.scrub()
        if due is not None:  # an erase that came meanwhile has a mark of its own, and stays due
            self._tables.desk.remove(where("erased") == due["erased"])

    def needs_scrub(self) -> bool:
        """Whether the file is to be written anew."""
        return self._tables.desk.row(SCRUB) is not None

    def events(self, ticket_id: int) -> list[Event]:
        """All events of a ticket."""
        found = self._tables.events.search(where("ticket") == ticket_id)
        return [msgspec.convert(document, Event) for document in found]

    def events_after(self, seq: int, *, limit: int) -> list[Event]:
        """The events after this number."""
        return [decoded(Event, row) for row in self._tables.events.span(limit=limit, after=seq)]

    def events_before(self, seq: int, *, limit: int) -> list[Event]:
        """The last events before this number."""
        return [decoded(Event, row) for row in self._tables.events.span(limit=limit, after=seq, newest_first=True)]

    def record(self, act: Act) -> None:
        """Store an event about no ticket."""
        self._file.commit(lambda: self._append(None, act))

    def add_feedback(self, feedback: Feedback) -> None:
        """Store one visitor's feedback."""
        self._file.commit(lambda: self._tables.feedback.insert(as_document(feedback)))

    def feedback(self, article: str) -> list[Feedback]:
        """All feedback on an article."""
        return [decoded(Feedback, row) for row in self._tables.feedback.rows("article", article)]

    def votes(self) -> dict[str, Votes]:
        """How many found each article helpful, and how many didn't."""
        found = self._tables.feedback.tally("article", "helpful", "follows")
        return {article: Votes(yes, no) for article, yes, no in found}

    def add_search(self, search: Search, *, most: int) -> None:
        """Count a search."""
        self._file.commit(lambda: tinydb_searches.add(self._tables, search, most))

    def drop_searches(self, *, before: date | None = None) -> None:
        """Forget old searches, or all."""
        self._file.commit(lambda: tinydb_searches.drop(self._tables, before))

    def erase_searches(self, ids: Sequence[int]) -> None:
        """Remove these searches."""
        self._file.commit(lambda: tinydb_searches.erase(self._tables, ids))

    def together(self, jobs: Sequence[Callable[[], object]]) -> list[object]:
        """Run jobs with one commit."""
        return self._file.together(jobs)

    @contextmanager
    def snapshot(self) -> Iterator[TinyDBSnapshot]:
        """All records as they are now."""
        with self._file.snapshot() as frozen:
            yield TinyDBSnapshot(frozen)

    def load(self, batch: Batch) -> None:
        """Put records in as they are."""
        self._file.commit(lambda: self._load(batch))

    def check(self) -> None:
        """Write to the file, at most once a second, and see that there is room."""
        self._file.check()

    def verify(self, progress: Callable[[int, int], object] | None = None) -> None:
        """Read the whole file; when it is damaged, take no ticket until the next start."""
        progress = progress or (lambda *_: None)
        try:
            with self.snapshot() as snapshot:
                snapshot.verify_file(progress)
                verify_snapshot(snapshot, progress)
        except Broken as broken:
            self._file.trouble.give_up(broken, broken.told)
            raise

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _requester(self, address: str) -> str:
        """The random id of whoever wrote from this address before, or ""."""
        earlier = self._tables.tickets.first("address", address) if address else None
        return decoded(Known, earlier).requester if earlier else ""

    def _append(self, ticket: Ticket | None, act: Act) -> None:
        event = next_event(self._last_event(), ticket, act)
        self._tables.events.add(msgspec.to_builtins(event))
        self._last = self._file.turn, event

    def _last_event(self) -> Event | None:
        """The end of the chain; within one transaction it is remembered."""
        turn, event = self._last
        if turn == self._file.turn:
            return event
        row = self._tables.events.last()
        return decoded(Event, row) if row else None

    def _load(self, batch: Batch) -> None:
        verify(batch.events, self._last_event())
        self._tables.tickets.remove(doc_ids=batch.erased)
        for ticket in batch.tickets:
            self._tables.tickets.upsert(Document(as_document(ticket), ticket.id))
        for event in batch.events:
            self._tables.events.add(msgspec.to_builtins(event))
        self._last = -1, None
        self._tables.tickets.keep_ids_above(max((event.ticket for event in batch.events), default=0))
        load_others(self._tables, batch)
