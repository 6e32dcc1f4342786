"""What every door is handed: the use cases, the settings and the clock; and how a door is hung."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ticket_api.helpdesk import Asked, Helpdesk
from ticket_api.owner import Owner
from ticket_api.question import Question
from ticket_api.settings import Settings
from ticket_api.tickets.ticket import Ticket
from ticket_api.web.writer import Writer

P = ParamSpec("P")
T = TypeVar("T")

Door = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Context:
    """One for the whole application, kept in `app.state.context`. `clock` gives an aware UTC time.

    What reads goes through `read`, what writes through `write`: no thread that others need ever waits for the disk.
    """

    helpdesk: Helpdesk
    owner: Owner
    settings: Settings
    clock: Callable[[], datetime]
    writer: Writer

    async def read(self, use_case: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """What a use case that writes nothing returns, from the common threads."""
        return await run_in_threadpool(use_case, *given, **named)

    async def write(self, use_case: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """What a use case that writes returns, once it is on disk."""
        return await self.writer.run(partial(use_case, *given, **named))

    async def ask(self, question: Question, now: datetime, *, key: str) -> Asked:
        """Store a question with what is offered for it. Matching runs beside others, only the write waits its turn."""
        helpdesk = self.helpdesk
        if helpdesk.matches:
            prepared = await self.read(helpdesk.prepare, question, now, key=key)
        else:
            prepared = helpdesk.prepare(question, now, key=key)  # costs less than the way to another thread
        if prepared.id:  # a retry: it is stored already
            return helpdesk.keep(prepared, now)
        return await self.write(helpdesk.keep, prepared, now)

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
