"""Waiting, with an end: whatever hangs fails its test and says what it was."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 120
"""Seconds after which whatever a test waits for hangs, however busy the machine is."""


@contextmanager
def hurried(process: subprocess.Popen[str], what: str, seconds: float = PATIENCE) -> Iterator[None]:
    """Read what a process prints, which is ended when it takes too long for `what`: else that would wait for ever."""
    overdue = threading.Event()

    def end() -> None:
        overdue.set()
        process.kill()

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        assert not overdue.is_set(), f"the process didn't {what} within {seconds} s"
