"""Whether a server runs on a data folder: it holds a lock there, which ends with its process however that ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

NAME = "serving.lock"


@contextmanager
def serving(data: Path) -> Iterator[None]:
    """Show that a server runs on this folder, as several may. A folder that can't be written shows nothing."""
    file = None
    with suppress(OSError):
        file = os.open(data / NAME, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(file, fcntl.LOCK_SH)
    try:
        yield
    finally:
        if file is not None:
            os.close(file)


def is_served(data: Path) -> bool:
    """Whether a server runs on this folder, on this machine."""
    try:
        file = os.open(data / NAME, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(file)
    return False
