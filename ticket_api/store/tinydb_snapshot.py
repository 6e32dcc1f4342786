"""`Snapshot` of the default store, and whether its file is whole."""

import json
from collections.abc import Callable, Iterator

from ticket_api.errors import Broken
from ticket_api.store.records import Feedback, Mail, OwnerAccount, Paper, Search, Session
from ticket_api.store.sqlite_snapshot import SQLiteSnapshot
from ticket_api.store.sqlite_table import SQLiteTable
from ticket_api.store.tinydb_records import MARK, OWNER, Tables, decoded, decoded_ticket
from ticket_api.tickets.event import Event
from ticket_api.tickets.ticket import Status, Ticket


class TinyDBSnapshot:
    """All records as they were at one instant."""

    def __init__(self, frozen: SQLiteSnapshot) -> None:
        self._frozen = frozen
        self._tables = Tables.of(lambda name, **options: SQLiteTable(frozen, name, **options))

    def head(self) -> Event | None:
        """The last event."""
        row = self._tables.events.last()
        return decoded(Event, row) if row else None

    def event(self, seq: int) -> Event | None:
        """The event with this number."""
        row = self._tables.events.row(seq)
        return decoded(Event, row) if row else None

    def ticket(self, ticket_id: int) -> Ticket | None:
        """The ticket with this id."""
        row = self._tables.tickets.row(ticket_id)
        return decoded_ticket(row) if row else None

    def count_tickets(self) -> dict[Status, int]:
        """How many tickets there are in each state."""
        return self._tables.tickets.count_by("status")

    def tickets(self, *, after: int = 0) -> Iterator[Ticket]:
        """All tickets, by id."""
        return map(decoded_ticket, self._tables.tickets.stream(after))

    def events(self, *, after: int = 0) -> Iterator[Event]:
        """All events, by number."""
        return (decoded(Event, row) for row in self._tables.events.stream(after))

    def feedback(self, *, after: int = 0) -> Iterator[Feedback]:
        """All feedback, by id."""
        return (decoded(Feedback, row) for row in self._tables.feedback.stream(after))

    def searches(self, *, after: int = 0) -> Iterator[Search]:
        """All searches, by id."""
        return (decoded(Search, row) for row in self._tables.searches.stream(after))

    def sessions(self) -> Iterator[Session]:
        """All sessions, by id."""
        found = (decoded(Session, row) for row in self._tables.sessions.stream())
        return iter(sorted(found, key=lambda session: session.id))

    def mails(self, *, after: int = 0) -> Iterator[Mail]:
        """All mails, by id."""
        return (decoded(Mail, row) for row in self._tables.mails.stream(after))

    def papers(self) -> Iterator[Paper]:
        """All papers, by name."""
        return (decoded(Paper, row) for row in self._tables.papers.beginning("name", ""))

    def owner(self) -> OwnerAccount:
        """The owner's account."""
        row = self._tables.desk.row(OWNER)
        return decoded(OwnerAccount, row) if row else OwnerAccount()

    def mark(self) -> str:
        """The mark of the desk's key."""
        row = self._tables.desk.row(MARK)
        return str(json.loads(row[1])["mark"]) if row else ""

    def verify_file(self, progress: Callable[[int, int], object]) -> None:
        """Read every page, and compare every row with its columns. Raises Broken.

        `progress` is called with the number of rows read and of all.
        """
        ((found,),) = self._frozen.execute("PRAGMA integrity_check(1)")
        if found != "ok":
            raise Broken("damaged", detail=found)
        total = sum(map(len, self._tables))
        done = 0

        def count(rows: int) -> None:
            nonlocal done
            done += rows
            progress(done, total)

        for table in self._tables:
            table.verify(count)
