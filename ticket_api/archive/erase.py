"""Erase a person, and by the setting `retention_days` what has been solved for long, without a trace of the words."""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from ticket_api.archive.kinds import Progress, silent
from ticket_api.errors import NotFound
from ticket_api.store import Store
from ticket_api.tickets.event import Act
from ticket_api.tickets.ticket import Status, Ticket

AT_ONCE = 200
"""Tickets erased in one transaction: a customer who writes meanwhile waits for no more than that."""
ENDED: tuple[Status, ...] = ("solved", "deflected")
LONGEST_SILENCE = timedelta(days=30)
"""A desk without an event for longer, and longer than the retention, may just have a clock that jumped; it is believed
when it has gone on for as long."""
LAST_EVENTS = 10_000
"""So many are looked at for such a silence."""

log = logging.getLogger(__name__)


def erase_requester(store: Store, address: str, now: datetime, progress: Progress = silent) -> list[int]:
    """Remove all tickets of an address, and every trace of their words; returns the ids. Repeated, it goes on.

    Raises StoreUnavailable.
    """
    ids = [ticket.id for ticket in store.tickets_of(address)]
    gone = erase_tickets(store, ids, Act("owner", "erased", now), progress)
    store.scrub()
    return gone


def due(store: Store, days: int, now: datetime) -> list[int]:
    """The ids of the tickets that were solved or deflected more than `days` days ago; none for 0."""
    return [ticket.id for ticket in _ended(store) if _is_due(ticket, days, now)]


def clock_jumped(store: Store, days: int, now: datetime) -> bool:
    """Whether a long silence ended lately, if only by asking now: then the clock may be wrong."""
    longest = max(timedelta(days=days), LONGEST_SILENCE)
    with store.snapshot() as snapshot:
        head = snapshot.head()
        first = head.seq - LAST_EVENTS if head else 0
        times = [*(event.at for event in snapshot.events(after=max(0, first))), now]
    return any(
        until - since > longest and timedelta(0) <= now - until < LONGEST_SILENCE for since, until in pairwise(times)
    )


def retain(
    store: Store,
    days: int,
    now: datetime,
    *,
    wary: bool = True,
    progress: Progress = silent,
) -> list[int]:
    """Erase what is due; returns the ids. The server calls it at its start and once a day.

    It scrubs as well, and so ends each erase that was interrupted before its scrub. A ticket that is reopened meanwhile
    stays. `wary`: when the clock may have jumped, nothing is erased, and the log says so. Raises StoreUnavailable.
    """
    jumped = bool(days) and wary and clock_jumped(store, days, now)
    if jumped:
        log.warning(
            "Nothing was erased by retention_days: until lately there was a long silence, see that the clock is right."
        )
    ids = due(store, days, now) if days and not jumped else []
    gone = _erase(store, ids, Act("system", "erased", now), lambda ticket: _is_due(ticket, days, now), progress)
    if store.needs_scrub():
        store.scrub()
    return gone


def erase_tickets(store: Store, ids: Sequence[int], act: Act, progress: Progress = silent) -> list[int]:
    """Remove these tickets, some at once; returns the ids of those that were there."""
    return _erase(store, ids, act, lambda _: True, progress)


def _erase(
    store: Store, ids: Sequence[int], act: Act, still: Callable[[Ticket], bool], progress: Progress
) -> list[int]:
    """Remove those of the tickets that are there and `still` to go when their turn comes."""
    gone: list[int] = []
    for start in range(0, len(ids), AT_ONCE):
        gone += _erase_part(store, ids[start : start + AT_ONCE], act, still)
        progress(min(start + AT_ONCE, len(ids)), len(ids))
    return gone


def _erase_part(store: Store, ids: Sequence[int], act: Act, still: Callable[[Ticket], bool]) -> list[int]:
    """Look and remove in one transaction, so that nobody can reopen a ticket between the two."""
    gone: list[int] = []

    def look_and_remove() -> None:
        gone[:] = store.erase_tickets([each for each in ids if _stands(store, each, still)], act)

    (outcome,) = store.together([look_and_remove])
    if isinstance(outcome, BaseException):
        raise outcome
    return gone


def _stands(store: Store, ticket_id: int, still: Callable[[Ticket], bool]) -> bool:
    try:
        return still(store.ticket(ticket_id))
    except NotFound:
        return False


def _ended(store: Store) -> Iterator[Ticket]:
    after = 0
    while page := store.tickets(ENDED, limit=AT_ONCE, after=after):
        after = page[-1].id
        yield from page


def _is_due(ticket: Ticket, days: int, now: datetime) -> bool:
    if not days or ticket.status not in ENDED or ticket.solved_at is None:
        return False
    return now - ticket.solved_at > timedelta(days=days)
