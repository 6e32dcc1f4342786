"""What a store promises."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

from ticket_api.store.records import Batch, Feedback, Mail, OwnerAccount, Paper, Search, Session, Votes
from ticket_api.tickets.event import Act, Event
from ticket_api.tickets.ticket import Status, Ticket


class Snapshot(Protocol):
    """All records as they were at one instant, however much is written meanwhile. Read page by page."""

    def head(self) -> Event | None:
        """The last event, or None when there is none."""
        ...

    def event(self, seq: int) -> Event | None:
        """The event with this number, or None."""
        ...

    def ticket(self, ticket_id: int) -> Ticket | None:
        """The ticket with this id, or None."""
        ...

    def count_tickets(self) -> dict[Status, int]:
        """How many tickets there are in each state."""
        ...

    def tickets(self, *, after: int = 0) -> Iterator[Ticket]:
        """All tickets with an id above `after`, by id."""
        ...

    def events(self, *, after: int = 0) -> Iterator[Event]:
        """All events with a number above `after`, by number."""
        ...

    def feedback(self, *, after: int = 0) -> Iterator[Feedback]:
        """All feedback with an id above `after`, by id."""
        ...

    def searches(self, *, after: int = 0) -> Iterator[Search]:
        """All searches with an id above `after`, by id."""
        ...

    def sessions(self) -> Iterator[Session]:
        """All sessions, by id."""
        ...

    def mails(self, *, after: int = 0) -> Iterator[Mail]:
        """All mails with an id above `after`, by id."""
        ...

    def papers(self) -> Iterator[Paper]:
        """All papers, by name."""
        ...

    def owner(self) -> OwnerAccount:
        """The owner's account."""
        ...

    def mark(self) -> str:
        """What `claim` remembers, or ""."""
        ...


