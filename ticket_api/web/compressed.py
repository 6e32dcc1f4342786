"""Files of the help site, compressed once and kept: the same bytes for everybody, and nothing secret among them."""

import gzip
import os
from functools import lru_cache
from pathlib import Path

import anyio.to_thread
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

TEXTS = ("text/", "application/javascript", "application/json", "application/xml", "image/svg+xml")
SMALLEST, LARGEST = 500, 4_000_000
"""Bytes of a file that is worth it, and that fits into memory."""
GONE = (FileNotFoundError, NotADirectoryError)
"""Said of a file that was there when it was looked up."""
KEPT = 512
"""Files whose compressed bytes are kept: some 5 MB where they are pages."""


async def compressed(response: FileResponse, request: Request) -> Response:
    """The same answer compressed, if the browser takes that and the file is text.

    What fits into memory is read at once: a build may put another file in its place while it is sent. Raises
    HTTPException where the build that was put in place since has no such file.
    """
    try:
        return await _compressed(response, request)
    except GONE as error:
        raise HTTPException(404) from error


async def _compressed(response: FileResponse, request: Request) -> Response:
    is_text = response.headers.get("content-type", "").startswith(TEXTS)
    if is_text:
        response.headers["vary"] = "Accept-Encoding"
    file = response.stat_result
    if file is None:
        file = await anyio.to_thread.run_sync(os.stat, response.path)
    if "range" in request.headers or file.st_size > LARGEST:
        return response
    if not is_text or not takes_gzip(request) or file.st_size < SMALLEST:
        return _answer(response, await anyio.to_thread.run_sync(Path(response.path).read_bytes))
    content = await anyio.to_thread.run_sync(_packed, str(response.path), file.st_mtime_ns, file.st_size)
    packed = _answer(response, content)
    packed.headers["content-encoding"] = "gzip"
    weaken(packed.headers)
    return packed


def answer_with(content: bytes, instead_of: Response, *, packed: bool) -> Response:
    """An answer with other content, which isn't kept: compressed anew if it is to be `packed`."""
    answer = _answer(instead_of, gzip.compress(content, compresslevel=1, mtime=0) if packed else content)
    if packed:
        answer.headers["content-encoding"] = "gzip"
    return answer


def _answer(response: Response, content: bytes) -> Response:
    answer = Response(content, response.status_code)
    kept = [(name, value) for name, value in response.raw_headers if name != b"content-length"]
    answer.raw_headers = [*kept, (b"content-length", str(len(content)).encode())]
    return answer


def takes_gzip(request: Request) -> bool:
    """Whether a browser said that it can unpack."""
    accepted = request.headers.get("accept-encoding", "").lower().replace(" ", "").split(",")
    return "gzip" in accepted or any(each.startswith("gzip;q=") and float_of(each[7:]) > 0 for each in accepted)


def float_of(text: str) -> float:
    """A weight, 0 where it isn't a number."""
    try:
        return float(text)
    except ValueError:
        return 0.0


def weaken(headers: MutableHeaders) -> None:
    """Say that the bytes may differ from those of the file, though it is the same page."""
    if etag := headers.get("etag"):
        headers["etag"] = f"W/{etag}"


@lru_cache(maxsize=KEPT)
def _packed(path: str, _changed: int, _size: int) -> bytes:
    return gzip.compress(Path(path).read_bytes(), compresslevel=9, mtime=0)
