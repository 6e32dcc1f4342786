"""What one process measures: every operation of every system, in turns, so that noise hits all alike."""

import gc
import random
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from typing import NamedTuple

import msgspec

from benchmarks._measure import Figure, Progress, Times, quantile
from benchmarks._store_data import make_ticket
from benchmarks._store_peers import Ours, Peer, Plain, Raw, Stock
from ticket_api.tickets.ticket import Ticket

SIZES = (100, 1_000, 10_000, 100_000)
MOST = SIZES[-1]
BATCHES = {"insert": 6, "update": 6, "get": 40, "page": 8, "counts": 40}
"""Operations of a kind in one round: few, so that those that are compared lie close together."""
ROUNDS = 120
SLOW = ("TinyDB", "TinyDB, cached")
SLOW_SECONDS = 0.05
"""A round of a slow system: so many seconds, or one operation."""
BUDGET_SECONDS = 1.0
FEWEST_ROUNDS = 3
"""A slow system that has spent its budget on a cell is left out from then on, after so many rounds."""
WARM_UP = 1_200
STREAKS = 5
STREAK = 1_000
WRITERS = 16
WRITES = 1280


class Key(NamedTuple):
    """What was measured: an operation of a system at a number of tickets."""

    operation: str
    system: str
    size: int


class Field:
    """All systems at all sizes, and tickets that none of them has seen."""

    def __init__(self, folder: Path, postgres: Mapping[int, str]) -> None:
        self.folder = folder
        self.postgres = postgres
        self.peers: dict[tuple[str, int], Peer] = {}
        self.raw = Raw(folder / "raw")
        self._numbers = count(10 * MOST)
        self._chance = random.Random(1)

    def fill(self) -> None:
        """Make and open every system at every size."""
        names = 4 + bool(self.postgres)
        progress = Progress("Filling", names * sum(SIZES))
        for size in SIZES:
            for name, cached in zip(SLOW, (False, True), strict=True):
                path = self.folder / f"{name}-{size}.json"
                Stock.write(path, size, progress)
                self.peers[name, size] = Stock(path, cached=cached)
            plain = self.peers["SQLite", size] = Plain(self.folder / f"plain-{size}.db")
            plain.fill(size, progress)
            ours = Ours(str(self.path(size)))
            ours.fill(size, progress)
            ours.close()
            shutil.copy(self.path(size), self.fresh(size))
            self.peers["ours", size] = Ours(str(self.path(size)))
            if self.postgres:
                postgres = self.peers["PostgreSQL", size] = Ours(self.postgres[size])
                postgres.fill(size, progress)

    def path(self, size: int) -> Path:
        """The file of ours that is measured on."""
        return self.folder / f"ours-{size}.db"

    def fresh(self, size: int) -> Path:
        """A file of ours with just so many tickets."""
        return self.folder / f"fresh-{size}.db"

    def tickets(self, how_many: int) -> list[Ticket]:
        """Tickets that were never stored."""
        return [make_ticket(next(self._numbers)) for _ in range(how_many)]

    def ids(self, how_many: int, size: int) -> list[int]:
        """Ids of tickets that are there."""
        return [self._chance.randint(1, size) for _ in range(how_many)]

    def work(self, operation: str, peer: Peer, how_many: int, size: int) -> Iterator[Callable[[], object]]:
        """So many operations of a kind, ready to be called."""
        if operation == "insert":
            return (partial(peer.insert, ticket) for ticket in self.tickets(how_many))
        if operation == "counts":
            return (peer.counts for _ in range(how_many))
        do: Callable[[int], object] = getattr(peer, operation)
        low = size // 2 if operation == "page" else 1  # a page is to be full
        return (partial(do, max(number, low)) for number in self.ids(how_many, size))

    def drop(self, *systems: str) -> None:
        """Close systems and free their memory."""
        for name, size in list(self.peers):
            if name in systems:
                self.peers.pop((name, size)).close()
        gc.unfreeze()
        gc.collect()

    def close(self) -> None:
        """Close all that is open."""
        self.drop(*{name for name, _ in self.peers})
        self.raw.close()


def timed(calls: Iterable[Callable[[], object]]) -> list[float]:
    """The seconds of each call."""
    seconds = []
    for call in calls:
        started = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - started)
    return seconds


