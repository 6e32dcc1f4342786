"""What stands before the doors: the names this server answers to, headers on every answer, and same-origin posts."""

import re
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ticket_api.errors import HelpleafError, Refused, Unreadable
from ticket_api.settings import Settings
from ticket_api.web.clients import Clients

PRIVATE = frozenset({"api", "ask", "desk", "feedback", "find", "hooks", "t"})
"""First parts of paths whose answers hold somebody's words: not to be kept, framed, indexed or referred from."""

PRIVATE_HEADERS = {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex"}
PUBLIC_HEADERS = {"referrer-policy": "same-origin"}
ALL_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""Pages of the help site bring a policy of their own along."""
OVER_HTTPS = (b"strict-transport-security", b"max-age=31536000")

DESK_POLICY = ALL_HEADERS["content-security-policy"].replace(
    "style-src", "script-src 'self'; connect-src 'self'; style-src"
)
"""The desk alone of all pages that the server makes runs scripts: its own."""

_OF_PRIVATE: Mapping[str, str] = ALL_HEADERS | PRIVATE_HEADERS
_OF_PUBLIC: Mapping[str, str] = ALL_HEADERS | PUBLIC_HEADERS
_RAW = {
    private: [(name.encode(), value.encode()) for name, value in wanted.items()]
    for private, wanted in ((True, _OF_PRIVATE), (False, _OF_PUBLIC))
}


def allowed_hosts(settings: Settings) -> frozenset[str]:
    """The host names, without port, that this server answers to."""
    own = {"localhost", "127.0.0.1", "::1", settings.host, *settings.hosts, settings.desk_host}
    own.add(urlsplit(settings.served_url).hostname or "")
    return frozenset(host.lower() for host in own if host)


@lru_cache(maxsize=1024)
def host_name(host: str) -> str:
    """The name in a Host header in small letters, without port and brackets, or "" when it isn't one."""
    found = re.fullmatch(r"(?:([\w.-]+)|\[([0-9a-fA-F:.]+)\])(?::[0-9]{1,5})?", host)
    return (found[1] or found[2]).lower() if found else ""


def is_private(path: str) -> bool:
    """Whether a path is one of the server's own and not the help site's."""
    return path.strip("/").partition("/")[0] in PRIVATE


def headers_for(path: str) -> Mapping[str, str]:
    """What every answer from a path carries."""
    return _OF_PRIVATE if is_private(path) else _OF_PUBLIC


class HostGuard:
    """Refuse requests for a host name that isn't ours: links and cookies must not follow a stranger's name."""

    def __init__(
        self, app: ASGIApp, hosts: Collection[str], reply: Callable[[Request, HelpleafError], Response]
    ) -> None:
        self.app = app
        self.hosts = hosts
        self.reply = reply

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with the refusal."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        named = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        if len(named) == 1 and host_name(named[0]) in self.hosts:
            return await self.app(scope, receive, send)
        shown = ", ".join(named)[:100]
        request = Request(scope)
        return await self.reply(request, Unreadable("unknown_host", host=shown))(scope, receive, send)


class Headers:
    """Set the headers that every answer carries; a door's own headers stay."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        self.wanted = {private: [*each, *([OVER_HTTPS] if https else [])] for private, each in _RAW.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and add to its answer."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        wanted = self.wanted[is_private(scope["path"])]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(each for each in wanted if each[0] not in there)]
            await send(message)

        return await self.app(scope, receive, send_with_headers)


def require_same_origin(request: Request) -> None:
    """Raise Refused unless a post comes from a page of this very origin: by Sec-Fetch-Site, else by Origin.

    A browser that says the first writes "null" as the second, because our pages tell nobody where they are.
    """
    site, sent = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    host = request.headers.get("host", "")
    own = (f"http://{host}", f"https://{host}")
    allowed = sent in own if site is None else site == "same-origin" and sent in (None, "null", *own)
    if not allowed:
        raise Refused("other_origin")


def client_of(request: Request) -> str:
    """Who to count tries against: the IPv4 address or the IPv6 /64 of the connection, or what a trusted proxy says."""
    clients: Clients = request.app.state.context.clients
    return clients.of(request)
