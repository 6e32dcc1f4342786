"""What every door is handed: the use cases, the settings and the clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from ticket_api.helpdesk import Helpdesk
from ticket_api.owner import Owner
from ticket_api.settings import Settings
from ticket_api.tickets.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Context:
    """One for the whole application, kept in `app.state.context`. `clock` gives an aware UTC time."""

    helpdesk: Helpdesk
    owner: Owner
    settings: Settings
    clock: Callable[[], datetime]

    def link(self, ticket: Ticket) -> str:
        """The absolute secret link of a ticket."""
        return f"{self.settings.served_url}/t/{self.helpdesk.token(ticket)}"


def context_of(request: Request) -> Context:
    """The application's context."""
    context: Context = request.app.state.context
    return context
