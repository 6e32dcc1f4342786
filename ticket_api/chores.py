"""What a server does by itself beside answering: it reads all that is stored once, and clears up each day."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from ticket_api.archive.attachments import tidy
from ticket_api.archive.beside import Beside
from ticket_api.archive.erase import retain
from ticket_api.errors import StoreUnavailable
from ticket_api.store import Store

DAY = 24 * 3600.0
BREATH = 0.002
"""Seconds between some records and the next, so that reading a large store leaves the machine to the visitors."""

log = logging.getLogger(__name__)


class _Enough(Exception):
    """The server ends, and nobody needs the outcome."""


@contextmanager
def chores(
    store: Store,
    retention_days: int,
    clock: Callable[[], datetime],
    patience: float,
    beside: Beside | None = None,
) -> Iterator[None]:
    """Do them in a thread of its own, for as long as the context lasts.

    When something isn't what was written, the store takes no more tickets, health turns red, and the store's log says
    what to do. At the end, at most `patience` seconds are waited for the thread.
    """
    ending = threading.Event()

    def go_on(*_: int) -> None:
        if ending.wait(BREATH):
            raise _Enough

    def work() -> None:
        with suppress(_Enough):
            with suppress(StoreUnavailable):
                store.verify(go_on)
            while not ending.is_set():
                _erase_due(store, retention_days, clock(), beside, go_on)
                ending.wait(DAY)

    thread = threading.Thread(target=work, name="chores", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join(patience)


def _erase_due(
    store: Store, days: int, now: datetime, beside: Beside | None, progress: Callable[[int, int], None]
) -> None:
    try:
        gone = retain(store, days, now, progress=progress, beside=beside)
        if beside and beside.attachments.folder.exists():
            tidy(store, beside.attachments, now, progress)
    except StoreUnavailable as trouble:
        told = "What is due to be erased couldn't be (%s); it is tried again in a day"
        log.warning(told, trouble.__cause__ or trouble.code)
    else:
        if gone:
            log.warning("Erased %d tickets by retention_days (%d)", len(gone), days)
