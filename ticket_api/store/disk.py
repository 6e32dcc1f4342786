"""Whether there is room on the disk."""

import errno
import os
import shutil
import tempfile
from pathlib import Path

ROOM_BYTES = 1_000_000
"""Several of the longest tickets, and the log that they are first written to."""

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def has_room(path: Path) -> bool:
    """Whether the log of the file at `path` can grow by ROOM_BYTES, quotas and limits of the system included.

    True as well when that can't be found out.
    """
    log = path.with_name(f"{path.name}-wal")
    try:
        if shutil.disk_usage(path.parent).free < ROOM_BYTES:
            return False
        size = log.stat().st_size if log.exists() else 0
        with tempfile.TemporaryFile(dir=path.parent) as probe:
            os.pwrite(probe.fileno(), b"\1" * 4096, size + ROOM_BYTES)
            os.fsync(probe.fileno())
    except OSError as error:
        return error.errno not in NO_ROOM
    return True
