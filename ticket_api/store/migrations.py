"""Files of older formats, brought over within the transaction that opens them."""

import json

import msgspec
from msgspec.structs import replace
from tinydb.table import Document

from ticket_api.keys import new_uid
from ticket_api.store.sqlite_storage import OLD, SQLiteStorage
from ticket_api.store.tinydb_records import OWNER, Tables, as_document
from ticket_api.tickets.event import Act, Event, next_event
from ticket_api.tickets.ticket import Ticket, address_key


def bring_over(file: SQLiteStorage, tables: Tables) -> None:
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
