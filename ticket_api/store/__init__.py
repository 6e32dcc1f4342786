"""Where tickets are kept. `Store` is all that the other rooms know; `open_store` chooses which one it is."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from ticket_api.store.records import Feedback, OwnerAccount, Session
from ticket_api.store.tinydb_store import TinyDBStore
from ticket_api.tickets.ticket import Status, Ticket


class Store(Protocol):
    """A few methods for each kind of record. Each call that writes is on disk when it returns.

    Every method may be called from several threads and raises StoreUnavailable (StoreFull when there is no room) when
    the records can't be reached.
    """

    def add_ticket(self, ticket: Ticket) -> Ticket:
        """Store a new ticket and return it with its id. An id is never given twice.

        When a ticket with the same non-empty `request` is there already, that one is returned and nothing is added.
        """
        ...

    def change_ticket(self, ticket_id: int, change: Callable[[Ticket], Ticket]) -> Ticket:
        """Read a ticket, apply `change` and store what it returns, all in one transaction.

        Raises NotFound for an unknown id, and whatever `change` raises; then nothing is stored.
        """
        ...

    def ticket(self, ticket_id: int) -> Ticket:
        """The ticket with this id. Raises NotFound."""
        ...

    def ticket_by_link(self, link: str) -> Ticket:
        """The ticket whose `link` (a hash) this is. Raises NotFound."""
        ...

    def tickets(self, statuses: Sequence[Status], *, limit: int, after: int = 0) -> list[Ticket]:
        """Tickets in these states, oldest first, at most `limit`, only those with an id above `after`."""
        ...

    def count_tickets(self) -> dict[Status, int]:
        """How many tickets there are in each state; states without one are missing."""
        ...

    def add_feedback(self, feedback: Feedback) -> None:
        """Store one visitor's feedback."""
        ...

    def feedback(self, article: str) -> list[Feedback]:
        """All feedback on an article (by id), oldest first."""
        ...

    def owner(self) -> OwnerAccount:
        """The owner's account; an empty one before set-up."""
        ...

    def change_owner(self, change: Callable[[OwnerAccount], OwnerAccount]) -> OwnerAccount:
        """Read the owner's account, apply `change` and store what it returns, all in one transaction."""
        ...

    def put_session(self, session: Session) -> None:
        """Store a session, in place of one with the same id."""
        ...

    def touch_session(self, session_id: str, seen_at: datetime) -> None:
        """Note when a session was last seen; one that was dropped meanwhile stays dropped."""
        ...

    def session(self, session_id: str) -> Session | None:
        """The session with this id, or None."""
        ...

    def drop_sessions(self, *, session_id: str | None = None, unseen_since: datetime | None = None) -> None:
        """Forget one session, all not seen since a time, or with neither argument all of them."""
        ...

    def check(self) -> None:
        """Raise StoreUnavailable unless a ticket could be written now."""
        ...

    def close(self) -> None:
        """Close files and connections. Nothing may be called afterwards."""
        ...


def open_store(url: str) -> Store:
    """Open the store at `url`: a path to a file, made when it isn't there.

    Raises Stop with a sentence for the owner when it can't be opened.
    """
    return TinyDBStore.open(url)
