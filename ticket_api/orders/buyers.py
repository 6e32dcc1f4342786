"""Who has ordered: one line of figures for each customer, in papers of the store, made at the end of an import.

So the list of customers reads no orders. A mark says which lines these are: once it is another, a server reads them
anew.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

from ticket_api.store import Store
from ticket_api.store.records import Batch, Paper
from ticket_api.tickets.orders import Figures

BUYERS = "buyers:"
"""What the names of the papers begin with; the bucket stands behind it."""
MARK = "buyers"


def mark(store: Store) -> str:
    """What is another one whenever the lines are; "" where there are none. Raises StoreUnavailable."""
    return store.paper(MARK)


def put(store: Store, lines: Sequence[Sequence[str]]) -> bool:
    """Keep the lines of all customers, by bucket, in place of all others; whether any were others.

    To be called within a job of the store, while the mark is that from before the orders were read.
    """
    contents = ["\n".join(each) for each in lines]
    told = hashlib.sha256("\n\n".join(contents).encode()).hexdigest() if any(contents) else ""
    if told == mark(store):
        return False
    for bucket, content in enumerate(contents):
        store.change_paper(f"{BUYERS}{bucket:02x}", lambda _, content=content: content)  # type: ignore[misc]
    store.change_paper(MARK, lambda _: told)
    return True


def lines(store: Store) -> list[str]:
    """The lines of all customers, by address. Raises StoreUnavailable."""
    return sorted(line for paper in store.papers(BUYERS) for line in paper.content.split("\n"))


def figures_of(store: Store, wanted: Iterable[str]) -> dict[str, Figures]:
    """The figures of those who have one of these addresses (their keys)."""
    looked_for = frozenset(wanted)
    found = {}
    for paper in store.papers(BUYERS) if looked_for else ():
        for line in paper.content.split("\n"):
            key = line.partition("\t")[0]
            if key in looked_for:
                found[key] = read(line)[1]
    return found


def read(line: str) -> tuple[str, Figures]:
    """What a line says: the key of the address, and the figures."""
    key, orders, cents, first, last, gap, plan, ended = line.split("\t")
    return key, Figures(int(orders), int(cents), int(first), int(last), float(gap), plan, int(ended))


def erase(store: Store, wanted: Callable[[str], bool], only: int | None = None, *, orders: int) -> None:
    """Take those away whose address (its key) is `wanted`; `only`: the one bucket that may hold some.

    To be called within a job of the store, after so many `orders` of theirs went: whoever has read these begins anew,
    by the mark.
    """
    changed = []
    for paper in store.papers(BUYERS if only is None else f"{BUYERS}{only:02x}"):
        kept = "\n".join(line for line in paper.content.split("\n") if not wanted(line.partition("\t")[0]))
        if kept != paper.content:
            changed.append(Paper(paper.name, kept))
    if changed or orders:
        told = hashlib.sha256(f"{mark(store)} and without some".encode()).hexdigest()
        store.load(Batch(papers=(*changed, Paper(MARK, told))))
