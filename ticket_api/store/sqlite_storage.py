"""A TinyDB storage that keeps one document a row in an SQLite file, so that a kill or a full disk loses nothing."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar, cast

from ticket_api.errors import StoreFull, StoreUnavailable, own
from ticket_api.store import sqlite_file
from ticket_api.store.checkpoints import Checkpoints
from ticket_api.store.disk import has_room
from ticket_api.store.group_commit import GroupCommit, Job
from ticket_api.store.sqlite_documents import WholeDocuments
from ticket_api.store.sqlite_file import connect, move_log, open_file, patiently
from ticket_api.store.sqlite_readers import Readers
from ticket_api.store.sqlite_scrub import scrub, size
from ticket_api.store.sqlite_snapshot import SQLiteSnapshot
from ticket_api.store.sqlite_trouble import Trouble

CHECK_SECONDS = 1.0
T = TypeVar("T")


class _Undone(Exception):
    """A job failed after it had written something: all are undone, and run again with a guard each."""


class _Mine(threading.local):
    """The cursor that this thread has a transaction on, if any, and whether it is the one that writes."""

    cursor: sqlite3.Cursor | None = None
    writes = False


class SQLiteStorage(WholeDocuments):
    """One connection that writes, and as many that read as there are threads reading at once; other processes may have
    the file open too. Readers never wait for a writer, and writers that wait together share one commit.

    Every method raises StoreUnavailable (StoreFull when there is no room) when SQLite can't do its work. After an error
    of the disk itself nothing more is written until the next start: what a failed sync left behind, nobody knows.

    `turn` changes whenever something that this thread has read in a transaction that writes may not hold any more.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, made with its folders when it isn't there. Raises Stop with a sentence for the owner."""
        self._named = path.absolute()
        opened = open_file(self._named)
        self.path = opened.path
        self.format = opened.format
        self._connection = opened.connection
        self._identity = _identity(self._named)
        self._mine = _Mine()
        self._mode, self._moved = opened.mode, opened.moved
        self.trouble = Trouble(self.path, read_only=self._mode != "rw")
        self._readers = Readers(lambda: connect(self.path, mode=self._mode if self._moved else "ro"))
        self._group = GroupCommit(self._carry_out)
        self._checkpoints = Checkpoints(self.path, self._group.lock, self.trouble.known)
        self.turn = 0
        self._checked_at = -CHECK_SECONDS
        self._checked: StoreUnavailable | None = None

    @property
    def read_only(self) -> bool:
        """Whether nothing can be written: the file was opened for reading, or no room was left to move its log."""
        return self._mode != "rw" or not self._moved

    def together(self, works: Sequence[Callable[[], object]]) -> list[object]:
        """Run each in turn, all or nothing by itself, with one commit for them and for all that wait with them.

        Returns what each returned, or the exception that it raised; on disk by then. When the commit fails, that is
        the outcome of all. A job may be run twice when another fails. Called inside of a job, these are parts of it.
        """
        if not self._mine.writes:
            return self._group.together(works)
        jobs = [Job(work) for work in works]
        for job in jobs:
            self._run_guarded(job)
        return [job.outcome for job in jobs]

    def commit(self, work: Callable[[], T]) -> T:
        """Run work whose writes are all stored when this returns, or none of them when it raises."""
        if self._mine.writes:
            return work()
        (outcome,) = self._group.together([work])
        if isinstance(outcome, BaseException):
            raise own(outcome)
        return cast(T, outcome)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is done inside is stored on leaving, or nothing when an exception leaves."""
        if self._mine.writes:
            yield
            return
        with self._group.lock, self._writing():
            yield

    def keep_copy(self) -> Path:
        """Keep a copy of the whole file, named after its format, and say where. Outside of transactions."""
        try:
            with self._group.lock, self.trouble.translated():
                return sqlite_file.keep_copy(self.path, self._connection, self.format)
        except OSError as error:
            raise StoreUnavailable("store_unavailable") from error

    @contextmanager
    def snapshot(self) -> Iterator[SQLiteSnapshot]:
        """The file as it is now."""
        with self.trouble.translated():
            cursor = self._readers.lend()
        try:
            with self.trouble.translated():
                frozen = SQLiteSnapshot(cursor)
            yield frozen
        finally:
            with suppress(sqlite3.Error):
                cursor.execute("ROLLBACK")
            self._readers.take_back(cursor)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """All that is read inside is of one instant."""
        if self._mine.cursor is not None:
            yield
            return
        with self.trouble.translated():
            cursor = self._readers.lend()
            cursor.execute("BEGIN")
        try:
            self._mine.cursor = cursor
            yield
        finally:
            self._mine.cursor = None
            with suppress(sqlite3.Error):
                cursor.execute("ROLLBACK")
            self._readers.take_back(cursor)

    def execute(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows. Outside of a transaction it may only read."""
        return cast("list[tuple[Any, ...]]", self._fetched(sqlite3.Cursor.fetchall, sql, values))

    def first(self, sql: str, values: Sequence[object] = ()) -> tuple[Any, ...] | None:
        """Run one statement that finds one row at most, and return it."""
        return cast("tuple[Any, ...] | None", self._fetched(sqlite3.Cursor.fetchone, sql, values))

    def insert(self, sql: str, values: Sequence[object]) -> int:
        """Run one statement that inserts a row, within a transaction, and return the row's id."""
        try:
            return cast(int, self._connection.execute(sql, values).lastrowid)
        except sqlite3.Error as error:
            raise self.trouble.known(error) from error

    def scrub(self) -> None:
        """Write the whole file anew, empty the log and remove the copies of older formats: nothing of what was removed
        is left in them. Raises StoreFull where there is no room for that, which is twice the file's size."""
        with self.trouble.translated():
            with self._group.lock:
                self._require_writable()
            scrub(self.path, self._connection, self._group.lock)

    def check(self) -> None:
        """Write to the file, at most once in CHECK_SECONDS; between two tries the last outcome stands."""
        if self.trouble.lasting is None and time.monotonic() - self._checked_at >= CHECK_SECONDS:
            self._checked = self._find_trouble()
            self._checked_at = time.monotonic()
        if trouble := self.trouble.lasting or self._checked:
            raise own(trouble)

    def close(self) -> None:
        """Close all connections; SQLite then empties its log into the file."""
        self._checkpoints.close()
        with self._group.lock, self.trouble.translated():
            self._readers.close()
            self._connection.close()

    def _fetched(self, fetch: Callable[[sqlite3.Cursor], object], sql: str, values: Sequence[object]) -> object:
        mine = self._mine.cursor
        try:
            cursor = mine or self._readers.lend()
            try:
                return fetch(cursor.execute(sql, values))
            finally:
                if mine is None:
                    self._readers.take_back(cursor)
        except sqlite3.Error as error:
            raise self.trouble.known(error) from error

    def _carry_out(self, jobs: Sequence[Job]) -> None:
        try:
            with self._writing():
                for job in jobs:
                    self._run(job)
        except _Undone:
            with self._writing():
                for job in jobs:
                    self._run_guarded(job)

    def _run(self, job: Job) -> None:
        """Run one job of several without a guard: few fail, and fewer after they have written something."""
        before = self._connection.total_changes
        job.run()
        if isinstance(job.outcome, Exception) and (
            self._connection.total_changes != before or not self._connection.in_transaction
        ):
            raise _Undone

    def _run_guarded(self, job: Job) -> None:
        """Run one job of several, so that only its own writes go when it fails."""
        self.execute("SAVEPOINT job")
        job.run()
        if isinstance(job.outcome, Exception):
            if not self._connection.in_transaction:  # SQLite has rolled back all of it
                raise job.outcome
            self.execute("ROLLBACK TO job")
            self.turn += 1
        self.execute("RELEASE job")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._require_writable()
        outer = self._mine.cursor
        try:
            self._mine.cursor, self._mine.writes = self._connection.cursor(), True
            patiently(lambda: self._connection.execute("BEGIN IMMEDIATE"))
            self.turn += 1
            before = self._connection.total_changes
            try:
                self._require_format()
                yield
                self.trouble.require_none()  # one job may have met it, and the others not
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # SQLite may have rolled back already
                    self._connection.execute("ROLLBACK")
                raise
            self._checkpoints.count(self._connection.total_changes - before)
        except sqlite3.Error as error:
            raise self.trouble.known(error) from error
        finally:
            self._mine.cursor, self._mine.writes = outer, False

    def _require_writable(self) -> None:
        """A file that was moved away or replaced would swallow whatever is written to it from here."""
        self.trouble.require_none()
        try:
            same = _identity(self._named) == self._identity
        except OSError as error:
            raise StoreUnavailable("store_unavailable") from error
        if not same:
            raise StoreUnavailable("store_unavailable")
        self._require_moved()

    def _require_moved(self) -> None:
        """What couldn't be moved out of the log at the start, for want of room, is moved before anything is written."""
        if not self._moved:
            with self.trouble.translated():
                growth = size(self._connection) - self.path.stat().st_size
                self._moved = has_room(self.path, growth) and move_log(self.path, self._connection)
            if not self._moved:
                raise StoreFull("store_full")

    def _require_format(self) -> None:
        """A newer Helpleaf may have brought the file to its own format meanwhile; this one would spoil it."""
        ((found,),) = self.execute("PRAGMA user_version")
        if found > sqlite_file.FORMAT:
            trouble = StoreUnavailable("store_unavailable")
            self.trouble.give_up(trouble, f"a newer Helpleaf brought it to format {found}")
            raise trouble

    def _find_trouble(self) -> StoreUnavailable | None:
        try:
            # A page is written though the value is the same.
            self.commit(lambda: self.execute(f"PRAGMA user_version = {sqlite_file.FORMAT}"))
        except StoreUnavailable as trouble:
            return trouble
        return None if has_room(self.path) else StoreFull("store_full")


def _identity(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_dev, stat.st_ino
