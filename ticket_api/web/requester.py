"""The customer's door without JavaScript: ask, choose, read the answer, write again."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ticket_api.errors import HelpleafError, Invalid, StoreUnavailable
from ticket_api.helpdesk import Helpdesk
from ticket_api.keys import new_uid
from ticket_api.question import Question
from ticket_api.tickets.ticket import Ticket
from ticket_api.web import pages
from ticket_api.web.context import context_of, route
from ticket_api.web.intake import convert, language, read_form
from ticket_api.web.replies import headers_of, sentence, status_of
from ticket_api.web.types import KEY, NewFeedback, NewTicket

ASK_FIELDS = ("message", "subject", "name", "email", "page", "lang")
REFUSALS = (Invalid, StoreUnavailable)
"""Errors after which the form comes back as it was filled, with what was wrong."""


def routes() -> list[Route]:
    """The routes of the customer's pages."""
    return [
        route("/ask", GET=show_form, POST=ask),
        route("/t/{token}", GET=show_ticket, POST=change_ticket),
        route("/feedback", POST=vote),
    ]


async def show_form(request: Request) -> Response:
    """The form, empty or filled with the words of `?message=`."""
    return _form(request, {"message": request.query_params.get("message", "")})


async def ask(request: Request) -> Response:
    """Store the question and go on to its page, where articles are offered."""
    fields = await read_form(request)
    key = fields.pop("key", "")
    key = key if re.fullmatch(KEY, key) else ""  # a short one could be somebody else's
    context = context_of(request)
    try:
        new = convert(fields, NewTicket)
        question = Question(
            message=new.message,
            subject=new.subject,
            name=new.name,
            email=new.email,
            lang=language(request),
            page=new.page,
        )
        asked = await context.ask(question, context.clock(), key=key)
    except REFUSALS as error:
        return _form(request, fields | {"key": key}, error)
    return RedirectResponse(f"/t/{asked.token}", 303)


async def show_ticket(request: Request) -> Response:
    """The ticket behind the secret link: the offer while it waits for a choice, else what was written."""
    context = context_of(request)
    ticket = await context.read(context.helpdesk.read, request.path_params["token"], context.clock())
    return _ticket(request, ticket)


async def change_ticket(request: Request) -> Response:
    """What the customer chose, or wrote."""
    context = context_of(request)
    token = request.path_params["token"]
    fields = await read_form(request)
    try:
        await context.write(_change, context.helpdesk, token, fields, context.clock())
    except REFUSALS as error:
        ticket = await context.read(context.helpdesk.read, token, context.clock())
        return _ticket(request, ticket, fields, error)
    return RedirectResponse(f"/t/{token}", 303)


def _change(helpdesk: Helpdesk, token: str, fields: Mapping[str, str], now: datetime) -> Ticket:
    chosen = fields.get("do", "")
    if chosen == "solved":
        return helpdesk.solve(token, fields.get("article", ""), now)
    if chosen == "send":
        return helpdesk.send(token, now)
    if chosen == "undo":
        return helpdesk.undo(token, now)
    if chosen == "write":
        return helpdesk.write(token, fields.get("message", ""), now)
    raise Invalid("wrong_value", field="do", name="do")


async def vote(request: Request) -> Response:
    """The answer to "Was this helpful?" from a page without JavaScript."""
    context = context_of(request)
    fields = await read_form(request)
    raw: dict[str, Any] = {name: fields[name] for name in ("article", "comment", "lang") if name in fields}
    raw["helpful"] = {"yes": True, "no": False}.get(fields.get("helpful", ""), fields.get("helpful", ""))
    new = convert(raw, NewFeedback)
    lang = language(request)
    await context.write(context.helpdesk.vote, new.article, new.helpful, lang, context.clock(), comment=new.comment)
    return pages.render(request, "thanks.html", lang, {"page": _own_path(fields.get("page", ""))})


def _own_path(page: str) -> str:
    """A path on this site, or "": never a way to another host."""
    return page if re.fullmatch(r"/(?![/\\])[^\s\x00-\x20\\]*", page) else ""


def _form(request: Request, fields: Mapping[str, str], error: HelpleafError | None = None) -> Response:
    lang = language(request)
    filled = {name: fields.get(name, "") for name in ASK_FIELDS}
    values = {
        "fields": filled | {"lang": lang},
        "key": fields.get("key") or new_uid(),
        "told": sentence(error, lang) if error else "",
        "field": error.field if error else None,
    }
    return _page(request, "ask.html", lang, values, error)


def _ticket(
    request: Request, ticket: Ticket, fields: Mapping[str, str] | None = None, error: HelpleafError | None = None
) -> Response:
    lang = language(request, ticket.lang)
    context = context_of(request)
    values = {
        "ticket": ticket,
        "link": context.link(ticket),
        "minutes": context.settings.offer_minutes,
        "message": (fields or {}).get("message", ""),
        "told": sentence(error, lang) if error else "",
    }
    name = "offer.html" if ticket.status == "offered" else "ticket.html"
    return _page(request, name, lang, values, error)


def _page(
    request: Request, name: str, lang: str, values: Mapping[str, object], error: HelpleafError | None
) -> Response:
    status = status_of(error) if error else 200
    return pages.render(request, name, lang, values, status=status, headers=headers_of(error))
