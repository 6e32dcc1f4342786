"""What a disk is asked for: room, and to have the names in a folder for good."""

import errno
import os
import shutil
import tempfile
from pathlib import Path

ROOM_BYTES = 1_000_000
"""Several of the longest tickets, and the log that they are first written to."""

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def has_room(path: Path, room: int = 0) -> bool:
    """Whether the log of the file at `path` can grow by `room` bytes, quotas and limits of the system included.

    ROOM_BYTES are asked for at least. True as well when that can't be found out.
    """
    log = path.with_name(f"{path.name}-wal")
    room = max(room, ROOM_BYTES)
    try:
        if shutil.disk_usage(path.parent).free < room:
            return False
        size = log.stat().st_size if log.exists() else 0
        with tempfile.TemporaryFile(dir=path.parent) as probe:
            os.pwrite(probe.fileno(), b"\1" * 4096, size + room)
            os.fsync(probe.fileno())
    except OSError as error:
        return error.errno not in NO_ROOM
    return True


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk. Raises OSError."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
