"""Watching: the site is built again when the owner saves an article."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from watchdog.events import EVENT_TYPE_CLOSED_NO_WRITE, EVENT_TYPE_OPENED, FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

QUIET = 0.04
"""Seconds without another change before a build begins: an editor, and git more so, writes several files."""
LONGEST = 2.0
"""The most seconds that are waited for such a moment."""
LOOK = 0.5
"""Seconds between two looks at whether the work is to end."""
PATIENCE = 10.0
"""The most seconds that are waited for a build under way at the end."""

COMMAND = (sys.executable, "-m", "ticket_api", "build")
READING = {EVENT_TYPE_OPENED, EVENT_TYPE_CLOSED_NO_WRITE}


class _Changes(FileSystemEventHandler):
    def __init__(self, files: Iterable[Path]) -> None:
        self.happened = threading.Event()
        self._files = {str(file) for file in files}
        self._folders = {str(file.parent) for file in files}

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Note a change of a folder's content or of a single file; hidden files and reading are none."""
        paths = [os.fsdecode(path) for path in (event.src_path, event.dest_path) if path]
        if event.event_type not in READING and any(self._counts(path) for path in paths):
            self.happened.set()

    def _counts(self, path: str) -> bool:
        folder, name = os.path.split(path)
        return path in self._files if folder in self._folders else not name.startswith(".")


@contextmanager
def watched(folders: Iterable[Path], files: Iterable[Path] = ()) -> Iterator[Callable[[float], bool]]:
    """Watch folders, and all in them, and single files beside them. Gives a function that waits for a change.

    It returns whether there was one within so many seconds, and then only once nothing more has changed for a moment.
    """
    files = [file.resolve() for file in files]
    changes = _Changes(files)
    observer = _observer(changes, [folder.resolve() for folder in folders if folder.is_dir()], files)

    def wait(seconds: float) -> bool:
        changed = changes.happened.wait(seconds)
        latest = time.monotonic() + LONGEST
        more = changed
        while more:
            changes.happened.clear()
            more = changes.happened.wait(QUIET) and time.monotonic() < latest
        return changed

    try:
        yield wait
    finally:
        observer.stop()
        observer.join()


def _observer(changes: _Changes, folders: Iterable[Path], files: Iterable[Path]) -> BaseObserver:
    """The system's own way of telling, or looks at all files each second where that has no room for more."""
    for make in (Observer, PollingObserver):
        observer = make()
        for folder in folders:
            observer.schedule(changes, str(folder), recursive=True)
        for folder in {file.parent for file in files}:
            observer.schedule(changes, str(folder))
        try:
            observer.start()
        except OSError:
            continue
        return observer
    raise AssertionError("looking at files needs nothing of the system")


def build_on_change(
    first: Callable[[], object],
    again: Callable[[], object],
    folders: Iterable[Path],
    files: Iterable[Path],
    go_on: Callable[[], bool],
) -> None:
    """Call `first` now, and `again` after each change from now on, for as long as `go_on` says so."""
    with watched(folders, files) as wait:
        first()
        while go_on():
            if wait(LOOK):
                again()


@contextmanager
def rebuilding(
    folders: Iterable[Path], files: Iterable[Path], is_due: Callable[[], bool], *, at_once: bool
) -> Iterator[None]:
    """Build after each change for as long as the context lasts, in a process of its own.

    With `at_once` that process stays, ready for the next change. Without, each build that `is_due` has one of its own,
    so that no MkDocs stays in memory.
    """
    if at_once:
        with _ended(subprocess.Popen([*COMMAND, "--watch"])):
            yield
        return
    ending = threading.Event()

    def build() -> None:
        if is_due():
            subprocess.run(COMMAND, check=False)

    def work() -> None:
        build_on_change(build, build, folders, files, lambda: not ending.is_set())

    thread = threading.Thread(target=work, name="watching", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join(PATIENCE)


@contextmanager
def _ended(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        process.wait()
