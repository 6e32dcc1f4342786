"""A host name of the desk's own: then no page of the help site shares an origin with it."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ticket_api.errors import NotFound
from ticket_api.web.guards import host_name
from ticket_api.web.replies import error_reply

DESK = "/desk"
SHARED = ("/static/",)
"""What the desk's pages load beside the desk itself."""


class DeskHost:
    """Let the desk answer on its host alone, and nothing else there: who asks for more is led to the help site."""

    def __init__(self, app: ASGIApp, *, host: str, site: str) -> None:
        self.app = app
        self.host = host.lower()
        self.site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on where it belongs, or answer it."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request = Request(scope)
        path, here = scope["path"], host_name(request.headers.get("host", "")) == self.host
        if path.startswith(SHARED) or here == _is_desk(path):
            return await self.app(scope, receive, send)
        return await (self._led_away(request) if here else _nothing(request))(scope, receive, send)

    def _led_away(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return _nothing(request)
        path = request.url.path
        target = DESK if path == "/" else f"{self.site}/{path.lstrip('/')}"
        return RedirectResponse(f"{target}?{request.url.query}" if request.url.query else target)


def _is_desk(path: str) -> bool:
    return path == DESK or path.startswith(f"{DESK}/")


def _nothing(request: Request) -> Response:
    return error_reply(request, NotFound("not_found"))
