"""Where orders are kept: papers of the store, each with lines of one import and one bucket of customers.

So both stores hold them, several servers see the same ones, and they are in every backup and copy. The lines of an
import count from its end on, all at once. What stands in an earlier import and again in a later one counts once: the
same address, day and amount as often as in the one of the two that has it more often.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ticket_api.mailbox import address_key
from ticket_api.orders import buyers
from ticket_api.orders.cells import BUCKETS, bucket_of
from ticket_api.store import Store, at_once
from ticket_api.store.records import Batch, Paper
from ticket_api.tickets.orders import Order

ORDERS = "orders:"
"""What the names of the papers begin with; bucket, import and part stand behind it."""
IMPORTS = "order_imports"
"""The paper with the imports that there were."""
AGAIN = "again"
"""Stands for the hash of a finished import whose list may be imported again: no file has it."""
LAST = date.max.toordinal()


class Import(Struct, frozen=True, kw_only=True):
    """One import: `number` counts from 1, `hash` is that of the file and of how it was read. `rows` are done so far,
    `bad` of them couldn't be read; `finished` is when all were, and the orders count from then on."""

    number: int
    hash: str
    rows: int = 0
    bad: int = 0
    parts: int = 0
    currency: str = ""
    finished: bool = False


class Cut(NamedTuple):
    """Which orders of an address go: those up to the day `until`.

    Of those from the day `unsure` on it can't be told whether they were placed since; when one goes, every list may be
    imported again. Days are ordinals.
    """

    until: int = LAST
    unsure: int = LAST + 1


def imports(store: Store) -> list[Import]:
    """All imports, by number. Raises StoreUnavailable."""
    return _read(store.paper(IMPORTS))


def change_import(store: Store, change: Callable[[list[Import]], list[Import]]) -> list[Import]:
    """Change the list of imports."""
    return _read(store.change_paper(IMPORTS, lambda paper: _written(change(_read(paper)))))


def _read(paper: str) -> list[Import]:
    return msgspec.json.decode(paper, type=list[Import]) if paper else []


def _written(imports: list[Import]) -> str:
    return msgspec.json.encode(imports).decode() if imports else ""


def put(store: Store, number: int, part: int, buckets: Sequence[Sequence[str]]) -> None:
    """Keep the lines of a part of an import, by bucket."""
    for bucket, lines in enumerate(buckets):
        if lines:
            content = "\n".join(lines)
            store.change_paper(_name(bucket, number, part), lambda _, content=content: content)  # type: ignore[misc]


def lines(store: Store) -> Iterator[Sequence[str]]:
    """The lines of all customers, one bucket of customers after another."""
    finished = _finished(store)
    for bucket in range(BUCKETS):
        yield _lines(_by_import(store, bucket, finished))


def buckets(store: Store) -> Iterator[Mapping[str, list[Order]]]:
    """The orders of all customers by the key of the address, one bucket of customers after another."""
    return map(by_address, lines(store))


def orders_of(store: Store, addresses: Iterable[str]) -> list[Order]:
    """All orders of a customer with these addresses."""
    found: list[Order] = []
    finished = _finished(store)
    for key in dict.fromkeys(map(address_key, addresses)):
        start = f"{key}\t"
        papers = _by_import(store, bucket_of(key), finished).items()
        own = {number: [line for line in lines if line.startswith(start)] for number, lines in papers}
        found += by_address(_lines(own)).get(key, [])
    return found


def settle(store: Store) -> None:
    """Put the lines of all imports together that are finished, so that none is kept twice."""
    finished = _finished(store)
    for bucket in range(BUCKETS):
        if len(_by_import(store, bucket, finished)) > 1:
            at_once(store, lambda bucket=bucket: _settle(store, bucket, finished))  # type: ignore[misc]


def _settle(store: Store, bucket: int, finished: frozenset[int]) -> None:
    found = _by_import(store, bucket, finished)
    if len(found) > 1:
        for paper in store.papers(_name(bucket)):
            if _number(paper.name) in finished:
                store.change_paper(paper.name, lambda _: "")
        content = "\n".join(_lines(found))
        store.change_paper(_name(bucket, max(found), 0), lambda _: content)


def drop(store: Store, number: int) -> None:
    """Take the lines of one import away."""
    for bucket in range(BUCKETS):
        gone = tuple(Paper(each.name, "") for each in store.papers(_name(bucket, number)))
        if gone:
            store.load(Batch(papers=gone))


