"""What SQLite's index of the log (-shm) says the log to hold, to notice when that is gone.

A commit is synced before the index names it. So a log that holds less than its index says was cut or taken away.

The format: https://sqlite.org/walformat.html#the_wal_index_file_format
"""

import os
import struct
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

VERSION = 3_007_000
COPY = 48
HEAD = struct.Struct("=I8xB3xI12x8s8x48xI")
"""Its version, whether it is filled, how many frames are in the log, the log's salts; and how many are in the file."""

_handles: dict[tuple[int, int], int] = {}
"""By device and number of the file. To close one would drop the locks which SQLite may have on it in this process."""
_lock = threading.Lock()


class Promise(NamedTuple):
    """The log with these salts holds so many frames, and the file hasn't got all of them yet.

    `current`: the index is of this file, and no older than the machine's last start. Else it may be one that a power
    cut brought back, or that was left beside another file.
    """

    salts: bytes
    frames: int
    current: bool


def index_of(path: Path) -> Path:
    """The index that belongs to the file of tickets at `path`."""
    return path.with_name(f"{path.name}-shm")


def promise_of(path: Path) -> Promise | None:
    """What the log of this file must hold; None when that is nothing, or can't be found out."""
    with suppress(OSError):
        content, written_at = look(index_of(path))
        if len(content) == HEAD.size and content[:COPY] == content[COPY : 2 * COPY]:  # else it is being written
            version, filled, frames, salts, moved = HEAD.unpack(content)
            if version == VERSION and filled and frames > moved:
                return Promise(salts, frames, written_at >= max(path.stat().st_mtime, _started_at()))
    return None


def frames_in(index: Path) -> int:
    """How many frames SQLite took from the log. For a copy that nobody else uses: its locks are lost by that."""
    content = index.read_bytes()[: HEAD.size] if index.exists() else b""
    return int(HEAD.unpack(content)[2]) if len(content) == HEAD.size else 0


def renew(path: Path) -> None:
    """After the file was written to: say that the index still belongs to it. SQLite's own writes don't set its time."""
    with suppress(OSError):
        os.utime(index_of(path))


def look(index: Path) -> tuple[bytes, float]:
    """The head of an index, and when it was last written to, in seconds of Unix time. Raises OSError."""
    with _lock:
        for key in [key for key, handle in _handles.items() if not os.fstat(handle).st_nlink]:
            os.close(_handles.pop(key))  # nobody uses what is removed
        handle = _handle(index)
        with open(handle, "rb", closefd=False) as file:
            file.seek(0)
            return file.read(HEAD.size), os.fstat(handle).st_mtime


def _handle(index: Path) -> int:
    found = index.stat()
    key = found.st_dev, found.st_ino
    if key not in _handles:
        _handles[key] = os.open(index, os.O_RDONLY)
    return _handles[key]


def _started_at() -> float:
    """When the machine started, in seconds of Unix time."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)  # Linux alone: its other clock stands still while the machine sleeps
    return time.time() - (time.monotonic() if clock is None else time.clock_gettime(clock))
