"""After an import: in which fifth each customer is, put beside what else is kept of those who have written."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

import msgspec

from ticket_api.customer_papers import CUSTOMER, OVERALL, all_kept, group_of, put_group, read_kept, write_group
from ticket_api.mailbox import address_key
from ticket_api.orders import shelf
from ticket_api.orders.tally import Tally
from ticket_api.store import Store, at_once
from ticket_api.tickets.customers import Kept, settled
from ticket_api.tickets.event import Act
from ticket_api.tickets.orders import Fifths, Figures, Overall, Period, figures_of

YEAR_DAYS = 365
AT_ONCE = 200
"""Customers whose papers are written in one transaction."""


def rate(store: Store, now: datetime) -> Overall:
    """Work out what all orders tell, and put plan and value to each requester. Raises StoreUnavailable.

    It may be repeated at any time, and comes to the same.
    """
    requesters = _requesters(store)
    overall, figures = _figures(store, frozenset(requesters.values()), now.date().toordinal())
    fifths, content = overall.fifths, msgspec.json.encode(overall).decode()
    store.change_paper(OVERALL, lambda _: content)
    kept = all_kept(store)
    names = [each for each in requesters if each in kept or requesters[each] in figures]
    changed = False
    for part in _parts(iter(names)):
        changed |= at_once(store, lambda part=part: _rate(store, part, requesters, figures, fifths))  # type: ignore[misc]
    if changed:
        store.record(Act("system", "customer_changed", now))
    return overall


def rate_one(store: Store, requester: str, address: str, fifths: Fifths, now: datetime) -> None:
    """Put plan and value to one requester of whom nothing is kept yet, if they have ordered."""

    def job() -> None:
        if not store.paper(f"{CUSTOMER}{requester}"):
            group = {requester: Kept(address=address_key(address))}
            if write_group(store, requester, group, fifths):
                store.record(Act("system", "customer_changed", now))

    at_once(store, job)


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


def _figures(store: Store, wanted: frozenset[str], today: int) -> tuple[Overall, dict[str, Figures]]:
    """What the orders of all customers tell, and the figures of those with the wanted addresses."""
    tally, found = Tally(today - YEAR_DAYS + 1, today), {}
    for lines in shelf.lines(store):
        tally.add(lines)
        for address, orders in shelf.by_address(line for line in lines if line.partition("\t")[0] in wanted).items():
            if figures := figures_of(orders):
                found[address] = figures
    currency = next((each.currency for each in reversed(shelf.imports(store)) if each.currency), "")
    return Overall(tally.fifths, tally.period, today, currency), found


def _rate(
    store: Store, names: Sequence[str], addresses: Mapping[str, str], figures: Mapping[str, Figures], fifths: Fifths
) -> bool:
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
    return changed


def _parts(names: Iterator[str]) -> Iterator[Sequence[str]]:
    while part := list(islice(names, AT_ONCE)):
        yield part
