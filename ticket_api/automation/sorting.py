"""Says what new tickets are about, once it has learned enough to be sure."""

from datetime import datetime, timedelta

from msgspec import UNSET
from msgspec.structs import replace

from ticket_api.sorting import Sorting
from ticket_api.store import Store
from ticket_api.tickets.event import Act
from ticket_api.tickets.ticket import Category, Status, Ticket

CLASSIFIER = "classifier"
NEW: tuple[Status, ...] = ("offered", "open")
SOON = timedelta(seconds=5)
"""When a ticket is looked at again that came before anything was learned."""
REMEMBERED = 10_000
"""Of so many tickets, the last ones, it is known that they were looked at."""


class SortingPart:
    """Puts a category on new tickets that have none. A ticket gets one look, so that it stands still for the owner."""

    def __init__(self, store: Store, sorting: Sorting) -> None:
        self._store = store
        self._sorting = sorting
        self._seen: dict[int, None] = {}

    def look(self, ticket: Ticket, now: datetime) -> datetime | None:
        """Say what a ticket is about, if nobody has and the classifier is sure. Raises NotFound, StoreUnavailable."""
        if ticket.id in self._seen or not is_new(ticket):
            return None
        if not self._sorting.ready:
            return now + SOON
        self._note(ticket.id)
        verdict = self._sorting.judge(ticket)
        if verdict and verdict.sure:
            category = Category(verdict.category, CLASSIFIER, round(verdict.confidence, 3))
            act = Act("system", "categorised", now)
            self._store.change_ticket(ticket.id, lambda stored: _sorted(stored, category), act)
        return None

    def _note(self, ticket_id: int) -> None:
        self._seen[ticket_id] = None
        if len(self._seen) > REMEMBERED:
            del self._seen[next(iter(self._seen))]


def is_new(ticket: Ticket) -> bool:
    """Whether a ticket waits for its first answer and nobody has said what it is about."""
    return ticket.status in NEW and not ticket.answered and ticket.category is UNSET


def _sorted(ticket: Ticket, category: Category) -> Ticket:
    """`changed_at` stays, as nobody did anything."""
    return replace(ticket, category=category) if is_new(ticket) else ticket
