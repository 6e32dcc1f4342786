"""The store for several machines: records in PostgreSQL, reached with psycopg."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Self

import psycopg

from ticket_api.errors import Broken, NotFound
from ticket_api.mailbox import address_key
from ticket_api.store import postgres_records as records
from ticket_api.store import postgres_scrub
from ticket_api.store.postgres_address import Address
from ticket_api.store.postgres_database import Database
from ticket_api.store.postgres_desk import PostgresDesk
from ticket_api.store.postgres_mails import PostgresMails
from ticket_api.store.postgres_records import DESK, HIGHEST, SCRUB, TICKET, record_of
from ticket_api.store.postgres_snapshot import COUNTS, PostgresSnapshot
from ticket_api.store.postgres_transaction import Row, event_of, unavailable
from ticket_api.store.records import Batch, Feedback, Search, Votes
from ticket_api.tickets.event import Act, Event
from ticket_api.tickets.ticket import Status, Ticket

PAGE = (
    "SELECT id, doc FROM"
    " (SELECT id, doc FROM tickets WHERE status = %s AND id {beyond} %s ORDER BY id {order} LIMIT %s) AS page"
)
THOSE = "SELECT doc FROM tickets WHERE id = ANY(%s::bigint[]) ORDER BY id"
AFTER = "SELECT doc FROM events WHERE seq > %s ORDER BY seq LIMIT %s"
BEFORE = "SELECT doc FROM events WHERE seq < %s ORDER BY seq DESC LIMIT %s"
READING = "-c default_transaction_read_only=on -c statement_timeout=4000"
VOTES = (
    "SELECT article, count(*) FILTER (WHERE helpful), count(*) FILTER (WHERE NOT helpful)"
    " FROM (SELECT article, (doc::json ->> 'helpful')::boolean AS helpful FROM feedback"
    " WHERE doc::json ->> 'follows' IS NULL) AS votes GROUP BY article"
)


def votes_at(url: str) -> dict[str, Votes]:
    """How many found each article helpful, and how many didn't, without opening the store; none where there is none.

    Raises Stop.
    """
    address = Address.read(url)
    try:
        with psycopg.connect(address.url, connect_timeout=2, options=READING) as connection:
            return {article: Votes(yes, no) for article, yes, no in connection.execute(VOTES)}
    except psycopg.errors.UndefinedTable:
        return {}
    except psycopg.Error as error:
        raise address.refusal(error) from error


class PostgresStore(PostgresMails, PostgresDesk):
    """`Store` in PostgreSQL. It holds no state that another server on the same database would have to know."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the store at `url`. Raises Stop with a sentence for the owner when it can't be opened."""
        return cls(Database(Address.read(url)))

    def add_ticket(self, ticket: Ticket) -> Ticket:
        """Store a new ticket, or find the one with the same request."""
        return self._database.write(lambda transaction: records.add_ticket(transaction, ticket))

    def change_ticket(self, ticket_id: int, change: Callable[[Ticket], Ticket], act: Act) -> Ticket:
        """Change a ticket; one that comes back as it was costs no write. `change` may be called more than once."""
        return self._database.write(lambda transaction: records.change_ticket(transaction, ticket_id, change, act))

    def ticket(self, ticket_id: int) -> Ticket:
        """The ticket with this id."""
        rows = self._database.rows(TICKET, (ticket_id,)) if 0 < ticket_id <= HIGHEST else []
        return _found(rows, "not_found")

    def ticket_by_link(self, link: str) -> Ticket:
        """The ticket whose `link` this is."""
        return _found(
            self._rows_by("SELECT doc FROM tickets WHERE link = %s ORDER BY id LIMIT 1", link), "unknown_link"
        )

    def ticket_by_request(self, request: str) -> Ticket | None:
        """The ticket with this non-empty `request`, or None."""
        rows = self._rows_by("SELECT doc FROM tickets WHERE request = %s", request)
        return record_of(Ticket, rows[0][0]) if rows else None

    def tickets(
        self, statuses: Sequence[Status], *, limit: int, after: int = 0, newest_first: bool = False
    ) -> list[Ticket]:
        """Tickets in these states, by id: a page of each state by its index, and of these the first."""
        wanted = list(dict.fromkeys(statuses))
        if not wanted or limit <= 0:
            return []
        order = "DESC" if newest_first else "ASC"
        first = HIGHEST if newest_first and not after else after
        page = PAGE.format(beyond="<" if newest_first else ">", order=order)
        sql = f"{' UNION ALL '.join([page] * len(wanted))} ORDER BY id {order} LIMIT %s"
        bounds = (max(0, min(first, HIGHEST)), min(limit, HIGHEST))
        values = [value for status in wanted for value in (status, *bounds)]
        # A plan for any state would walk past all that were ever solved to find the few that are open.
        rows = self._database.rows(sql, (*values, bounds[1]), planned=True)
        return [record_of(Ticket, doc) for _, doc in rows]

    def tickets_of(self, address: str) -> list[Ticket]:
        """All tickets with this e-mail address, by id."""
        rows = self._rows_by("SELECT doc FROM tickets WHERE address = %s ORDER BY id", address_key(address))
        return [record_of(Ticket, doc) for (doc,) in rows]

    def tickets_by_id(self, ticket_ids: Sequence[int]) -> list[Ticket]:
        """Those of these tickets that are there, by id."""
        wanted = [ticket_id for ticket_id in ticket_ids if 0 < ticket_id <= HIGHEST]
        return [record_of(Ticket, doc) for (doc,) in self._database.rows(THOSE, (wanted,))]

    def count_tickets(self) -> dict[Status, int]:
        """How many tickets there are in each state."""
        return dict(self._database.rows(COUNTS))

    def erase_tickets(self, ticket_ids: Sequence[int], act: Act) -> list[int]:
        """Remove these tickets, with an event for each."""
        return self._database.write(lambda transaction: records.erase_tickets(transaction, ticket_ids, act))

    def scrub(self) -> None:
        """Write the tables anew, and with them their indexes; PostgreSQL's log is overwritten as it goes on.

        Where the server doesn't know how, or doesn't let this user, the rest is done. Waits for whoever may still read
        what was erased, and raises StoreUnavailable when that lasts longer than `postgres_scrub.SECONDS`.
        """
        self._database.require_sound()
        due = self._database.rows(DESK, (SCRUB,))
        try:
            with self._database.apart() as connection:
                postgres_scrub.scrub(connection)
        except psycopg.Error as error:
            raise unavailable(error) from error
        done = [("DELETE FROM desk WHERE name = %s AND value = %s", (SCRUB, value)) for (value,) in due]
        self._database.write(lambda transaction: transaction.write(done))

    def needs_scrub(self) -> bool:
        """Whether the tables are to be written anew."""
        return bool(self._database.rows(DESK, (SCRUB,)))

    def events(self, ticket_id: int) -> list[Event]:
        """All events of a ticket, by number."""
        sql = "SELECT doc FROM events WHERE ticket = %s ORDER BY seq"
        rows = self._database.rows(sql, (ticket_id,)) if 0 <= ticket_id <= HIGHEST else []
        return [event_of(doc) for (doc,) in rows]

    def events_after(self, seq: int, *, limit: int) -> list[Event]:
        """The events after this number."""
        return self._events(AFTER, seq, limit)

    def events_before(self, seq: int, *, limit: int) -> list[Event]:
        """The last events before this number."""
        return self._events(BEFORE, seq or HIGHEST, limit)

    def record(self, act: Act) -> None:
        """Store an event about no ticket."""
        self._database.write(lambda transaction: transaction.write([transaction.event(None, act)]))

    def add_feedback(self, feedback: Feedback) -> None:
        """Store one visitor's feedback."""
        self._database.write(lambda transaction: records.add_feedback(transaction, feedback))

    def feedback(self, article: str) -> list[Feedback]:
        """All feedback on an article."""
        rows = self._rows_by("SELECT doc FROM feedback WHERE article = %s ORDER BY id", article)
        return [record_of(Feedback, doc) for (doc,) in rows]

    def votes(self) -> dict[str, Votes]:
        """How many found each article helpful, and how many didn't."""
        return {article: Votes(yes, no) for article, yes, no in self._database.rows(VOTES)}

    def add_search(self, search: Search, *, most: int) -> None:
        """Count a search."""
        self._database.write(lambda transaction: records.add_search(transaction, search, most))

    def drop_searches(self, *, before: date | None = None) -> None:
        """Forget old searches, or all."""
        self._database.write(lambda transaction: records.drop_searches(transaction, before))

    def erase_searches(self, ids: Sequence[int]) -> None:
        """Remove these searches."""
        self._database.write(lambda transaction: records.erase_searches(transaction, ids))

    def together(self, jobs: Sequence[Callable[[], object]]) -> list[object]:
        """Run jobs with one commit for all. After a conflict with another server they are run again."""
        return self._database.together(jobs)

    @contextmanager
    def snapshot(self) -> Iterator[PostgresSnapshot]:
        """All records as they are now."""
        with self._database.reading() as rows:
            yield PostgresSnapshot(rows)

    def load(self, batch: Batch) -> None:
        """Put records in as they are, in one transaction."""
        self._database.write(lambda transaction: records.load(transaction, batch))

    def check(self) -> None:
        """Write to the database, at most once a second."""
        self._database.check()

    def verify(self, progress: Callable[[int, int], object] | None = None) -> None:
        """Read everything; when records, chain, columns and counts don't agree, take no ticket until the next start."""
        try:
            with self.snapshot() as snapshot:
                snapshot.verify(progress or (lambda *_: None))
        except Broken as broken:
            self._database.give_up(broken)
            raise

    def close(self) -> None:
        """Close the connections."""
        self._database.close()

    def _events(self, sql: str, seq: int, limit: int) -> list[Event]:
        rows = self._database.rows(sql, (max(0, min(seq, HIGHEST)), max(0, min(limit, HIGHEST))))
        return [event_of(doc) for (doc,) in rows]

    def _rows_by(self, sql: str, text: str) -> list[Row]:
        return self._database.rows(sql, (text,)) if records.findable(text) else []


def _found(rows: Sequence[Row], code: str) -> Ticket:
    if not rows:
        raise NotFound(code)
    return record_of(Ticket, rows[0][0])
