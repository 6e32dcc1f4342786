"""What `helpleaf tickets` does to a ticket in one word."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ticket_api.desk import Desk
from ticket_api.errors import Invalid, Stop
from ticket_api.outgoing import UNDO_SECONDS
from ticket_api.tickets.snooze import WISHES, moment
from ticket_api.tickets.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Act:
    """What help says of it, what is done with what was typed, and what is told then.

    `do` gets the desk, what was typed, the time, the version that the owner saw, and the desk's time zone.
    """

    help: str
    do: Callable[[Desk, argparse.Namespace, datetime, int, str], Ticket]
    told: str


def until(typed: str, now: datetime, zone: str) -> datetime:
    """The time that UNTIL names. Raises Stop."""
    try:
        return moment(typed, now, zone)
    except Invalid as error:
        told = f"{typed!r} is no time to come within a year. UNTIL is {', '.join(WISHES)}, or a day such as 2026-10-31."
        raise Stop(told) from error


ACTS: Mapping[str, Act] = {
    "solve": Act(
        "mark a ticket solved, without a message",
        lambda desk, given, now, version, _: desk.close(given.id, now, version=version),
        "Ticket {id} is solved.",
    ),
    "reopen": Act(
        "take a ticket back into the queue",
        lambda desk, given, now, version, _: desk.reopen(given.id, now, version=version),
        "Ticket {id} is open again.",
    ),
    "retract": Act(
        f"take your last reply back, within {UNDO_SECONDS} seconds",
        lambda desk, given, now, version, _: desk.retract(given.id, now, version=version),
        "The reply to ticket {id} is taken back; its words are the draft that the desk and reply begin with.",
    ),
    "tag": Act(
        "put a tag on a ticket",
        lambda desk, given, now, version, _: desk.tag(given.id, given.tag, now, version=version),
        "Ticket {id} has the tags: {tags}.",
    ),
    "untag": Act(
        "take a tag off a ticket",
        lambda desk, given, now, version, _: desk.untag(given.id, given.tag, now, version=version),
        "Ticket {id} has the tags: {tags}.",
    ),
    "snooze": Act(
        "keep a ticket out of the queue for a while",
        lambda desk, given, now, version, zone: desk.snooze(
            given.id, until(given.until, now, zone), now, version=version
        ),
        "Ticket {id} comes back at {until}.",
    ),
    "wake": Act(
        "put a snoozed ticket back into the queue",
        lambda desk, given, now, version, _: desk.wake(given.id, now, version=version),
        "Ticket {id} is awake.",
    ),
}
