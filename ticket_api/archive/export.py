"""Export for other programs: a JSON file that TinyDB opens, and a CSV file whose cells are never formulas."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, BinaryIO

import msgspec

from ticket_api.archive.kinds import Progress, expected, silent
from ticket_api.store import Snapshot
from ticket_api.tickets.event import Event
from ticket_api.tickets.ticket import Ticket, address_key

SECRET = ("link", "request", "uid")
"""Fields of a ticket that never leave: the secret link is made from them, or found by them."""
FORMULA = re.compile("[=+\\-@\t\r\n＝＋－＠]")
"""What a spreadsheet may take for the beginning of a formula."""
BOM = "\ufeff"
"""Without it, Excel reads UTF-8 as something else."""

Documents = Iterator[tuple[int, dict[str, Any]]]

COLUMNS: dict[str, Callable[[Ticket], object]] = {
    "id": lambda ticket: ticket.id,
    "status": lambda ticket: ticket.status,
    "created_at": lambda ticket: _time(ticket.created_at),
    "changed_at": lambda ticket: _time(ticket.changed_at),
    "first_reply_at": lambda ticket: _time(ticket.first_reply_at),
    "solved_at": lambda ticket: _time(ticket.solved_at),
    "solved_by": lambda ticket: ticket.solved_by,
    "answered_by": lambda ticket: ticket.answered_by or "",
    "lang": lambda ticket: ticket.lang,
    "page": lambda ticket: ticket.page,
    "name": lambda ticket: ticket.name,
    "email": lambda ticket: ticket.email,
    "requester": lambda ticket: ticket.requester,
    "subject": lambda ticket: ticket.subject,
    "question": lambda ticket: ticket.question,
    "further_messages": lambda ticket: "\n\n".join(
        f"{each.author}, {_time(each.at)}:\n{each.text}" for each in ticket.messages[1:]
    ),
}


class Export:
    """What of a snapshot is exported: all of it, or what is stored of the person with one address."""

    def __init__(self, snapshot: Snapshot, address: str = "", progress: Progress = silent) -> None:
        self._snapshot = snapshot
        self._key = address_key(address)
        self._whose: set[str] = set()
        self._ids: set[int] = set()
        self._progress = progress
        self._total = expected(snapshot)
        self._done = 0
        self.tickets = 0

    def write_json(self, file: BinaryIO) -> None:
        """Write what stock TinyDB opens: an object of tables, each an object of documents by id; a record a line."""
        begin = "{"
        for name, documents in self._tables():
            _write_table(file, begin, name, documents)
            begin = ",\n"
        file.write(b"}\n")
        self._progress(self._total, self._total)

    def write_csv(self, file: BinaryIO) -> None:
        """Write one row a ticket, every cell in quotes, with its names in the first row."""
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        try:
            text.write(BOM)
            rows = csv.writer(text, quoting=csv.QUOTE_ALL)
            rows.writerow(COLUMNS)
            for ticket in self._tickets():
                rows.writerow([cell(read(ticket)) for read in COLUMNS.values()])
        finally:
            text.detach()
        self._progress(self._total, self._total)

    def _tables(self) -> Iterator[tuple[str, Documents]]:
        yield "tickets", ((each.id, _less(each, ("id", *SECRET))) for each in self._tickets())
        yield "events", ((each.seq, _less(each, ())) for each in self._events())
        if not self._key:  # nothing in it says whose it is
            yield "feedback", ((each.id, _less(each, ("id",))) for each in self._snapshot.feedback())

    def _tickets(self) -> Iterator[Ticket]:
        for ticket in self._snapshot.tickets():
            self._step()
            if not self._key or address_key(ticket.email) == self._key:
                if self._key:
                    self._ids.add(ticket.id)
                    self._whose.add(ticket.requester)
                self.tickets += 1
                yield ticket

    def _events(self) -> Iterator[Event]:
        """All events, or those of this person's tickets; tickets that were erased are known by who asked."""
        for event in self._snapshot.events():
            self._step()
            if event.who in self._whose - {"", "owner", "system"}:
                self._ids.add(event.ticket)
            if not self._key or event.ticket in self._ids:
                yield event

    def _step(self) -> None:
        self._done += 1
        self._progress(min(self._done, max(self._total - 1, 0)), self._total)


def cell(value: object) -> str:
    """The text of a cell. What could begin a formula gets an apostrophe before it, which means: this is text."""
    text = "" if value is None else str(value)
    return f"'{text}" if FORMULA.match(text) else text


def _write_table(file: BinaryIO, begin: str, name: str, documents: Documents) -> None:
    file.write(f'{begin}"{name}": {{'.encode())
    between = "\n"
    for number, document in documents:
        file.write(f'{between}"{number}": '.encode() + msgspec.json.encode(document))
        between = ",\n"
    file.write(b"}")


def _less(record: msgspec.Struct, fields: Iterable[str]) -> dict[str, Any]:
    document: dict[str, Any] = msgspec.to_builtins(record)
    for field in fields:
        document.pop(field, None)
    return document


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
