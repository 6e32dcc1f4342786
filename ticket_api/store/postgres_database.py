"""The connections to one PostgreSQL database, and what happens when they fail."""

import copy
import logging
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import psycopg
from psycopg_pool import ConnectionPool

from ticket_api.errors import Broken, StoreUnavailable
from ticket_api.store.group_commit import GroupCommit, Job
from ticket_api.store.postgres_address import Address
from ticket_api.store.postgres_schema import prepare
from ticket_api.store.postgres_transaction import Row, Transaction, unavailable

T = TypeVar("T")
Link = psycopg.Connection[Row]

CONNECTIONS = 8
"""The most that one server process holds open; reads beyond that wait."""

CONNECT_SECONDS = 2.0
IMPATIENT_SECONDS = 0.1  # while the database is known to be away, nobody waits for it
ANSWER_SECONDS = 5.0
CHECK_SECONDS = 1.0
PAUSES = (0.0, 0.01, 0.03, 0.1, 0.3)
"""Before each attempt at a transaction that conflicts with another, in seconds; half as much again at random."""

AGAIN = (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected)
CONFIGURE = (
    # A server that commits before it writes would lose what was acknowledged; any other value is as safe as "on".
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
    "SET lock_timeout = '3s'",
    "SET statement_timeout = '4s'",
    # A machine that loses its power holds the chain until PostgreSQL ends its transaction.
    "SET idle_in_transaction_session_timeout = '5s'",
)
OPTIONS: dict[str, Any] = {
    "autocommit": True,
    "client_encoding": "utf8",
    "fallback_application_name": "helpleaf",
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 5000,
}

log = logging.getLogger(__name__)


