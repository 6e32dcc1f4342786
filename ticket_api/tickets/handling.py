"""What the owner does with a ticket beside answering it, what its requester thinks of the answer, and what they see."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import UNSET
from msgspec.structs import replace

from ticket_api.errors import Conflict, Invalid
from ticket_api.mailbox import address_key
from ticket_api.tickets.message import Message, Note, Rating
from ticket_api.tickets.tag import spelling
from ticket_api.tickets.ticket import OWNER, Category, Correction, Ran, Status, Ticket, close, reopen

Standing = Literal[Status, "asked", "automatic"]

UNDO = timedelta(seconds=10)
"""How long the owner's last reply may be taken back; only then it is seen."""
LONGEST_TAG = 40
MOST_TAGS = 20
PRIORITIES = range(1, 6)
SCORES = range(1, 6)


def tag_key(text: str) -> str:
    """The spelling of a tag. Raises Invalid for none, and for one that is too long."""
    key = spelling(text)
    if not key:
        raise Invalid("missing_tag", field="tag")
    if len(key) > LONGEST_TAG:
        raise Invalid("field_too_long", field="tag", name="tag", limit=LONGEST_TAG)
    return key


def tag(ticket: Ticket, text: str, now: datetime) -> Ticket:
    """Put a tag on a ticket; one that is there already changes nothing. Raises Invalid."""
    there, key = set(ticket.tags or ()), tag_key(text)
    if key in there:
        return ticket
    if len(there) >= MOST_TAGS:
        raise Invalid("many_tags", field="tag", limit=MOST_TAGS)
    return replace(ticket, tags=tuple(sorted({*there, key})), changed_at=now)


def untag(ticket: Ticket, text: str, now: datetime) -> Ticket:
    """Take a tag off a ticket, if it is there."""
    left = tuple(each for each in ticket.tags or () if each != spelling(text))
    return ticket if left == (ticket.tags or ()) else replace(ticket, tags=left or UNSET, changed_at=now)


def note(ticket: Ticket, text: str, now: datetime) -> Ticket:
    """Add what the owner writes for themselves."""
    return replace(ticket, notes=(*(ticket.notes or ()), Note(text, now)), changed_at=now)


def prioritise(ticket: Ticket, priority: int, now: datetime, parts: tuple[tuple[str, float], ...] = ()) -> Ticket:
    """Say how much it presses, from 1 to 5, in place of what was computed of `parts`; 0 takes that back.

    Raises Invalid.
    """
    if priority and priority not in PRIORITIES:
        raise Invalid("wrong_value", field="priority", name="priority")
    if priority == (ticket.priority or 0):
        return ticket
    if not priority:
        return replace(ticket, priority=UNSET, corrected=UNSET, changed_at=now)
    return replace(ticket, priority=priority, corrected=Correction(priority, parts, now), changed_at=now)


def press(ticket: Ticket, priority: int, now: datetime) -> Ticket:
    """A rule says how much it presses, from 1 to 5, or with 0 nothing more. The owner's word stands above it."""
    if ticket.corrected or priority == (ticket.priority or 0):
        return ticket
    return replace(ticket, priority=priority or UNSET, changed_at=now)


def categorise(ticket: Ticket, name: str, now: datetime) -> Ticket:
    """The owner says what it is about: the name of a category, or "" for none, which nobody else may change then."""
    category = Category(name, OWNER)
    return ticket if ticket.category == category else replace(ticket, category=category, changed_at=now)


def snooze(ticket: Ticket, until: datetime, now: datetime) -> Ticket:
    """Keep a ticket out of the queue until a time that is still to come. Raises Invalid."""
    if until <= now:
        raise Invalid("past_time", field="until")
    return ticket if ticket.snoozed_until == until else replace(ticket, snoozed_until=until, changed_at=now)


def wake(ticket: Ticket, now: datetime) -> Ticket:
    """Put a snoozed ticket back into the queue."""
    return ticket if ticket.snoozed_until is UNSET else replace(ticket, snoozed_until=UNSET, changed_at=now)


def is_snoozed(ticket: Ticket, now: datetime) -> bool:
    """Whether a ticket is out of the queue by now; judged when it is read, so that no timer has to run."""
    return isinstance(ticket.snoozed_until, datetime) and ticket.snoozed_until > now


def has_run(ticket: Ticket, name: str) -> bool:
    """Whether Helpleaf has done this to the ticket by itself already."""
    return any(each.name == name for each in ticket.ran or ())


def run(ticket: Ticket, name: str, now: datetime) -> Ticket:
    """Note that Helpleaf has done this to the ticket by itself; `changed_at` stays, as nobody did anything."""
    return ticket if has_run(ticket, name) else replace(ticket, ran=(*(ticket.ran or ()), Ran(name, now)))


def unseen_for(ticket: Ticket, now: datetime) -> timedelta:
    """For how long the owner's last reply may still be taken back; it isn't seen until then. 0 where none may.

    A clock that went back counts as time that has passed, as with silence.
    """
    last = ticket.messages[-1]
    if not ticket.before or last.author != "owner":
        return timedelta()
    return max(timedelta(), UNDO - abs(now - last.at))


def sealed(before: Ticket, after: Ticket) -> Ticket:
    """What a change made of a ticket: whatever happens after a reply, the reply stays."""
    return after if after is before or not after.before else replace(after, before=UNSET)


def retract(ticket: Ticket, now: datetime) -> Ticket:
    """Take the owner's last reply back: the ticket is what it was before. Raises Conflict when that is too late."""
    if not unseen_for(ticket, now):
        raise Conflict("too_late_to_undo")
    return replace(_without_reply(ticket), changed_at=now)


