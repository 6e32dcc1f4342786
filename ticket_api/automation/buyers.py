"""Whoever writes for the first time, and has ordered before: plan and value are put beside their first ticket."""

from datetime import datetime

from ticket_api.customers.ratings import rate_one
from ticket_api.store import Store
from ticket_api.tickets.ticket import Ticket


class Buyers:
    """The part that does so. What was imported is read anew for each ticket, so no start is needed after an import."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def look(self, ticket: Ticket, now: datetime) -> datetime | None:
        """Put what is known of a ticket's requester to them, unless that was done. A suspicion makes no customer."""
        if ticket.email and ticket.requester and ticket.status != "quarantined":
            rate_one(self._store, ticket.requester, ticket.email, now)
        return None
