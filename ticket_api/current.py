"""CurrentIndex: the index that is in force, that of the file with the questions that its articles have answered."""

import logging
import threading
import time
from contextlib import suppress
from pathlib import Path

from ticket_api.errors import Stop, StoreUnavailable
from ticket_api.knowledge.folder import read_index
from ticket_api.knowledge.index import ArticleIndex
from ticket_api.learning import Learning

SECONDS = 1.0
"""Between two looks at the file and at the tickets."""
AGAIN = 10.0
"""Seconds after which tickets that couldn't be read are tried again."""
BREATH = 0.002
"""Seconds between some tickets and the next, so that reading many leaves the machine to the visitors."""
PATIENCE = 10.0
"""The most seconds that are waited for the thread at the end."""

Stamp = tuple[int, int, int]

log = logging.getLogger(__name__)


class _Enough(Exception):
    """The server ends."""


class CurrentIndex:
    """`index` is replaced as a whole, by one assignment: who has taken it keeps what it began with.

    From `start` to `close`, a thread of its own follows the file at `path` and what `learning` learns, if it is given.
    """

    def __init__(self, index: ArticleIndex, path: Path, learning: Learning | None = None) -> None:
        self.index = index
        self._built = index
        self._path = path
        self._stamp = _stamp(path)
        self._learning = learning
        self._not_before = 0.0
        self._bare = False
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="current", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._ending.set()
        self._thread.join(PATIENCE)

    def _work(self) -> None:
        with suppress(_Enough):
            while not self._ending.is_set():
                self._keep_up()
                self._ending.wait(SECONDS)

    def _keep_up(self) -> None:
        """Put what changed into force. A fault costs what was learned: nothing of it may outlive an erase."""
        try:
            built, learned = self._read_file(), self._learn()
            if built or learned or self._is_bare():
                confirmed = self._learning.confirmed if self._learning else ()
                # of an index that has learned already only what is new is read
                before = self._built if built or not confirmed else self.index
                self.index = before.with_confirmed(each for each in confirmed if before.has(each.article))
                self._bare = False
        except _Enough:
            raise
        except Exception:
            log.exception("Learned questions can't be used; the articles are matched without them")
            self.index = self._built
            self._bare = True
            self._not_before = time.monotonic() + AGAIN

    def _is_bare(self) -> bool:
        """Whether what was learned is to be tried again, after a fault."""
        return self._bare and time.monotonic() >= self._not_before

    def _read_file(self) -> bool:
        """Read the file if it was replaced; what can't be read is told once, and the articles stay."""
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            self._built = read_index(self._path)
        except Stop as stop:
            log.warning("%s Until then, the articles stay that were read before.", stop)
            return False
        return True

    def _learn(self) -> bool:
        if self._learning is None or time.monotonic() < self._not_before:
            return False
        try:
            return self._learning.follow(self._go_on)
        except StoreUnavailable:  # whoever needs the store is told
            self._not_before = time.monotonic() + AGAIN
            return False

    def _go_on(self) -> None:
        if self._ending.wait(BREATH):
            raise _Enough


def _stamp(path: Path) -> Stamp | None:
    """What differs once a file was replaced or written; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
