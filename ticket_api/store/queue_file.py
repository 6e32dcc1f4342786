"""The queue as it is looked at: a row for each ticket and an index of all words, in an SQLite file of its own.

It is made of the tickets, follows their events, and may be thrown away at any time: so it serves every store, asks no
commit of a customer's question, and is in no backup.
"""

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, cast

import msgspec

from ticket_api.errors import StoreUnavailable
from ticket_api.store import queue_rows
from ticket_api.store.queue_query import Query, as_sql, ids_of, match_of
from ticket_api.store.queue_tables import connect, connect_making
from ticket_api.store.sqlite_readers import Readers
from ticket_api.store.sqlite_refusal import is_busy
from ticket_api.tickets.priority import QUADRANTS, Facts, Quadrant
from ticket_api.tickets.row import VIEWS, Pressing, Row, View
from ticket_api.tickets.ticket import Ticket

DUE = "SELECT id FROM rows WHERE view = ? AND rank {} ? ORDER BY rank LIMIT ?"
"""Each reads an end of the index; both in one would read all that stands between them."""
NOTHING: Mapping[int, Pressing] = {}


class Place(NamedTuple):
    """How far the file has followed: the last event's number and hash, (0, "") at the beginning."""

    seq: int
    hash: str


class Found(NamedTuple):
    """A row with where it stands in the order it was asked for."""

    row: Row
    place: tuple[int, int]


