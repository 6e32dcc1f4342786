"""What a webhook is told of an event: never a secret link, and of the customer only what it is to be told."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import Struct, to_builtins

from ticket_api.channels.signing import signature
from ticket_api.channels.webhook import OpenWebhook
from ticket_api.tickets.event import RULE, Event
from ticket_api.tickets.handling import UNDO
from ticket_api.tickets.message import Message
from ticket_api.tickets.ticket import Ticket

LINK = re.compile(r"/t/[\w-]{22}")
"""Where a secret link stands in somebody's words, whichever ticket it opens."""
HIDDEN = "…"
OURS = ("owner", "system")

TokenOf = Callable[[Ticket], str]


class Telling(Struct, frozen=True):
    """A message to a webhook: `id` is the same however often it is sent."""

    id: str
    body: bytes


def telling(open_webhook: OpenWebhook, event: Event, ticket: Ticket | None, token_of: TokenOf) -> Telling:
    """What a webhook is told of an event, with its ticket as it is now; None where it was erased."""
    data: dict[str, object] = {"ticket": event.ticket, "status": event.status, "who": _who(event)}
    if ticket:
        data |= _about(ticket)
        include = open_webhook.webhook.include
        data |= _words(ticket, event, token_of) if "message" in include else {}
        data |= _person(ticket, token_of) if "email" in include else {}
    return Telling(f"msg_{event.hash[:32]}", _body(f"ticket.{event.what}", event.at, data))


def trial(message_id: str, now: datetime) -> Telling:
    """What a webhook is told to try it; it is about no ticket."""
    return Telling(f"msg_{message_id}", _body("test", now, {}))


def headers_of(telling: Telling, key: bytes, now: datetime) -> Mapping[str, str]:
    """The headers that a message is sent with at a time, signed."""
    timestamp = str(int(now.timestamp()))
    return {
        "Content-Type": "application/json",
        "User-Agent": "Helpleaf",
        "webhook-id": telling.id,
        "webhook-timestamp": timestamp,
        "webhook-signature": signature(key, telling.id, timestamp, telling.body),
    }


def is_held(event: Event, now: datetime) -> bool:
    """Whether an event is a reply that may still be taken back, and isn't told before that is over.

    A clock that went back counts as time that has passed.
    """
    return event.what == "replied" and timedelta() <= now - event.at < UNDO


def _who(event: Event) -> str:
    """Who did it; a customer's random id stays here."""
    return event.who if event.who in OURS or event.who.startswith(RULE) else "requester"


def _about(ticket: Ticket) -> dict[str, object]:
    """What the owner and Helpleaf say of a ticket."""
    category = ticket.category.name if ticket.category else ""
    about = {"lang": ticket.lang, "channel": ticket.channel or "", "category": category}
    return {**about, "tags": list(ticket.tags or ()), "priority": ticket.priority or 3}


def _words(ticket: Ticket, event: Event, token_of: TokenOf) -> dict[str, object]:
    """The subject, and the message that the event is about, if it is about one."""
    token = token_of(ticket)
    meant = next((each for each in reversed(ticket.messages) if each.at == event.at), None)
    told: dict[str, object] = {"subject": _without_link(ticket.subject, token)}
    return told | ({"message": _message(meant, token)} if meant else {})


def _person(ticket: Ticket, token_of: TokenOf) -> dict[str, object]:
    return {"name": _without_link(ticket.name, token_of(ticket)), "email": ticket.email}


def _message(message: Message, token: str) -> dict[str, object]:
    return {"author": message.author, "text": _without_link(message.text, token), "at": _time(message.at)}


def _without_link(text: str, token: str) -> str:
    return LINK.sub(f"/t/{HIDDEN}", text).replace(token, HIDDEN)


def _body(kind: str, at: datetime, data: Mapping[str, object]) -> bytes:
    return msgspec.json.encode({"type": kind, "timestamp": _time(at), "data": data})


def _time(at: datetime) -> object:
    return to_builtins(at.astimezone(UTC))
