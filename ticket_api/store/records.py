"""The small records beside the tickets: sessions, feedback, searches, the owner's account."""

from datetime import date, datetime
from typing import Literal, NamedTuple

from msgspec import UNSET, Struct, UnsetType

from ticket_api.keys import fingerprint
from ticket_api.tickets.event import Event
from ticket_api.tickets.ticket import Ticket

DRAFT = "draft:"


class Session(Struct, frozen=True):
    """The owner signed in on one browser. Times are aware and in UTC.

    `id` is the hash of the cookie's value, `account` that of the password's hash: a new password ends the session.
    `agent` is what the browser calls itself, so that the owner knows it again.
    """

    id: str
    account: str
    created_at: datetime
    seen_at: datetime
    agent: str | UnsetType = UNSET


class Feedback(Struct, frozen=True, kw_only=True):
    """A visitor's answer to "Was this helpful?". Nothing in it says who. `id` is given by the store, 0 before.

    `follows`: it is the comment to a vote that was counted before; else nothing is written of it, as in older archives.
    """

    id: int = 0
    article: str
    lang: str
    helpful: bool
    comment: str = ""
    at: datetime
    follows: Literal[True] | UnsetType = UNSET


class Votes(NamedTuple):
    """How many visitors found an article helpful, and how many didn't."""

    helpful: int
    unhelpful: int


class Search(Struct, frozen=True, kw_only=True):
    """What visitors searched for on one day, `count` times. Nothing in it says who, or when on that day.

    `results` is how many articles they saw, `opened` the id of the article that they opened then, "" for none.
    """

    q: str
    lang: str
    results: int
    opened: str = ""
    day: date
    count: int = 1

    @property
    def id(self) -> int:
        """A number of 62 bits made of all but the count, so that no order tells what was searched one after another."""
        known = fingerprint(self.q, self.lang, str(self.results), self.opened, self.day.isoformat())
        return (int(known[:16], 16) >> 2) + 1


class SecondFactor(Struct, frozen=True):
    """What is asked for after the password. `secret` is in base32, as the owner's authenticator app has it.

    `step` is the half minute, counted from 1970, whose code was the last to be used; `recovery` are the hashes of the
    codes that take an app's place, each once.
    """

    secret: str
    step: int = 0
    recovery: tuple[str, ...] = ()


class OwnerAccount(Struct, frozen=True, kw_only=True):
    """The one account of the desk. `password` and `setup_code` are hashes; either may be "": no password yet, or no
    code to set one. Nothing is written of a second factor that there isn't, as in older archives."""

    password: str = ""
    setup_code: str = ""
    second: SecondFactor | UnsetType = UNSET


MailKind = Literal["reply", "automatic", "received", "links", "notice"]


class Mail(Struct, frozen=True, kw_only=True):
    """A mail in the outbox. `id` is given by the store, 0 before; `uid` is 128 random bits in hex.

    `ticket` is 0 for one about no single ticket. `text` is the owner's Markdown, of a notice what it tells the owner,
    and "" once it was sent; `due_at` is when it is tried next: while it is `sending`, when another may take it up.
    `error` is what went wrong last, as the owner reads it. Times are aware and in UTC.
    """

    id: int = 0
    uid: str
    kind: MailKind
    ticket: int = 0
    to: str
    lang: str
    text: str = ""
    state: Literal["waiting", "sending", "sent", "failed"] = "waiting"
    attempts: int = 0
    error: str = ""
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None = None

    @property
    def pending(self) -> bool:
        """Whether it is still to be sent."""
        return self.state in ("waiting", "sending")

    @property
    def troubled(self) -> bool:
        """Whether it failed for good, or is waiting after a failure."""
        return self.state == "failed" or (self.pending and bool(self.error))


class Paper(Struct, frozen=True):
    """Something small that the desk keeps under a name, as JSON: the owner's preferences, a draft, a count of mails."""

    name: str
    content: str


def draft_name(ticket_id: int) -> str:
    """The name of the paper that holds the owner's draft of a reply to this ticket."""
    return f"{DRAFT}{ticket_id}"


def draft_of(name: str) -> int:
    """The id of the ticket whose draft has this name, 0 for another paper."""
    number = name.removeprefix(DRAFT)
    return int(number) if number != name and number.isascii() and number.isdigit() else 0


class Batch(Struct, frozen=True, kw_only=True):
    """Records to put into a store as they are, with the ids that they have. `owner` and `mark`: None leaves them be.

    `erased`: ids of tickets that are removed if they are there, without an event: theirs is among the events loaded.
    """

    tickets: tuple[Ticket, ...] = ()
    events: tuple[Event, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    searches: tuple[Search, ...] = ()
    sessions: tuple[Session, ...] = ()
    owner: OwnerAccount | None = None
    mark: str | None = None
    mails: tuple[Mail, ...] = ()
    papers: tuple[Paper, ...] = ()
    erased: tuple[int, ...] = ()
