"""Ticket and Message, and every change of status that is allowed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from ticket_api.errors import Conflict
from ticket_api.suggestion import Suggestion
from ticket_api.tickets.message import Attachment, Message, Note, Rating

Status = Literal["offered", "open", "waiting", "solved", "deflected", "quarantined"]

MOVES: Mapping[Status, frozenset[Status]] = {
    "offered": frozenset({"open", "deflected", "waiting", "solved", "quarantined"}),
    "open": frozenset({"waiting", "solved", "quarantined", "deflected"}),
    "waiting": frozenset({"open", "solved", "quarantined", "deflected"}),
    "solved": frozenset({"open", "quarantined"}),
    "deflected": frozenset({"open"}),
    "quarantined": frozenset({"open"}),
}
"""From each status to those it may change to. `deflected` from `open`, or from `waiting` where a rule has asked, only
while the owner has written nothing."""

FORMLESS = "many_without_form"
"""The one reason for a quarantine that the requester can take away: too many questions came without a form."""

OWNER = "owner"
"""Who the owner is, where it is said by whom something was found."""


class Before(Struct, frozen=True):
    """What a ticket was before the owner's last reply, which may be taken back for some seconds."""

    status: Status
    first_reply_at: datetime | None
    solved_at: datetime | None
    solved_by: str
    mail: int = 0
    snoozed_until: datetime | UnsetType = UNSET


class Category(Struct, frozen=True):
    """What a ticket is about: the name of one of the articles' categories, and how it was found.

    The name is "" where the owner says that it is about none of them. `by` is "owner", "rule:NAME" or "classifier";
    `confidence`, from 0 to 1, is the classifier's, 1 for all others.
    """

    name: str
    by: str
    confidence: float = 1.0


class Correction(Struct, frozen=True):
    """The owner gave a ticket another priority, from 1 to 5, than was computed; `parts` are what it was computed of."""

    priority: int
    parts: tuple[tuple[str, float], ...]
    at: datetime


class Did(Struct, frozen=True):
    """One thing that a rule did: the name of the action, with what, and what was there before it."""

    what: str
    value: str
    before: str = ""


class Unsent(Struct, frozen=True):
    """A message of a rule that the customer didn't get, or got by no mail: the action, with what, and why not."""

    what: str
    value: str
    why: str


class Ran(Struct, frozen=True):
    """What Helpleaf did to a ticket by itself, and will not do to it again: "rule:NAME" or "promise:...".

    Of a rule, `why` are the conditions that held, by name, with what held them; `unsent` is its message, where that
    wasn't sent; `undone` is when the owner took it back.
    """

    name: str
    at: datetime
    why: tuple[tuple[str, str], ...] | UnsetType = UNSET
    did: tuple[Did, ...] | UnsetType = UNSET
    undone: datetime | UnsetType = UNSET
    unsent: Unsent | UnsetType = UNSET


