"""Opening the SQLite file that tickets lie in: made, known as ours, kept apart from everybody else's, or refused."""

import glob
import logging
import os
import random
import secrets
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TypeVar
from urllib.parse import quote

from ticket_api.errors import Stop
from ticket_api.keys import KEY
from ticket_api.store.disk import has_room, sync_folder
from ticket_api.store.sqlite_index import renew
from ticket_api.store.sqlite_log import require_whole_log
from ticket_api.store.sqlite_refusal import code_of, is_busy, refusal, unopened

APPLICATION_ID = 0x48_4C_46_31  # stands in the file's header and tells our files from everybody else's
FORMAT = 4
"""2: requesters have ids, and events are chained; 3: searches are counted; 4: mails wait, and papers are kept."""
BUSY_SECONDS = 5.0
CACHE_KIB = 8_000
READER_CACHE_KIB = 1_000
LONGEST_LOG = 96_000_000
"""Bytes of the log that stay on the disk to be written over, which costs a third less than to let it grow; between two
checkpoints some 80 MB are written at most."""

T = TypeVar("T")

log = logging.getLogger(__name__)


class Opened(NamedTuple):
    """A connection, the format of what is in the file (0: nothing), and the mode it was opened in: "rw" writes.

    `path`: the file itself, where the owner named a link. `moved`: whether all of the log is in it, and synced; nothing
    may be written before.
    """

    path: Path
    connection: sqlite3.Connection
    format: int
    mode: str
    moved: bool


def open_file(path: Path) -> Opened:
    """Open the file for writing, made with its folders when it isn't there; for reading where it can't be written.

    Raises Stop with a sentence for the owner.
    """
    key = path.with_name(KEY) if path.name else path
    path = _followed(path)
    _require_main_file(path, key)
    require_whole_log(path)
    try:
        _make_file(path)
    except OSError as error:
        if not path.is_file():
            raise unopened(path, error) from error
        return _connect_reading(path)
    except ValueError as error:
        raise unopened(path, error) from error
    return _connect_writing(path)


def connect(path: Path, *, mode: str = "rw", cache_kib: int = READER_CACHE_KIB) -> sqlite3.Connection:
    """A further connection to a file that is open already. Raises sqlite3.Error."""
    connection = sqlite3.connect(
        f"file:{quote(os.fsencode(path))}?mode={mode}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.execute(f"PRAGMA cache_size = -{cache_kib}")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = ON")  # macOS alone: without it the drive may still hold what was synced
        connection.execute("PRAGMA wal_autocheckpoint = 0")  # `Checkpoints` does that, on a thread of its own
        connection.execute(f"PRAGMA journal_size_limit = {LONGEST_LOG}")
    except sqlite3.Error:
        connection.close()
        raise
    except UnicodeDecodeError as error:  # SQLite's complaint holds the damaged bytes
        connection.close()
        damage = sqlite3.DatabaseError("database disk image is malformed")
        damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise damage from error
    return connection


def patiently(run: Callable[[], T]) -> T:
    """What `run` returns once no other process is in its way. Raises sqlite3.Error when one is for BUSY_SECONDS.

    SQLite's own pauses grow to 100 ms and are the same for all: who writes without a break would starve the others.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            return run()
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline:
                raise
        time.sleep(random.uniform(0.0005, 0.002))  # noqa: S311 - not a secret


def move_log(path: Path, connection: sqlite3.Connection) -> bool:
    """Move the whole log into the file and sync that; False where the disk is too full. Raises sqlite3.Error.

    A failed sync may have left less of the log on the disk than can be read of it, and what is written behind such a
    hole goes with it at a power cut. To read is safe: all of it is still in the log.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    try:
        while connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[0] and time.monotonic() < deadline:
            time.sleep(0.01)  # another process is at it
    except sqlite3.OperationalError as error:
        code = code_of(error)
        if code & 0xFF == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR_WRITE and not has_room(path)):
            return False
        raise
    finally:
        renew(path)
    return True


def keep_copy(path: Path, connection: sqlite3.Connection, old_format: int) -> Path:
    """Copy what the connection sees into a file beside it, on disk when this returns. A copy that is there stays."""
    copy = path.with_name(f"{path.name}.format-{old_format}")
    if not copy.exists():
        for left in path.parent.glob(f"{glob.escape(copy.name)}.*"):
            left.unlink(missing_ok=True)  # by somebody who was killed
        draft = path.with_name(f"{copy.name}.{secrets.token_hex(4)}.draft")
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        connection.execute("VACUUM INTO ?", (str(draft),))
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        draft.rename(copy)
        sync_folder(path.parent)
    return copy