def erase(store: Store, cut: Callable[[str], Cut | None], only: int | None = None) -> int:
    """Take away the orders that go by the `cut` of their address (its key), also those of interrupted imports.

    With any of them the figures go, which `rate` makes anew of what is left.

    `only`: the one bucket that may hold some. Returns how many lines these were.
    """
    gone = 0
    for bucket in range(BUCKETS) if only is None else (only,):
        if any(_parted(paper, cut)[1] for paper in store.papers(_name(bucket))):
            gone += at_once(store, lambda bucket=bucket: _erase(store, bucket, cut))  # type: ignore[misc]
    at_once(store, lambda: buyers.erase(store, lambda key: cut(key) is not None, only, orders=gone))
    return gone


def _erase(store: Store, bucket: int, cut: Callable[[str], Cut | None]) -> int:
    """Look and take away in one transaction, so that no import moves lines from one paper to another between both."""
    gone = unsure = 0
    for paper in store.papers(_name(bucket)):
        kept, unwanted, doubtful = _parted(paper, cut)
        if unwanted:
            store.load(Batch(papers=(Paper(paper.name, "\n".join(kept)),)))
        gone, unsure = gone + unwanted, unsure + doubtful
    if unsure:
        change_import(store, lambda known: [replace(each, hash=AGAIN) if each.finished else each for each in known])
    return gone


def _parted(paper: Paper, cut: Callable[[str], Cut | None]) -> tuple[list[str], int, int]:
    """The lines of a paper that stay, how many don't, and of how many of these that is unsure."""
    lines = paper.content.split("\n")
    cuts = {key: found for key in {_key(line) for line in lines} if (found := cut(key))}
    if not cuts:
        return lines, 0, 0
    gone = [line for line in lines if (of := cuts.get(_key(line))) and _day(line) <= of.until]
    unsure = sum(_day(line) >= cuts[_key(line)].unsure for line in gone)
    away = set(gone)
    return [line for line in lines if line not in away], len(gone), unsure


def _key(line: str) -> str:
    return line.partition("\t")[0]


def _day(line: str) -> int:
    return int(line.split("\t", 2)[1])


def erase_of(store: Store, address: str) -> int:
    """Take the orders of one address away; returns how many lines these were."""
    key = address_key(address)
    return erase(store, lambda each: Cut() if each == key else None, bucket_of(key))


def joined(older: Sequence[str], newer: Sequence[str]) -> list[str]:
    """Both lists, and what stands in both once, as the newer has it."""
    known = Counter(_same(line) for line in newer)
    left = []
    for line in older:
        same = _same(line)
        if known[same] > 0:
            known[same] -= 1
        else:
            left.append(line)
    return [*left, *newer]


def _same(line: str) -> str:
    """What makes two lines the same order: address, day and amount."""
    return line.rsplit("\t", 2)[0]


def _name(bucket: int, number: int | None = None, part: int | None = None) -> str:
    name = f"{ORDERS}{bucket:02x}:"
    name += "" if number is None else f"{number:06}:"
    return name if part is None else f"{name}{part:06}"


def _number(name: str) -> int:
    return int(name.split(":")[2])


def _finished(store: Store) -> frozenset[int]:
    return frozenset(each.number for each in imports(store) if each.finished)


def _by_import(store: Store, bucket: int, finished: frozenset[int]) -> dict[int, list[str]]:
    """The lines of a bucket, by the number of their import."""
    found: dict[int, list[str]] = {}
    for paper in store.papers(_name(bucket)):
        if (number := _number(paper.name)) in finished:
            found.setdefault(number, []).extend(paper.content.split("\n"))
    return found


def _lines(found: Mapping[int, Sequence[str]]) -> Sequence[str]:
    lines: Sequence[str] = ()
    for _, newer in sorted(found.items()):
        lines = joined(lines, newer) if lines else newer
    return lines


def orders_in(content: str) -> Iterator[tuple[str, Order]]:
    """The orders in a paper, each with the key of its address."""
    for line in content.split("\n"):
        key, day, cents, plan, ended = line.split("\t")
        yield key, Order(int(day), int(cents), plan, int(ended))


def by_address(lines: Iterable[str]) -> dict[str, list[Order]]:
    """The orders in these lines by the key of the address."""
    found: dict[str, list[Order]] = {}
    for line in lines:
        key, day, cents, plan, ended = line.split("\t")
        order = Order(int(day), int(cents), plan, int(ended))
        if (known := found.get(key)) is None:
            found[key] = [order]
        else:
            known.append(order)
    return found
