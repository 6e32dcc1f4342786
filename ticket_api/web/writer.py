"""Writer: calls that write wait together and share one commit, and no other thread waits for the disk."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from ticket_api.errors import StoreUnavailable, own

T = TypeVar("T")
Job = Callable[[], object]
Together = Callable[[Sequence[Job]], Sequence[object]]
Waiter = tuple[Job, "asyncio.Future[Any]"]

MOST = 128
"""Jobs in one batch: one commit for all, and yet nobody waits for long behind the others."""


class Writer:
    """Hands batches of jobs to `together` on one thread of its own, which is there while something waits.

    `together` runs all jobs with one commit and returns an outcome for each, or the exception that it raised.
    """

    def __init__(self, together: Together) -> None:
        self._together = together
        self._thread = ThreadPoolExecutor(1, "writer")
        self._waiting: deque[Waiter] = deque()
        self._lock = threading.Lock()
        self._busy = False
        self._closed = False

    async def run(self, job: Callable[[], T]) -> T:
        """What the job returns, once it is on disk. Raises what the job raises, and StoreUnavailable.

        A caller that is cancelled takes nothing back: the job runs all the same.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        with self._lock:
            if self._closed:
                raise StoreUnavailable("store_unavailable")
            if not self._busy:
                self._start()
            self._waiting.append((job, future))
        return await future

    def close(self) -> None:
        """Wait until everything that was handed over is written; nothing is taken afterwards."""
        with self._lock:
            self._closed = True
        self._thread.shutdown()

    def _start(self) -> None:
        try:
            self._thread.submit(self._work)
        except RuntimeError as error:  # no thread can be started
            raise StoreUnavailable("store_unavailable") from error
        self._busy = True

    def _work(self) -> None:
        while batch := self._next():
            _deliver(batch, self._outcomes(batch))

    def _next(self) -> list[Waiter]:
        with self._lock:
            batch = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
            self._busy = bool(batch)
        return batch

    def _outcomes(self, batch: list[Waiter]) -> Sequence[object]:
        try:
            return self._together([job for job, _ in batch])
        except Exception as error:
            return [own(error) for _ in batch]


def _deliver(batch: list[Waiter], outcomes: Sequence[object]) -> None:
    """Hand the outcomes to those who wait, in one call for each event loop: there is one, but in tests."""
    loops: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], object]]] = {}
    for (_, future), outcome in zip(batch, outcomes, strict=True):
        loops.setdefault(future.get_loop(), []).append((future, outcome))
    for loop, settled in loops.items():
        try:
            loop.call_soon_threadsafe(_settle, settled)
        except RuntimeError:  # the loop is closed, and with it whoever waited
            continue


def _settle(settled: list[tuple[asyncio.Future[Any], object]]) -> None:
    for future, outcome in settled:
        if future.done():  # cancelled
            continue
        if isinstance(outcome, BaseException):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
