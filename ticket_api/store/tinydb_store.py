"""The default store: TinyDB's API over tables that lie in one SQLite file."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Self, cast

import msgspec
from msgspec.structs import replace
from tinydb import TinyDB, where
from tinydb.table import Document, Table

from ticket_api.errors import Broken, NotFound, Stop, StoreUnavailable
from ticket_api.store.migrations import prepare
from ticket_api.store.records import Batch, Feedback, OwnerAccount, Session
from ticket_api.store.sqlite_file import damaged
from ticket_api.store.sqlite_storage import SQLiteStorage
from ticket_api.store.sqlite_table import SQLiteTable
from ticket_api.store.tinydb_records import MARK, OWNER, SCRUB, Known, as_document, decoded, decoded_ticket, time_of
from ticket_api.store.tinydb_snapshot import TinyDBSnapshot
from ticket_api.store.verifying import verify_snapshot
from ticket_api.tickets.event import Act, Event, next_event, verify
from ticket_api.tickets.ticket import Status, Ticket, address_key

WHOLE_BYTES = 8_000_000
"""Up to this size a file is read as a whole before it is opened; a larger one would delay every start."""


class SQLiteTinyDB(TinyDB):
    """A TinyDB whose documents are rows; `table()` takes the options of `SQLiteTable`."""

    table_class: type[Table] = SQLiteTable

    def table(self, name: str, **options: Any) -> SQLiteTable:
        """The table of this name, made when it isn't there."""
        return cast(SQLiteTable, super().table(name, **options))


class TinyDBStore:
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
            self._tables.tickets.put(ticket_id, as_document(after), as_document(before))
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

    def count_tickets(self) -> dict[Status, int]:
        """How many tickets there are in each state."""
        return self._tables.tickets.count_by("status")

    def erase_tickets(self, ticket_ids: Sequence[int], act: Act) -> list[int]:
        """Remove these tickets, with an event for each."""

        def erase() -> list[int]:
            rows = [row for each in dict.fromkeys(ticket_ids) if (row := self._tables.tickets.row(each))]
            for row in rows:
                self._append(decoded_ticket(row), act)
            if rows:
                self._tables.desk.upsert(Document({"erased": cast(Event, self._last_event()).seq}, SCRUB))
            return self._tables.tickets.remove(doc_ids=[row[0] for row in rows])

        return self._file.commit(erase)

    def scrub(self) -> None:
        """Write the file anew, and empty its log."""
        due = self._tables.desk.get(doc_id=SCRUB)
        self._file.scrub()
        if due is not None:  # an erase that came meanwhile has a higher number, and stays due
            self._tables.desk.remove(where("erased") == due["erased"])

    def needs_scrub(self) -> bool:
        """Whether the file is to be written anew."""
        return self._tables.desk.row(SCRUB) is not None

    def events(self, ticket_id: int) -> list[Event]:
        """All events of a ticket."""
        found = self._tables.events.search(where("ticket") == ticket_id)
        return [msgspec.convert(document, Event) for document in found]

    def add_feedback(self, feedback: Feedback) -> None:
        """Store one visitor's feedback."""
        self._file.commit(lambda: self._tables.feedback.insert(as_document(feedback)))

    def feedback(self, article: str) -> list[Feedback]:
        """All feedback on an article."""
        return [decoded(Feedback, row) for row in self._tables.feedback.rows("article", article)]

    def owner(self) -> OwnerAccount:
        """The owner's account."""
        row = self._tables.desk.row(OWNER)
        return decoded(OwnerAccount, row) if row else OwnerAccount()

    def change_owner(self, change: Callable[[OwnerAccount], OwnerAccount]) -> OwnerAccount:
        """Change the owner's account."""

        def apply() -> OwnerAccount:
            account = change(self.owner())
            self._tables.desk.upsert(Document(msgspec.to_builtins(account), OWNER))
            return account

        return self._file.commit(apply)

    def put_session(self, session: Session) -> None:
        """Store a session, in place of one with the same id."""
        self._tables.sessions.upsert(msgspec.to_builtins(session), where("id") == session.id)

    def touch_session(self, session_id: str, seen_at: datetime) -> None:
        """Note when a session was last seen, if it is still there."""
        self._tables.sessions.update(msgspec.to_builtins({"seen_at": seen_at}), where("id") == session_id)

    def session(self, session_id: str) -> Session | None:
        """The session with this id, or None."""
        row = self._tables.sessions.first("id", session_id)
        return decoded(Session, row) if row else None

    def drop_sessions(self, *, session_id: str | None = None, unseen_since: datetime | None = None) -> None:
        """Forget one session, those not seen since a time, both, or without an argument all of them."""
        with self._file.transaction():
            if session_id is not None:
                self._tables.sessions.remove(where("id") == session_id)
            if unseen_since is not None:
                self._tables.sessions.remove(where("seen_at").test(lambda seen: time_of(seen) < unseen_since))
            if session_id is None and unseen_since is None:
                self._tables.sessions.truncate()

    def claim(self, mark: str) -> str:
        """Remember the mark of the desk's key, if none is remembered."""

        def remember() -> str:
            known = self._mark()
            if not known:
                self._tables.desk.upsert(Document({"mark": mark}, MARK))
            return known or mark

        return self._mark() or self._file.commit(remember)

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

    def _mark(self) -> str:
        known = self._tables.desk.get(doc_id=MARK)
        return str(known["mark"]) if known else ""

    def _append(self, ticket: Ticket, act: Act) -> None:
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
        for feedback in batch.feedback:
            self._tables.feedback.upsert(Document(as_document(feedback), feedback.id))
        for session in batch.sessions:
            self.put_session(session)
        if batch.owner is not None:
            self._tables.desk.upsert(Document(msgspec.to_builtins(batch.owner), OWNER))
        if batch.mark is not None:
            self._tables.desk.upsert(Document({"mark": batch.mark}, MARK))