class _Connection(psycopg.Connection[Row]):
    """One that gives up on a server that is there and doesn't answer, and is closed then."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:  # noqa: ARG002
        """Wait for an answer, at most ANSWER_SECONDS."""
        started = time.monotonic()
        try:
            return super().wait(gen, interval, ANSWER_SECONDS)
        except psycopg.OperationalError:
            if time.monotonic() - started >= ANSWER_SECONDS:
                self.pgconn.finish()
            raise


class _Current(threading.local):
    transaction: Transaction | None = None


class Database:
    """A pool of connections; reads go to any of them, writes that wait together share one transaction.

    Every method raises StoreUnavailable (StoreFull when there is no room) when PostgreSQL can't be reached or can't do
    its work. A connection that was lost between two requests is replaced without anybody noticing. A commit is never
    repeated once it may have happened.
    """

    def __init__(self, address: Address) -> None:
        """Connect, and bring the tables to the newest version. Raises Stop."""
        self._address = address
        self._current = _Current()
        self._group = GroupCommit(self._carry_out)
        self._patience = CONNECT_SECONDS
        self._check_lock = threading.Lock()
        self._checked_at = -CHECK_SECONDS
        self._trouble: StoreUnavailable | None = None
        self._lasting: Broken | None = None
        try:
            with self.apart() as connection:
                prepare(connection, address)
        except psycopg.Error as error:
            raise address.refusal(error) from error
        self._pool = ConnectionPool(
            address.url,
            connection_class=_Connection,
            kwargs={**OPTIONS, "connect_timeout": 2},
            configure=_configure,
            min_size=1,
            max_size=CONNECTIONS,
            timeout=CONNECT_SECONDS,
            reconnect_timeout=CONNECT_SECONDS,
            reconnect_failed=self._lose_patience,
            open=True,
        )

    def rows(self, sql: str, values: Sequence[object] = (), *, planned: bool = False) -> list[Row]:
        """The rows that one statement gives; inside of a job it sees what the job has written.

        `planned`: PostgreSQL plans it anew for these values, and not once for any.
        """
        if self._current.transaction:
            return self._current.transaction.rows(sql, values)
        prepare = False if planned else None
        return self._repeated(lambda connection: connection.execute(sql.encode(), values, prepare=prepare).fetchall())

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Do some work in a transaction; when this returns, it is on disk. The work may be done more than once."""
        if self._current.transaction:
            return work(self._current.transaction)
        (outcome,) = self.together([lambda: work(cast(Transaction, self._current.transaction))])
        if isinstance(outcome, StoreUnavailable):  # for each caller its own: a traceback grows where it is raised
            raise copy.copy(outcome) from outcome.__cause__ or outcome
        if isinstance(outcome, BaseException):
            raise outcome
        return cast(T, outcome)

    def together(self, works: Sequence[Callable[[], object]]) -> list[object]:
        """Do works that each call `write` or `rows`, with one commit for all; what each returned or raised."""
        if self._current.transaction:
            jobs = [Job(work) for work in works]
            self._current.transaction.run(jobs)
            return [job.outcome for job in jobs]
        return self._group.together(works)

    @contextmanager
    def reading(self) -> Iterator[Callable[..., list[Row]]]:
        """A transaction that only reads, all of it as it is now; gives what runs a statement in it."""
        self.rows("SELECT 1")  # finds a connection that was lost, and has it replaced
        with self._translated(), self._connection() as connection:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            open_ = True

            def rows(sql: str, values: Sequence[object] = ()) -> list[Row]:
                if not open_:
                    raise StoreUnavailable("store_unavailable")
                with self._translated():
                    return connection.execute(sql.encode(), values).fetchall()

            try:
                connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
                rows("SELECT 1 FROM tickets LIMIT 1")  # it begins now, and `scrub` waits for it
                yield rows
            finally:
                open_ = False
                _roll_back(connection)

    def check(self) -> None:
        """Write something, at most once in CHECK_SECONDS; between two tries the last outcome stands."""
        self.require_sound()
        with self._check_lock:
            if time.monotonic() - self._checked_at >= CHECK_SECONDS:
                self._trouble = self._find_trouble()
                self._checked_at = time.monotonic()
            if self._trouble:
                raise type(self._trouble)(self._trouble.code) from self._trouble.__cause__

    def give_up(self, broken: Broken) -> None:
        """Write nothing more until the next start, and say so in the log, once."""
        if self._lasting is None:
            self._lasting = broken
            log.critical(
                "The tickets' database %s: %s. No ticket is taken until the next start. Look after its disk, then put a"
                " backup into an empty database: helpleaf restore ARCHIVE.",
                self._address,
                broken.told,
            )

    def require_sound(self) -> None:
        """Raise what `give_up` was told of, for each caller its own: a traceback grows where it is raised."""
        if self._lasting:
            raise copy.copy(self._lasting) from self._lasting

    @contextmanager
    def apart(self) -> Iterator[Link]:
        """A connection for long work, outside of the pool and without its limits of time. Raises psycopg.Error."""
        connection = psycopg.connect(self._address.url, connect_timeout=5, **OPTIONS)
        try:
            yield connection
        finally:
            connection.close()

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def _find_trouble(self) -> StoreUnavailable | None:
        try:
            self._repeated(_touch, CHECK_SECONDS / 2)
        except StoreUnavailable as trouble:
            return trouble
        return None

    def _carry_out(self, jobs: Sequence[Job]) -> None:
        """Run jobs in one transaction and commit it. Raises StoreUnavailable when that can't be done."""
        self.require_sound()
        self._repeated(lambda connection: self._attempt(connection, jobs))

    def _attempt(self, connection: Link, jobs: Sequence[Job]) -> None:
        transaction = None
        try:
            transaction = self._current.transaction = Transaction(connection)
            transaction.run(jobs)
            transaction.commit()
        except psycopg.Error as error:
            if transaction and transaction.committing and not isinstance(error, AGAIN):
                raise unavailable(error) from error
            raise
        finally:
            self._current.transaction = None
            _roll_back(connection)

    def _repeated(self, work: Callable[[Link], T], seconds: float | None = None) -> T:
        """Do work on a connection, and again when it conflicts with another's; once more when the connection was lost.

        `seconds` is how long to wait for a connection.
        """
        lost = False
        with self._translated():
            for pause in PAUSES:
                time.sleep(pause * random.uniform(1, 1.5))  # noqa: S311
                with self._connection(seconds) as connection:
                    try:
                        return work(connection)
                    except psycopg.Error as error:
                        if not isinstance(error, AGAIN) and (lost or not connection.closed):
                            raise
                        trouble = error
                if not isinstance(trouble, AGAIN):
                    lost = True
                    self._pool.drain()  # the others were lost with it
            raise trouble

    @contextmanager
    def _connection(self, seconds: float | None = None) -> Iterator[Link]:
        """One from the pool. Raises psycopg.Error when there is none in time."""
        connection = self._pool.getconn(seconds or self._patience)
        self._patience = CONNECT_SECONDS
        try:
            yield connection
        finally:
            self._pool.putconn(connection)

    def _lose_patience(self, _: object) -> None:
        """No connection could be made. That all are in use is another thing, and worth waiting for."""
        self._patience = IMPATIENT_SECONDS

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            raise unavailable(error) from error


def _configure(connection: Link) -> None:
    for statement in CONFIGURE:
        connection.execute(statement.encode())


def _touch(connection: Link) -> None:
    """Write what is there already, as `Database.check` does."""
    try:
        connection.execute("BEGIN")
        connection.execute(f"SET LOCAL statement_timeout = {int(CHECK_SECONDS * 500)}".encode())
        connection.execute("UPDATE chain SET ticket = ticket WHERE id = 1")
        connection.execute("COMMIT")
    finally:
        _roll_back(connection)


def _roll_back(connection: Link) -> None:
    """Leave a transaction that is still open; a connection that can't even do that is closed."""
    if connection.info.transaction_status is psycopg.pq.TransactionStatus.IDLE:
        return
    try:
        connection.execute("ROLLBACK")
    except psycopg.Error:
        connection.close()