def _without_reply(ticket: Ticket) -> Ticket:
    before = ticket.before
    assert before  # noqa: S101
    return replace(
        ticket,
        messages=ticket.messages[:-1],
        status=before.status,
        first_reply_at=before.first_reply_at,
        solved_at=before.solved_at,
        solved_by=before.solved_by,
        snoozed_until=before.snoozed_until,
        before=UNSET,
    )


def as_seen(ticket: Ticket, now: datetime) -> Ticket:
    """The ticket as its requester sees it: nothing that is the owner's own, nor a reply that may be taken back."""
    seen = _without_reply(ticket) if unseen_for(ticket, now) else ticket
    return replace(
        seen,
        answered_by=UNSET,
        tags=UNSET,
        notes=UNSET,
        priority=UNSET,
        snoozed_until=UNSET,
        before=UNSET,
        quarantined_for=UNSET,
        channel=UNSET,
        automatic=UNSET,
        category=UNSET,
        corrected=UNSET,
        ran=UNSET,
        status="open" if seen.status == "quarantined" else seen.status,
    )


def merge(source: Ticket, target: Ticket, now: datetime) -> tuple[Ticket, Ticket]:
    """Let `source` go on in `target`: it is solved, and all that was written stands there by time. Both as they become.

    Raises Conflict when they are the same, two people's, or either goes on elsewhere already or is quarantined.
    """
    _require_one_person(source, target)
    for each in (source, target):
        require_here(each)
        if each.status == "quarantined":
            raise Conflict("status_conflict", status=each.status)
    opened = reopen(source, now) if source.status == "deflected" else source
    gone = replace(close(opened, now), merged_into=target.id, snoozed_until=UNSET, before=UNSET, changed_at=now)
    waits = source.status in ("offered", "open") and target.status != "open"
    here = reopen(target, now) if waits else target
    return gone, replace(
        here,
        messages=_by_time(source.messages, target.messages),
        notes=tuple(sorted((*(source.notes or ()), *(target.notes or ())), key=lambda each: each.at)) or UNSET,
        tags=tuple(sorted({*(source.tags or ()), *(target.tags or ())})[:MOST_TAGS]) or UNSET,
        first_reply_at=target.first_reply_at
        or (source.first_reply_at and max(source.first_reply_at, target.created_at)),
        before=UNSET,
        changed_at=now,
    )


def _require_one_person(source: Ticket, target: Ticket) -> None:
    if source.id == target.id:
        raise Conflict("merge_itself", field="into")
    if source.requester != target.requester:
        raise Conflict("merge_others", field="into", id=target.id)


def _by_time(*threads: tuple[Message, ...]) -> tuple[Message, ...]:
    return tuple(sorted((message for thread in threads for message in thread), key=lambda message: message.at))


def _since(earliest: datetime, moment: datetime | None) -> datetime | None:
    return moment and max(moment, earliest)


def require_here(ticket: Ticket) -> None:
    """Raise Conflict for a ticket that goes on in another one."""
    if ticket.merged_into:
        raise Conflict("merged_away", id=ticket.merged_into)


def change_requester(ticket: Ticket, name: str, email: str, now: datetime, *, uid: str, link: str) -> Ticket:
    """Say who asked. Another address is another person's, so the link becomes another: that of the new `uid`.

    An address that is only written another way, and a name, leave the link as it is.
    """
    if (name, email) == (ticket.name, ticket.email):
        return ticket
    changed = replace(ticket, name=name, email=email, changed_at=now)
    same = address_key(email) == address_key(ticket.email)
    return changed if same else renew(changed, now, uid=uid, link=link)


def renew(ticket: Ticket, now: datetime, *, uid: str, link: str) -> Ticket:
    """Give a ticket another secret link; the former one leads nowhere any more, and nor does a repeated request."""
    return replace(ticket, uid=uid, link=link, request="", before=UNSET, changed_at=now)


def standing(ticket: Ticket) -> Standing:
    """How a ticket stands for its requester: its status, but where the last word is an automatic message.

    That answers nobody: "asked" where it wants something of the requester, else "automatic" until the owner answers.
    """
    last = ticket.messages[-1]
    if ticket.status not in ("open", "waiting"):
        return ticket.status
    if last.asks or (ticket.status == "waiting" and not ticket.answered):
        return "asked"
    return "automatic" if last.author == "automatic" and ticket.status == "open" else ticket.status


def accept(ticket: Ticket, now: datetime) -> Ticket:
    """The requester says that the last answer solved it, the owner's or an automatic one.

    Raises Conflict unless there is one.
    """
    if ticket.status in ("solved", "deflected"):
        return ticket
    if standing(ticket) not in ("waiting", "automatic"):
        raise Conflict("status_conflict", status=ticket.status)
    return close(ticket, now)


def decline(ticket: Ticket, now: datetime) -> Ticket:
    """The requester says that it isn't solved: the ticket opens. One that waits for the owner stays as it is."""
    return reopen(ticket, now) if ticket.status in ("waiting", "solved", "deflected") else ticket


def may_rate(ticket: Ticket) -> bool:
    """Whether the requester is asked for a rating: once, when it is solved."""
    return ticket.status == "solved" and not ticket.rating


def rate(ticket: Ticket, score: int, comment: str, now: datetime) -> Ticket:
    """The requester rates the answer, from 1 to 5. The same rating again changes nothing.

    Raises Invalid, and Conflict when it isn't solved or has another rating already.
    """
    if score not in SCORES:
        raise Invalid("wrong_value", field="score", name="score")
    if ticket.rating and (ticket.rating.score, ticket.rating.comment) == (score, comment):
        return ticket
    if ticket.rating:
        raise Conflict("rated_already")
    if not may_rate(ticket):
        raise Conflict("status_conflict", status=ticket.status)
    return replace(ticket, rating=Rating(score, now, comment), changed_at=now)
