"""What a store has acknowledged, and whether it is all there and whole after whatever happened."""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import Any

import msgspec

from tests.store.asking import question
from ticket_api.store import Snapshot, Store, open_store
from ticket_api.store.records import draft_of
from ticket_api.tickets import event
from ticket_api.tickets.ticket import Ticket

Line = tuple[str, Any]
"""What was done: ("ticket", as it was returned), ("erasing" or "erased", ids), or a number of "feedback", "owner" or
"paper"."""

MAILED = "Mailed "
"""What a reply begins with that waits in the outbox as well."""
ALSO_STORED = 9
"""Tickets that may be there though nobody was told: those of the calls of three threads under way when all ended."""


class Ledger:
    """What was acknowledged up to some moment.

    `history` is every state that a ticket was ever acknowledged in, also after that moment, when it is known.
    """

    def __init__(self, lines: Iterable[Line] = (), history: Iterable[Line] = ()) -> None:
        self.tickets: dict[int, Ticket] = {}
        self.erasing: set[int] = set()
        self.erased: set[int] = set()
        self.feedback = self.owner = self.paper = 0
        self.history = {(each.id, each.version): each for kind, each in history if kind == "ticket"}
        for line in lines:
            self.note(*line)

    def note(self, kind: str, value: Any) -> None:
        """Take in one line."""
        if kind == "ticket":
            known = self.tickets.get(value.id, value)
            self.tickets[value.id] = max(known, value, key=lambda ticket: ticket.version)
        elif kind in ("erasing", "erased"):
            getattr(self, kind).update(value)
        elif kind in ("feedback", "owner", "paper"):
            setattr(self, kind, max(getattr(self, kind), value))

    def assert_kept(self, url: str, *, told_all: bool = False, lives: int = 1) -> Line:
        """Open the store at `url`, without a step by hand, and see that all is there, whole, and goes on.

        `told_all`: the history knows each state that may be stored; `lives` is how many ended before their time.
        Returns what it stored itself.
        """
        with closing(open_store(url)) as store:
            with store.snapshot() as snapshot:
                stored = {ticket.id: ticket for ticket in snapshot.tickets()}
                self._assert_there(stored, told_all, lives)
                _assert_consistent(store, snapshot, stored)
                assert int(snapshot.owner().password or 0) >= self.owner
                assert sum(1 for _ in snapshot.feedback()) >= self.feedback
                assert int(store.paper("number") or 0) >= self.paper
                highest = max((each.ticket for each in snapshot.events()), default=0)
            store.verify()
            store.check()
            asked = store.add_ticket(next_question(highest))
            assert asked.id > highest
            assert store.ticket(asked.id) == asked
            return "ticket", asked

    def _assert_there(self, stored: dict[int, Ticket], told_all: bool, lives: int) -> None:
        for ticket_id, acknowledged in self.tickets.items():
            if ticket_id in self.erased:
                assert ticket_id not in stored, f"{ticket_id} came back"
            elif ticket_id not in stored:
                assert ticket_id in self.erasing, f"{ticket_id} is gone"
            else:
                found = stored[ticket_id]
                assert found.version >= acknowledged.version, f"{ticket_id} is older than it was said to be"
                assert found.version > acknowledged.version or found == acknowledged, f"{ticket_id} is another"
                assert found.messages[: len(acknowledged.messages)] == acknowledged.messages
        if told_all:
            for found in stored.values():
                assert self.history[found.id, found.version] == found, f"{found.id} was never so"
        else:
            assert len(stored.keys() - self.tickets.keys()) <= ALSO_STORED * lives


def _assert_consistent(store: Store, snapshot: Snapshot, stored: dict[int, Ticket]) -> None:
    """Each change has its event, the chain holds, and indexes and counts say the same as the rows."""
    happened: dict[int, list[event.Event]] = {}
    for each in snapshot.events():
        happened.setdefault(each.ticket, []).append(each)
    event.verify(snapshot.events())
    for ticket_id, events in happened.items():
        assert (ticket_id in stored) == (events[-1].what != "erased")
    for ticket in stored.values():
        assert len(happened[ticket.id]) == ticket.version + 1, f"{ticket.id}: not one event for each change"
        assert happened[ticket.id][-1].status == ticket.status
        assert store.ticket_by_link(ticket.link) == ticket
        assert not ticket.request or store.ticket_by_request(ticket.request) == ticket
    _assert_mailed(snapshot, stored)
    recounted = Counter(ticket.status for ticket in stored.values())
    assert snapshot.count_tickets() == store.count_tickets() == dict(recounted)
    listed = store.tickets(list(recounted), limit=len(stored) + 1)
    assert listed == sorted(stored.values(), key=lambda ticket: ticket.id)


def _assert_mailed(snapshot: Snapshot, stored: dict[int, Ticket]) -> None:
    """Each reply that is mailed has its mail and no other has one; mails and drafts are of tickets that are there."""
    replies = {(each.id, message.text) for each in stored.values() for message in each.messages}
    mails = [(mail.ticket, mail.text) for mail in snapshot.mails()]
    assert sorted(mails) == sorted(each for each in replies if each[1].startswith(MAILED))
    assert {about for each in snapshot.papers() if (about := draft_of(each.name))} <= stored.keys()


def next_question(number: int) -> Ticket:
    """A question with a link and a request that no other has."""
    return question(10**9 + number)


def encode(kind: str, value: Any) -> bytes:
    """A line as one line of JSON."""
    return msgspec.json.encode([kind, value]) + b"\n"


def decode(text: bytes) -> Iterable[Line]:
    """The lines that were written whole."""
    for line in text.splitlines(keepends=True):
        if line.endswith(b"\n"):
            kind, value = msgspec.json.decode(line)
            yield kind, msgspec.convert(value, Ticket) if kind == "ticket" else value


def tickets_in(lines: Sequence[Line]) -> int:
    """How many tickets were acknowledged."""
    return len({value.id for kind, value in lines if kind == "ticket"})
