"""What a rule does to a ticket, step by step, and how the owner takes it back."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Literal, NamedTuple

from msgspec import UNSET
from msgspec.structs import replace

from ticket_api.errors import Conflict, Invalid
from ticket_api.robots import is_machine
from ticket_api.tickets import handling
from ticket_api.tickets.calls import call
from ticket_api.tickets.event import RULE, What
from ticket_api.tickets.message import Message
from ticket_api.tickets.rule import Rule, span
from ticket_api.tickets.rules import Why
from ticket_api.tickets.ticket import Did, Ran, Ticket, Unsent, move, quarantine, reopen

SUSPICION = "rule"
"""Why a ticket is in quarantine that a rule put there."""
TAKEN_BACK = frozenset({"tag", "untag", "priority", "snooze", "quarantine"})
"""What can be taken back; a message was sent, a note and a call of another program were read."""

Unheard = Literal["machine", "answered", "status", "no_reply", "reply_language", "ask_language", "no_address", "enough"]
"""Why a rule's message wasn't sent; for the last two it stands on the customer's page and wasn't mailed."""


class Step(NamedTuple):
    """One thing that is done: an event of its own, what is kept of it, and the change."""

    what: What
    did: Did
    change: Callable[[Ticket], Ticket]


class Outcome(NamedTuple):
    """What a rule makes of a ticket: each change with its event, and what was done in all."""

    states: tuple[tuple[What, Ticket], ...]
    did: tuple[Did, ...]


def acted(ticket: Ticket, rule: Rule, why: Why, text: str, now: datetime, unsent: Unsent | None = None) -> Outcome:
    """What a rule makes of a ticket; `text` is its message to the customer, "" for none; `unsent` is noted.

    What can't be done, such as one tag too many, and what changes nothing is left out; yet there is one event at least,
    because it is noted on the ticket that the rule has run.
    """
    states: list[tuple[What, Ticket]] = []
    did: list[Did] = []
    present = ticket
    for step in _steps(ticket, rule, text, now, mailed=unsent is None or unsent.why == "no_address"):
        try:
            changed = step.change(present)
        except (Conflict, Invalid):
            continue
        if changed is not present:
            did.append(step.did)
            states.append((step.what, changed))
            present = changed
    ran = Ran(RULE + rule.name, now, why or UNSET, tuple(did) or UNSET, unsent=unsent or UNSET)
    last: What = states.pop()[0] if states else "acted"
    noted = handling.sealed(ticket, replace(present, ran=(*(present.ran or ()), ran)))
    return Outcome((*states, (last, noted)), tuple(did))


def _steps(ticket: Ticket, rule: Rule, text: str, now: datetime, *, mailed: bool) -> Iterator[Step]:
    then = rule.then
    if then.tag:
        yield Step("tagged", Did("tag", then.tag), lambda each: handling.tag(each, then.tag, now))
    if then.untag:
        yield Step("tagged", Did("untag", then.untag), lambda each: handling.untag(each, then.untag, now))
    if priority := then.priority:
        was = str(ticket.priority or 0)
        did = Did("priority", str(priority), was)
        yield Step("prioritised", did, lambda each: handling.press(each, priority, now))
    if then.note:
        yield Step("noted", Did("note", then.note), lambda each: handling.note(each, then.note, now))
    if text:
        did = Did(*_message(rule, ticket))
        message = Message("automatic", text, now, asks=bool(then.ask) or UNSET)
        waits = bool(then.ask) and mailed  # who doesn't learn that something is asked has no turn
        yield Step("answered_automatically", did, lambda each: _answered(each, message, waits=waits))
    if then.snooze:
        until = now + span(then.snooze)
        yield Step("snoozed", Did("snooze", until.isoformat()), lambda each: _snoozed(each, until, now))
    if then.quarantine:
        yield Step("quarantined", Did("quarantine", "", ticket.status), lambda each: _kept_out(each, now))
    if then.webhook:  # the last: it is told of all that was done
        did = Did("webhook", then.webhook)
        yield Step("called", did, lambda each: call(each, then.webhook, RULE + rule.name, now))


def _answered(ticket: Ticket, message: Message, *, waits: bool) -> Ticket:
    """With an automatic message, which is no response; `waits`: it is the requester's turn."""
    written = replace(ticket, messages=(*ticket.messages, message), changed_at=message.at)
    return move(written, "waiting", message.at) if waits and ticket.status == "open" else written


def _snoozed(ticket: Ticket, until: datetime, now: datetime) -> Ticket:
    return handling.snooze(ticket, until, now) if ticket.status in ("open", "waiting") else ticket


def _kept_out(ticket: Ticket, now: datetime) -> Ticket:
    return ticket if ticket.status == "quarantined" else quarantine(ticket, (SUSPICION,), now)


def _message(rule: Rule, ticket: Ticket) -> tuple[str, str]:
    """Which action writes to the customer, and with what; where it asks, in another language if there is no other."""
    ask = rule.then.ask
    if not ask:
        return "reply", rule.then.reply
    others = () if isinstance(ask, str) else ask.values()
    return "ask", rule.then.asks(ticket.lang) or next(filter(None, others), "")


def unsent(rule: Rule, ticket: Ticket, why: Unheard) -> Unsent:
    """What is noted of a rule's message that wasn't sent."""
    return Unsent(*_message(rule, ticket), why)


def unheard(ticket: Ticket) -> Unheard | None:
    """Why a ticket may get no automatic message, or None: one at most, and none where a machine wrote."""
    if ticket.automatic or is_machine(ticket.email):
        return "machine"
    if any(message.author == "automatic" for message in ticket.messages):
        return "answered"
    return "status" if ticket.status in ("offered", "quarantined", "deflected") else None


def undoable(ran: Ran) -> bool:
    """Whether anything of what a rule did can be taken back."""
    return not ran.undone and any(did.what in TAKEN_BACK for did in ran.did or ())


def undone(ticket: Ticket, rule: str, now: datetime) -> Ticket:
    """The ticket with what a rule (its name) did taken back; what was changed since stays.

    The rule doesn't act on it again. Raises Conflict when there is nothing to take back.
    """
    name = RULE + rule
    ran = next((each for each in ticket.ran or () if each.name == name and undoable(each)), None)
    if ran is None:
        raise Conflict("nothing_to_undo")
    marked = tuple(replace(each, undone=now) if each is ran else each for each in ticket.ran or ())
    present = replace(ticket, ran=marked, changed_at=now)
    for did in reversed(ran.did or ()):
        present = _back(present, did, now)
    return present


def _back(ticket: Ticket, did: Did, now: datetime) -> Ticket:
    match did.what:
        case "tag":
            return handling.untag(ticket, did.value, now)
        case "untag":
            return handling.tag(ticket, did.value, now)
        case "priority" if str(ticket.priority or 0) == did.value:
            return handling.press(ticket, int(did.before), now)
        case "snooze" if ticket.snoozed_until and ticket.snoozed_until.isoformat() == did.value:
            return handling.wake(ticket, now)
        case "quarantine" if ticket.status == "quarantined" and ticket.quarantined_for == (SUSPICION,):
            return reopen(ticket, now)
        case _:
            return ticket