def _checked(path: Path, connection: sqlite3.Connection, mode: str) -> Opened:
    try:
        found = _format(connection, path, mode)
        return Opened(path, connection, found, mode, mode != "rw" or move_log(path, connection))
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.Error):
            raise refusal(path, error) from error
        raise


def _followed(path: Path) -> Path:
    """The file that a link leads to: SQLite keeps the log beside that one. Raises Stop where it leads nowhere."""
    with suppress(OSError, ValueError):
        if path.is_symlink():
            real = Path(os.path.realpath(path))
            if not real.exists():
                raise Stop(
                    f"{path} is a link to {real}, which can't be found. See that its disk is there, or put the file"
                    " back; to begin anew, remove the link."
                )
            return real
    return path


def _require_main_file(path: Path, key: Path) -> None:
    """SQLite would begin anew what is missing or empty, and throw away its log, and what was written last with it."""
    with suppress(OSError, ValueError):
        if path.is_dir():
            raise Stop(f"{path} is a folder, and tickets are kept in a file. Move it away, or set HELPLEAF_STORE.")
        lost = "empty" if path.exists() else "missing"
        if lost == "empty" and path.stat().st_size:
            return
        log_file = path.with_name(f"{path.name}-wal")
        if log_file.exists() and log_file.stat().st_size:
            raise Stop(
                f"{path} is {lost}, though its log {log_file.name} is there. Put the file back, or move the log away"
                " and put a backup in its place: helpleaf restore ARCHIVE."
            )
        if lost == "empty" and key.exists():
            raise Stop(
                f"{path} is empty, though {key} is there. Move the empty file away and put a backup in its place:"
                f" helpleaf restore ARCHIVE. To begin anew, move {key.name} away as well."
            )


def _connect_writing(path: Path) -> Opened:
    try:
        connection = connect(path, cache_kib=CACHE_KIB)
    except sqlite3.Error as error:
        raise refusal(path, error) from error
    opened = _checked(path, connection, "rw")
    connection.execute("PRAGMA busy_timeout = 0")  # from here on `patiently` waits
    return opened


def _connect_reading(path: Path) -> Opened:
    """SQLite reads a log only where it may keep an index beside it; a file without a log is read as it lies there."""
    log_file = path.with_name(f"{path.name}-wal")
    try:
        mode = "ro" if log_file.exists() and log_file.stat().st_size else "ro&immutable=1"
        connection = connect(path, mode=mode)
    except (OSError, sqlite3.Error) as error:
        raise unopened(path, error) from error
    opened = _checked(path, connection, mode)
    log.warning("%s can't be written: tickets can be read, and none are taken", path)
    return opened


def _make_file(path: Path) -> None:
    """Make the file and its folders for this user alone; each new name is on disk before anything relies on it.

    A file that is there isn't opened: closing it would drop the locks which SQLite may have on it in this process.
    """
    for folder in reversed([parent for parent in path.parents if not parent.exists()]):
        folder.mkdir(mode=0o700, exist_ok=True)
        sync_folder(folder.parent)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        sync_folder(path.parent)
    if not (_may_write(path) and _may_write(path.parent)):
        raise PermissionError(13, "it can't be written to")


def _may_write(path: Path) -> bool:
    return os.access(path, os.R_OK | os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _format(connection: sqlite3.Connection, path: Path, mode: str) -> int:
    """The format of what is in the file, 0 for nothing. Raises Stop for what isn't ours or is too new."""
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
    if mode != "rw" and version < FORMAT:
        raise Stop(f"{path} is of an older format, and can't be written to be brought up to date.")
    if mode == "rw":
        _keep_log(connection)
        if not version:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {FORMAT}")
            connection.execute("COMMIT")
    return int(version)


def _keep_log(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log. Another process may be making the same file."""
    (mode,) = patiently(lambda: connection.execute("PRAGMA journal_mode = WAL").fetchone())
    if mode != "wal":
        raise sqlite3.OperationalError("the file system there can't hold a write-ahead log")
