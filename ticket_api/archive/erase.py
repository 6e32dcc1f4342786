"""Erase a person, and by the setting `retention_days` what has been solved for long, without a trace of the words."""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import cast

from ticket_api.archive.attachments import named
from ticket_api.archive.beside import Beside
from ticket_api.archive.kinds import Progress, silent
from ticket_api.customers.papers import all_kept, forget
from ticket_api.mailbox import address_key
from ticket_api.orders import shelf
from ticket_api.store import Snapshot, Store, at_once
from ticket_api.store.records import Mail, Search
from ticket_api.tickets.customers import buyer_address
from ticket_api.tickets.event import Act
from ticket_api.tickets.ticket import Status, Ticket

AT_ONCE = 200
"""Tickets erased in one transaction: a customer who writes meanwhile waits for no more than that."""
ENDED: tuple[Status, ...] = ("solved", "deflected")
LONGEST_SILENCE = timedelta(days=30)
"""A desk without an event for longer, and longer than the retention, may just have a clock that jumped; it is believed
when it has gone on for as long."""
SEARCH_DAYS = 365
"""A search or a mail about no ticket is forgotten then, so that what anybody can cause doesn't fill the disk."""
LAST_EVENTS = 10_000
"""So many are looked at for such a silence."""

log = logging.getLogger(__name__)


def erase_requester(
    store: Store, address: str, now: datetime, progress: Progress = silent, *, beside: Beside | None = None
) -> list[int]:
    """Remove all tickets of an address with their files, what is kept of the person, orders, mails to it, searches that
    hold it, and every trace of them.

    Repeated, it goes on. Returns the ids of the tickets. Raises StoreUnavailable.
    """
    found = store.tickets_of(address)
    ids = [ticket.id for ticket in found]
    if beside:  # first: what no ticket names any more, a repeated erase wouldn't find
        beside.attachments.remove(named(found))
        beside.erase_mails_to(address)
    gone = erase_tickets(store, ids, Act("owner", "erased", now), progress, beside)
    if key := address_key(address):
        shelf.erase_of(store, key)
        at_once(store, lambda: forget(store, [name for name, kept in all_kept(store).items() if kept.address == key]))
        _erase_searches(store, _searches(store, lambda search: key in address_key(search.q)))
        erase_mails(store, lambda address: address == key)
    store.scrub()
    return gone


def forget_buyers(store: Store, wanted: Callable[[str], bool]) -> None:
    """Take away what is kept of those who have only ordered, by the key of their address."""

    def job() -> None:
        addresses = {name: buyer_address(name) for name in all_kept(store)}
        forget(store, [name for name, address in addresses.items() if address and wanted(address)])

    at_once(store, job)


def _searches(store: Store, wanted: Callable[[Search], bool]) -> list[int]:
    with store.snapshot() as snapshot:
        return [search.id for search in snapshot.searches() if wanted(search)]


def _erase_searches(store: Store, ids: Sequence[int]) -> None:
    _in_parts(ids, store.erase_searches)


def _in_parts(ids: Sequence[int], erase: Callable[[Sequence[int]], None]) -> None:
    for start in range(0, len(ids), AT_ONCE):
        erase(ids[start : start + AT_ONCE])


def erase_mails(store: Store, wanted: Callable[[str], bool]) -> None:
    """Remove the mails to addresses, each as its `address_key`, that are `wanted`.

    But not one to the address that its ticket has: that goes when the ticket goes.
    """
    with store.snapshot() as snapshot:
        named = [(mail, key) for mail in snapshot.mails() if wanted(key := address_key(mail.to))]
        ids = [mail.id for mail, key in named if _is_loose(snapshot, mail, key)]
    _in_parts(ids, store.erase_mails)


def _is_loose(snapshot: Snapshot, mail: Mail, key: str) -> bool:
    ticket = snapshot.ticket(mail.ticket)
    return ticket is None or address_key(ticket.email) != key