class Ticket(Struct, frozen=True, kw_only=True):
    """A question that was stored.

    `id` is a number given by the store, 0 before. `uid` is 128 random bits in hex, from which the secret link is made;
    `requester` is the random id of the person: the store gives the same one to all tickets of one address. `version`
    counts the changes that were stored.
    `link` is the hash by which that link finds the ticket. `request` is the hash of the Idempotency-Key and what was
    posted with it, or "". `page` is the path the requester came from. Times are aware and in UTC; `first_reply_at` is
    stamped once,
    `solved_by` is the id of the article that the requester said helped, `answered_by` of the one that the owner said
    answers it: UNSET when none, so that older records stay the same to the byte, and backups of them too.

    The owner's own: `tags` sorted, `notes` by time, `priority` from 1 to 5 (UNSET: as computed), `snoozed_until` keeps
    it out of the queue till then, `merged_into` is the id of the ticket where it goes on. `before` is there from a
    reply on until anything else happens. `quarantined_for` are the reasons for which it was put into quarantine when it
    came, as codes; UNSET for any other. `channel` is how it came: "form", "api" or the name of a hook; `corrected` is
    there from the owner's word on its priority on, `ran` is what was done to it by itself. `automatic`: a program wrote
    it, so nothing is sent to its address by itself.
    """

    id: int = 0
    uid: str
    link: str
    request: str = ""
    requester: str = ""
    version: int = 0
    status: Status = "offered"
    subject: str = ""
    name: str = ""
    email: str = ""
    lang: str = "en"
    page: str = ""
    messages: tuple[Message, ...]
    offers: tuple[Suggestion, ...] = ()
    created_at: datetime
    changed_at: datetime
    first_reply_at: datetime | None = None
    solved_at: datetime | None = None
    solved_by: str = ""
    answered_by: str | UnsetType = UNSET
    tags: tuple[str, ...] | UnsetType = UNSET
    notes: tuple[Note, ...] | UnsetType = UNSET
    priority: int | UnsetType = UNSET
    snoozed_until: datetime | UnsetType = UNSET
    merged_into: int | UnsetType = UNSET
    rating: Rating | UnsetType = UNSET
    before: Before | UnsetType = UNSET
    quarantined_for: tuple[str, ...] | UnsetType = UNSET
    channel: str | UnsetType = UNSET
    automatic: bool | UnsetType = UNSET
    category: Category | UnsetType = UNSET
    corrected: Correction | UnsetType = UNSET
    ran: tuple[Ran, ...] | UnsetType = UNSET

    @property
    def question(self) -> str:
        """The requester's first message."""
        return self.messages[0].text

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The files of all its messages."""
        return tuple(each for message in self.messages for each in message.attachments or ())

    @property
    def answered(self) -> bool:
        """Whether the owner has written anything."""
        return self.first_reply_at is not None


def move(ticket: Ticket, status: Status, now: datetime) -> Ticket:
    """Change a ticket's status; the same status again changes nothing.

    Raises Conflict when the change isn't one of MOVES.
    """
    if ticket.status == status:
        return ticket
    answered_already = status == "deflected" and ticket.answered
    if status not in MOVES[ticket.status] or answered_already:
        raise Conflict("status_conflict", status=ticket.status)
    return replace(ticket, status=status, changed_at=now)


def offer(ticket: Ticket, suggestions: tuple[Suggestion, ...], now: datetime) -> Ticket:
    """Note what was offered to a new ticket; with nothing to offer it opens at once."""
    noted = replace(ticket, offers=suggestions)
    return noted if suggestions else move(noted, "open", now)


def quarantine(ticket: Ticket, reasons: tuple[str, ...], now: datetime) -> Ticket:
    """Keep a new ticket out of the queue, for reasons (codes) that the owner is told."""
    return replace(move(ticket, "quarantined", now), quarantined_for=reasons)


def release(ticket: Ticket, now: datetime) -> Ticket:
    """Open a ticket that was kept out of the queue for nothing but FORMLESS, after it was sent again with a form."""
    return reopen(ticket, now) if awaits_form(ticket) else ticket


def awaits_form(ticket: Ticket) -> bool:
    """Whether a ticket would be in the queue if it had been sent with a form."""
    return ticket.status == "quarantined" and ticket.quarantined_for == (FORMLESS,)


def settle(ticket: Ticket, now: datetime, after: timedelta) -> Ticket:
    """Open an offered ticket whose requester has been silent for `after`: silence is never counted as success.

    A clock that went back since then counts as time that has passed.
    """
    silent = ticket.status == "offered" and abs(now - ticket.created_at) >= after
    return move(ticket, "open", now) if silent else ticket


def reopen(ticket: Ticket, now: datetime) -> Ticket:
    """Put a ticket back into the queue; that an article or the owner had solved it, or put it off, no longer holds."""
    undone = replace(move(ticket, "open", now), solved_by="", solved_at=None)
    return replace(undone, snoozed_until=UNSET, quarantined_for=UNSET)


def send(ticket: Ticket, now: datetime) -> Ticket:
    """The requester wants a person to answer. A ticket that is past the offer stays as it is."""
    return reopen(ticket, now) if ticket.status in ("offered", "deflected") else ticket


def solve(ticket: Ticket, article: str, now: datetime) -> Ticket:
    """The requester says that `article` (an id) solved it; deflected, or solved if the owner had written already.

    Raises Conflict for a quarantined ticket.
    """
    if ticket.status in ("deflected", "solved"):
        return ticket
    moved = move(ticket, "solved" if ticket.answered else "deflected", now)
    return replace(moved, solved_by=article, solved_at=now)


def undo(ticket: Ticket, now: datetime) -> Ticket:
    """Take back "this solved it", said before or after the owner wrote: the ticket opens. Anything else stays."""
    if ticket.status not in ("deflected", "solved") or not ticket.solved_by:
        return ticket
    return reopen(ticket, now)


def confirm(ticket: Ticket, article: str, now: datetime) -> Ticket:
    """The owner says that `article` (an id) answers it, or with "" takes that back; whose turn it is stays.

    Raises Conflict for a quarantined ticket.
    """
    answered_by = article or UNSET
    if ticket.answered_by == answered_by:
        return ticket
    if ticket.status == "quarantined":
        raise Conflict("status_conflict", status=ticket.status)
    return replace(ticket, answered_by=answered_by, changed_at=now)


def write(ticket: Ticket, text: str, now: datetime, files: tuple[Attachment, ...] = ()) -> Ticket:
    """Add the requester's further message; whatever state the ticket was in, it is the owner's turn again.

    A quarantined ticket keeps its state and still keeps the words.
    """
    added = replace(
        ticket, messages=(*ticket.messages, Message("requester", text, now, files or UNSET)), changed_at=now
    )
    if ticket.status == "quarantined":
        return added
    return reopen(added, now)


def reply(
    ticket: Ticket, text: str, now: datetime, files: tuple[Attachment, ...] = (), *, solved: bool = False
) -> Ticket:
    """Add the owner's message. The first one stamps the first response; then it is the requester's turn, or solved.

    Raises Conflict for a quarantined ticket: it has to be restored first.
    """
    status, message = ticket.status, Message("owner", text, now, files or UNSET)
    reopened = reopen(ticket, now) if status in ("deflected", "solved") else ticket
    answered = replace(
        reopened,
        messages=(*ticket.messages, message),
        first_reply_at=ticket.first_reply_at or now,
        changed_at=now,
        snoozed_until=UNSET,
        before=Before(status, ticket.first_reply_at, ticket.solved_at, ticket.solved_by, 0, ticket.snoozed_until),
    )
    return close(answered, now) if solved else move(answered, "waiting", now)


def close(ticket: Ticket, now: datetime) -> Ticket:
    """The owner says that it is done. Solved or deflected already: nothing changes."""
    if ticket.status in ("solved", "deflected"):
        return ticket
    return replace(move(ticket, "solved", now), solved_at=now)