class Store(Protocol):
    """A few methods for each kind of record. Each call that writes is on disk when it returns.

    Every method may be called from several threads and raises StoreUnavailable (StoreFull when there is no room, Broken
    for a record that isn't what was written) when the records can't be reached. Calls that wait together share one
    commit.
    """

    def add_ticket(self, ticket: Ticket) -> Ticket:
        """Store a new ticket with its event "asked", and return it with its id. An id is never given twice.

        Its `requester` becomes that of an earlier ticket with the same address, if there is one. When a ticket with the
        same non-empty `request` is there already, that one is returned and nothing is added.
        """
        ...

    def change_ticket(self, ticket_id: int, change: Callable[[Ticket], Ticket], act: Act) -> Ticket:
        """Read a ticket, apply `change`, and store what it returns with its event, all in one transaction.

        `version` grows by one; a ticket that comes back as it was is not stored, and makes no event. When its address
        has changed, `requester` becomes that of an earlier ticket with the new one, or a new random id. Raises NotFound
        for an unknown id, and whatever `change` raises; then nothing is stored.
        """
        ...

    def ticket(self, ticket_id: int) -> Ticket:
        """The ticket with this id. Raises NotFound."""
        ...

    def ticket_by_link(self, link: str) -> Ticket:
        """The ticket whose `link` (a hash) this is. Raises NotFound."""
        ...

    def ticket_by_request(self, request: str) -> Ticket | None:
        """The ticket with this non-empty `request`, or None."""
        ...

    def tickets(
        self, statuses: Sequence[Status], *, limit: int, after: int = 0, newest_first: bool = False
    ) -> list[Ticket]:
        """Tickets in these states by id, at most `limit`, only those that come after the id `after` in this order.

        0 is before the first ticket in either order.
        """
        ...

    def tickets_of(self, address: str) -> list[Ticket]:
        """All tickets with this e-mail address, however it is written (`address_key`), by id."""
        ...

    def tickets_by_id(self, ticket_ids: Sequence[int]) -> list[Ticket]:
        """Those of these tickets that are there, by id."""
        ...

    def count_tickets(self) -> dict[Status, int]:
        """How many tickets there are in each state; states without one are missing."""
        ...

    def erase_tickets(self, ticket_ids: Sequence[int], act: Act) -> list[int]:
        """Remove these tickets, their mails and drafts (`draft_name`), with an event for each, in one transaction.

        Returns the ids of those that were there.
        Their words may stand in freed pages until `scrub`; the same transaction notes that it is due.
        """
        ...

    def scrub(self) -> None:
        """Rewrite what is stored, so that no trace of removed records is left in freed pages or in the log."""
        ...

    def needs_scrub(self) -> bool:
        """Whether anything was erased that no `scrub` has come to its end for, however long ago."""
        ...

    def events(self, ticket_id: int) -> list[Event]:
        """All events of a ticket, by number; they stay when the ticket is erased. Those of 0 are about none."""
        ...

    def events_after(self, seq: int, *, limit: int) -> list[Event]:
        """The events that come after the number `seq`, by number, at most `limit`."""
        ...

    def events_before(self, seq: int, *, limit: int) -> list[Event]:
        """The last events before the number `seq` (0: of all), newest first, at most `limit`."""
        ...

    def record(self, act: Act) -> None:
        """Store an event that is about no ticket."""
        ...

    def add_mail(self, mail: Mail) -> Mail:
        """Put a mail into the outbox and return it with its id. Within `together` it waits with what it is about."""
        ...

    def change_mail(self, mail_id: int, change: Callable[[Mail], Mail | None]) -> Mail | None:
        """Read a mail, apply `change` and store what it returns, in one transaction; None takes the mail out.

        Returns what is stored. Raises NotFound for an unknown id, and whatever `change` raises.
        """
        ...

    def mails_due(self, now: datetime, *, limit: int) -> list[Mail]:
        """Mails that are waiting or sending and due by now, those first that are due longest."""
        ...

    def mails_of(self, ticket_id: int) -> list[Mail]:
        """All mails about a ticket, by id."""
        ...

    def mails_failed(self, *, limit: int) -> list[Mail]:
        """The mails that failed for good or are waiting after a failure, newest first."""
        ...

    def erase_mails(self, mail_ids: Sequence[int]) -> None:
        """Remove these mails. The same transaction notes that `scrub` is due, as with `erase_tickets`."""
        ...

    def paper(self, name: str) -> str:
        """The content of a paper, or "". Names are plain ASCII."""
        ...

    def papers(self, prefix: str) -> list[Paper]:
        """The papers whose names begin so, by name."""
        ...

    def change_paper(self, name: str, change: Callable[[str], str]) -> str:
        """Read a paper, apply `change` and store what it returns, in one transaction; "" takes the paper away.

        Returns what is stored. Raises whatever `change` raises.
        """
        ...

    def add_feedback(self, feedback: Feedback) -> None:
        """Store one visitor's feedback."""
        ...

    def feedback(self, article: str) -> list[Feedback]:
        """All feedback on an article (by id), oldest first."""
        ...

    def votes(self) -> Mapping[str, Votes]:
        """How many found each article (by id) helpful, and how many didn't; those without feedback are missing."""
        ...

    def add_search(self, search: Search, *, most: int) -> None:
        """Add to the count of this search, or store it as a new one unless its day has `most` already."""
        ...

    def drop_searches(self, *, before: date | None = None) -> None:
        """Forget the searches of all days before one, or all. Their words may stay in freed pages until they fill."""
        ...

    def erase_searches(self, ids: Sequence[int]) -> None:
        """Remove these searches. The same transaction notes that `scrub` is due, as with `erase_tickets`."""
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

    def sessions(self) -> list[Session]:
        """All sessions, by id."""
        ...

    def drop_sessions(self, *, session_id: str | None = None, unseen_since: datetime | None = None) -> None:
        """Forget one session, all not seen since a time, or with neither argument all of them."""
        ...

    def claim(self, mark: str) -> str:
        """Remember a mark of the desk's key if none is remembered yet, and return the one that is."""
        ...

    def together(self, jobs: Sequence[Callable[[], object]]) -> list[object]:
        """Run jobs that call this store, each all or nothing by itself, with one commit for all.

        What each returns, or the exception that it raised, in their order; all of it is on disk by then. When the
        commit fails, every outcome is that StoreUnavailable. A job may be run again, from the same state, when another
        one fails.
        """
        ...

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """All records as they are now, for as long as the context lasts."""
        ...

    def load(self, batch: Batch) -> None:
        """Put records in as they are, in one transaction; one with the same id is replaced, but for events.

        Ids given later are above those of all tickets that the events name. Raises Broken when the events don't
        continue the chain that is there.
        """
        ...

    def check(self) -> None:
        """Raise StoreUnavailable unless a ticket could be written now."""
        ...

    def verify(self, progress: Callable[[int, int], object] | None = None) -> None:
        """Read everything, and raise Broken, with a sentence for the log, when a record isn't what was written.

        `progress` is called with the number of records read and of all; there may be two rounds.
        """
        ...

    def close(self) -> None:
        """Close files and connections. Nothing may be called afterwards."""
        ...
