"""Learning: the questions that articles have answered, as customers and the owner confirmed. In memory alone."""

from collections import defaultdict
from collections.abc import Callable, Mapping

from msgspec import Struct

from ticket_api.gathering import COUNTED, Gathering
from ticket_api.knowledge.index import Confirmed
from ticket_api.knowledge.text import tokens
from ticket_api.store import Store
from ticket_api.tickets.ticket import Ticket

PER_ARTICLE = 10
"""The most questions that count for one article in one language: so many strangers' nonsense it can take, no more."""
MOST = 5_000
"""The most that count in all."""
LONGEST = 500
"""Characters of a question that counts; a longer one is mostly about something else."""


class Learned(Struct, frozen=True):
    """A confirmed question, and its words in an order of their own: two with the same words count as one."""

    confirmed: Confirmed
    words: str


class Learning:
    """The questions that count, kept up with a store by its events; one thread may use it."""

    def __init__(self, store: Store) -> None:
        self._gathering = Gathering(store, learn, _counting)

    @property
    def confirmed(self) -> tuple[Confirmed, ...]:
        """The questions that count, newest first."""
        return tuple(learned.confirmed for learned in self._gathering.gathered.values())

    def follow(self, go_on: Callable[[], object]) -> bool:
        """Learn what happened since the last call, the first time from all tickets; whether anything changed.

        `go_on` is called between some tickets and the next, and may raise to end it. Raises StoreUnavailable.
        """
        return self._gathering.follow(go_on)


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
