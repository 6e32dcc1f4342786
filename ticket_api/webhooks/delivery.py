"""Delivery: one webhook that follows what happens, at its own pace."""

from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic

from ticket_api.automation.follower import Follower
from ticket_api.calling import Called, Caller
from ticket_api.channels.webhook import OpenWebhook
from ticket_api.errors import NotFound
from ticket_api.keys import new_uid
from ticket_api.store import Store, at_once
from ticket_api.tickets.calls import is_called
from ticket_api.tickets.event import Act, Event
from ticket_api.tickets.ticket import Ticket
from ticket_api.webhooks import gone
from ticket_api.webhooks import state as states
from ticket_api.webhooks.state import STATE, State
from ticket_api.webhooks.telling import Telling, TokenOf, headers_of, is_held, telling, trial

BUDGET = 30.0
"""Seconds that one batch may take, less than the lease of its follower."""


class Delivery:
    """What failed keeps its place: nothing behind it is told before it. `work` is called from one thread."""

    def __init__(
        self,
        store: Store,
        webhook: OpenWebhook,
        caller: Caller,
        token_of: TokenOf,
        clock: Callable[[], datetime],
    ) -> None:
        self.webhook = webhook
        self._store = store
        self._caller = caller
        self._token_of = token_of
        self._clock = clock
        self._paper = f"{STATE}{webhook.name}"
        self._follower = Follower(store, self._paper, self._handle)
        self._began = False
        self._told: set[str] = set()  # what couldn't be noted, so that a full disk doesn't tell it again and again

    def state(self) -> State:
        """How it is. Raises StoreUnavailable."""
        return states.read(self._store.paper(self._paper))

    def work(self, ends: Callable[[], bool] = lambda: False) -> State:
        """Deliver all that is due by now, until it `ends`; how it is then. Raises StoreUnavailable."""
        if self.state().gone_at:
            gone.returned(self._store, self.webhook.name, self._clock())
            self._began = False
        if not self._began:
            self._follower.begin()
            self._began = True
        while not ends() and not self.state().waits(self._clock()) and self._follower.follow(self._clock()):
            pass
        return self.state()

    def switch(self, *, off: bool, skip: bool, now: datetime) -> bool:
        """Switch it on or off, as the owner says; whether that changed anything. `skip`: what it missed isn't told."""

        def job() -> bool:
            before = self.state()
            self._store.change_paper(self._paper, lambda _: states.written(states.switched(before, off=off)))
            if skip:
                self._follower.skip()
            if before.off != off:
                self._store.record(Act("owner", "webhook_off" if off else "webhook_on", now))
            return before.off != off

        return at_once(self._store, job)

    def test(self) -> Called:
        """Call it once, about nothing. Takes as long as a call may."""
        return self._post(trial(new_uid(), self._clock()))

    def _handle(self, events: Sequence[Event], now: datetime) -> int:
        began = monotonic()
        done = delivered = 0
        failed: Called | None = None
        self._told &= {event.hash for event in events}
        for event in events:
            if monotonic() - began > BUDGET or is_held(event, now):
                break
            if event.hash not in self._told and (told := self._telling(event)):
                called = self._post(told)
                if called.trouble:
                    failed = called
                    break
                self._told.add(event.hash)
            delivered += event.hash in self._told
            done += 1
        if delivered or failed:
            self._note(delivered, failed)
        return done

    def _telling(self, event: Event) -> Telling | None:
        """What it is told of an event, or None."""
        wanted = event.ticket and self.webhook.webhook.wants(event.what, event.status)
        ticket = self._ticket(event.ticket) if wanted or event.what == "called" else None
        if not wanted and not (ticket and is_called(ticket, self.webhook.name, event)):
            return None
        return telling(self.webhook, event, ticket, self._token_of)

    def _ticket(self, ticket_id: int) -> Ticket | None:
        try:
            return self._store.ticket(ticket_id)
        except NotFound:  # erased
            return None

    def _post(self, told: Telling) -> Called:
        webhook = self.webhook.webhook
        headers = headers_of(told, self.webhook.key, self._clock())
        return self._caller.post(webhook.target, told.body, headers, inside=webhook.inside)

    def _note(self, delivered: int, failed: Called | None) -> None:
        """Store what became of it; when that switches it off, an event says so."""
        now = self._clock()

        def job() -> None:
            before = self.state()
            after = states.after(before, delivered, failed, now)
            self._store.change_paper(self._paper, lambda _: states.written(after))
            if after.off and not before.off:
                self._store.record(Act("system", "webhook_off", now))

        at_once(self._store, job)
