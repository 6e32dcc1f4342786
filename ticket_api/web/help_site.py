"""The built help site, as files."""

from functools import lru_cache
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from ticket_api import headers
from ticket_api.web import moved
from ticket_api.web.compressed import compressed
from ticket_api.web.guards import is_private
from ticket_api.web.intake import language
from ticket_api.web.live import live

VERSIONED = "/assets/"
"""Where files lie whose address changes with their content, by `?v=`."""
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


class HelpSite(StaticFiles):
    """Everything that no door answers to: a page of the site, or a page that says that there is none."""

    def __init__(self, folder: Path, languages: tuple[str, ...], *, follows: bool = False) -> None:
        """`follows`: whether an open page reloads when the site was built anew."""
        super().__init__(directory=folder, html=True, check_dir=False)
        self.folder = folder
        self.follows = follows
        self.languages = languages

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file with the headers that the site was built with, compressed for who can unpack it."""
        request = Request(scope)
        response = await self._answer(path, request)
        if isinstance(response, FileResponse):
            if self.follows and response.media_type == "text/html":
                response = await live(response, request, self.folder)
            else:
                response = await compressed(response, request)
        if not is_private(scope["path"]):  # those get theirs with all that is private
            response.headers.update(self._headers(request, response.status_code))
        return response

    async def _answer(self, path: str, request: Request) -> Response:
        """A file, or the page for addresses that don't exist, in the language of the address or of the browser."""
        asked = request.scope["path"]
        if is_private(asked):
            if asked.endswith("/"):
                return RedirectResponse("/" + asked.strip("/"), 307)
            raise HTTPException(404)
        if path in (headers.NAME, moved.NAME):
            raise HTTPException(404)
        if new := moved.new_address(self.folder, asked):
            return RedirectResponse(new, 301)
        response = await super().get_response(path, request.scope)
        if isinstance(response, RedirectResponse):  # Starlette's names the scheme and host that the request came by
            return RedirectResponse("/" + asked.strip("/") + "/", 307)
        if response.status_code != 404:
            return response
        first = asked.split("/")[1]
        lang = first if first in self.languages else language(request)
        own = self.folder / lang / "404.html"
        return FileResponse(own, 404) if lang in self.languages[1:] and own.is_file() else response

    def _headers(self, request: Request, status: int) -> dict[str, str]:
        path = request.scope["path"]
        given = headers.of(_rules(self.folder), path)
        versioned = path.startswith(VERSIONED) and "v" in request.query_params
        keep = FOR_EVER if versioned else given.get("cache-control", ASK_AGAIN)
        return given | {"cache-control": keep if status in (200, 206, 304) else ASK_AGAIN}


def _rules(folder: Path) -> tuple[headers.Rule, ...]:
    """What the site that stands now was built with; none before there is one."""
    file = folder / headers.NAME
    try:
        return _read(file, file.stat().st_mtime_ns)
    except OSError:
        return ()


@lru_cache(maxsize=2)
def _read(file: Path, _changed: int) -> tuple[headers.Rule, ...]:
    return headers.read(file.read_text(encoding="utf-8"))