def measure(field: Field) -> Times:
    """All operations in rounds. The collector runs between batches alone: a hundred thousand documents lie in the
    cache of a peer, and would slow down whoever runs when they are walked through."""
    times = Times()
    progress = Progress("Measuring", ROUNDS * len(BATCHES))
    order = list(field.peers)
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        for number in range(ROUNDS):
            order = order[1:] + order[:1]
            for operation in BATCHES:
                if operation == "insert":
                    _append(field, times, number)
                for name, size in order:
                    _batch(field, times, Key(operation, name, size), number)
                gc.collect(1)
                progress.step()
    finally:
        gc.enable()
    return times


def _append(field: Field, times: Times, number: int) -> None:
    data = [msgspec.json.encode(ticket) for ticket in field.tickets(BATCHES["insert"])]
    times.add("fsync", number, timed(partial(field.raw.append, each) for each in data))


def _batch(field: Field, times: Times, key: Key, number: int) -> None:
    how_many = _how_many(times, key)
    if how_many:
        work = field.work(key.operation, field.peers[key.system, key.size], how_many, key.size)
        times.add(key, number, timed(work))


def _how_many(times: Times, key: Key) -> int:
    most = BATCHES[key.operation]
    if key.system not in SLOW:
        return most
    rounds = times.rounds[key]
    if len(rounds) >= FEWEST_ROUNDS and times.spent(key) > BUDGET_SECONDS:
        return 0
    return max(min(most, int(SLOW_SECONDS / min(rounds[0]))), 1) if rounds else 1


class Streak(NamedTuple):
    """Many inserts one after the other, in seconds."""

    middle: float
    late: float
    latest: float
    mean: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Streak":
        """What these inserts took."""
        middle, late = quantile(seconds, 0.5), quantile(seconds, 0.99)
        return cls(middle, late, max(seconds), sum(seconds) / len(seconds))


def warm_up(field: Field) -> dict[str, list[Streak]]:
    """The first inserts after opening, until each log has its size: as long as a log grows, every sync costs more.

    Returns those at the highest number of tickets.
    """
    found = {}
    progress = Progress("Warming up", len(field.peers))
    for (name, size), peer in field.peers.items():
        if name not in SLOW:
            seconds = timed([partial(peer.insert, ticket) for ticket in field.tickets(WARM_UP)])
            if size == MOST:
                found[f"{name}, just opened"] = [Streak.of(seconds)]
        progress.step()
    return found


def streaks(field: Field, systems: Sequence[str]) -> dict[str, list[Streak]]:
    """STREAKS times STREAK inserts without a pause at the highest number of tickets, of each system in turn."""
    found: dict[str, list[Streak]] = {name: [] for name in ("append + fsync", *systems)}
    progress = Progress("Inserting without a pause", STREAKS * len(found))
    for _ in range(STREAKS):
        for name in found:
            tickets = field.tickets(STREAK)
            if name in systems:
                calls = [partial(field.peers[name, MOST].insert, ticket) for ticket in tickets]
            else:
                calls = [partial(field.raw.append, msgspec.json.encode(ticket)) for ticket in tickets]
            found[name].append(Streak.of(timed(calls)))
            progress.step()
    return found


class Rates(NamedTuple):
    """Inserts a second, of one thread and of WRITERS at once, each round side by side."""

    alone: list[float]
    together: list[float]

    def ratio(self) -> Figure:
        """How many times more of them at once."""
        return Figure.of([many / one for one, many in zip(self.alone, self.together, strict=True)])


def writers(field: Field, systems: Sequence[str], rounds: int = 24) -> dict[str, Rates]:
    """One writer and many, at the highest number of tickets, in turns."""
    found = {name: Rates([], []) for name in systems}
    progress = Progress("One writer and many", rounds * len(systems))
    for _ in range(rounds):
        for name, rates in found.items():
            insert = field.peers[name, MOST].insert
            rates.alone.append(_rate(insert, field.tickets(WRITES // 4), 1))
            rates.together.append(_rate(insert, field.tickets(WRITES), WRITERS))
            progress.step()
    return found


def _rate(insert: Callable[[Ticket], object], tickets: Sequence[Ticket], threads: int) -> float:
    rest = iter(tickets)  # of a list: each is taken once

    def write() -> None:
        for ticket in rest:
            insert(ticket)

    working = [threading.Thread(target=write) for _ in range(threads)]
    started = time.perf_counter()
    for thread in working:
        thread.start()
    for thread in working:
        thread.join()
    return len(tickets) / (time.perf_counter() - started)


def openings(field: Field, rounds: int = 20) -> Times:
    """How long ours takes to open at each size."""
    times = Times()
    for number in range(rounds):
        for size in SIZES:
            started = time.perf_counter()
            opened = Ours(str(field.fresh(size)))
            times.add(size, number, [time.perf_counter() - started])
            opened.close()
    return times
