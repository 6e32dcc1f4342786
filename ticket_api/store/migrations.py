"""Files of older formats, brought over within the transaction that opens them."""

import json
import logging
from collections.abc import Callable

import msgspec
from msgspec.structs import replace
from tinydb.table import Document

from ticket_api.keys import new_uid
from ticket_api.mailbox import address_key
from ticket_api.store import sqlite_file
from ticket_api.store.sqlite_storage import SQLiteStorage
from ticket_api.store.sqlite_table import SQLiteTable
from ticket_api.store.tinydb_records import OWNER, Tables, as_document
from ticket_api.tickets.event import Act, Event, next_event
from ticket_api.tickets.ticket import Ticket

CHAINED = 2
"""The format from which on tickets are as they are now; what came later are new tables alone."""
OLD = "old__"
"""What the names of tables of an older format begin with while they are brought over."""

log = logging.getLogger(__name__)


def prepare(file: SQLiteStorage, table: Callable[..., SQLiteTable]) -> Tables:
    """The tables, made where they aren't there, and those of an older format brought over, all in one transaction.

    A copy of an older file is kept beside it. Raises StoreUnavailable.
    """
    if 0 < file.format < sqlite_file.FORMAT:
        log.warning("%s is brought to format %d; what it was is in %s", file.path, sqlite_file.FORMAT, file.keep_copy())
    with file.reading() if file.read_only else file.transaction():
        found = _format(file)
        old = _set_aside(file) if found < CHAINED else []
        tables = Tables.of(table)
        if old:
            _bring_over(file, tables)
        if found < sqlite_file.FORMAT:
            file.execute(f"PRAGMA user_version = {sqlite_file.FORMAT}")
        return tables


def _format(file: SQLiteStorage) -> int:
    """The format by now: another process may have brought the file over meanwhile."""
    ((found,),) = file.execute("PRAGMA user_version")
    return int(found)


def _set_aside(file: SQLiteStorage) -> list[str]:
    """Rename the tables of an older format, and return their names."""
    old = file.tables()
    for name in old:
        for (index,) in file.execute("SELECT name FROM sqlite_master WHERE tbl_name = ? AND type = 'index'", (name,)):
            file.execute(f"DROP INDEX {index}")
        file.execute(f"ALTER TABLE {name} RENAME TO {OLD}{name}")
    return old


def _bring_over(file: SQLiteStorage, tables: Tables) -> None:
    """Format 1, where no requester had an id and nothing made events: each ticket begins the chain as it is now."""
    requesters: dict[str, str] = {}
    last: Event | None = None
    for doc_id, document in _old(file, "tickets"):
        ticket = msgspec.convert(document, Ticket)
        key = address_key(ticket.email)
        requester = requesters.setdefault(key, new_uid()) if key else new_uid()
        ticket = replace(ticket, id=doc_id, requester=requester)
        tables.tickets.insert(Document(as_document(ticket), doc_id))
        last = next_event(last, ticket, Act("requester", "asked", ticket.created_at))
        tables.events.insert(msgspec.to_builtins(last))
    for name, table in (("feedback", tables.feedback), ("sessions", tables.sessions)):
        for doc_id, document in _old(file, name):
            table.insert(Document(document, doc_id))
    for _, document in _old(file, "owner"):
        tables.desk.insert(Document(document, OWNER))
    for ((given,),) in [file.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = ?", (f"{OLD}tickets",))]:
        tables.tickets.keep_ids_above(given or 0)
    for name in ("tickets", "feedback", "sessions", "owner"):
        file.execute(f"DROP TABLE IF EXISTS {OLD}{name}")


def _old(file: SQLiteStorage, name: str) -> list[tuple[int, dict[str, object]]]:
    there = file.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (f"{OLD}{name}",))
    rows = file.execute(f"SELECT id, doc FROM {OLD}{name} ORDER BY id") if there else []  # noqa: S608
    return [(doc_id, json.loads(text)) for doc_id, text in rows]
