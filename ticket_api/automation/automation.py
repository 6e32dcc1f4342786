"""Automation: looks at each ticket when something happened to it, and when its time has come."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from ticket_api.automation.agenda import Agenda
from ticket_api.automation.follower import Follower
from ticket_api.errors import HelpleafError, NotFound, StoreUnavailable
from ticket_api.store import Store
from ticket_api.tickets.event import Event
from ticket_api.tickets.ticket import Status, Ticket

PAUSE = 1.0
"""Seconds between two looks for what happened and for what is due."""
BREATH = 0.002
"""Seconds between one ticket that is due and the next, so that many of them leave the machine to the visitors."""
BATCH = 200
LIVE: tuple[Status, ...] = ("offered", "open", "waiting")
"""Tickets in these states may have something due; all are looked at once at the start."""

log = logging.getLogger(__name__)


class Part(Protocol):
    """One thing that is done by itself."""

    def look(self, ticket: Ticket, now: datetime) -> datetime | None:
        """Do what is to be done about a ticket by now; when to look at it next if nothing happens, None for never.

        Called from one thread. It may be called any number of times, also from another server: what is done once is
        noted on the ticket (`handling.run`) in the transaction that does it.
        """
        ...


class Automation:
    """Parts over one store, worked on by a thread of its own, so that nobody's request waits for them."""

    def __init__(self, store: Store, parts: Sequence[Part], clock: Callable[[], datetime]) -> None:
        self._store = store
        self._parts = parts
        self._clock = clock
        self._agenda = Agenda()
        self._follower = Follower(store, "automation", self._happened)
        self._filled = False
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="automation", daemon=True)

    def start(self) -> None:
        """Go on from now on, on a thread of its own."""
        if self._parts:
            self._thread.start()

    def close(self) -> None:
        """Stop, once what is under way is done."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def work(self) -> None:
        """Do all that is due by now. Raises StoreUnavailable."""
        if not self._filled:
            self._follower.begin()
            self._fill()
        while not self._ending.is_set() and self._follower.follow(self._clock()):
            pass
        due = self._agenda.take(self._clock())
        try:
            while due and not self._ending.wait(BREATH):
                self._look(due[0], self._clock())
                due.pop(0)
        finally:
            for ticket_id in due:  # what couldn't be done yet
                self._agenda.put(ticket_id, self._clock())

    def _go_on(self) -> None:
        while not self._ending.is_set():
            try:
                self.work()
            except HelpleafError as trouble:
                log.warning("What goes by itself waits: %s", trouble.__cause__ or trouble.code)
            except Exception:
                log.exception("What goes by itself can't go on")
            self._ending.wait(PAUSE)

    def _fill(self) -> None:
        """Put every ticket that may have something due onto the agenda, to be looked at one after another."""
        after, now = 0, self._clock()
        while not self._ending.is_set() and (page := self._store.tickets(LIVE, limit=BATCH, after=after)):
            for ticket in page:
                self._agenda.put(ticket.id, now)
            after = page[-1].id
        self._filled = True

    def _happened(self, events: Sequence[Event], now: datetime) -> None:
        for ticket_id in dict.fromkeys(event.ticket for event in events if event.ticket):
            self._look(ticket_id, now)

    def _look(self, ticket_id: int, now: datetime) -> None:
        """Let each part look at the ticket as the one before left it. A fault in one costs the others nothing."""
        soonest: datetime | None = None
        for part in self._parts:
            try:
                again = part.look(self._store.ticket(ticket_id), now)
            except NotFound:  # erased meanwhile
                self._agenda.put(ticket_id, None)
                return
            except StoreUnavailable:
                raise
            except Exception:
                log.exception("%s failed at ticket %d", type(part).__name__, ticket_id)
                continue
            soonest = min(filter(None, (soonest, again)), default=None)
        self._agenda.put(ticket_id, soonest)
