"""The tickets that the store's benchmark writes: 1.4 KB each as JSON, the same for every system."""

import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TypeVar

import msgspec

from ticket_api.keys import fingerprint
from ticket_api.tickets.event import Act, Event, next_event
from ticket_api.tickets.message import Message
from ticket_api.tickets.ticket import Status, Ticket

T = TypeVar("T")

TICKET_BYTES = 1400
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
PEOPLE = 5
"""Tickets for each address, on average."""
STATUSES: tuple[Status, ...] = ("open", "waiting", *("solved",) * 7, "deflected")
VOCABULARY = """
invoice order refund parcel address card payment account password email late twice wrong missing broken colour size
delivery return label warranty country customs subscription cancel renew upgrade discount code login reset phone please
could would when where how long does take still waiting since monday yesterday week thank hello regards the my your a
is was not it to for from with and but after before again another different
"""
WORDS = VOCABULARY.split()


def make_ticket(number: int) -> Ticket:
    """A ticket that was asked; the same for the same number, padded with words to TICKET_BYTES."""
    chance = random.Random(number)
    uid = f"{chance.getrandbits(128):032x}"
    asked = START + timedelta(minutes=number, microseconds=number % 1_000_000)
    address = f"customer{chance.randrange(max(number // PEOPLE, 20))}@example.org"
    bare = Ticket(
        uid=uid,
        link=fingerprint("link", uid),
        request=fingerprint("request", uid),
        requester=f"{random.Random(address).getrandbits(128):032x}",
        status="open",
        name="A Customer",
        email=address,
        page="/billing/refunds/",
        messages=(Message("requester", "", asked),),
        created_at=asked,
        changed_at=asked,
    )
    text = words(chance, TICKET_BYTES - len(msgspec.json.encode(bare)))
    return msgspec.structs.replace(bare, messages=(Message("requester", text, asked),))


def words(chance: random.Random, letters: int) -> str:
    """A text of just so many letters."""
    return " ".join(chance.choices(WORDS, k=letters // 3))[:letters].strip().ljust(letters, ".")


def stored_tickets(count: int) -> Iterator[Ticket]:
    """Tickets as they lie in a desk of some age: with ids from 1, most of them solved."""
    for number in range(1, count + 1):
        status = STATUSES[number * 7919 % len(STATUSES)]
        solved = START + timedelta(minutes=number) if status == "solved" else None
        yield msgspec.structs.replace(make_ticket(number), id=number, status=status, solved_at=solved)


def with_events(tickets: Iterable[Ticket]) -> Iterator[tuple[Ticket, Event]]:
    """Each ticket with the event that it came by."""
    event: Event | None = None
    for ticket in tickets:
        event = next_event(event, ticket, Act("requester", "asked", ticket.created_at))
        yield ticket, event


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
