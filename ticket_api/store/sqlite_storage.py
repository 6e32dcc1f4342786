"""A TinyDB storage that keeps one document a row in an SQLite file, so that a kill or a full disk loses nothing."""

import json
import os
import re
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

from tinydb.storages import Storage

from ticket_api.errors import Stop, StoreFull, StoreUnavailable

APPLICATION_ID = 0x48_4C_46_31  # stands in the file's header and tells our files from everybody else's
FORMAT = 1
BUSY_SECONDS = 5.0
CHECK_SECONDS = 1.0
ROOM_BYTES = 1_000_000  # several of the longest tickets, and the log that they are first written to
QUICK_CHECK_BYTES = 256_000_000  # reading it takes about 0.2 s; a larger file would delay every start


class SQLiteStorage(Storage):
    """One connection to one file, shared by all threads under a lock; other processes may have the file open too.

    Every method raises StoreUnavailable (StoreFull when there is no room) when SQLite can't do its work. `FORMAT`
    says how the documents lie in the file.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, made with its folders when it isn't there. Raises Stop with a sentence for the owner."""
        self.path = path.absolute()
        self._lock = threading.RLock()
        self._connection = _open(path)
        self._identity = _identity(self.path)
        self._checked_at = -CHECK_SECONDS
        self._trouble: StoreUnavailable | None = None

    @contextmanager
    def transaction(self, kind: Literal["IMMEDIATE", "DEFERRED"] = "IMMEDIATE") -> Iterator[None]:
        """All that is done inside is stored on leaving, or nothing when an exception leaves.

        Inside another transaction it is a part of that one. DEFERRED is for reading alone: one state of the file.
        """
        with self._lock, _translated():
            if self._connection.in_transaction:
                yield
                return
            if kind == "IMMEDIATE":
                self._require_same_file()
            self._connection.execute(f"BEGIN {kind}")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # SQLite may have rolled back already
                    self._connection.execute("ROLLBACK")
                raise

    def execute(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows."""
        with self._lock, _translated():
            return self._connection.execute(sql, values).fetchall()

    def create(self, name: str, indexed: Sequence[str], unique: Sequence[str]) -> None:
        """Make the rows of a table and its indexes. Ids only grow; `unique` fields may be "" in many documents."""
        if not re.fullmatch(r"[a-z_][a-z0-9_]*", name) or name.startswith("sqlite_"):
            raise ValueError(f"{name!r} can't be the name of a table")
        with self.transaction():
            self.execute(f"CREATE TABLE IF NOT EXISTS {name} (id INTEGER PRIMARY KEY AUTOINCREMENT, doc TEXT NOT NULL)")
            for field in indexed:
                self.execute(f"CREATE INDEX IF NOT EXISTS {name}_{field} ON {name} ({extract(field)})")
            for field in unique:
                self.execute(
                    f"CREATE UNIQUE INDEX IF NOT EXISTS {name}_{field} ON {name} ({extract(field)})"
                    f" WHERE {extract(field)} <> ''"
                )

    def read(self) -> dict[str, dict[str, Any]] | None:
        """Every document of every table, as TinyDB's own storages return them."""
        with self.transaction("DEFERRED"):
            tables = {
                name: {
                    str(doc_id): json.loads(text)
                    for doc_id, text in self.execute(f"SELECT id, doc FROM {name} ORDER BY id")  # noqa: S608
                }
                for name in self._names()
            }
        return {name: rows for name, rows in tables.items() if rows} or None

    def write(self, data: Mapping[str, Mapping[Any, Mapping[str, Any]]]) -> None:
        """Put `data` in the place of every document of every table. Ids given before stay taken."""
        with self.transaction():
            for name in self._names():
                self.execute(f"DELETE FROM {name}")  # noqa: S608
            for name, rows in data.items():
                self.create(name, (), ())
                for doc_id, document in rows.items():
                    self.execute(f"INSERT INTO {name} VALUES (?, ?)", (int(doc_id), as_json(document)))  # noqa: S608

    def check(self) -> None:
        """Write to the file, at most once in CHECK_SECONDS; between two tries the last outcome stands."""
        with self._lock:
            if time.monotonic() - self._checked_at >= CHECK_SECONDS:
                self._trouble = self._find_trouble()
                self._checked_at = time.monotonic()
            if self._trouble:
                raise type(self._trouble)(self._trouble.code) from self._trouble.__cause__

    def close(self) -> None:
        """Close the connection; SQLite then empties its log into the file."""
        with self._lock, _translated():
            self._connection.close()

    def _names(self) -> list[str]:
        found = self.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
        )
        return [name for (name,) in found]

    def _find_trouble(self) -> StoreUnavailable | None:
        try:
            with self.transaction():
                self.execute(f"PRAGMA user_version = {FORMAT}")  # a page is written though the value is the same
            if shutil.disk_usage(self.path.parent).free < ROOM_BYTES:
                return StoreFull("store_full")
        except StoreUnavailable as trouble:
            return trouble
        except OSError as error:
            return _chained(StoreUnavailable("store_unavailable"), error)
        return None

    def _require_same_file(self) -> None:
        """A file that was moved away or replaced would swallow whatever is written to it from here."""
        try:
            same = _identity(self.path) == self._identity
        except OSError as error:
            raise StoreUnavailable("store_unavailable") from error
        if not same:
            raise StoreUnavailable("store_unavailable")


