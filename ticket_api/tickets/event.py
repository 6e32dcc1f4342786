"""Event: what happened to a ticket, each chained to the one before, so that a missing or changed one is noticed."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from msgspec import Struct

from ticket_api.errors import Broken
from ticket_api.tickets.ticket import Status, Ticket

RULE = "rule:"
"""What the name of a rule stands behind, where it is said who did something."""
OfTicket = Literal[
    "asked",
    "sent",
    "solved",
    "undone",
    "wrote",
    "replied",
    "closed",
    "reopened",
    "confirmed",
    "unconfirmed",
    "opened",
    "erased",
    "quarantined",
    "noted",
    "tagged",
    "prioritised",
    "snoozed",
    "woke",
    "retracted",
    "merged",
    "moved",
    "renewed",
    "rated",
    "mailed",
    "mail_failed",
    "categorised",
    "answered_automatically",
    "warned",
    "missed",
    "acted",
    "rule_undone",
    "called",
]
OfDesk = Literal[
    "signed_in",
    "signed_out",
    "password_set",
    "second_factor_set",
    "second_factor_removed",
    "recovery_codes_set",
    "account_reset",
    "sessions_ended",
    "preferences_changed",
    "customer_changed",
    "orders_imported",
    "segments_changed",
    "rules_changed",
    "webhook_off",
    "webhook_on",
]
"""What happens to no ticket."""
What = Literal[OfTicket, OfDesk]


class Act(Struct, frozen=True):
    """What somebody does to a ticket: "requester", "owner", "system", or "rule:" and a name. `at` is aware and UTC."""

    who: str
    what: What
    at: datetime


class Event(Struct, frozen=True, kw_only=True):
    """One act as it was stored.

    `seq` counts from 1 without gaps; `ticket` is 0 and `status` "" where it is about none; `who` is "owner", "system",
    "rule:" and the name of a rule, or the random id of the requester; `status` is that of the ticket afterwards; `hash`
    is the SHA-256, in hex, of the fields before it and of the previous event's hash.
    """

    seq: int
    ticket: int
    who: str
    what: What
    status: Status | Literal[""]
    at: datetime
    hash: str


def next_event(previous: Event | None, ticket: Ticket | None, act: Act) -> Event:
    """The event that says that `act` made the ticket what it is now; without one, that it was done to the desk."""
    who = ticket.requester if ticket and act.who == "requester" else act.who
    seq = previous.seq + 1 if previous else 1
    about = ticket.id if ticket else 0
    status: Status | Literal[""] = ticket.status if ticket else ""
    digest = _digest(previous, seq, about, who, act.what, status, act.at)
    return Event(seq=seq, ticket=about, who=who, what=act.what, status=status, at=act.at, hash=digest)


def verify(events: Iterable[Event], previous: Event | None = None) -> Event | None:
    """Follow the chain from the event after `previous` and return its last event.

    Raises Broken, with the number of the first event that is missing or isn't what was written.
    """
    last = previous
    for event in events:
        expected = last.seq + 1 if last else 1
        digest = _digest(last, expected, event.ticket, event.who, event.what, event.status, event.at)
        if event.seq != expected or event.hash != digest:
            raise Broken("broken_chain", seq=expected)
        last = event
    return last


def _digest(previous: Event | None, seq: int, ticket: int, who: str, what: What, status: str, at: datetime) -> str:
    fields = f"{previous.hash if previous else ''}\n{seq}\n{ticket}\n{who}\n{what}\n{status}\n{at.isoformat()}"
    return hashlib.sha256(fields.encode()).hexdigest()
