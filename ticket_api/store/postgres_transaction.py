"""One transaction on PostgreSQL that writes: it holds the chain, so that all that write come one after the other."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from msgspec import json

from ticket_api.errors import Broken, StoreFull, StoreUnavailable
from ticket_api.store.group_commit import Job
from ticket_api.tickets import event as events
from ticket_api.tickets.event import Act, Event
from ticket_api.tickets.ticket import Status, Ticket

Row = tuple[Any, ...]
Statement = tuple[str, Sequence[object]]

DISK_FULL = "53100"
OF_ONE_JOB = (psycopg.DataError, psycopg.IntegrityError, psycopg.errors.ProgramLimitExceeded)
"""Errors that are about the values given; all others are about the whole transaction."""

BEGIN: Statement = ("BEGIN ISOLATION LEVEL READ COMMITTED", ())
LOCK: Statement = ("SELECT head, ticket, feedback, mail FROM chain WHERE id = 1 FOR UPDATE", ())
KEEP = "UPDATE chain SET head = %s, ticket = %s, feedback = %s, mail = %s WHERE id = 1"
ADD_EVENT = "INSERT INTO events VALUES (%s, %s, %s)"
COUNT = "INSERT INTO counts VALUES (%s, %s) ON CONFLICT (status) DO UPDATE SET number = counts.number + excluded.number"
_read_event = json.Decoder(Event).decode


def unavailable(error: psycopg.Error) -> StoreUnavailable:
    """What an error of PostgreSQL is to the other rooms."""
    return StoreFull("store_full") if error.sqlstate == DISK_FULL else StoreUnavailable("store_unavailable")


def event_of(text: str) -> Event:
    """Raises Broken for a text that isn't an event's."""
    try:
        return _read_event(text)
    except ValueError as error:  # msgspec's errors are ValueErrors
        raise Broken("damaged", table="events") from error


class Transaction:
    """Statements that become visible and durable together with `commit`. Used by one thread.

    `highest`, `highest_feedback` and `highest_mail` are the highest ids ever given. `failure` is the first error after
    which the transaction can't go on; `committing` says that its outcome is no longer known when the connection is
    lost.
    """

    def __init__(self, connection: psycopg.Connection[Row]) -> None:
        """Begin, and wait for the chain. Raises psycopg.Error."""
        self.failure: psycopg.Error | None = None
        self.committing = False
        self._connection = connection
        self._pending: list[Statement] = []
        self._refused: psycopg.Error | None = None
        (row,) = self._send([BEGIN, LOCK])[-1].fetchall()
        head, self.highest, self.highest_feedback, self.highest_mail = row
        self.head = event_of(head) if head else None
        self._stored = self._state()

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """The rows that one statement gives. Raises StoreUnavailable."""
        with self._failing():
            return self._send([(sql, values)])[-1].fetchall()

    def write(self, statements: Sequence[Statement]) -> None:
        """Run statements that give no rows, in one round trip. Raises StoreUnavailable."""
        with self._failing():
            self._send(statements)

    def event(self, ticket: Ticket | None, act: Act) -> Statement:
        """The statement that stores what happened to a ticket, or to none, as the next event of the chain."""
        return self.add(events.next_event(self.head, ticket, act))

    def add(self, event: Event) -> Statement:
        """The statement that stores an event which continues the chain."""
        self.head = event
        return ADD_EVENT, (event.seq, event.ticket, json.encode(event).decode())

    def run(self, jobs: Sequence[Job]) -> None:
        """Do jobs, each all or nothing by itself. Raises psycopg.Error when none of them can be stored."""
        for job in jobs:
            before, self._refused = self._state(), None
            self._pending.append(("SAVEPOINT job", ()))
            job.run()
            if self.failure:
                raise self.failure
            if self._refused and not isinstance(job.outcome, Exception):  # the job went on as if nothing had been
                job.outcome = unavailable(self._refused)
            if isinstance(job.outcome, Exception):
                self.head, self.highest, self.highest_feedback, self.highest_mail = before
                self._pending.append(("ROLLBACK TO SAVEPOINT job", ()))
            self._pending.append(("RELEASE SAVEPOINT job", ()))

    def commit(self) -> None:
        """Make it durable. Raises psycopg.Error."""
        if self._state() != self._stored:
            _, *ids = self._state()
            head = json.encode(self.head).decode() if self.head else ""
            self._pending.append((KEEP, (head, *ids)))
        self.committing = True
        if self._send([("COMMIT", ())])[-1].statusmessage != "COMMIT":
            raise psycopg.errors.InFailedSqlTransaction("the transaction was rolled back")

    def _state(self) -> tuple[Event | None, int, int, int]:
        return self.head, self.highest, self.highest_feedback, self.highest_mail

    def _send(self, statements: Sequence[Statement]) -> list[psycopg.Cursor[Row]]:
        statements = [*self._pending, *statements]
        self._pending.clear()
        if len(statements) < 2:
            return [self._connection.execute(sql.encode(), values) for sql, values in statements]
        with self._connection.pipeline():
            return [self._connection.execute(sql.encode(), values) for sql, values in statements]

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            if isinstance(error, OF_ONE_JOB):
                self._refused = error
            else:
                self.failure = self.failure or error
            raise unavailable(error) from error


def counted(changes: Sequence[tuple[Status, int]]) -> list[Statement]:
    """The statements that add to the counts of states; those without a change are left out."""
    sums: dict[Status, int] = {}
    for status, number in changes:
        sums[status] = sums.get(status, 0) + number
    return [(COUNT, (status, number)) for status, number in sorted(sums.items()) if number]
