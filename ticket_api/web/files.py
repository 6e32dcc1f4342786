"""Files over HTTP: forms that bring some along, bounded and never whole in memory; and answers that are a file."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO
from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from ticket_api.errors import StoreUnavailable, TooLarge, Unreadable
from ticket_api.filing import MOST_FILES
from ticket_api.tickets.attachment import LARGEST
from ticket_api.tickets.message import Attachment
from ticket_api.tickets.ticket import Ticket
from ticket_api.web.context import context_of
from ticket_api.web.intake import BODY_LIMIT, MOST_FIELDS, language, read_form, remember_text

MOST_BYTES = MOST_FILES * LARGEST + BODY_LIMIT
SECONDS = 120
CHUNK = 64 * 1024
POLICY = "sandbox; default-src 'none'"

Sent = list[tuple[str, bytes]]

# A file is large and its sync slow; neither readers nor those who write tickets wait for that.
_DISK = ThreadPoolExecutor(1, "files")


async def read_message(request: Request) -> tuple[dict[str, str], Sent]:
    """The fields of a form and the files in it, where the settings take any.

    Raises WrongType, Unreadable and TooLarge.
    """
    takes = context_of(request).settings.attachments
    if not (takes and request.headers.get("content-type", "").lower().startswith("multipart/form-data")):
        return await read_form(request), []
    parser = MultiPartParser(
        request.headers, _bounded(request), max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=BODY_LIMIT
    )
    try:
        async with asyncio.timeout(SECONDS):
            form = await parser.parse()
    except TimeoutError:
        raise Unreadable("too_slow", seconds=SECONDS) from None
    except (MultiPartException, ClientDisconnect, KeyError, ValueError) as error:
        raise Unreadable("bad_form") from error
    try:
        fields = {name: text.replace("\r\n", "\n") for name, text in form.multi_items() if isinstance(text, str)}
        uploads = [file for _, file in form.multi_items() if isinstance(file, UploadFile) and file.filename]
        files = [(file.filename or "", await file.read()) for file in uploads]
    finally:
        await form.close()
    language(request, fields.get("lang", ""))
    remember_text(request, fields)
    return fields, files


async def _bounded(request: Request) -> AsyncGenerator[bytes]:
    length = 0
    async for chunk in request.stream():
        length += len(chunk)
        if length > MOST_BYTES:
            raise TooLarge("too_large", limit=MOST_BYTES // 1024)
        yield chunk


async def keep(request: Request, files: Sent) -> tuple[Attachment, ...]:
    """Keep the files that came with a message. Raises Invalid and StoreUnavailable."""
    if not files:
        return ()
    return await asyncio.get_running_loop().run_in_executor(_DISK, context_of(request).filing.keep, files)


async def drop(request: Request, files: tuple[Attachment, ...]) -> None:
    """Remove the files of a message that couldn't be stored; what is left is removed by itself within a day."""
    try:
        await asyncio.get_running_loop().run_in_executor(_DISK, context_of(request).filing.drop, files)
    except StoreUnavailable:
        return


async def answer(request: Request, ticket: Ticket, file_id: str) -> Response:
    """A file of a ticket, to be saved and never shown: nothing in it runs as one of our pages. Raises NotFound."""
    file, content = await context_of(request).read(context_of(request).filing.open, ticket, file_id)
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
        "content-length": str(file.size),
        "content-security-policy": POLICY,
        "cross-origin-resource-policy": "same-origin",
    }
    return StreamingResponse(_chunks(request, content), headers=headers, media_type=file.kind)


async def _chunks(request: Request, content: BinaryIO) -> AsyncIterator[bytes]:
    with content:
        while chunk := await context_of(request).read(content.read, CHUNK):
            yield chunk
