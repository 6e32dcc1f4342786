"""Webhooks that were taken out of the settings: their place is kept for some days, and then dropped."""

from collections.abc import Collection
from datetime import datetime, timedelta

from msgspec.structs import replace

from ticket_api.automation.follower import FOLLOWS
from ticket_api.store import Store, at_once
from ticket_api.webhooks import state as states
from ticket_api.webhooks.state import STATE

KEPT = timedelta(days=7)
"""How long the place of a webhook is kept that no server has in its settings."""


def note_gone(store: Store, names: Collection[str], now: datetime) -> None:
    """Note of each webhook that isn't among `names` that it is gone, or drop it when it has been for KEPT.

    Another server may have it in its settings all the same: that one takes the note away (`returned`) before long.
    Raises StoreUnavailable.
    """
    papers = [*store.papers(STATE), *store.papers(f"{FOLLOWS}{STATE}")]
    for name in {each.name.removeprefix(FOLLOWS).removeprefix(STATE) for each in papers} - set(names):
        at_once(store, lambda name=name: _note(store, name, now))  # type: ignore[misc]


def returned(store: Store, name: str, now: datetime) -> None:
    """Take the note away of a webhook that is there; after KEPT its place goes too. Raises StoreUnavailable."""

    def job() -> None:
        state = states.read(store.paper(f"{STATE}{name}"))
        if _is_over(state.gone_at, now):
            _drop(store, name)
        else:
            store.change_paper(f"{STATE}{name}", lambda _: states.written(replace(state, gone_at=None)))

    at_once(store, job)


def _note(store: Store, name: str, now: datetime) -> None:
    state = states.read(store.paper(f"{STATE}{name}"))
    if _is_over(state.gone_at, now):
        _drop(store, name)
    elif state.gone_at is None or state.gone_at > now:
        store.change_paper(f"{STATE}{name}", lambda _: states.written(replace(state, gone_at=now)))


def _is_over(gone_at: datetime | None, now: datetime) -> bool:
    return gone_at is not None and now - gone_at >= KEPT


def _drop(store: Store, name: str) -> None:
    store.change_paper(f"{FOLLOWS}{STATE}{name}", lambda _: "")
    store.change_paper(f"{STATE}{name}", lambda _: "")
