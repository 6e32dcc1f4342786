"""Moves what was committed from SQLite's log into its file, on a thread of its own and off every request's path."""

import logging
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

from ticket_api.store.sqlite_file import connect

CHANGES = 1000
"""Committed changes after which the log, some 40 MB by then, is moved into the file."""

log = logging.getLogger(__name__)


class Checkpoints:
    """Checkpoints after every CHANGES changes. `failed` is told of an error; `lock` keeps this process from writing."""

    def __init__(self, path: Path, lock: threading.Lock, failed: Callable[[sqlite3.Error], object]) -> None:
        self._path = path
        self._lock = lock
        self._failed = failed
        self._changes = 0
        self._due = threading.Event()
        self._closing = False
        self._thread: threading.Thread | None = None

    def count(self, changes: int) -> None:
        """Some changes were committed. Called under the lock."""
        self._changes += changes
        if self._changes >= CHANGES:
            self._changes = 0
            self._due.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Wait for the checkpoint under way, and make no more."""
        self._closing = True
        self._due.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while self._due.wait() and not self._closing:
            self._due.clear()
            try:
                self._checkpoint()
            except sqlite3.Error as error:
                self._failed(error)

    def _checkpoint(self) -> None:
        """First all that is in the log, while others write; then, with the writers held up, the little that came since.

        After that nothing in the log is needed any more, and the next commit starts it anew: it can't grow forever.
        """
        connection = connect(self._path)
        try:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
            with self._lock:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        finally:
            connection.close()
