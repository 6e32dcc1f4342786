"""One commit for all that wait: whoever gets the lock works for the others, and they find their jobs done."""

import threading
from collections import deque
from collections.abc import Callable, Sequence

MOST_TOGETHER = 256


class Job:
    """Work that waits for its turn; `outcome` is what it returned or the exception that it raised."""

    __slots__ = ("done", "outcome", "work")

    def __init__(self, work: Callable[[], object]) -> None:
        self.work = work
        self.done = False
        self.outcome: object = None

    def run(self) -> None:
        """Do the work."""
        try:
            self.outcome = self.work()
        except Exception as error:
            self.outcome = error


class GroupCommit:
    """Hands jobs to `carry_out`, at most MOST_TOGETHER at once and never two calls at the same time.

    `carry_out` runs them in one transaction and returns when it is on disk; what it raises is the outcome of all of
    them. `lock` is held meanwhile.
    """

    def __init__(self, carry_out: Callable[[Sequence[Job]], None]) -> None:
        self.lock = threading.Lock()
        self._carry_out = carry_out
        self._waiting: deque[Job] = deque()

    def together(self, works: Sequence[Callable[[], object]]) -> list[object]:
        """What each returned or raised, once all of it is on disk."""
        jobs = [Job(work) for work in works]
        self._waiting.extend(jobs)
        with self.lock:
            while not all(job.done for job in jobs):
                self._carry(self._taken())
        return [job.outcome for job in jobs]

    def _taken(self) -> list[Job]:
        return [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_TOGETHER))]

    def _carry(self, jobs: list[Job]) -> None:
        try:
            self._carry_out(jobs)
        except BaseException as error:
            for job in jobs:
                job.outcome = error
            if not isinstance(error, Exception):
                raise
        finally:
            for job in jobs:
                job.done = True
