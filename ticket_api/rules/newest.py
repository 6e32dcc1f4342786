"""The newest tickets of a store, whatever their state."""

from collections.abc import Iterator

from ticket_api.store import Store
from ticket_api.tickets.ticket import MOVES, Ticket

PAGE = 200


def newest(store: Store, last: int) -> Iterator[Ticket]:
    """The last tickets, the newest first. Raises StoreUnavailable."""
    after, left = 0, last
    while left > 0 and (page := store.tickets(tuple(MOVES), limit=min(PAGE, left), after=after, newest_first=True)):
        yield from page
        after, left = page[-1].id, left - len(page)
