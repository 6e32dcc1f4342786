"""The door for who has lost the links of their questions. It says the same to everybody."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ticket_api.errors import HelpleafError, Invalid, StoreUnavailable, TooMany
from ticket_api.outgoing import require_mailbox
from ticket_api.web import pages
from ticket_api.web.context import context_of, route
from ticket_api.web.guards import client_of
from ticket_api.web.intake import language, read_form
from ticket_api.web.replies import headers_of, sentence, status_of

REFUSALS = (Invalid, StoreUnavailable, TooMany)


def routes() -> list[Route]:
    """The route of the page."""
    return [route("/find", GET=show, POST=find)]


async def show(request: Request) -> Response:
    """The field for an address."""
    return _page(request, "")


async def find(request: Request) -> Response:
    """Note that a mail is wanted. Whether there is anything to mail is looked up later, so no answer can tell."""
    fields = await read_form(request)
    address, context = fields.get("email", ""), context_of(request)
    try:
        require_mailbox(address)
        context.require_find(client_of(request))
        await context.write(context.outgoing.find, address, language(request), context.clock())
    except REFUSALS as error:
        return _page(request, address, error)
    return _page(request, address, sent=True)


def _page(request: Request, address: str, error: HelpleafError | None = None, *, sent: bool = False) -> Response:
    lang = language(request)
    values = {"address": address, "sent": sent, "told": sentence(error, lang) if error else ""}
    status = status_of(error) if error else 200
    return pages.render(request, "find.html", lang, values, status=status, headers=headers_of(error))
