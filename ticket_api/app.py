"""create_app: the wiring of doors, use cases, store and clock."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from ticket_api.abuse.doorkeeper import Doorkeeper
from ticket_api.audit import Audit
from ticket_api.automation import Automation, parts_of
from ticket_api.channels import hooks_of, webhooks_of
from ticket_api.current import CurrentIndex
from ticket_api.customers import Customers
from ticket_api.customers.segments import segments_of
from ticket_api.days_off import calendar_of, require_open
from ticket_api.desk import Desk
from ticket_api.errors import HelpleafError, NotFound, Refused, Unreadable, WrongMethod
from ticket_api.filing import Filing
from ticket_api.helpdesk import Helpdesk
from ticket_api.hooks import Hooks
from ticket_api.keys import key_mark
from ticket_api.knowledge.index import ArticleIndex
from ticket_api.learning import Learning
from ticket_api.mail.outbox import Outbox
from ticket_api.outgoing import Outgoing
from ticket_api.owner import Owner
from ticket_api.preferences import CurrentPreferences
from ticket_api.priorities import priorities_of
from ticket_api.queue import Queue
from ticket_api.rules import Rules, Trials, known_of
from ticket_api.saved_replies import SavedReplies
from ticket_api.settings import Settings
from ticket_api.sorting import Sorting
from ticket_api.store import Store
from ticket_api.store.attachments import Attachments
from ticket_api.store.queue_file import QueueFile
from ticket_api.visitors import Visitors
from ticket_api.web import api, desk, find, hooks, live, requester, static_files
from ticket_api.web.bucket import Bucket
from ticket_api.web.clients import Clients
from ticket_api.web.context import FIND_SECONDS, FINDS, HOOK_SECONDS, HOOKED, Context
from ticket_api.web.desk_host import DeskHost
from ticket_api.web.guards import Headers, HostGuard, allowed_hosts, headers_for
from ticket_api.web.help_site import HelpSite
from ticket_api.web.origins import Origins, allowed_origins, cors_headers
from ticket_api.web.precedence import Precedence
from ticket_api.web.replies import error_reply
from ticket_api.web.writer import Writer
from ticket_api.webhooks import Webhooks

SEARCHES, SEARCH_SECONDS = 30, 5.0
"""So many searches of one client are counted at once, and then one in so many seconds."""
PARTING_SECONDS = 5.0
"""How long mails that are being sent, and webhooks that are being called, are waited for when the server ends."""


def utc_now() -> datetime:
    """The clock of a real desk."""
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    store: Store,
    index: ArticleIndex,
    secret: bytes,
    clock: Callable[[], datetime] = utc_now,
    *,
    follows: bool = False,
) -> Starlette:
    """The whole application: the API, the customer's pages, the desk and the built help site.

    `index` is what was read of the file that the settings name; a newer file takes its place while it runs. `follows`:
    whether an open page of the help site reloads when the site was built anew.
    """
    current = CurrentIndex(index, settings.index_path, Learning(store) if settings.learn else None)
    context = _context(settings, store, current, secret, clock)
    hours = context.preferences.now.hours
    require_open(settings, calendar_of(settings, hours, context.promised.days), clock())
    app = Starlette(
        routes=[
            *api.routes(),
            *(live.routes() if follows else ()),
            *requester.routes(),
            *find.routes(),
            *hooks.routes(),
            *desk.routes(),
            *static_files.routes(),
        ],
        middleware=[
            Middleware(Headers, https=settings.base_url.startswith("https:")),
            Middleware(HostGuard, hosts=allowed_hosts(settings), reply=error_reply),
            *_desk_host(settings),
            Middleware(Origins, allowed=allowed_origins(settings)),
        ],
        exception_handlers=HANDLERS,
        lifespan=_lifespan(current, context, _automation(context, store)),
    )
    app.router.redirect_slashes = False
    # As the router's default and not as a route, so that a wrong method elsewhere is told as such.
    app.router.default = HelpSite(settings.site_path, settings.languages, follows=follows)
    app.state.context = context
    return app


def _automation(context: Context, store: Store) -> Automation:
    parts = parts_of(
        context.settings,
        store,
        sorting=context.sorting,
        rules=context.rules,
        promised=context.promised,
        outgoing=context.outgoing,
    )
    return Automation(store, parts, context.clock)


def _context(
    settings: Settings, store: Store, current: CurrentIndex, secret: bytes, clock: Callable[[], datetime]
) -> Context:
    """The use cases over one store."""
    silence = timedelta(minutes=settings.offer_minutes)
    outgoing = Outgoing(store, settings, secret)
    rules = Rules(store, settings, known=lambda: known_of(settings, current.index.ids))
    helpdesk = Helpdesk(
        store,
        current,
        secret,
        outgoing,
        silence=silence,
        message_limit=settings.message_limit,
        least=settings.least,
    )
    file, (priorities, promised) = QueueFile(settings.queue_path), priorities_of(settings, store)
    preferences = CurrentPreferences(store)
    return Context(
        helpdesk=helpdesk,
        visitors=Visitors(store, current, comment_limit=settings.message_limit),
        desk=Desk(store, helpdesk, priorities, message_limit=settings.message_limit),
        customers=Customers(store, segments_of(settings)),
        promised=promised,
        priorities=priorities,
        rules=rules,
        trials=Trials(store, rules),
        queue=Queue(store, helpdesk, file, key_mark(secret), priorities, clock, silence=silence),
        owner=Owner(store, limits=settings.limits),
        audit=Audit(store),
        settings=settings,
        clock=clock,
        writer=Writer(helpdesk.together),
        searches=Bucket(SEARCHES, SEARCH_SECONDS),
        preferences=preferences,
        saved_replies=SavedReplies(lambda: preferences.now.replies, lambda: current.index.synonyms),
        outgoing=outgoing,
        finds=Bucket(FINDS, FIND_SECONDS),
        doorkeeper=Doorkeeper(secret),
        clients=Clients(settings.trusted_proxies),
        filing=Filing(Attachments(settings.files)),
        precedence=Precedence(),
        sorting=Sorting(store, lambda: current.index),
        hooks=Hooks(hooks_of(settings)),
        hooked=Bucket(HOOKED, HOOK_SECONDS),
        webhooks=Webhooks(store, webhooks_of(settings), secret, clock),
    )


def _lifespan(
    current: CurrentIndex, context: Context, automation: Automation
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """Start what follows and sends, and end it with the server."""
    outbox = Outbox(context.outgoing, context.outgoing.deliver, context.clock)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        current.start()
        if context.settings.learn:
            context.sorting.start()
        context.queue.start()
        automation.start()
        context.webhooks.start()
        outbox.start()
        yield
        await asyncio.gather(
            asyncio.to_thread(outbox.close, PARTING_SECONDS),
            asyncio.to_thread(context.webhooks.close, PARTING_SECONDS),
        )
        await asyncio.to_thread(automation.close)
        await asyncio.to_thread(context.queue.close)
        await asyncio.to_thread(context.writer.close)
        await asyncio.to_thread(context.sorting.close)
        await asyncio.to_thread(current.close)

    return lifespan


def _desk_host(settings: Settings) -> list[Middleware]:
    if not settings.desk_host:
        return []
    return [Middleware(DeskHost, host=settings.desk_host, site=settings.served_url)]


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, HelpleafError)  # noqa: S101
    return error_reply(request, error)


async def _starlettes(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    allow = (error.headers or {}).get("Allow", "")
    ours = {
        403: Refused("not_found"),
        404: NotFound("not_found"),
        405: WrongMethod("wrong_method", method=request.method, allow=allow),
    }
    return error_reply(request, ours.get(error.status_code, Unreadable("not_found")))


async def _unforeseen(request: Request, _: Exception) -> Response:
    answer = error_reply(request, HelpleafError("internal"))
    # Starlette answers this one outside of our middleware.
    path, allowed = request.url.path, allowed_origins(request.app.state.context.settings)
    answer.headers.update({**headers_for(path), **cors_headers(path, request.headers.get("origin", ""), allowed)})
    return answer


HANDLERS = {HelpleafError: _ours, HTTPException: _starlettes, Exception: _unforeseen}
