"""One commit for all that wait: one of them works for the others, and hands on when it is done."""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from ticket_api.errors import StoreUnavailable

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


class _Caller:
    """Somebody who waits: for the jobs to be done, or for the turn to do them. `woken` is held until then."""

    __slots__ = ("jobs", "woken")

    def __init__(self, works: Sequence[Callable[[], object]]) -> None:
        self.jobs = [Job(work) for work in works]
        self.woken = threading.Lock()
        self.woken.acquire()


class GroupCommit:
    """Hands jobs to `carry_out`, never two calls at the same time, each with all that wait.

    `carry_out` runs them in one transaction and returns when it is on disk; what it raises is the outcome of all of
    them. `lock` is held meanwhile.
    """

    def __init__(self, carry_out: Callable[[Sequence[Job]], None]) -> None:
        self.lock = threading.RLock()  # Ctrl-C may leave it held by a thread that closes all then
        self._carry_out = carry_out
        self._guard = threading.Lock()
        self._waiting: deque[_Caller] = deque()
        self._busy = False
        self._served = 1

    def together(self, works: Sequence[Callable[[], object]]) -> list[object]:
        """What each returned or raised, once all of it is on disk."""
        if not works:
            return []
        caller = _Caller(works)
        with self._guard:
            self._waiting.append(caller)
            waits, self._busy = self._busy, True
        if waits:
            try:
                caller.woken.acquire()
            except BaseException:  # Ctrl-C: the others still count on this one when its turn comes
                self._leave(caller)
                raise
        if not caller.jobs[-1].done:
            self._lead()
        return [job.outcome for job in caller.jobs]

    def _leave(self, caller: _Caller) -> None:
        try:
            threading.Thread(target=self._stand_in, args=(caller,)).start()
        except RuntimeError:  # no thread can be started
            self._stand_in(caller)

    def _stand_in(self, caller: _Caller) -> None:
        caller.woken.acquire()
        if not caller.jobs[-1].done:
            self._lead()

    def _lead(self) -> None:
        try:
            self._gather()
        finally:  # after Ctrl-C as well: whoever waits counts on this one
            self._serve()

    def _serve(self) -> None:
        callers = self._taken()
        self._served = len(callers)
        try:
            self._carry([job for caller in callers for job in caller.jobs])
        finally:
            with self._guard:
                following = self._waiting[0] if self._waiting else None
                self._busy = following is not None
            if following:
                following.woken.release()  # before all others wake, and want the interpreter too
            for caller in callers:
                caller.woken.release()

    def _gather(self) -> None:
        """Those who were served together are about to come again: let them, as long as one more does."""
        came = 0
        while came < len(self._waiting) < self._served:
            came = len(self._waiting)
            time.sleep(0)

    def _taken(self) -> list[_Caller]:
        with self._guard:
            taken = [self._waiting.popleft()]
            count = len(taken[0].jobs)
            while self._waiting and count + len(self._waiting[0].jobs) <= MOST_TOGETHER:
                taken.append(self._waiting.popleft())
                count += len(taken[-1].jobs)
        return taken

    def _carry(self, jobs: list[Job]) -> None:
        try:
            with self.lock:
                self._carry_out(jobs)
        except Exception as error:
            for job in jobs:
                job.outcome = error
        except BaseException:  # Ctrl-C is the leader's alone
            for job in jobs:
                job.outcome = StoreUnavailable("store_unavailable")
            raise
        finally:
            for job in jobs:
                job.done = True
