"""Errors as answers: JSON under /api and /hooks, a page elsewhere, in the customer's language."""

from collections.abc import Mapping

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from ticket_api import words
from ticket_api.errors import (
    Broken,
    Conflict,
    HelpleafError,
    Invalid,
    NotFound,
    Refused,
    StoreFull,
    StoreUnavailable,
    TooLarge,
    TooMany,
    Unreadable,
    WrongMethod,
    WrongType,
)
from ticket_api.web import pages
from ticket_api.web.intake import language, sent_text
from ticket_api.web.types import ErrorDetail, ErrorReply

STATUSES: Mapping[type[HelpleafError], int] = {
    Unreadable: 400,
    Refused: 403,
    NotFound: 404,
    WrongMethod: 405,
    Conflict: 409,
    TooLarge: 413,
    WrongType: 415,
    Invalid: 422,
    TooMany: 429,
    StoreFull: 507,
    StoreUnavailable: 503,
    HelpleafError: 500,
}
"""The one map from errors to statuses."""

FOR_PROGRAMS = ("/api/", "/hooks/")
"""What paths begin with whose errors are JSON."""
RETRY_SECONDS = 60
"""When to try again what couldn't be stored."""

_encode = msgspec.json.Encoder().encode


def json_reply(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A value as a JSON answer."""
    return Response(_encode(value), status, headers, media_type="application/json")


def status_of(error: HelpleafError) -> int:
    """The HTTP status of an error."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def headers_of(error: HelpleafError | None) -> dict[str, str]:
    """The headers that an error's answer carries: Retry-After, Allow."""
    if isinstance(error, TooMany):
        return {"retry-after": str(error.values["seconds"])}
    if isinstance(error, StoreUnavailable) and not isinstance(error, StoreFull):
        return {"retry-after": str(RETRY_SECONDS)}
    return {"allow": str(error.values["allow"])} if isinstance(error, WrongMethod) else {}


def code_of(error: HelpleafError) -> str:
    """The code that visitors get. What is broken in the store is for the owner to know, and stands in the log."""
    return "store_unavailable" if isinstance(error, Broken) else error.code


def sentence(error: HelpleafError, lang: str) -> str:
    """What a person is told of an error."""
    return _encodable(words.say_error(lang, code_of(error), error.values))


def _encodable(text: str) -> str:
    """An error may quote the very text that can't be encoded."""
    return text.encode("utf-8", "replace").decode()


def error_reply(request: Request, error: HelpleafError) -> Response:
    """An error as JSON under /api and /hooks, as a page elsewhere."""
    lang = language(request)
    status = status_of(error)
    headers = headers_of(error)
    told = sentence(error, lang)
    text = _encodable(sent_text(request)) if status >= 500 else ""
    if request.url.path.startswith(FOR_PROGRAMS):
        field = _encodable(error.field) if error.field else msgspec.UNSET
        return json_reply(ErrorReply(ErrorDetail(code_of(error), told, field, text or msgspec.UNSET)), status, headers)
    return pages.render(
        request,
        "error.html",
        lang,
        {"told": told, "text": text, "finds": error.code == "unknown_link"},
        status=status,
        headers=headers,
    )
