"""The small records beside the tickets: sessions, feedback, the owner's account."""

from datetime import datetime

from msgspec import Struct

from ticket_api.tickets.event import Event
from ticket_api.tickets.ticket import Ticket


class Session(Struct, frozen=True):
    """The owner signed in on one browser. Times are aware and in UTC.

    `id` is the hash of the cookie's value, `account` that of the password's hash: a new password ends the session.
    """

    id: str
    account: str
    created_at: datetime
    seen_at: datetime


class Feedback(Struct, frozen=True, kw_only=True):
    """A visitor's answer to "Was this helpful?". Nothing in it says who. `id` is given by the store, 0 before."""

    id: int = 0
    article: str
    lang: str
    helpful: bool
    comment: str = ""
    at: datetime


class OwnerAccount(Struct, frozen=True, kw_only=True):
    """The one account of the desk. Both are hashes; either may be "": no password yet, or no code to set one."""

    password: str = ""
    setup_code: str = ""


class Batch(Struct, frozen=True, kw_only=True):
    """Records to put into a store as they are, with the ids that they have. `owner` and `mark`: None leaves them be.

    `erased`: ids of tickets that are removed if they are there, without an event: theirs is among the events loaded.
    """

    tickets: tuple[Ticket, ...] = ()
    events: tuple[Event, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    sessions: tuple[Session, ...] = ()
    owner: OwnerAccount | None = None
    mark: str | None = None
    erased: tuple[int, ...] = ()
