"""Connections that read, one for each thread that reads at the same time."""

import sqlite3
from collections import deque
from collections.abc import Callable


class Readers:
    """Cursors that are lent and given back. The one given back last is lent first, so that few are in use."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self.free: deque[sqlite3.Cursor] = deque()
        self._closed = False

    def lend(self) -> sqlite3.Cursor:
        """A cursor on a connection of its own. Raises sqlite3.Error, after `close` too."""
        try:
            return self.free.pop()
        except IndexError:
            pass
        if self._closed:
            raise sqlite3.ProgrammingError("the store is closed")
        return self._connect().cursor()

    def take_back(self, cursor: sqlite3.Cursor) -> None:
        """The cursor isn't used any more."""
        if self._closed:
            cursor.connection.close()
        else:
            self.free.append(cursor)

    def close(self) -> None:
        """Close the connections that are free; those that are lent are closed when they come back."""
        self._closed = True
        while self.free:
            self.free.pop().connection.close()
