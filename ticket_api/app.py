"""create_app: the wiring of doors, use cases, store and clock."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from ticket_api import tokens
from ticket_api.current import CurrentIndex
from ticket_api.errors import HelpleafError, NotFound, Refused, Unreadable, WrongMethod
from ticket_api.helpdesk import Helpdesk
from ticket_api.knowledge.index import ArticleIndex
from ticket_api.learning import Learning
from ticket_api.owner import Owner
from ticket_api.settings import Settings
from ticket_api.store import Store
from ticket_api.web import api, desk, requester
from ticket_api.web.context import Context
from ticket_api.web.guards import Headers, HostGuard, allowed_hosts, headers_for
from ticket_api.web.help_site import HelpSite
from ticket_api.web.replies import error_reply
from ticket_api.web.writer import Writer

STATIC = Path(__file__).parent / "web" / "static"


def utc_now() -> datetime:
    """The clock of a real desk."""
    return datetime.now(UTC)


def create_app(
    settings: Settings, store: Store, index: ArticleIndex, secret: bytes, clock: Callable[[], datetime] = utc_now
) -> Starlette:
    """The whole application: the API, the customer's pages, the desk and the built help site.

    `index` is what was read of the file that the settings name; a newer file takes its place while it runs.
    """
    current = CurrentIndex(index, settings.index_path, Learning(store) if settings.learn else None)
    helpdesk = Helpdesk(
        store,
        current,
        secret,
        silence=timedelta(minutes=settings.offer_minutes),
        message_limit=settings.message_limit,
        least=settings.least,
    )
    writer = Writer(helpdesk.together)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        current.start()
        yield
        await asyncio.to_thread(writer.close)
        await asyncio.to_thread(current.close)

    app = Starlette(
        routes=[
            *api.routes(),
            *requester.routes(),
            *desk.routes(),
            Route("/static/tokens.css", _tokens, methods=["GET"]),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[
            Middleware(Headers),
            Middleware(HostGuard, hosts=allowed_hosts(settings), reply=error_reply),
        ],
        exception_handlers=HANDLERS,
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    # As the router's default and not as a route, so that a wrong method elsewhere is told as such.
    app.router.default = HelpSite(settings.site_path, settings.languages)
    app.state.context = Context(helpdesk, Owner(store, limits=settings.limits), settings, clock, writer)
    return app


async def _tokens(_: Request) -> Response:
    return FileResponse(tokens.PATH, media_type="text/css")


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
    answer.headers.update(headers_for(request.url.path))  # Starlette answers this one outside of our middleware
    return answer


HANDLERS = {HelpleafError: _ours, HTTPException: _starlettes, Exception: _unforeseen}
