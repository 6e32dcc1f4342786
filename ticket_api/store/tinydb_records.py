"""Records as documents of TinyDB, and the tables that hold them."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple, Self, TypeVar

import msgspec
from msgspec.structs import force_setattr

from ticket_api.errors import Broken
from ticket_api.store.records import Feedback
from ticket_api.store.sqlite_table import Row, SQLiteTable
from ticket_api.tickets.ticket import Ticket, address_key

Record = TypeVar("Record", bound=msgspec.Struct)

OWNER = 1
MARK = 2
SCRUB = 3


class Known(msgspec.Struct):
    """What is read of a ticket to see who wrote it."""

    requester: str


_decode = msgspec.json.Decoder(Ticket).decode


class Tables(NamedTuple):
    """The tables. The id of a ticket, an event or feedback is its document's; the owner's account and the mark of the
    key are documents OWNER and MARK of `desk`; SCRUB has the last event of the erases that `scrub` is due for."""

    tickets: SQLiteTable
    events: SQLiteTable
    feedback: SQLiteTable
    sessions: SQLiteTable
    desk: SQLiteTable

    @classmethod
    def of(cls, table: Callable[..., SQLiteTable]) -> Self:
        """The tables, each made by `table(name, **options)` where it isn't there."""
        fast = partial(table, encode=msgspec.json.encode)
        return cls(
            fast("tickets", indexed=("link", "status", "address"), unique=("request",), counted=("status",)),
            fast("events", indexed=("ticket",), append_only=True),
            fast("feedback", indexed=("article",)),
            fast("sessions", indexed=("id",)),
            fast("desk"),
        )


def as_document(record: Ticket | Feedback) -> dict[str, Any]:
    """A record without its id; a ticket's address as well in the one way that it is looked up by."""
    document: dict[str, Any] = msgspec.to_builtins(record)
    del document["id"]
    if isinstance(record, Ticket):
        document["address"] = address_key(record.email)
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
    if kind is Feedback:
        force_setattr(record, "id", row[0])
    return record


def time_of(text: Any) -> datetime:
    """A stored time. Times are compared as times: their texts sort wrongly where one has a fraction of a second."""
    return datetime.fromisoformat(text)
