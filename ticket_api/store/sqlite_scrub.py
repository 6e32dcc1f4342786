"""Writing the file anew, so that nothing of what was removed is left in it or beside it."""

import glob
import sqlite3
import threading
import time
from pathlib import Path

from ticket_api.errors import StoreFull, StoreUnavailable
from ticket_api.store import sqlite_file
from ticket_api.store.disk import has_room, sync_folder
from ticket_api.store.sqlite_index import renew
from ticket_api.store.sqlite_log import remove_looks

SECONDS = 60.0
"""How long those are waited for who read an older state."""
PAUSE = 0.2
AT_ONCE_MS = 100
"""Milliseconds of each try, for which nobody else can write."""
READER = "another program, such as a backup, reads an older state of it; wait for it, or end it"


def scrub(path: Path, connection: sqlite3.Connection, lock: threading.RLock) -> None:
    """Write the whole file anew, empty its log and remove the copies of older formats.

    `lock` keeps this process from writing; it is held for each step. Raises StoreFull without room for twice the file's
    size, which that takes; StoreUnavailable when others read an older state for longer than SECONDS; sqlite3.Error;
    OSError.
    """
    with lock:
        _remove_copies(path)
        if not has_room(path, 2 * size(connection)):
            raise StoreFull("store_full")
    try:
        with lock:
            sqlite_file.patiently(lambda: connection.execute("VACUUM"))
    finally:
        _empty_log(connection, lock)
        renew(path)


def size(connection: sqlite3.Connection) -> int:
    """Bytes of the file once all of the log is in it."""
    query = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    return int(connection.execute(query).fetchone()[0])


def _remove_copies(path: Path) -> None:
    remove_looks(path)
    for copy in path.parent.glob(f"{glob.escape(path.name)}.format-*"):
        copy.unlink(missing_ok=True)
    sync_folder(path.parent)


def _empty_log(connection: sqlite3.Connection, lock: threading.RLock) -> None:
    deadline = time.monotonic() + SECONDS
    while not _emptied(connection, lock):
        if time.monotonic() > deadline:
            raise StoreUnavailable("store_unavailable") from TimeoutError(READER)
        time.sleep(PAUSE)


def _emptied(connection: sqlite3.Connection, lock: threading.RLock) -> bool:
    with lock:
        connection.execute(f"PRAGMA busy_timeout = {AT_ONCE_MS}")
        try:
            return not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            connection.execute(f"PRAGMA busy_timeout = {1000 * sqlite_file.BUSY_SECONDS:.0f}")
