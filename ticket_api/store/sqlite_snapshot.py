"""The SQLite file as it was at one instant, for reading alone."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, NoReturn

from tinydb.storages import Storage

from ticket_api.errors import StoreUnavailable


class SQLiteSnapshot(Storage):
    """A storage over a cursor of its own that stays within one transaction."""

    read_only = True

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        cursor.execute("BEGIN")
        cursor.execute("SELECT count(*) FROM sqlite_master").fetchall()  # the instant is that of the first reading
        self._cursor = cursor

    def execute(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement that reads, and return its rows."""
        try:
            return self._cursor.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise StoreUnavailable("store_unavailable") from error

    def first(self, sql: str, values: Sequence[object] = ()) -> tuple[Any, ...] | None:
        """Run one statement that reads, and return its first row."""
        rows = self.execute(sql, values)
        return rows[0] if rows else None

    def insert(self, *_: object) -> NoReturn:
        """Nothing can be written."""
        raise StoreUnavailable("store_unavailable")

    def reading(self) -> AbstractContextManager[None]:
        """All of it is of one instant."""
        return nullcontext()

    @contextmanager
    def transaction(self) -> Iterator[NoReturn]:
        """Nothing can be written."""
        raise StoreUnavailable("store_unavailable")
        yield

    def read(self) -> NoReturn:
        """Not for snapshots: their tables are read."""
        raise NotImplementedError

    def write(self, data: object) -> NoReturn:
        """Not for snapshots."""
        raise NotImplementedError
