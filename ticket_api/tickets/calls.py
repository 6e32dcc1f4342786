"""A rule calls a webhook: the ticket notes which, and the event that stores it tells the webhook's follower."""

from datetime import datetime

from msgspec.structs import replace

from ticket_api.tickets.event import Event
from ticket_api.tickets.handling import has_run
from ticket_api.tickets.ticket import Ran, Ticket

CALL = "webhook:"
"""What the note of a call begins with; behind it stand the webhook's name, a colon and who calls ("rule:NAME")."""


def call(ticket: Ticket, webhook: str, who: str, now: datetime) -> Ticket:
    """Have a webhook called about a ticket, once for each `who` ("rule:NAME"): a second call changes nothing.

    To be stored with `Act(who, "called", now)`, which tells the webhook; until then nothing is called.
    """
    name = f"{CALL}{webhook}:{who}"
    return ticket if has_run(ticket, name) else replace(ticket, ran=(*(ticket.ran or ()), Ran(name, now)))


def is_called(ticket: Ticket, webhook: str, event: Event) -> bool:
    """Whether an event "called" of a ticket means this webhook."""
    noted = Ran(f"{CALL}{webhook}:{event.who}", event.at)
    return event.what == "called" and noted in (ticket.ran or ())
