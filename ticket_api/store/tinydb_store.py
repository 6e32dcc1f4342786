"""The default store: TinyDB's API over tables that lie in one SQLite file."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Self, TypeVar, cast

import msgspec
from tinydb import TinyDB, where
from tinydb.table import Document, Table

from ticket_api.errors import NotFound, Stop, StoreUnavailable
from ticket_api.store.records import Feedback, OwnerAccount, Session
from ticket_api.store.sqlite_storage import SQLiteStorage
from ticket_api.store.sqlite_table import SQLiteTable
from ticket_api.tickets.ticket import Status, Ticket

Record = TypeVar("Record", bound=msgspec.Struct)

OWNER = 1


class SQLiteTinyDB(TinyDB):
    """A TinyDB whose documents are rows; `table()` takes `indexed` and `unique`, names of fields."""

    table_class: type[Table] = SQLiteTable

    def table(self, name: str, **options: Any) -> SQLiteTable:
        """The table of this name, made when it isn't there."""
        return cast(SQLiteTable, super().table(name, **options))


class TinyDBStore:
    """`Store` in TinyDB: a table for each kind of record, a record as its msgspec builtins. A ticket's id is its
    document's id; the owner's account is document OWNER of its table."""

    def __init__(self, path: Path) -> None:
        """Open the file at `path`. Raises Stop, or StoreUnavailable when its tables can't be made."""
        self._db = SQLiteTinyDB(path, storage=SQLiteStorage)
        self._storage = cast(SQLiteStorage, self._db.storage)
        try:
            self._tickets = self._db.table("tickets", indexed=("link", "status"), unique=("request",))
            self._feedback = self._db.table("feedback", indexed=("article",))
            self._sessions = self._db.table("sessions", indexed=("id",))
            self._owner = self._db.table("owner")
        except BaseException:
            self.close()
            raise

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the store at `url`, a path. Raises Stop with a sentence for the owner when it can't be opened."""
        if scheme := re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", url):
            raise Stop(
                f"A store at {scheme[0]} isn't available in this version."
                " Set HELPLEAF_STORE to the path of a file, such as data/tickets.db."
            )
        try:
            return cls(Path(url))
        except StoreUnavailable as trouble:
            reason = trouble.__cause__ or trouble
            raise Stop(f"{url} can't be written: {reason}. See that the disk has room, then start again.") from trouble

    def add_ticket(self, ticket: Ticket) -> Ticket:
        """Store a new ticket, or find the one with the same request."""
        with self._storage.transaction():
            known = self._tickets.get(where("request") == ticket.request) if ticket.request else None
            if known is not None:
                return _ticket(known)
            return msgspec.structs.replace(ticket, id=self._tickets.insert(_ticket_document(ticket)))

    def change_ticket(self, ticket_id: int, change: Callable[[Ticket], Ticket]) -> Ticket:
        """Change a ticket; one that comes back as it was costs no write."""
        with self._storage.transaction():
            before = self.ticket(ticket_id)
            after = msgspec.structs.replace(change(before), id=ticket_id)
            if after != before:
                self._tickets.update(_ticket_document(after), doc_ids=[ticket_id])
            return after

    def ticket(self, ticket_id: int) -> Ticket:
        """The ticket with this id."""
        return _ticket(_found(self._tickets.get(doc_id=ticket_id), "not_found"))

    def ticket_by_link(self, link: str) -> Ticket:
        """The ticket whose `link` this is."""
        return _ticket(_found(self._tickets.get(where("link") == link), "unknown_link"))

    def tickets(self, statuses: Sequence[Status], *, limit: int, after: int = 0) -> list[Ticket]:
        """Tickets in these states, by id."""
        return [_ticket(document) for document in self._tickets.page("status", statuses, limit=limit, after=after)]

    def count_tickets(self) -> dict[Status, int]:
        """How many tickets there are in each state."""
        return self._tickets.count_by("status")

    def add_feedback(self, feedback: Feedback) -> None:
        """Store one visitor's feedback."""
        self._feedback.insert(msgspec.to_builtins(feedback))

    def feedback(self, article: str) -> list[Feedback]:
        """All feedback on an article."""
        return [_record(Feedback, found) for found in self._feedback.search(where("article") == article)]

    def owner(self) -> OwnerAccount:
        """The owner's account."""
        found = self._owner.get(doc_id=OWNER)
        return OwnerAccount() if found is None else _record(OwnerAccount, found)

    def change_owner(self, change: Callable[[OwnerAccount], OwnerAccount]) -> OwnerAccount:
        """Change the owner's account."""
        with self._storage.transaction():
            account = change(self.owner())
            self._owner.upsert(Document(msgspec.to_builtins(account), OWNER))
            return account

    def put_session(self, session: Session) -> None:
        """Store a session, in place of one with the same id."""
        self._sessions.upsert(msgspec.to_builtins(session), where("id") == session.id)

    def touch_session(self, session_id: str, seen_at: datetime) -> None:
        """Note when a session was last seen, if it is still there."""
        self._sessions.update(msgspec.to_builtins({"seen_at": seen_at}), where("id") == session_id)

    def session(self, session_id: str) -> Session | None:
        """The session with this id, or None."""
        found = self._sessions.get(where("id") == session_id)
        return None if found is None else _record(Session, found)

    def drop_sessions(self, *, session_id: str | None = None, unseen_since: datetime | None = None) -> None:
        """Forget one session, those not seen since a time, both, or without an argument all of them."""
        with self._storage.transaction():
            if session_id is not None:
                self._sessions.remove(where("id") == session_id)
            if unseen_since is not None:
                self._sessions.remove(where("seen_at").test(lambda seen: _time(seen) < unseen_since))
            if session_id is None and unseen_since is None:
                self._sessions.truncate()

    def check(self) -> None:
        """Write to the file, at most once a second, and see that there is room."""
        self._storage.check()

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _time(text: Any) -> datetime:
    """Times are compared as times: their texts sort wrongly where one has a fraction of a second."""
    return datetime.fromisoformat(text)


def _found(document: Document | None, code: str) -> Document:
    if document is None:
        raise NotFound(code)
    return document


def _ticket_document(ticket: Ticket) -> dict[str, Any]:
    document: dict[str, Any] = msgspec.to_builtins(ticket)
    del document["id"]
    return document


def _ticket(document: Document) -> Ticket:
    return msgspec.structs.replace(_record(Ticket, document), id=document.doc_id)


def _record(kind: type[Record], document: Document) -> Record:
    try:
        return msgspec.convert(document, kind)
    except msgspec.ValidationError as error:
        raise StoreUnavailable("store_unavailable") from error
