"""Writing the file anew, so that nothing of what was removed is left in it or beside it."""

import glob
import sqlite3
import time
from pathlib import Path

from ticket_api.errors import StoreFull, StoreUnavailable
from ticket_api.store import sqlite_file
from ticket_api.store.disk import has_room
from ticket_api.store.sqlite_index import renew
from ticket_api.store.sqlite_log import remove_looks


def scrub(path: Path, connection: sqlite3.Connection) -> None:
    """Write the whole file anew, empty its log and remove the copies of older formats.

    Raises StoreFull without room for twice the file's size, which that takes; StoreUnavailable when others read an
    older state all the time; sqlite3.Error; OSError.
    """
    _remove_copies(path)
    if not has_room(path, 2 * size(connection)):
        raise StoreFull("store_full")
    try:
        sqlite_file.patiently(lambda: connection.execute("VACUUM"))
    finally:
        _empty_log(connection)
        renew(path)


def size(connection: sqlite3.Connection) -> int:
    """Bytes of the file once all of the log is in it."""
    query = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    return int(connection.execute(query).fetchone()[0])


def _remove_copies(path: Path) -> None:
    remove_looks(path)
    for copy in path.parent.glob(f"{glob.escape(path.name)}.format-*"):
        copy.unlink(missing_ok=True)
    sqlite_file.sync_folder(path.parent)


def _empty_log(connection: sqlite3.Connection) -> None:
    deadline = time.monotonic() + sqlite_file.BUSY_SECONDS
    while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        if time.monotonic() > deadline:
            raise StoreUnavailable("store_unavailable")
        time.sleep(0.01)
