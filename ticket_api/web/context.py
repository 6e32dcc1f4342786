"""What every door is handed: the use cases, the settings and the clock; and how a door is hung."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from math import ceil
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ticket_api.abuse.doorkeeper import Doorkeeper, Look, Sent
from ticket_api.audit import Audit
from ticket_api.customers import Customers
from ticket_api.desk import Desk
from ticket_api.errors import TooMany
from ticket_api.filing import Filing
from ticket_api.helpdesk import Asked, Helpdesk
from ticket_api.hooks import Hooks
from ticket_api.outgoing import Outgoing
from ticket_api.owner import Owner
from ticket_api.preferences import CurrentPreferences
from ticket_api.priorities import Priorities
from ticket_api.promised import Promised
from ticket_api.question import Question
from ticket_api.queue import Queue
from ticket_api.rules import Rules, Trials
from ticket_api.saved_replies import SavedReplies
from ticket_api.settings import Settings
from ticket_api.sorting import Sorting
from ticket_api.tickets.ticket import Ticket, awaits_form
from ticket_api.visitors import Visitors
from ticket_api.web.bucket import Bucket
from ticket_api.web.clients import Clients
from ticket_api.web.precedence import Precedence
from ticket_api.web.writer import Writer
from ticket_api.webhooks import Webhooks

P = ParamSpec("P")
T = TypeVar("T")

FINDS, FIND_SECONDS = 5, 60.0
"""So many addresses are taken of one client at once, and then one in so many seconds."""
HOOKED, HOOK_SECONDS = 120, 1.0
"""So many messages of one hook at once, and then one in so many seconds: a sender that loops can't fill the desk."""

Door = Callable[[Request], Awaitable[Response]]

LIMITS_OFF = "HELPLEAF_LIMITS is off: for load tests only."


@dataclass(frozen=True, slots=True)
class Context:
    """One for the whole application, kept in `app.state.context`. `clock` gives an aware UTC time.

    What reads goes through `read`, what writes through `write`: no thread that others need ever waits for the disk.
    """

    helpdesk: Helpdesk
    visitors: Visitors
    desk: Desk
    customers: Customers
    promised: Promised
    rules: Rules
    trials: Trials
    queue: Queue
    priorities: Priorities
    owner: Owner
    audit: Audit
    settings: Settings
    clock: Callable[[], datetime]
    writer: Writer
    searches: Bucket
    preferences: CurrentPreferences
    saved_replies: SavedReplies
    outgoing: Outgoing
    finds: Bucket
    doorkeeper: Doorkeeper
    clients: Clients
    filing: Filing
    precedence: Precedence
    sorting: Sorting
    hooks: Hooks
    hooked: Bucket
    webhooks: Webhooks

    async def read(self, use_case: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """What a use case that writes nothing returns, from the common threads."""
        return await run_in_threadpool(use_case, *given, **named)

    async def write(self, use_case: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """What a use case that writes returns, once it is on disk."""
        return await self.writer.run(partial(use_case, *given, **named))

    def judge(self, question: Question, sent: Sent, now: datetime) -> tuple[str, ...]:
        """The reasons to put a question into quarantine. Raises Invalid for one that can't be stored, and TooMany."""
        self.helpdesk.check(question)  # before it counts
        return self.doorkeeper.judge(question, sent, now) if self.settings.limits else ()

    async def ask(self, question: Question, now: datetime, *, key: str, suspicions: tuple[str, ...] = ()) -> Asked:
        """Store a question with what is offered for it. Matching runs beside others, only the write waits its turn."""
        helpdesk = self.helpdesk
        prepare = partial(helpdesk.prepare, question, now, key=key, suspicions=suspicions)
        with self.precedence.asking():
            # Without articles, it costs less than the way to another thread.
            prepared = await self.read(prepare) if helpdesk.matches else prepare()
            if prepared.id and not awaits_form(prepared):  # a retry: it is stored already
                return helpdesk.keep(prepared, now, suspicions=suspicions)
            return await self.write(helpdesk.keep, prepared, now, suspicions=suspicions)

    def count_look(self, what: Look, client: str) -> None:
        """Count a search or a look for suggestions. Raises TooMany."""
        if self.settings.limits:
            self.doorkeeper.look(what, client)

    def warnings(self) -> tuple[str, ...]:
        """Sentences for the owner: what of the settings or of what stands before the server is wrong."""
        return (*(() if self.settings.limits else (LIMITS_OFF,)), *self.clients.warnings)

    @property
    def mails_to_files(self) -> bool:
        """Whether no mail server is set, so that customers get no mail."""
        return not self.settings.smtp_host

    def counts_search(self, client: str) -> bool:
        """Whether a search of this client is to be counted: by the settings, and unless it sends too many."""
        return self.settings.searches and (not self.settings.limits or self.searches.take(client))

    def require_find(self, client: str) -> None:
        """Raise TooMany for a client that asks for the links of too many addresses."""
        if self.settings.limits and not self.finds.take(client):
            raise TooMany("too_many", seconds=int(FIND_SECONDS))

    def hook_wait(self, name: str) -> int:
        """The seconds that the sender of a hook is to wait before its next message, 0 when this one is taken."""
        return 0 if not self.settings.limits or self.hooked.take(name) else ceil(HOOK_SECONDS)

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
