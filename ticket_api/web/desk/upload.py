"""Forms that bring a small file: read whole into memory, and no larger than any other body."""

from collections.abc import AsyncGenerator

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from ticket_api.errors import Unreadable, WrongType
from ticket_api.web.intake import BODY_LIMIT, read_body

MOST_FIELDS = 60


def is_upload(request: Request) -> bool:
    """Whether a form may bring files."""
    return request.headers.get("content-type", "").lower().startswith("multipart/form-data")


async def read_upload(request: Request) -> tuple[dict[str, str], dict[str, bytes]]:
    """The fields of a form and its files, each under its field's name; a file that wasn't chosen is missing.

    Raises WrongType, Unreadable and TooLarge.
    """
    if not is_upload(request):
        raise WrongType("wrong_type", wanted="multipart/form-data")
    body = await read_body(request)

    async def once() -> AsyncGenerator[bytes]:
        yield body

    limits = {"max_files": 1, "max_fields": MOST_FIELDS, "max_part_size": BODY_LIMIT}
    try:
        form = await MultiPartParser(request.headers, once(), **limits).parse()
    except (MultiPartException, KeyError, ValueError) as error:
        raise Unreadable("bad_form") from error
    try:
        return _fields(form), {name: await file.read() for name, file in _files(form) if file.size}
    finally:
        await form.close()


def _fields(form: FormData) -> dict[str, str]:
    return {name: value.replace("\r\n", "\n") for name, value in form.multi_items() if isinstance(value, str)}


def _files(form: FormData) -> list[tuple[str, UploadFile]]:
    return [(name, value) for name, value in form.multi_items() if isinstance(value, UploadFile)]
