"""The rows of the queue's file: put in, taken out, and where they stand until when."""

import sqlite3
from datetime import datetime

import msgspec
from msgspec.structs import replace

from ticket_api.store.queue_words import marks_of, words_of
from ticket_api.tickets.priority import Facts
from ticket_api.tickets.row import Pressing, Row, milliseconds, rank, rank_of, row_of, since, view_of
from ticket_api.tickets.ticket import Ticket

DUE = "SELECT id, facts FROM rows WHERE until <= ? ORDER BY until LIMIT ?"
WAITING = "SELECT id, requester, facts FROM rows WHERE view = 'open' AND facts IS NOT NULL"
JUDGE = "UPDATE rows SET until = 0, facts = NULL WHERE id = ? AND view = 'open'"
JUDGE_ALL = "UPDATE rows SET until = 0, facts = NULL WHERE view = 'open'"
RANK_ALL = "UPDATE rows SET until = 0 WHERE view = 'open'"
MOVE = "UPDATE rows SET rank = ?, quadrant = ?, until = ?, facts = ?, doc = ? WHERE id = ?"
STAY = "UPDATE rows SET until = ?, facts = ? WHERE id = ?"
COUNT = "INSERT INTO counts VALUES (?, ?) ON CONFLICT (view) DO UPDATE SET number = number + excluded.number"

decode_facts = msgspec.msgpack.Decoder(Facts).decode
_decode_row = msgspec.json.Decoder(Row).decode


def put_in(writer: sqlite3.Connection, ticket: Ticket, pressing: Pressing | None) -> None:
    """Put in a ticket that isn't there, with how much it presses if it is to be answered."""
    view, found = view_of(ticket), pressing.found if pressing else None
    place, age = rank(ticket, found.score if found else 0.0), -milliseconds(ticket.changed_at)
    times = (milliseconds(ticket.created_at), milliseconds(since(ticket)))
    columns = _columns(pressing)
    doc = msgspec.json.encode(row_of(ticket, found))
    values = (ticket.id, view, place, age, ticket.lang, *times, ticket.answered, ticket.requester, *columns, doc)
    writer.execute("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    tags = [(tag, ticket.id, view, place, age) for tag in ticket.tags or ()]
    writer.executemany("INSERT INTO tags VALUES (?, ?, ?, ?, ?)", tags)
    for name in filter(None, (view, columns[0])):
        _count(writer, name, 1)
    words = " ".join((*words_of(ticket), *marks_of(ticket)))
    writer.execute("INSERT INTO words (rowid, terms) VALUES (?, ?)", (ticket.id, words))


def take_out(writer: sqlite3.Connection, ticket_id: int) -> None:
    """Take out a ticket, if it is there."""
    found = writer.execute("SELECT view, quadrant FROM rows WHERE id = ?", (ticket_id,)).fetchone()
    if not found:
        return
    for name in filter(None, found):
        _count(writer, name, -1)
    writer.execute("DELETE FROM rows WHERE id = ?", (ticket_id,))
    writer.execute("DELETE FROM tags WHERE id = ?", (ticket_id,))
    writer.execute("DELETE FROM words WHERE rowid = ?", (ticket_id,))


def _columns(pressing: Pressing | None) -> tuple[str | None, int | None, bytes | None]:
    """The columns quadrant, until and facts."""
    if not pressing:
        return None, None, None
    return pressing.found.quadrant, _until(pressing.found.until), msgspec.msgpack.encode(pressing.facts)


def press(writer: sqlite3.Connection, ticket_id: int, pressing: Pressing | None) -> bool:
    """Put a ticket where it belongs by now; whether it has moved. The event that made it go elsewhere is followed."""
    found = writer.execute("SELECT view, rank, quadrant, doc FROM rows WHERE id = ?", (ticket_id,)).fetchone()
    if not found:
        return False
    view, place, quadrant, doc = found
    if view != "open" or pressing is None:
        writer.execute("UPDATE rows SET until = NULL WHERE id = ?", (ticket_id,))
        return False
    there = rank_of(pressing.found.score, pressing.facts.since)
    new, until, facts = _columns(pressing)
    if (there, new) == (place, quadrant):
        writer.execute(STAY, (until, facts, ticket_id))
        return False
    row = replace(_decode_row(doc), quadrant=pressing.found.quadrant, score=round(pressing.found.score, 2))
    writer.execute(MOVE, (there, new, until, facts, msgspec.json.encode(row), ticket_id))
    writer.execute("UPDATE tags SET rank = ? WHERE id = ?", (there, ticket_id))
    for name, more in ((new, 1), (quadrant, -1)):
        if name and new != quadrant:
            _count(writer, name, more)
    return True


def _count(writer: sqlite3.Connection, name: str, more: int) -> None:
    writer.execute(COUNT, (name, more))


def _until(moment: datetime | None) -> int | None:
    """In milliseconds of Unix time, rounded up: at that time, it has come."""
    return milliseconds(moment) + 1 if moment else None
