"""All records of a PostgreSQL database as they were at one instant, read page by page."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from ticket_api.errors import Broken
from ticket_api.store.postgres_records import (
    DESK,
    HIGHEST,
    MARK,
    OWNER,
    TICKET,
    columns_of,
    mail_columns,
    owner_of,
    record_of,
)
from ticket_api.store.postgres_transaction import Row, event_of
from ticket_api.store.records import Feedback, Mail, OwnerAccount, Paper, Search, Session
from ticket_api.store.verifying import verify_snapshot
from ticket_api.tickets.event import Event
from ticket_api.tickets.ticket import Status, Ticket

T = TypeVar("T")

PAGE_ROWS = 500
COUNTS = "SELECT status, number FROM counts WHERE number <> 0 ORDER BY status"
TICKETS = "SELECT id, link, request, status, address, requester, doc FROM tickets WHERE id > %s ORDER BY id LIMIT %s"
EVENTS = "SELECT seq, ticket, doc FROM events WHERE seq > %s ORDER BY seq LIMIT %s"
SEARCHES = "SELECT id, day, doc FROM searches WHERE id > %s ORDER BY id LIMIT %s"
MAILS = "SELECT id, ticket, due_at, troubled, doc FROM mails WHERE id > %s ORDER BY id LIMIT %s"
FEEDBACK = "SELECT id, article, doc FROM feedback WHERE id > %s ORDER BY id LIMIT %s"


class PostgresSnapshot:
    """`Snapshot` in a transaction that only reads; `rows` runs a statement in it."""

    def __init__(self, rows: Callable[..., list[Row]]) -> None:
        self._rows = rows

    def head(self) -> Event | None:
        """The last event, or None when there is none."""
        ((head,),) = self._rows("SELECT head FROM chain WHERE id = 1")
        return event_of(head) if head else None

    def event(self, seq: int) -> Event | None:
        """The event with this number, or None."""
        rows = self._rows("SELECT doc FROM events WHERE seq = %s", (seq,)) if 0 < seq <= HIGHEST else []
        return event_of(rows[0][0]) if rows else None

    def ticket(self, ticket_id: int) -> Ticket | None:
        """The ticket with this id, or None."""
        rows = self._rows(TICKET, (ticket_id,)) if 0 < ticket_id <= HIGHEST else []
        return record_of(Ticket, rows[0][0]) if rows else None

    def count_tickets(self) -> dict[Status, int]:
        """How many tickets there are in each state."""
        return dict(self._rows(COUNTS))

    def tickets(self, *, after: int = 0) -> Iterator[Ticket]:
        """All tickets with an id above `after`, by id."""
        return self._pages(TICKETS, after, _ticket)

    def events(self, *, after: int = 0) -> Iterator[Event]:
        """All events with a number above `after`, by number."""
        return self._pages(EVENTS, after, lambda row: event_of(row[-1]))

    def feedback(self, *, after: int = 0) -> Iterator[Feedback]:
        """All feedback with an id above `after`, by id."""
        return self._pages(FEEDBACK, after, lambda row: record_of(Feedback, row[-1]))

    def searches(self, *, after: int = 0) -> Iterator[Search]:
        """All searches with an id above `after`, by id."""
        return self._pages(SEARCHES, after, _search)

    def sessions(self) -> Iterator[Session]:
        """All sessions, by id."""
        found = [record_of(Session, doc) for (doc,) in self._rows("SELECT doc FROM sessions")]
        return iter(sorted(found, key=lambda session: session.id))  # PostgreSQL would sort as its language does

    def mails(self, *, after: int = 0) -> Iterator[Mail]:
        """All mails with an id above `after`, by id."""
        return self._pages(MAILS, after, _mail)

    def papers(self) -> Iterator[Paper]:
        """All papers, by name."""
        return (record_of(Paper, doc) for (doc,) in self._rows("SELECT doc FROM papers ORDER BY name"))

    def owner(self) -> OwnerAccount:
        """The owner's account."""
        return owner_of(self._rows(DESK, (OWNER,)))

    def mark(self) -> str:
        """What `claim` remembers, or ""."""
        rows = self._rows(DESK, (MARK,))
        return str(rows[0][0]) if rows else ""

    def verify(self, progress: Callable[[int, int], object]) -> None:
        """Read everything. Raises Broken when records, chain, columns and counts don't agree."""
        head = self.head()
        last = self._rows("SELECT doc FROM events ORDER BY seq DESC LIMIT 1")
        if (event_of(last[0][0]) if last else None) != head:
            raise Broken("broken_chain", seq=head.seq if head else 1)
        verify_snapshot(self, progress)

    def _pages(self, sql: str, after: int, made: Callable[[Row], T]) -> Iterator[T]:
        last = max(0, min(after, HIGHEST))
        rows: Sequence[Row] = self._rows(sql, (last, PAGE_ROWS))
        while rows:
            yield from map(made, rows)
            rows = self._rows(sql, (rows[-1][0], PAGE_ROWS)) if len(rows) == PAGE_ROWS else []


def _ticket(row: Row) -> Ticket:
    """Raises Broken when the columns aren't those of the document."""
    ticket = record_of(Ticket, row[-1])
    if columns_of(ticket)[:-1] != row[:-1]:
        raise Broken("damaged", table="tickets", id=row[0])
    return ticket


def _search(row: Row) -> Search:
    """Raises Broken when the columns aren't those of the document."""
    search = record_of(Search, row[-1])
    if (search.id, search.day) != row[:-1]:
        raise Broken("damaged", table="searches", id=row[0])
    return search


def _mail(row: Row) -> Mail:
    """Raises Broken when the columns aren't those of the document."""
    mail = record_of(Mail, row[-1])
    if mail_columns(mail)[:-1] != row[:-1]:
        raise Broken("damaged", table="mails", id=row[0])
    return mail
