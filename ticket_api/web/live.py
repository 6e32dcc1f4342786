"""Live pages: on the owner's own machine an open page of the help site reloads when the site was built anew."""

import asyncio
import os
from pathlib import Path

import anyio.to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from ticket_api.web.compressed import GONE, answer_with, takes_gzip
from ticket_api.web.context import context_of

PATH = "/api/changes"
SCRIPT = '<script src="/static/live.js" data-built="{}" data-changes="{}"></script></body>'
LOOKS, PAUSE = 20, 0.05
"""How often a page that asks is looked for, and the seconds between: short, so that the server can end at any time."""


def built(folder: Path) -> str:
    """What differs once the site in this folder was replaced by another."""
    try:
        found = folder.stat()
    except OSError:
        return ""
    return f"{found.st_ino}-{found.st_mtime_ns}"


def routes() -> list[Route]:
    """Where an open page asks whether it is the newest."""
    return [Route(PATH, changes, methods=["GET"])]


async def changes(request: Request) -> Response:
    """What was built last, as soon as it isn't what the page came from, or after about a second."""
    folder = context_of(request).settings.site_path
    since = request.query_params.get("since", "")
    for _ in range(LOOKS):
        if built(folder) != since:
            break
        await asyncio.sleep(PAUSE)
    return JSONResponse({"built": built(folder)})


async def live(page: FileResponse, request: Request, folder: Path) -> Response:
    """A page with the script that asks. It is never kept: the next one asked for may be another.

    Raises HTTPException where the build that was put in place since has no such page.
    """
    now = built(folder)
    try:
        content = await anyio.to_thread.run_sync(Path(os.fsdecode(page.path)).read_bytes)
    except GONE as error:
        raise HTTPException(404) from error
    content = content.replace(b"</body>", SCRIPT.format(now, PATH).encode())
    for name in ("etag", "last-modified"):
        del page.headers[name]
    return answer_with(content, page, packed=takes_gzip(request))
