"""What every door is handed: the use cases, the settings and the clock; and how a door is hung."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ticket_api.helpdesk import Helpdesk
from ticket_api.owner import Owner
from ticket_api.settings import Settings
from ticket_api.tickets.ticket import Ticket

Door = Callable[[Request], Awaitable[Response]]


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


def route(path: str, **doors: Door) -> Route:
    """One path with a door for each method it takes; a wrong method is told all of them."""

    async def door(request: Request) -> Response:
        return await doors["GET" if request.method == "HEAD" else request.method](request)

    return Route(path, door, methods=list(doors), name=path)