def due(store: Store, days: int, now: datetime) -> list[int]:
    """The ids of the tickets that were solved or deflected more than `days` days ago; none for 0."""
    return [ticket.id for ticket in _ended(store) if _is_due(ticket, days, now)]


def searches_due(store: Store, days: int, now: datetime) -> list[int]:
    """The ids of the searches of more than `days` days ago; none for 0."""
    first = now.date() - timedelta(days=days)
    return _searches(store, lambda search: search.day < first) if days else []


def _mails_due(store: Store, days: int, now: datetime) -> list[int]:
    return [mail.id for mail in store.mails_of(0) if now - mail.created_at > timedelta(days=days)]


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
    beside: Beside | None = None,
) -> list[int]:
    """Erase what is due; returns the tickets' ids. The server calls it at its start and once a day.

    Searches, mails about no ticket and mails in files go after as many days too, and after SEARCH_DAYS at the latest.
    It scrubs as well, and so ends each erase that was interrupted before its scrub. A ticket that is reopened meanwhile
    stays. `wary`: when the clock may have jumped, nothing is erased, and the log says so. Raises StoreUnavailable.
    """
    jumped = wary and clock_jumped(store, days or SEARCH_DAYS, now)
    if jumped and days:
        log.warning(
            "Nothing was erased by retention_days: until lately there was a long silence, see that the clock is right."
        )
    ids = due(store, days, now) if days and not jumped else []
    if not jumped:
        store.drop_searches(before=now.date() - timedelta(days=SEARCH_DAYS))
        _erase_searches(store, searches_due(store, days, now))
        _in_parts(_mails_due(store, days or SEARCH_DAYS, now), store.erase_mails)
        if beside:
            beside.erase_mails_before(now - timedelta(days=days or SEARCH_DAYS))
    act = Act("system", "erased", now)
    gone = _erase(store, ids, act, lambda ticket: _is_due(ticket, days, now), progress, beside)
    if store.needs_scrub():
        store.scrub()
    return gone


def erase_tickets(
    store: Store, ids: Sequence[int], act: Act, progress: Progress = silent, beside: Beside | None = None
) -> list[int]:
    """Remove these tickets, some at once, with their files; returns the ids of those that were there."""
    return _erase(store, ids, act, lambda _: True, progress, beside)


def _erase(
    store: Store,
    ids: Sequence[int],
    act: Act,
    still: Callable[[Ticket], bool],
    progress: Progress,
    beside: Beside | None,
) -> list[int]:
    """Remove those of the tickets that are there and `still` to go when their turn comes."""
    gone: list[int] = []
    for start in range(0, len(ids), AT_ONCE):
        tickets = _erase_part(store, ids[start : start + AT_ONCE], act, still)
        if beside:
            beside.attachments.remove(named(tickets))
        gone += [ticket.id for ticket in tickets]
        progress(min(start + AT_ONCE, len(ids)), len(ids))
    return gone


def _erase_part(store: Store, ids: Sequence[int], act: Act, still: Callable[[Ticket], bool]) -> list[Ticket]:
    """Look and remove in one transaction, so that nobody can reopen a ticket between the two."""

    def look_and_remove() -> list[Ticket]:
        found = {ticket.id: ticket for ticket in store.tickets_by_id(ids)}
        gone = [found[each] for each in store.erase_tickets([each for each in found if still(found[each])], act)]
        addresses = {ticket.requester: ticket.email for ticket in gone if ticket.email}
        forget(store, [requester for requester, address in addresses.items() if not store.tickets_of(address)])
        return gone

    (outcome,) = store.together([look_and_remove])
    if isinstance(outcome, BaseException):
        raise outcome
    return cast("list[Ticket]", outcome)


def _ended(store: Store) -> Iterator[Ticket]:
    after = 0
    while page := store.tickets(ENDED, limit=AT_ONCE, after=after):
        after = page[-1].id
        yield from page


def _is_due(ticket: Ticket, days: int, now: datetime) -> bool:
    if not days or ticket.status not in ENDED or ticket.solved_at is None:
        return False
    return now - ticket.solved_at > timedelta(days=days)
