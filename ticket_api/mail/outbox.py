"""Outbox: the worker that sends what is due, a few mails at once, beside everything else."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Protocol

from ticket_api.errors import StoreUnavailable
from ticket_api.mail.letter import Letter
from ticket_api.mail.outcome import Outcome, failed

MOST_AT_ONCE = 4
"""Conversations with the mail server at the same time."""
EVERY = 1.0
"""Seconds between two looks at what is due."""

log = logging.getLogger(__name__)

Deliver = Callable[[Letter], Awaitable[Outcome]]


class Box(Protocol):
    """Where the mails are kept. Both methods raise StoreUnavailable, and wait for the disk."""

    def take(self, now: datetime, most: int) -> Sequence[Letter]:
        """Letters that are due, for this worker alone until `settle` is called or a while has passed."""
        ...

    def settle(self, letter: Letter, outcome: Outcome, now: datetime) -> None:
        """Note what became of a letter."""
        ...


class Outbox:
    """Has a thread of its own with its own event loop, so that a slow mail server holds up nobody."""

    def __init__(self, box: Box, deliver: Deliver, clock: Callable[[], datetime]) -> None:
        self._box = box
        self._deliver = deliver
        self._clock = clock
        self._thread = threading.Thread(target=self._work, name="outbox", daemon=True)
        self._ready = threading.Event()
        self._ending = False
        self._underway: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()
        self._ready.wait()

    def close(self, patience: float) -> None:
        """Take up nothing new, and wait at most so many seconds for what is under way.

        What isn't over by then is broken off; it is sent by the next start.
        """
        self._patience = patience
        self._ending = True
        with suppress(RuntimeError):  # the loop is closed: the worker broke down
            self._loop.call_soon_threadsafe(self._woken.set)
        self._thread.join()

    def _work(self) -> None:
        asyncio.run(self._run())

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._woken = asyncio.Event()
        self._ready.set()
        while not self._ending:
            for letter in await self._taken():
                task = asyncio.create_task(self._send(letter))
                self._underway.add(task)
                task.add_done_callback(self._done)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), EVERY)
            self._woken.clear()
        if self._underway:
            await asyncio.wait(self._underway, timeout=self._patience)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._underway.discard(task)
        self._woken.set()  # there may be more

    async def _taken(self) -> Sequence[Letter]:
        room = MOST_AT_ONCE - len(self._underway)
        if not room:
            return ()
        try:
            return await asyncio.to_thread(self._box.take, self._clock(), room)
        except StoreUnavailable:
            return ()
        except Exception:
            log.exception("The outbox can't be read")
            return ()

    async def _send(self, letter: Letter) -> None:
        try:
            outcome = await self._deliver(letter)
        except Exception:
            log.exception("Mail %d can't be sent", letter.id)
            outcome = failed("internal")
        await self._note(letter, outcome)

    async def _note(self, letter: Letter, outcome: Outcome) -> None:
        """Store what became of it, however long that takes: what was sent is not to be sent once more."""
        while True:
            try:
                return await asyncio.to_thread(self._box.settle, letter, outcome, self._clock())
            except StoreUnavailable:
                await asyncio.sleep(EVERY)
            except Exception:
                log.exception("What became of mail %d can't be noted", letter.id)
                return None
