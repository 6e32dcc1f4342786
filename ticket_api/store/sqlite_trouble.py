"""Errors of SQLite as errors of ours, and the end of all writing after one of the disk itself."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ticket_api.errors import StoreFull, StoreUnavailable, own
from ticket_api.store.disk import has_room
from ticket_api.store.sqlite_refusal import code_of

LASTING = frozenset(
    {
        sqlite3.SQLITE_IOERR_DIR_FSYNC,
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_IOERR_READ,
        sqlite3.SQLITE_IOERR_SHORT_READ,
        sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    }
)
"""Errors after which nobody knows what the disk holds. The others pass: a busy file, too many open files."""

log = logging.getLogger(__name__)


class Trouble:
    """What keeps one file from being written, if anything does; it lasts until the next start."""

    def __init__(self, path: Path, *, read_only: bool) -> None:
        self._path = path
        self.lasting = StoreUnavailable("store_unavailable") if read_only else None

    def require_none(self) -> None:
        """Raise StoreUnavailable when nothing may be written any more."""
        if self.lasting is not None:
            raise own(self.lasting)

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Errors of SQLite leave as ours."""
        try:
            yield
        except sqlite3.Error as error:
            raise self.known(error) from error

    def known(self, error: sqlite3.Error) -> StoreUnavailable:
        """An error of SQLite as one of ours. One of LASTING ends all writing, unless the disk is merely full."""
        code = code_of(error)
        full = code & 0xFF == sqlite3.SQLITE_FULL or code == sqlite3.SQLITE_IOERR_WRITE
        if full and not has_room(self._path):
            return StoreFull("store_full")
        trouble = StoreUnavailable("store_unavailable")
        if code in LASTING or code & 0xFF in LASTING:
            self.give_up(trouble, error)
        return trouble

    def give_up(self, trouble: StoreUnavailable, told: object) -> None:
        """Write nothing more until the next start, and say so in the log, once."""
        if self.lasting is None:
            self.lasting = trouble
            log.critical(
                "%s: %s. No ticket is taken until the next start. Look after the disk; if the file is damaged, move it"
                " away together with its -wal file and put a backup in its place: helpleaf restore ARCHIVE.",
                self._path,
                told,
            )
