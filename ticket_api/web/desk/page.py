"""What all pages of the desk have in common."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from ticket_api.errors import Conflict, HelpleafError, Invalid, Refused, StoreUnavailable, TooMany
from ticket_api.web import pages
from ticket_api.web.context import context_of
from ticket_api.web.guards import DESK_POLICY
from ticket_api.web.intake import language
from ticket_api.web.replies import headers_of, sentence, status_of

NO_FIELDS: Mapping[str, str] = {}
REFUSALS = (Conflict, Invalid, Refused, StoreUnavailable, TooMany)
"""Errors after which a form comes back as it was filled, with what was wrong."""


def page(request: Request, name: str, error: HelpleafError | None = None, **values: object) -> Response:
    """A template of the desk in the owner's language, with what was wrong."""
    lang = language(request)
    status = status_of(error) if error else 200
    told = sentence(error, lang) if error else ""
    headers = {"content-security-policy": DESK_POLICY, **headers_of(error)}
    values |= {"webhooks_off": context_of(request).webhooks.is_any_off}
    values |= {"told": told, "field": error.field if error else None, "no_mail": context_of(request).mails_to_files}
    return pages.render(request, name, lang, values, status=status, headers=headers)


def is_id(text: str) -> bool:
    """Whether a text can be the number of a ticket."""
    return text.isascii() and text.isdecimal() and len(text) < 19