class QueueFile:
    """The file at `path`, for the store with this mark. Every method may be called from several threads.

    Raises StoreUnavailable where the file can't be read or written; what is damaged is thrown away and made anew.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()  # Ctrl-C may leave it held by a thread that closes all then
        self._identity: tuple[int, int] | None = None
        self._writer: sqlite3.Connection | None = None
        self._readers: Readers | None = None

    def place(self, mark: str) -> Place:
        """How far it has followed the store with this mark; a file of another store's is begun anew."""
        with self._lock, self._translated():
            writer = self._open()
            found = writer.execute("SELECT mark, seq, hash FROM state WHERE id = 1").fetchone()
            if found and found[0] != mark:
                self._throw_away()
                writer, found = self._open(), None
            if not found:
                writer.execute("INSERT OR IGNORE INTO state VALUES (1, ?, 0, '', '')", (mark,))
            return Place(found[1], found[2]) if found else Place(0, "")

    def begin_anew(self) -> None:
        """Throw away all that is there."""
        with self._lock, self._translated():
            self._throw_away()

    def follow(
        self, tickets: Sequence[Ticket], gone: Sequence[int], place: Place, pressing: Mapping[int, Pressing] = NOTHING
    ) -> None:
        """Put in these tickets as they are now, and take out those that are gone; then it has come to `place`.

        `pressing`: how much those press that are to be answered, by their ids.
        """
        with self._writing() as writer:
            for ticket_id in gone:
                queue_rows.take_out(writer, ticket_id)
            for ticket in tickets:
                queue_rows.take_out(writer, ticket.id)
                queue_rows.put_in(writer, ticket, pressing.get(ticket.id))
            writer.execute("UPDATE state SET seq = ?, hash = ? WHERE id = 1", place)

    def weigh_with(self, weighed: str) -> None:
        """What the order depends on beside the tickets, as a mark: another one, and all are to be judged anew."""
        with self._writing() as writer:
            if writer.execute("UPDATE state SET weighed = ?1 WHERE weighed != ?1", (weighed,)).rowcount:
                writer.execute(queue_rows.JUDGE_ALL)

    def judge_anew(self, ids: Sequence[int]) -> None:
        """What is known of these tickets may have changed: they are due, and to be read again."""
        with self._writing() as writer:
            writer.executemany(queue_rows.JUDGE, [(each,) for each in ids])

    def rank_anew(self) -> None:
        """All that are to be answered are due: the clock went back."""
        with self._writing() as writer:
            writer.execute(queue_rows.RANK_ALL)

    def press(self, pressing: Mapping[int, Pressing | None]) -> int:
        """Put these tickets where they belong by now; None: it isn't to be answered any more. How many have moved."""
        with self._writing() as writer:
            return sum(queue_rows.press(writer, each, found) for each, found in pressing.items())

    def unranked(self, until: int, *, limit: int) -> list[tuple[int, Facts | None]]:
        """The ids of those whose place may change by then, the most overdue first, with what is known of them."""
        with self._reading() as cursor:
            found = cursor.execute(queue_rows.DUE, (until, limit)).fetchall()
        return [(ticket_id, queue_rows.decode_facts(facts) if facts else None) for ticket_id, facts in found]

    def waiting(self) -> list[tuple[int, str, Facts]]:
        """All that are to be answered: the id, the requester, and what is known of it."""
        with self._reading() as cursor:
            found = cursor.execute(queue_rows.WAITING).fetchall()
        return [(ticket_id, requester, queue_rows.decode_facts(facts)) for ticket_id, requester, facts in found]

    def scrub(self) -> None:
        """Leave no trace of what was taken out."""
        with self._lock, self._translated():
            writer = self._open()
            writer.execute("INSERT INTO words (words) VALUES ('optimize')")
            writer.execute("VACUUM")
            writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def counts(self) -> dict[View, int]:
        """How many tickets stand in each view."""
        found = self._counts()
        return {view: found.get(view, 0) for view in VIEWS}

    def quadrants(self) -> dict[Quadrant, int]:
        """How many of those that are to be answered stand in each quadrant."""
        found = self._counts()
        return {quadrant: found.get(quadrant, 0) for quadrant in QUADRANTS}

    def _counts(self) -> dict[str, int]:
        with self._reading() as cursor:
            return dict(cursor.execute("SELECT view, number FROM counts"))

    def find(self, query: Query, *, limit: int) -> list[Found]:
        """The rows that pass, in their order, at most `limit`."""
        with self._reading() as cursor:
            match = match_of(cursor, query.matches)
            sql, values = as_sql(query, match, ids_of(cursor, query.created) if match else ())
            rows = cursor.execute(sql, (*values, limit)).fetchall()
        return [Found(_decode(doc), (order, ticket_id)) for doc, order, ticket_id in rows]

    def due(self, view: View, until: int, *, limit: int, beyond: int | None = None) -> list[int]:
        """The ids of those that stand in a view with a rank of at most `until`, or of at least `beyond`, by rank."""
        with self._reading() as cursor:
            found = cursor.execute(DUE.format("<="), (view, until, limit)).fetchall()
            if beyond is not None:
                found += cursor.execute(DUE.format(">="), (view, beyond, limit - len(found))).fetchall()
        return [ticket_id for (ticket_id,) in found]

    def tags(self) -> list[tuple[str, int]]:
        """All tags with how many tickets have them, the most used first."""
        with self._reading() as cursor:
            return cursor.execute("SELECT tag, count(*) FROM tags GROUP BY tag ORDER BY 2 DESC, 1").fetchall()

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            self._close()

    def _open(self) -> sqlite3.Connection:
        """The connection that writes, on the file that is there by now; it is made where there is none."""
        if self._writer and self._identity == _identity(self._path):
            return self._writer
        self._close()
        try:
            self._connect()
        except sqlite3.DatabaseError as error:
            if is_busy(error):
                raise
            self._throw_away()
            self._connect()
        return cast(sqlite3.Connection, self._writer)

    def _connect(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.touch(mode=0o600)
        identity = _identity(self._path)
        self._writer = connect_making(self._path)
        self._identity, self._readers = identity, Readers(lambda: connect(self._path))

    def _throw_away(self) -> None:
        self._close()
        remove_queue_file(self._path)

    def _close(self) -> None:
        if self._readers:
            self._readers.close()
        if self._writer:
            with suppress(sqlite3.Error):
                self._writer.close()
        self._writer = self._readers = self._identity = None

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """All or nothing."""
        with self._lock, self._translated():
            writer = self._open()
            writer.execute("BEGIN IMMEDIATE")
            try:
                yield writer
                writer.execute("COMMIT")
            except BaseException:
                writer.execute("ROLLBACK")
                raise

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Cursor]:
        with self._translated():
            readers = self._readers
            if readers is None or self._identity != _identity(self._path):
                with self._lock:
                    self._open()
                    readers = cast(Readers, self._readers)
            cursor = readers.lend()
            try:
                yield cursor
            finally:
                readers.take_back(cursor)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.OperationalError, sqlite3.ProgrammingError) as error:  # busy, or closed meanwhile
            raise StoreUnavailable("store_unavailable") from error
        except sqlite3.DatabaseError as error:  # damaged: at the next look there is a new one
            with suppress(OSError):
                self._path.unlink(missing_ok=True)
            raise StoreUnavailable("store_unavailable") from error
        except OSError as error:
            raise StoreUnavailable("store_unavailable") from error


def remove_queue_file(path: Path) -> None:
    """Take the file away: a server that has it open makes a new one."""
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


_decode = msgspec.json.Decoder(Row).decode


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return stat.st_dev, stat.st_ino
