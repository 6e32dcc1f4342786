"""The files that the server's own pages load. Browsers keep them: their addresses change with what is in them."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from ticket_api import tokens

FOLDER = Path(__file__).with_name("static")
FOR_GOOD = "max-age=31536000, immutable"
FOR_AN_HOUR = "max-age=3600"


def routes() -> list[BaseRoute]:
    """The routes of these files; the tokens are shared with the help site, and lie elsewhere."""
    return [Route("/static/tokens.css", _tokens, methods=["GET"]), Mount("/static", _Kept(directory=FOLDER))]


class _Kept(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers["cache-control"] = _how_long(scope)
        return answer


async def _tokens(request: Request) -> Response:
    return FileResponse(tokens.PATH, media_type="text/css", headers={"cache-control": _how_long(request.scope)})


def _how_long(scope: Scope) -> str:
    query: bytes = scope["query_string"]
    return FOR_GOOD if query.startswith(b"v=") else FOR_AN_HOUR
