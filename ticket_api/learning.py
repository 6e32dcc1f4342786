"""Learning: the questions that articles have answered, as customers and the owner confirmed. In memory alone."""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping

from msgspec import Struct

from ticket_api.knowledge.index import Confirmed
from ticket_api.knowledge.text import tokens
from ticket_api.store import Store
from ticket_api.tickets.event import Event
from ticket_api.tickets.ticket import Status, Ticket

PER_ARTICLE = 10
"""The most questions that count for one article in one language: so many strangers' nonsense it can take, no more."""
MOST = 5_000
"""The most that count in all."""
LONGEST = 500
"""Characters of a question that counts; a longer one is mostly about something else."""
LOOKED_AT = 20_000
"""So many of the newest tickets are looked at, however many there are."""
AT_ONCE = 100
READ_ANEW = 3600.0
"""Seconds after which all is read anew: older questions take the places of those that were taken back or erased."""

COUNTED: tuple[Status, ...] = ("open", "waiting", "solved", "deflected")
"""What is confirmed counts in these states: not while it is offered, and never in quarantine."""


class Learned(Struct, frozen=True):
    """A confirmed question, and its words in an order of their own: two with the same words count as one."""

    confirmed: Confirmed
    words: str


class Learning:
    """The questions that count, kept up with a store by its events; one thread may use it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._learned: dict[int, Learned] = {}
        self._seen = -1
        self._read_at = 0.0

    @property
    def confirmed(self) -> tuple[Confirmed, ...]:
        """The questions that count, newest first."""
        return tuple(learned.confirmed for learned in self._learned.values())

    def follow(self, go_on: Callable[[], object]) -> bool:
        """Learn what happened since the last call, the first time from all tickets; whether anything changed.

        `go_on` is called between some tickets and the next, and may raise to end it. Raises StoreUnavailable.
        """
        before = self._learned
        with self._store.snapshot() as snapshot:
            head = snapshot.head()
            last = head.seq if head else 0
            due = self._seen < 0 or last < self._seen or time.monotonic() - self._read_at >= READ_ANEW
            if not due and last > self._seen:
                self._learned = self._after(list(snapshot.events(after=self._seen)), snapshot.ticket)
        if due:
            self._learned = self._read(go_on)
            self._read_at = time.monotonic()
        self._seen = last
        return self._learned != before

    def _read(self, go_on: Callable[[], object]) -> dict[int, Learned]:
        found: dict[int, Learned] = {}
        after = 0
        for _ in range(0, LOOKED_AT, AT_ONCE):
            page = self._store.tickets(COUNTED, limit=AT_ONCE, after=after, newest_first=True)
            found = _counting(found | {ticket.id: learned for ticket in page if (learned := learn(ticket))})
            if len(page) < AT_ONCE:
                break
            after = page[-1].id
            go_on()
        return found

    def _after(self, events: list[Event], ticket_of: Callable[[int], Ticket | None]) -> dict[int, Learned]:
        """What counts after these events: whatever they did, the tickets tell."""
        found = dict(self._learned)
        for ticket_id in {event.ticket for event in events if event.what != "asked"}:
            found.pop(ticket_id, None)
            ticket = ticket_of(ticket_id)
            learned = learn(ticket) if ticket else None
            if learned:
                found[ticket_id] = learned
        return _counting(found)


def learn(ticket: Ticket) -> Learned | None:
    """The question that a ticket confirms an article for; None when it confirms none.

    The owner's word stands above the customer's. Only an article that was offered for it counts: so nobody can have any
    article stand for any question.
    """
    article = ticket.answered_by or ticket.solved_by
    counts = ticket.status in COUNTED and article in {offer.id for offer in ticket.offers}
    if not counts or len(ticket.question) > LONGEST:
        return None
    words = " ".join(sorted(set(tokens(ticket.question))))
    return Learned(Confirmed(ticket.question, article, ticket.lang), words) if words else None


def _counting(learned: Mapping[int, Learned]) -> dict[int, Learned]:
    """The newest that count: of the same words once, so many for an article in a language, so many in all."""
    counting: dict[int, Learned] = {}
    asked: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for ticket_id in sorted(learned, reverse=True):
        each = learned[ticket_id]
        known = asked[each.confirmed.article, each.confirmed.lang]
        if each.words not in known and len(known) < PER_ARTICLE and len(counting) < MOST:
            known.add(each.words)
            counting[ticket_id] = each
    return counting
