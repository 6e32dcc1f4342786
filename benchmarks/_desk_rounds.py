"""What is measured over HTTP, in rounds in which all take turns."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple
from urllib.parse import urlencode

from benchmarks._desk_lists import FIRST, SEARCHES, address, lists
from benchmarks._desk_owner import Owner
from benchmarks._desk_serving import Client, Peer
from benchmarks._desk_tickets import LONG_EVERY
from benchmarks._measure import Figure, Progress, Times, quantile
from benchmarks._store_http import Desk

ROUNDS = 20
BATCH = 8
PEER_ROUNDS, PEER_BATCH = 5, 1
ASKS = 60
ASK_ROUNDS = 10
WARM = 3
TICKET = f"/desk/tickets/{2 * LONG_EVERY}"
PEER_TICKET = f"/tickets/{2 * LONG_EVERY}/"


class Field(NamedTuple):
    """The servers, at many tickets but for the small one, and the time that their tickets end at."""

    many: Client
    few: Client
    bare: Client
    now: datetime


def ids(page: str) -> list[str]:
    """The numbers of the tickets that a page of the queue lists, in their order."""
    return re.findall(r'href="/desk/tickets/(\d+)"', page)


def require_same_rows(field: Field) -> Mapping[str, tuple[int, int]]:
    """How many rows each list has, and at the small desk. Leaves where the bare page shows others than ours."""
    rows = {}
    for name, path in lists(field.now).items():
        mine, other = ids(field.many.get(path)), ids(field.bare.get(bare_path(name)))
        if mine != other:
            raise SystemExit(f"The bare page shows other tickets for {name!r}: {other[:5]} and not {mine[:5]}")
        rows[name] = len(mine), len(ids(field.few.get(path)))
    return rows


def bare_path(name: str) -> str:
    """The address of a list on the bare page."""
    return f"/desk?list={name.replace(' ', '+')}"


Work = Callable[[], float]


def measure(groups: Sequence[Mapping[str, Work]], rounds: int, batch: int, title: str) -> Times:
    """Each group in turn, in which all take turns one by one: what is compared runs side by side."""
    times = Times()
    progress = Progress(title, rounds * len(groups))
    for group in groups:
        for each in group.values():
            for _ in range(WARM):
                each()
    for place in range(rounds):
        for group in groups:
            turns = [{name: work() for name, work in group.items()} for _ in range(batch)]
            for name in group:
                times.add(name, place, [turn[name] for turn in turns])
            progress.step()
    return times


def pages(field: Field) -> Times:
    """Every list of ours beside the bare page and the small desk, and every search beside the first view."""
    groups: list[Mapping[str, Work]] = [
        {
            f"queue {name}": partial(field.many.seconds, path),
            f"bare {name}": partial(field.bare.seconds, bare_path(name)),
            f"few {name}": partial(field.few.seconds, path),
        }
        for name, path in lists(field.now).items()
    ]
    first = address(FIRST)
    groups += [
        {
            f"search {name}": partial(field.many.seconds, address("all", q)),
            f"beside {name}": partial(field.many.seconds, first),
        }
        for name, q in SEARCHES.items()
    ]
    return measure(groups, ROUNDS, BATCH, "Pages")


def beside_peer(many: Client, peer: Peer) -> Times:
    """The first view, a long ticket and all searches of ours and of django-helpdesk."""
    ours = many.seconds
    groups: list[Mapping[str, Work]] = [
        {
            "queue": partial(ours, address(FIRST)),
            "peer queue": partial(peer.seconds, "/tickets/", peer.rows_of("/tickets/")),
        },
        {"ticket": partial(ours, TICKET), "peer ticket": partial(peer.seconds, PEER_TICKET)},
    ]
    for name, q in SEARCHES.items():
        theirs = f"/tickets/?{urlencode({'q': plain(q)})}"
        groups.append(
            {
                f"search {name}": partial(ours, address("all", q)),
                f"peer search {name}": partial(peer.seconds, theirs, peer.rows_of(theirs)),
            }
        )
    return measure(groups, PEER_ROUNDS, PEER_BATCH, "Beside django-helpdesk")


def plain(q: str) -> str:
    """What is typed to look for the same words where there are no such filters."""
    return re.sub(r"(?<!\S)(tag|lang|status):\S+|from:", "", q).strip()


class Asked(NamedTuple):
    """p95 of asking without the owner and with, a round each, and the pages that the owner read meanwhile."""

    idle: Sequence[float]
    busy: Sequence[float]
    pages: int

    def ratio(self) -> Figure:
        """How many times longer with the owner, in the same round."""
        return Figure.of([busy / idle for idle, busy in zip(self.idle, self.busy, strict=True)])


def asking(desk: Desk, now: datetime) -> Asked:
    """Customers ask one after the other, without the owner at the desk and with, in turn."""
    searches = [address("all", q) for q in SEARCHES.values()]
    owner = Owner(desk.port, desk.cookie, [*lists(now).values(), *searches, TICKET])
    progress = Progress("Asking", 2 * ASK_ROUNDS)
    for number in range(WARM):
        desk.ask(number)
    idle, busy = [], []
    for place in range(ASK_ROUNDS):
        first = 10**6 + 2 * place * ASKS
        idle.append(quantile([desk.ask(first + number) for number in range(ASKS)], 0.95))
        progress.step()
        with owner.at_work():
            busy.append(quantile([desk.ask(first + ASKS + number) for number in range(ASKS)], 0.95))
        progress.step()
    owner.close()
    return Asked(idle, busy, owner.pages)
