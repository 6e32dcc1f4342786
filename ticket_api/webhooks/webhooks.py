"""Webhooks: all of one desk, each worked on by a thread of its own, off anybody's request."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import Struct

from ticket_api.calling import Called, Caller
from ticket_api.channels.webhook import OpenWebhook
from ticket_api.errors import HelpleafError, NotFound
from ticket_api.keys import link_token
from ticket_api.store import Store
from ticket_api.webhooks.delivery import Delivery
from ticket_api.webhooks.gone import note_gone
from ticket_api.webhooks.state import State

PAUSE = 1.0
"""Seconds between two looks for what happened."""

log = logging.getLogger(__name__)


class Look(Struct, frozen=True):
    """A webhook and how it is."""

    webhook: OpenWebhook
    state: State


class Webhooks:
    """The webhooks over one store; `secret` is the key of its secret links, which are told to nobody."""

    def __init__(
        self,
        store: Store,
        webhooks: Sequence[OpenWebhook],
        secret: bytes,
        clock: Callable[[], datetime],
        caller: Caller | None = None,
    ) -> None:
        caller = caller or Caller()
        self._all = {
            each.name: Delivery(store, each, caller, lambda ticket: link_token(secret, ticket.uid), clock)
            for each in webhooks
        }
        self._store = store
        self._clock = clock
        self._off: set[str] = set()
        self._ending = threading.Event()
        self._threads = [
            threading.Thread(target=self._go_on, args=(each,), name=f"webhook {name}", daemon=True)
            for name, each in self._all.items()
        ]

    @property
    def is_any_off(self) -> bool:
        """Whether one was switched off, as far as the threads know."""
        return bool(self._off)

    def start(self) -> None:
        """Tell from now on what happens, and forget before long what no server is to be told."""
        try:
            note_gone(self._store, self._all, self._clock())
        except HelpleafError as trouble:
            log.warning("Webhooks that are gone stay: %s", trouble.__cause__ or trouble.code)
        except Exception:
            log.exception("Webhooks that are gone can't be forgotten")
        for thread in self._threads:
            thread.start()

    def close(self, patience: float) -> None:
        """Stop, once the calls under way are over, at most so many seconds each; they are made again otherwise."""
        self._ending.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(patience)

    def work(self) -> None:
        """Do all that is due by now. Raises StoreUnavailable."""
        for name, each in self._all.items():
            self._keep(name, each.work())

    def all(self) -> list[Look]:
        """Each webhook and how it is. Raises StoreUnavailable."""
        return [Look(each.webhook, each.state()) for each in self._all.values()]

    def switch(self, name: str, now: datetime, *, off: bool = False, skip: bool = False) -> bool:
        """Switch a webhook on or off; whether that changed anything. On, it is tried at once.

        It goes on where it was, so that nothing is missed; with `skip`, from now on. Raises NotFound.
        """
        delivery = self._named(name)
        changed = delivery.switch(off=off, skip=skip, now=now)
        self._keep(name, delivery.state())
        return changed

    def test(self, name: str) -> Called:
        """Call a webhook once, about nothing, and tell what became of it. Takes up to 5 seconds. Raises NotFound."""
        return self._named(name).test()

    def _named(self, name: str) -> Delivery:
        if name not in self._all:
            raise NotFound("unknown_webhook", webhook=name)
        return self._all[name]

    def _keep(self, name: str, state: State) -> None:
        (self._off.add if state.off else self._off.discard)(name)

    def _go_on(self, delivery: Delivery) -> None:
        while not self._ending.is_set():
            try:
                self._keep(delivery.webhook.name, delivery.work(self._ending.is_set))
            except HelpleafError as trouble:
                log.warning("Webhook %s waits: %s", delivery.webhook.name, trouble.__cause__ or trouble.code)
            except Exception:
                log.exception("Webhook %s can't go on", delivery.webhook.name)
            self._ending.wait(PAUSE)
