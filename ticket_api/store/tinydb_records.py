"""Records as documents of TinyDB, and the tables that hold them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple, Self, TypeVar, cast

import msgspec
from msgspec.structs import force_setattr
from tinydb import TinyDB, where
from tinydb.table import Document, Table

from ticket_api.errors import Broken
from ticket_api.keys import new_uid
from ticket_api.mailbox import address_key
from ticket_api.store.records import Batch, Feedback, Mail, OwnerAccount, Paper, Search
from ticket_api.store.sqlite_lookup import Row
from ticket_api.store.sqlite_table import SQLiteTable
from ticket_api.tickets.ticket import Ticket

Record = TypeVar("Record", bound=msgspec.Struct)

OWNER = 1
MARK = 2
SCRUB = 3
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SQLiteTinyDB(TinyDB):
    """A TinyDB whose documents are rows; `table()` takes the options of `SQLiteTable`."""

    table_class: type[Table] = SQLiteTable

    def table(self, name: str, **options: Any) -> SQLiteTable:
        """The table of this name, made when it isn't there."""
        return cast(SQLiteTable, super().table(name, **options))


class Known(msgspec.Struct):
    """What is read of a ticket to see who wrote it."""

    requester: str


_decode = msgspec.json.Decoder(Ticket).decode


class Tables(NamedTuple):
    """The tables. The id of a ticket, an event, feedback, a search or a mail is its document's; the owner's account and
    the mark of the key are documents OWNER and MARK of `desk`; SCRUB has a mark of the last erase that isn't scrubbed.
    """

    tickets: SQLiteTable
    events: SQLiteTable
    feedback: SQLiteTable
    searches: SQLiteTable
    sessions: SQLiteTable
    desk: SQLiteTable
    mails: SQLiteTable
    papers: SQLiteTable

    @classmethod
    def of(cls, table: Callable[..., SQLiteTable]) -> Self:
        """The tables, each made by `table(name, **options)` where it isn't there."""
        fast = partial(table, encode=msgspec.json.encode)
        return cls(
            fast("tickets", indexed=("link", "status", "address"), unique=("request",), counted=("status",)),
            fast("events", indexed=("ticket",), append_only=True),
            fast("feedback", indexed=("article",)),
            fast("searches", indexed=("day",), counted=("day",)),
            fast("sessions", indexed=("id",)),
            fast("desk"),
            fast("mails", indexed=("ticket",), sparse=("due", "troubled")),
            fast("papers", unique=("name",)),
        )


def as_document(record: Ticket | Feedback | Search | Mail) -> dict[str, Any]:
    """A record without its id, with what it is looked up by: a ticket's address in one way of writing it; when a mail
    is due, in microseconds, while it is to be sent, and whether it is in trouble."""
    document: dict[str, Any] = msgspec.to_builtins(record)
    document.pop("id", None)
    if isinstance(record, Ticket):
        document["address"] = address_key(record.email)
    elif isinstance(record, Mail):
        document["due"] = microseconds(record.due_at) if record.pending else None
        document["troubled"] = 1 if record.troubled else None
    return document


def decoded_ticket(row: Row) -> Ticket:
    """The ticket in a row. Raises Broken."""
    doc_id, text = row
    try:
        ticket = _decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Broken("damaged", table="tickets", id=doc_id) from error
    force_setattr(ticket, "id", doc_id)  # nobody else has seen it yet
    return ticket


def decoded(kind: type[Record], row: Row) -> Record:
    """The record in a row. Raises Broken."""
    try:
        record = msgspec.json.decode(row[1], type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Broken("damaged", table=kind.__name__.lower(), id=row[0]) from error
    if kind in (Feedback, Mail):
        force_setattr(record, "id", row[0])
    return record


def put_owner(tables: Tables, account: OwnerAccount) -> None:
    """Store the account in the place of the one before; what is unset in it was taken away. Inside of a transaction."""
    tables.desk.remove(doc_ids=[OWNER])
    tables.desk.insert(Document(msgspec.to_builtins(account), OWNER))


def put_paper(tables: Tables, paper: Paper) -> None:
    """Store a paper in the place of one with the same name; an empty one takes that away. Inside of a transaction."""
    if paper.content:
        tables.papers.upsert(msgspec.to_builtins(paper), where("name") == paper.name)
    else:
        tables.papers.remove(where("name") == paper.name)


def load_others(tables: Tables, batch: Batch) -> None:
    """Put in all of a batch but tickets and events. Inside of a transaction."""
    for feedback in batch.feedback:
        tables.feedback.upsert(Document(as_document(feedback), feedback.id))
    for search in batch.searches:
        tables.searches.upsert(Document(as_document(search), search.id))
    for session in batch.sessions:
        tables.sessions.upsert(msgspec.to_builtins(session), where("id") == session.id)
    for mail in batch.mails:
        tables.mails.upsert(Document(as_document(mail), mail.id))
    for paper in batch.papers:
        put_paper(tables, paper)
    if batch.owner is not None:
        put_owner(tables, batch.owner)
    if batch.mark is not None:
        tables.desk.upsert(Document({"mark": batch.mark}, MARK))


def note_erase(tables: Tables) -> None:
    """Note that `scrub` is due. Inside of a transaction."""
    tables.desk.upsert(Document({"erased": new_uid()}, SCRUB))


def time_of(text: Any) -> datetime:
    """A stored time. Times are compared as times: their texts sort wrongly where one has a fraction of a second."""
    return datetime.fromisoformat(text)


def microseconds(at: datetime) -> int:
    """A time as a number that sorts rightly."""
    return (at - EPOCH) // timedelta(microseconds=1)
