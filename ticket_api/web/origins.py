"""Origins: the sites whose pages may use the API from a visitor's browser, told to it as CORS wants it."""

from collections.abc import Collection, Mapping

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ticket_api.address import origin
from ticket_api.settings import Settings

API = "/api/"
METHODS = "GET, POST"
REQUEST_HEADERS = "Content-Type, Idempotency-Key, Accept-Language"
PREFLIGHT_SECONDS = 7200
"""How long a browser needn't ask again; none keeps it for longer than it likes."""


def allowed_origins(settings: Settings) -> frozenset[str]:
    """The origins whose pages may use the API, written as browsers write them: `origins`, and that of `base_url`."""
    return frozenset(map(normal, (*settings.origins, *filter(None, [settings.base_url]))))


def normal(address: str) -> str:
    """An address as a browser's origin; one that can't be any stays as it is."""
    try:
        return origin(address)
    except ValueError:
        return address


def cors_headers(path: str, origin: str, allowed: Collection[str]) -> Mapping[str, str]:
    """What an answer from a path tells the browser about a page's origin; cookies are never asked for.

    An origin is compared as a whole, so that none is allowed for its beginning or its end.
    """
    if not path.startswith(API):
        return {}
    return {"vary": "Origin"} | ({"access-control-allow-origin": origin} if origin in allowed else {})


class Origins:
    """Let pages of the allowed origins read what the API answers, and tell their browsers what they may send."""

    def __init__(self, app: ASGIApp, allowed: Collection[str]) -> None:
        self.app = app
        self.allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an allowed origin's question what it may send; pass everything else on and add to its answer."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        sent = dict(scope["headers"])
        wanted = cors_headers(scope["path"], sent.get(b"origin", b"").decode("latin-1"), self.allowed)
        asks_first = scope["method"] == "OPTIONS" and b"access-control-request-method" in sent
        if asks_first and "access-control-allow-origin" in wanted:
            return await Response(status_code=204, headers={**wanted, **_PREFLIGHT})(scope, receive, send)
        raw = [(name.encode(), value.encode("latin-1")) for name, value in wanted.items()]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *raw]
            await send(message)

        return await self.app(scope, receive, send_with_headers)


_PREFLIGHT = {
    "access-control-allow-methods": METHODS,
    "access-control-allow-headers": REQUEST_HEADERS,
    "access-control-max-age": str(PREFLIGHT_SECONDS),
}
