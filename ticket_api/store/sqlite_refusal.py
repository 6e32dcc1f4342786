"""Why a file of tickets isn't opened, in sentences for the owner."""

import re
import sqlite3
from pathlib import Path

from ticket_api.errors import Stop


def code_of(error: sqlite3.Error) -> int:
    """SQLite's extended result code; 0 when the error isn't SQLite's own."""
    return int(getattr(error, "sqlite_errorcode", 0) or 0)


def is_busy(error: sqlite3.Error) -> bool:
    """Whether nothing but another connection was in the way."""
    return code_of(error) & 0xFF == sqlite3.SQLITE_BUSY


def damaged(path: Path, detail: object) -> Stop:
    """The sentence for a file that isn't whole."""
    return Stop(
        f"{path} is damaged ({detail}). Move it away together with its -wal file and put a backup in its place:"
        " helpleaf restore ARCHIVE."
    )


def unopened(path: Path, error: Exception) -> Stop:
    """The sentence for a file that can't be opened."""
    reason = re.sub(r"\.$", "", str(getattr(error, "strerror", None) or error))
    return Stop(f"{path} can't be opened: {reason}. Name a file in a folder that this user may write to.")


def refusal(path: Path, error: sqlite3.Error) -> Stop:
    """The sentence for what SQLite said of a file that was to be opened."""
    primary = code_of(error) & 0xFF
    if primary == sqlite3.SQLITE_NOTADB:
        return Stop(
            f"{path} isn't a file of Helpleaf's tickets, or its beginning is damaged."
            " Move it away together with its -wal file and put a backup in its place (helpleaf restore ARCHIVE), or set"
            " HELPLEAF_STORE to another path."
        )
    if primary == sqlite3.SQLITE_CORRUPT:
        return damaged(path, error)
    if primary == sqlite3.SQLITE_CANTOPEN:
        return unopened(path, error)
    if code_of(error) == sqlite3.SQLITE_IOERR_SHMSIZE:
        return Stop(
            f"{path} can't be opened: the disk has no room for the 32 KB of {path.name}-shm. Make room, then try again."
        )
    return Stop(f"{path} can't be written: {error}. See that its folder may be written to and that the disk has room.")
