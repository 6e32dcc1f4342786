"""Export for other programs: a JSON file that TinyDB opens, and a CSV file whose cells are never formulas."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import msgspec

from ticket_api.archive.attachments import content_of
from ticket_api.archive.kinds import Progress, expected, silent
from ticket_api.archive.place import put_file
from ticket_api.customers.papers import CUSTOMER, kept_in
from ticket_api.mailbox import address_key
from ticket_api.orders.shelf import ORDERS, orders_in
from ticket_api.store import Snapshot
from ticket_api.store.attachments import Attachments
from ticket_api.store.records import Mail, Search, draft_of
from ticket_api.tickets.attachment import ENDINGS
from ticket_api.tickets.customers import Kept
from ticket_api.tickets.event import Event
from ticket_api.tickets.message import Attachment
from ticket_api.tickets.ticket import Ticket

SECRET = ("link", "request", "uid")
"""Fields of a ticket that never leave: the secret link is made from them, or found by them."""
FORMULA = re.compile("[=+\\-@\t\r\n＝＋－＠]")
"""What a spreadsheet may take for the beginning of a formula."""
BOM = "\ufeff"
"""Without it, Excel reads UTF-8 as something else."""

T = TypeVar("T")
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
    "tags": lambda ticket: ", ".join(ticket.tags or ()),
    "priority": lambda ticket: ticket.priority or "",
    "rating": lambda ticket: ticket.rating.score if ticket.rating else "",
    "rating_comment": lambda ticket: ticket.rating.comment if ticket.rating else "",
    "notes": lambda ticket: "\n\n".join(f"{_time(each.at)}:\n{each.text}" for each in ticket.notes or ()),
    "attachments": lambda ticket: "\n".join(f"{name_of(each)}: {each.name}" for each in ticket.attachments),
    "snoozed_until": lambda ticket: _time(ticket.snoozed_until or None),
    "merged_into": lambda ticket: ticket.merged_into or "",
}
SEARCH_COLUMNS: dict[str, Callable[[Search], object]] = {
    "day": lambda search: search.day.isoformat(),
    "lang": lambda search: search.lang,
    "q": lambda search: search.q,
    "results": lambda search: search.results,
    "opened": lambda search: search.opened,
    "count": lambda search: search.count,
}
CUSTOMER_COLUMNS: dict[str, Callable[[Kept], object]] = {
    "address": lambda kept: kept.address,
    "plan": lambda kept: kept.plan,
    "value": lambda kept: kept.value or "",
    "tags": lambda kept: ", ".join(kept.tags),
    "fields": lambda kept: "\n".join(f"{name}: {value}" for name, value in kept.fields),
    "notes": lambda kept: "\n\n".join(f"{_time(each.at)}:\n{each.text}" for each in kept.notes),
    "orders": lambda kept: kept.orders.orders if kept.orders else "",
    "spent": lambda kept: f"{kept.orders.cents / 100:.2f}" if kept.orders else "",
    "first_order": lambda kept: date.fromordinal(kept.orders.first) if kept.orders else "",
    "last_order": lambda kept: date.fromordinal(kept.orders.last) if kept.orders else "",
}


class Export:
    """What of a snapshot is exported: all of it, or what is stored of the person with one address."""

    def __init__(
        self,
        snapshot: Snapshot,
        address: str = "",
        progress: Progress = silent,
        attachments: Attachments | None = None,
    ) -> None:
        self._snapshot = snapshot
        self._key = address_key(address)
        self._whose: set[str] = set()
        self._ids: set[int] = set()
        self._progress = progress
        self._total = expected(snapshot)
        self._done = 0
        self._attachments = attachments
        self._named: list[tuple[str, str]] = []
        self.tickets = self.searches = self.customers = 0

    def write_json(self, file: BinaryIO) -> None:
        """Write what stock TinyDB opens: an object of tables, each an object of documents by id; a record a line."""
        begin = "{"
        for name, documents in self._tables():
            _write_table(file, begin, name, documents)
            begin = ",\n"
        file.write(b"}\n")
        self._progress(self._total, self._total)

    def write_csv(self, file: BinaryIO) -> None:
        """Write one row a ticket."""
        self._write_rows(file, COLUMNS, self._tickets())

    def write_searches(self, file: BinaryIO) -> None:
        """Write one row a search of a day as CSV, the newest day first."""
        found = sorted(self._snapshot.searches(), key=lambda each: (each.day, each.count, each.q), reverse=True)
        self.searches = len(found)
        self._write_rows(file, SEARCH_COLUMNS, iter(found))

    def write_customers(self, file: BinaryIO) -> None:
        """Write one row a customer of whom anything is kept as CSV."""
        found = [kept for _, kept in self._kept()]
        self.customers = len(found)
        self._write_rows(file, CUSTOMER_COLUMNS, iter(found))

    def write_attachments(self, file: Path) -> Path | None:
        """Write the files of the tickets that were written into a folder beside `file`, and return that.

        They are called by their ids, because their own names come from outside. None, and no folder, when there are
        none. Raises Stop.
        """
        folder = file.with_name(f"{file.stem}-files")
        written = False
        for name, file_id in self._named if self._attachments else ():
            content = content_of(self._attachments, file_id) if self._attachments else None
            if content is not None:
                put_file(folder / name, content)
                written = True
        return folder if written else None

    def _write_rows(self, file: BinaryIO, columns: Mapping[str, Callable[[Any], object]], records: Iterator[T]) -> None:
        """Every cell in quotes, with the columns' names in the first row."""
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        try:
            text.write(BOM)
            rows = csv.writer(text, quoting=csv.QUOTE_ALL)
            rows.writerow(columns)
            for record in records:
                rows.writerow([cell(read(record)) for read in columns.values()])
        finally:
            text.detach()
        self._progress(self._total, self._total)

    def _tables(self) -> Iterator[tuple[str, Documents]]:
        yield "tickets", ((each.id, _less(each, ("id", *SECRET))) for each in self._tickets())
        yield "events", ((each.seq, _less(each, ())) for each in self._events())
        yield "mails", ((each.id, _less(each, ("id", "uid"))) for each in self._mails())
        yield "drafts", self._drafts()
        yield "customers", ((each, _less(kept, ())) for each, (_, kept) in enumerate(self._kept(), 1))
        yield "orders", self._orders()
        if not self._key:  # nothing in it says whose it is
            yield "feedback", ((each.id, _less(each, ("id",))) for each in self._snapshot.feedback())
            yield "searches", ((each.id, _less(each, ())) for each in self._snapshot.searches())

    def _tickets(self) -> Iterator[Ticket]:
        for ticket in self._snapshot.tickets():
            self._step()
            if not self._key or address_key(ticket.email) == self._key:
                if self._key:
                    self._ids.add(ticket.id)
                    self._whose.add(ticket.requester)
                self.tickets += 1
                self._named += [(name_of(each), each.id) for each in ticket.attachments]
                yield ticket

    def _events(self) -> Iterator[Event]:
        """All events, or those of this person's tickets; tickets that were erased are known by who asked."""
        for event in self._snapshot.events():
            self._step()
            if event.who in self._whose - {"", "owner", "system"}:
                self._ids.add(event.ticket)
            if not self._key or event.ticket in self._ids:
                yield event

    def _mails(self) -> Iterator[Mail]:
        """All mails, or those to this person or about their tickets."""
        for mail in self._snapshot.mails():
            if not self._key or mail.ticket in self._ids or address_key(mail.to) == self._key:
                yield mail

    def _drafts(self) -> Documents:
        """The owner's drafts of replies, by the ticket's id. Of other papers nothing is exported."""
        for paper in self._snapshot.papers():
            about = draft_of(paper.name)
            if about and (not self._key or about in self._ids):
                yield about, {"content": paper.content}

    def _kept(self) -> Iterator[tuple[str, Kept]]:
        """What is kept of all customers, or of this person, by requester."""
        for paper in self._snapshot.papers():
            requester = paper.name.removeprefix(CUSTOMER)
            if requester == paper.name:
                continue
            kept = kept_in(paper.content)
            if not self._key or requester in self._whose or kept.address == self._key:
                yield requester, kept

    def _orders(self) -> Documents:
        """All orders, or those of this person, numbered as they lie."""
        number = 0
        for paper in self._snapshot.papers():
            for address, order in orders_in(paper.content) if paper.name.startswith(ORDERS) else ():
                if not self._key or address == self._key:
                    number += 1
                    day, ended = date.fromordinal(order.day), date.fromordinal(order.ended) if order.ended else ""
                    yield (
                        number,
                        {
                            "address": address,
                            "date": day,
                            "amount": order.cents / 100,
                            "plan": order.plan,
                            "ended": ended,
                        },
                    )

    def _step(self) -> None:
        self._done += 1
        self._progress(min(self._done, max(self._total - 1, 0)), self._total)


def name_of(attachment: Attachment) -> str:
    """What a file is called in an export: by its id and kind."""
    return attachment.id + ENDINGS.get(attachment.kind, "")


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
