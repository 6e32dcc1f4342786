"""The built help site, as files."""

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from ticket_api.web.guards import is_private
from ticket_api.web.intake import language


class HelpSite(StaticFiles):
    """Everything that no door answers to: a page of the site, or a page that says that there is none."""

    def __init__(self, folder: Path, languages: tuple[str, ...]) -> None:
        super().__init__(directory=folder, html=True, check_dir=False)
        self.folder = folder
        self.languages = languages

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file, or the page for addresses that don't exist, in the language of the address or of the browser."""
        asked = scope["path"]
        if is_private(asked):
            if asked.endswith("/"):
                return RedirectResponse("/" + asked.strip("/"), 307)
            raise HTTPException(404)
        response = await super().get_response(path, scope)
        if isinstance(response, RedirectResponse):  # Starlette's names the scheme and host that the request came by
            return RedirectResponse("/" + asked.strip("/") + "/", 307)
        if response.status_code != 404:
            return response
        first = asked.split("/")[1]
        lang = first if first in self.languages else language(Request(scope))
        own = self.folder / lang / "404.html"
        return FileResponse(own, 404) if lang in self.languages[1:] and own.is_file() else response
