"""Priorities of 10,000 open tickets: computing them beside reading them, and how soon time shows in the queue."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from msgspec import UNSET
from msgspec.structs import replace

from benchmarks._desk_serving import write_desk
from benchmarks._desk_tickets import tickets
from benchmarks._measure import Figure, Progress, Times
from ticket_api.current import CurrentIndex
from ticket_api.customers.papers import CUSTOMER
from ticket_api.helpdesk import Helpdesk
from ticket_api.knowledge.index import build_index
from ticket_api.priorities import Priorities
from ticket_api.queue import Queue
from ticket_api.store import Store, open_store
from ticket_api.store.queue_file import QueueFile
from ticket_api.tickets.filter import Filter
from ticket_api.tickets.priority import Scale
from ticket_api.tickets.ticket import Ticket

COUNT = 10_000
BATCH = 200
ROUNDS = 15
MOVES = 5
PLANS = {"free": 2, "pro": 4, "team": 5}
OPEN = Filter(view="open")


@dataclass
class Clock:
    """A clock that is put forward."""

    now: datetime

    def __call__(self) -> datetime:
        """The time by now."""
        return self.now


def measure() -> dict[str, Figure]:
    """`priority10k_vs_read` and `queue_stale_s`."""
    now = datetime.now(UTC).replace(microsecond=0)
    with tempfile.TemporaryDirectory(prefix="bench-priority-") as name:
        folder = Path(name) / "data"
        write_desk(folder, _open_tickets(now), Progress(f"Writing {COUNT:,} open tickets", COUNT))
        store = open_store(str(folder / "tickets.db"))
        try:
            _know_customers(store)
            return {
                "priority10k_vs_read": _beside_reading(store, now),
                "queue_stale_s": _stale(store, folder, now),
            }
        finally:
            store.close()


def _open_tickets(now: datetime) -> Iterator[Ticket]:
    """Half of them wait since hours, the others for up to a month; the requester wrote last."""
    for ticket in tickets(COUNT, now):
        draw = Random(ticket.id)
        back = (
            now
            - timedelta(minutes=draw.randrange(600) if ticket.id % 2 else draw.randrange(43_000))
            - ticket.changed_at
        )
        thread = ticket.messages[:-1] if ticket.messages[-1].author == "owner" else ticket.messages
        messages = tuple(replace(each, at=each.at + back) for each in thread)
        given = {"status": "open", "priority": UNSET, "snoozed_until": UNSET, "solved_at": None, "rating": UNSET}
        yield replace(ticket, messages=messages, created_at=messages[0].at, changed_at=messages[-1].at, **given)


def _know_customers(store: Store) -> None:
    """Half of the requesters have a plan and orders."""
    people = sorted({each.requester for each in _read(store)})[::2]
    jobs: list[Callable[[], object]] = []
    for number, requester in enumerate(people):
        plan, value = tuple(PLANS)[number % len(PLANS)], number % 5 + 1
        paper = f'{{"plan":"{plan}","value":{value}}}'
        jobs.append(lambda name=requester, paper=paper: store.change_paper(f"{CUSTOMER}{name}", lambda _: paper))  # type: ignore[misc]
    store.together(jobs)


def _read(store: Store) -> Sequence[Ticket]:
    found: list[Ticket] = []
    while page := store.tickets(("open",), limit=BATCH, after=found[-1].id if found else 0):
        found += page
    return found


def _beside_reading(store: Store, now: datetime) -> Figure:
    """Computing the priorities of all, customers and hours read at once, over reading the tickets; in turns."""
    times, progress = Times(), Progress("Reading and computing", 2 * ROUNDS)
    for number in range(ROUNDS):
        started = time.perf_counter()
        read = _read(store)
        between = time.perf_counter()
        priorities = Priorities(store, Scale(None, PLANS))
        priorities.refresh()
        found = priorities.press(read, now)
        times.add("read", number, [between - started])
        times.add("computed", number, [time.perf_counter() - between])
        assert len(found) == len(read) == COUNT
        progress.step(2)
    return times.ratio("computed", "read")


def _stale(store: Store, folder: Path, now: datetime) -> Figure:
    """How long it takes until the first page shows the order of a time that the clock is put to."""
    clock, progress = Clock(now), Progress("Moving the clock", MOVES)
    silence = timedelta(minutes=10)
    helpdesk = Helpdesk(
        store, CurrentIndex(build_index([]), folder / "none"), b"s" * 32, silence=silence, message_limit=10_000
    )
    priorities = Priorities(store, Scale(None, PLANS))
    queue = Queue(store, helpdesk, QueueFile(folder / "queue.db"), "mark", priorities, clock, silence=silence)
    queue.follow()
    queue.start()
    waits = []
    try:
        for _ in range(MOVES):
            clock.now += timedelta(hours=5)
            wanted = _order(store, priorities, clock.now)
            started = time.perf_counter()
            while [row.id for row in queue.page(OPEN, clock.now).rows] != wanted:
                time.sleep(0.02)
            waits.append(time.perf_counter() - started)
            progress.step()
    finally:
        queue.close()
    worst = max(waits)
    return Figure(worst, min(waits), worst)


def _order(store: Store, priorities: Priorities, now: datetime) -> list[int]:
    """The first page, sorted by hand."""
    found = priorities.press(_read(store), now)
    placed = sorted((-round(each.found.score * 100), each.facts.since, number) for number, each in found.items())
    return [number for *_, number in placed[:50]]
