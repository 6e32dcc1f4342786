"""The papers with what is kept of customers, and what follows when one of them changes or goes."""

from collections.abc import Iterable, Mapping

import msgspec
from msgspec.structs import replace

from ticket_api.orders import shelf
from ticket_api.store import Store
from ticket_api.tickets.customers import Kept, joined, settled
from ticket_api.tickets.orders import Fifths, Overall, figures_of

CUSTOMER = "customer:"
"""What the names of the papers begin with; behind it stands the id of the requester."""
OVERALL = "order_figures"
"""The paper with what all orders told after the last import."""
NOTHING = Kept()


def read_kept(store: Store, requester: str) -> Kept:
    """What is kept of a requester."""
    return kept_in(store.paper(f"{CUSTOMER}{requester}"))


def all_kept(store: Store) -> dict[str, Kept]:
    """What is kept of all requesters, by their ids."""
    return {paper.name.removeprefix(CUSTOMER): kept_in(paper.content) for paper in store.papers(CUSTOMER)}


def kept_in(paper: str) -> Kept:
    """What a paper holds; nothing where it is ""."""
    return msgspec.json.decode(paper, type=Kept) if paper else NOTHING


def group_of(store: Store, main: str) -> dict[str, Kept]:
    """All that is kept of one person, by requester, the main one first."""
    kept = read_kept(store, main)
    return {main: kept, **{each: read_kept(store, each) for each in kept.merged}}


def overall_in(store: Store) -> Overall:
    """What all orders told after the last import; of no customers where there was none."""
    paper = store.paper(OVERALL)
    return msgspec.json.decode(paper, type=Overall) if paper else Overall()


def fifths_in(store: Store) -> Fifths:
    """The bounds of the fifths."""
    return overall_in(store).fifths


def write_group(store: Store, main: str, group: Mapping[str, Kept], fifths: Fifths) -> bool:
    """Store what is kept of one person, with what follows from all their orders; whether anything changed."""
    orders = None
    if fifths.customers:
        orders = figures_of(shelf.orders_of(store, [each.address for each in group.values() if each.address]))
    return put_group(store, settled(group, main, orders, fifths.loyalty(orders) if orders else None))


def put_group(store: Store, group: Mapping[str, Kept]) -> bool:
    """Store what is kept of some requesters, as it is; whether anything changed."""
    changed = False
    for requester, kept in group.items():
        content = "" if kept.is_empty else msgspec.json.encode(kept).decode()
        before = store.paper(f"{CUSTOMER}{requester}")
        if content != before:
            store.change_paper(f"{CUSTOMER}{requester}", lambda _, content=content: content)  # type: ignore[misc]
            changed = True
    return changed


def adopt(store: Store, former: str, requester: str) -> None:
    """Let what is kept of somebody who had only ordered be kept of them as a requester."""
    old, own = read_kept(store, former), read_kept(store, requester)
    if own.into or own.merged:  # a group of its own: the former one goes on without them
        forget(store, [former])
        group = group_of(store, own.into or requester)
        group[requester] = joined(group[requester], old)
    else:
        group = {
            requester if name == former else name: _renamed(each, former, requester)
            for name, each in group_of(store, old.into or former).items()
        }
        group[requester] = joined(group[requester], own)
        put_group(store, {former: NOTHING})
    write_group(store, next(iter(group)), group, fifths_in(store))


def _renamed(kept: Kept, former: str, requester: str) -> Kept:
    merged = tuple(requester if each == former else each for each in kept.merged)
    return replace(kept, merged=merged, into=requester if kept.into == former else kept.into)


def forget(store: Store, requesters: Iterable[str]) -> None:
    """Take away what is kept of these; whoever was merged with them stands without them."""
    for requester in requesters:
        kept = read_kept(store, requester)
        put_group(store, {requester: NOTHING})
        if kept.into:
            group = group_of(store, kept.into)
            group.pop(requester, None)
            merged = tuple(each for each in group[kept.into].merged if each != requester)
            group[kept.into] = replace(group[kept.into], merged=merged)
            write_group(store, kept.into, group, fifths_in(store))
        for other in kept.merged:
            alone = replace(read_kept(store, other), into="")
            write_group(store, other, {other: alone}, fifths_in(store))