def extract(path: str) -> str:
    """The SQL for a field of a document; a dotted path leads inward. Indexes serve only this very spelling."""
    return f"json_extract(doc, '$.{path}')"


def as_json(document: Mapping[str, Any]) -> str:
    """The JSON text of a document. Raises ValueError or TypeError for what JSON can't hold, NaN included."""
    return json.dumps(dict(document), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if _code(error) == sqlite3.SQLITE_FULL:
            raise StoreFull("store_full") from error
        raise StoreUnavailable("store_unavailable") from error


def _chained(trouble: StoreUnavailable, cause: Exception) -> StoreUnavailable:
    trouble.__cause__ = cause
    return trouble


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary result code, without the detail in the upper bits; 0 when the error isn't SQLite's own."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _identity(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_dev, stat.st_ino


def _open(path: Path) -> sqlite3.Connection:
    try:
        _make_file(path)
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    except (OSError, ValueError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise Stop(f"{path} can't be opened: {reason}. Name a file in a folder that this user may write to.") from error
    try:
        _require_ours(connection, path)
        _prepare(connection)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.Error):
            raise _refusal(path, error) from error
        raise
    return connection


def _make_file(path: Path) -> None:
    """Make the file and its folders for this user alone; each new name is on disk before anything relies on it."""
    for folder in reversed([parent for parent in path.parents if not parent.exists()]):
        folder.mkdir(mode=0o700, exist_ok=True)
        _sync(folder.parent)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    _sync(path.parent)


def _sync(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _require_ours(connection: sqlite3.Connection, path: Path) -> None:
    """Raise Stop unless the file is empty or ours, of a format that this version reads, and whole."""
    application, version, objects = connection.execute(
        "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_master)"
        " FROM pragma_application_id, pragma_user_version"
    ).fetchone()
    if application != APPLICATION_ID and (application or version or objects):
        raise Stop(f"{path} isn't a file of Helpleaf's tickets. Set HELPLEAF_STORE to another path.")
    if version > FORMAT:
        raise Stop(
            f"{path} was written by a newer Helpleaf (format {version}; this one reads {FORMAT}). Install that one."
        )
    if path.stat().st_size <= QUICK_CHECK_BYTES:
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise _damaged(path, found)


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")  # macOS alone: without it the drive may still hold what was synced
    _keep_log(connection)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {FORMAT}")
    connection.execute("COMMIT")


def _keep_log(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log. SQLite doesn't wait by itself when several processes make the same file."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            break
        except sqlite3.OperationalError as error:
            if _code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
    if mode != "wal":
        raise sqlite3.OperationalError("the file system there can't hold a write-ahead log")


def _damaged(path: Path, detail: object) -> Stop:
    return Stop(f"{path} is damaged ({detail}). Put a backup in its place, or set HELPLEAF_STORE to another path.")


def _refusal(path: Path, error: sqlite3.Error) -> Stop:
    if _code(error) == sqlite3.SQLITE_NOTADB:
        return Stop(
            f"{path} isn't a file of Helpleaf's tickets, or its beginning is damaged."
            " Put a backup in its place, or set HELPLEAF_STORE to another path."
        )
    if _code(error) == sqlite3.SQLITE_CORRUPT:
        return _damaged(path, error)
    return Stop(f"{path} can't be written: {error}. See that its folder may be written to and that the disk has room.")
