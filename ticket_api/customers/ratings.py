"""After an import: in which fifth each customer is, put beside what else is kept of those who have written."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

import msgspec

from ticket_api.customers.papers import (
    CUSTOMER,
    OVERALL,
    adopt,
    all_kept,
    fifths_in,
    group_of,
    put_group,
    read_kept,
    write_group,
)
from ticket_api.mailbox import address_key
from ticket_api.orders import buyers, shelf
from ticket_api.orders.tally import Tally
from ticket_api.store import Store, at_once
from ticket_api.tickets.customers import Kept, buyer_id, settled
from ticket_api.tickets.event import Act
from ticket_api.tickets.orders import Fifths, Figures, Overall, Period

YEAR_DAYS = 365
AT_ONCE = 200
"""Customers whose papers are written in one transaction."""


def rate(store: Store, now: datetime) -> Overall:
    """Work out what all orders tell, and put plan and value to each requester. Raises StoreUnavailable.

    It may be repeated at any time, and comes to the same. Every change is noted with it in one transaction, so that
    servers that run see it, also when this is killed halfway.
    """
    overall = _put_overall(store, now)
    requesters = _requesters(store)  # now: who writes later finds the new fifths
    kept = all_kept(store)
    requesters |= {name: each.address for name, each in kept.items() if name not in requesters}
    figures = buyers.figures_of(store, requesters.values())
    names = [each for each in requesters if each in kept or requesters[each] in figures]
    for part in _parts(iter(names)):
        at_once(store, lambda part=part: _rate(store, part, requesters, figures, overall.fifths, now))  # type: ignore[misc]
    return overall


def _put_overall(store: Store, now: datetime) -> Overall:
    """Store what all orders tell, and the figures of each customer: anew when some were erased or added meanwhile."""
    before = buyers.mark(store)
    overall, lines = _told(store, now.date().toordinal())
    content = msgspec.json.encode(overall).decode()

    def job() -> bool:
        if buyers.mark(store) != before:
            return False
        changed = buyers.put(store, lines)
        if changed or store.paper(OVERALL) != content:
            store.change_paper(OVERALL, lambda _: content)
            store.record(Act("system", "customer_changed", now))
        return True

    return overall if at_once(store, job) else _put_overall(store, now)


def rate_one(store: Store, requester: str, address: str, now: datetime) -> None:
    """Put plan and value to one requester of whom nothing is kept yet, if they have ordered.

    What the owner said of them while they had only ordered is theirs from now on.
    """
    former = buyer_id(address_key(address))
    if not _is_new(store, requester, former):
        return

    def job() -> None:
        if not _is_new(store, requester, former):
            return
        if store.paper(f"{CUSTOMER}{former}"):
            adopt(store, former, requester)
            store.record(Act("system", "customer_changed", now))
            return
        group = {requester: Kept(address=address_key(address))}
        if write_group(store, requester, group, fifths_in(store)):
            store.record(Act("system", "customer_changed", now))

    at_once(store, job)


def _is_new(store: Store, requester: str, former: str) -> bool:
    """Whether something may be known of a requester that isn't kept with them."""
    if store.paper(f"{CUSTOMER}{former}"):
        return True
    return not store.paper(f"{CUSTOMER}{requester}") and bool(fifths_in(store).customers)


def report(store: Store, first: int, last: int) -> tuple[Period, int]:
    """Who stayed in a period, its first and last day as ordinals; and how many customers have ever ordered."""
    tally = Tally(first, last)
    for lines in shelf.lines(store):
        tally.add(lines)
    return tally.period, tally.fifths.customers


def _requesters(store: Store) -> dict[str, str]:
    """The key of the address of everybody who has written, by requester."""
    with store.snapshot() as snapshot:
        return {each.requester: address_key(each.email) for each in snapshot.tickets() if each.email}


def _told(store: Store, today: int) -> tuple[Overall, list[list[str]]]:
    """What the orders of all customers tell, and the figures of each in a line, by bucket."""
    tally = Tally(today - YEAR_DAYS + 1, today)
    lines = [tally.add(each) for each in shelf.lines(store)]
    currency = next((each.currency for each in reversed(shelf.imports(store)) if each.currency), "")
    return Overall(tally.fifths, tally.period, today, currency), lines


def _rate(
    store: Store,
    names: Sequence[str],
    addresses: Mapping[str, str],
    figures: Mapping[str, Figures],
    fifths: Fifths,
    now: datetime,
) -> None:
    changed = False
    for name in names:
        kept = read_kept(store, name)
        if kept.into:  # written with the one that it is merged into
            continue
        if kept.merged:
            changed |= write_group(store, name, group_of(store, name), fifths)
            continue
        if kept.is_empty and not store.tickets_of(addresses[name]):  # erased meanwhile
            continue
        own = figures.get(addresses[name])
        group = {name: msgspec.structs.replace(kept, address=addresses[name])}
        changed |= put_group(store, settled(group, name, own, fifths.loyalty(own) if own else None))
    if changed:
        store.record(Act("system", "customer_changed", now))


def _parts(names: Iterator[str]) -> Iterator[Sequence[str]]:
    while part := list(islice(names, AT_ONCE)):
        yield part
