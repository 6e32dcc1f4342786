"""Moves what was committed from SQLite's log into its file, on a thread of its own and off every request's path."""

import logging
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from ticket_api.store.sqlite_file import connect
from ticket_api.store.sqlite_index import renew

ROWS = 2_000
"""Rows written after which the log, some 20 MB by then, is moved into the file; a new ticket writes four."""
MOST_ROWS = 8_000
"""Rows after which that is done even while more are written."""
QUIET_SECONDS = 0.05
"""So long nothing is written in a pause between two bursts: the disk and the processor are free then."""
LONGEST_WAIT_MS = 100
"""Milliseconds that those who write wait at most for those who read an older state."""
PATIENCE = 0.5
"""Seconds between two looks whether all is being closed, while somebody writes."""

log = logging.getLogger(__name__)


class Checkpoints:
    """Checkpoints in the first pause after ROWS rows, or after MOST_ROWS without one.

    `failed` is told of an error; `lock` keeps this process from writing.
    """

    def __init__(self, path: Path, lock: threading.RLock, failed: Callable[[sqlite3.Error], object]) -> None:
        self._path = path
        self._lock = lock
        self._failed = failed
        self._rows = 0
        self._due = threading.Event()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def count(self, rows: int) -> None:
        """Some rows were committed. Called under the lock."""
        self._rows += rows
        if self._rows >= ROWS and not self._due.is_set():
            self._due.set()
            if self._thread is None:
                self._thread = self._started()

    def close(self) -> None:
        """Wait for the checkpoint under way, and make no more."""
        self._closing.set()
        self._due.set()
        if self._thread is not None:
            self._thread.join()

    def _started(self) -> threading.Thread | None:
        """What was committed is safe without a checkpoint: one that can't be made now is made later."""
        thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            log.warning("the log of %s isn't moved into it: %s", self._path, error)
            self._rows = 0
            self._due.clear()
            return None
        return thread

    def _run(self) -> None:
        while not self._closing.is_set():
            self._due.wait()
            self._await_pause()
            if not self._closing.is_set():
                self._rows = 0
                self._due.clear()
                self._checkpoint()

    def _await_pause(self) -> None:
        before = -1
        while before != self._rows < MOST_ROWS and not self._closing.is_set():
            before = self._rows
            self._closing.wait(QUIET_SECONDS)

    def _checkpoint(self) -> None:
        """First all that is in the log, while others write; then, with the writers held up, the little that came since.

        After that nothing in the log is needed any more, and the next commit starts it anew: it can't grow forever.
        Where somebody reads an older state all the time, that is left to the next checkpoint.
        """
        try:
            with closing(connect(self._path)) as connection:
                connection.execute(f"PRAGMA busy_timeout = {LONGEST_WAIT_MS}")
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
                while not self._lock.acquire(timeout=PATIENCE):
                    if self._closing.is_set():  # by who holds it, after Ctrl-C
                        return
                try:
                    connection.execute("PRAGMA wal_checkpoint(RESTART)")
                finally:
                    self._lock.release()
                renew(self._path)
        except sqlite3.Error as error:
            self._failed(error)
