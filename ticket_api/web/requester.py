"""The customer's door without JavaScript: ask, choose, read the answer, write again."""

import re
from collections.abc import Mapping
from datetime import datetime
from math import ceil
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ticket_api.abuse.doorkeeper import Sent
from ticket_api.abuse.forms import YOUNGEST
from ticket_api.errors import Conflict, HelpleafError, Invalid, StoreUnavailable, TooMany
from ticket_api.helpdesk import Helpdesk
from ticket_api.keys import new_uid
from ticket_api.question import Question
from ticket_api.tickets.handling import may_rate, standing
from ticket_api.tickets.message import Attachment
from ticket_api.tickets.ticket import Ticket
from ticket_api.web import files, pages
from ticket_api.web.context import context_of, route
from ticket_api.web.guards import client_of
from ticket_api.web.intake import convert, language, read_form
from ticket_api.web.replies import headers_of, sentence, status_of
from ticket_api.web.types import KEY, NewFeedback, NewTicket

ASK_FIELDS = ("message", "subject", "name", "email", "page", "lang")
REFUSALS = (Conflict, Invalid, StoreUnavailable, TooMany)
"""Errors after which the form comes back as it was filled, with what was wrong."""


def routes() -> list[Route]:
    """The routes of the customer's pages."""
    return [
        route("/ask", GET=show_form, POST=ask),
        route("/t/{token}", GET=show_ticket, POST=change_ticket),
        route("/t/{token}/files/{file}", GET=show_file),
        route("/feedback", POST=vote),
    ]


async def show_form(request: Request) -> Response:
    """The form, empty or filled with the words of `?message=`."""
    return _form(request, {"message": request.query_params.get("message", "")})


async def ask(request: Request) -> Response:
    """Store the question and go on to its page, where articles are offered."""
    fields = await read_form(request)
    key = fields.pop("key", "")
    key = key if re.fullmatch(KEY, key) else new_uid()  # a short one could be somebody else's
    try:
        return RedirectResponse(f"/t/{await _ask(request, convert(fields, NewTicket), key)}", 303)
    except REFUSALS as error:
        return _form(request, fields | {"key": key}, error)


async def _ask(request: Request, new: NewTicket, key: str) -> str:
    """Store a question and return its token. Raises TooMany where it is stored and should come once more with a form:
    a form on a static page has none."""
    context, now = context_of(request), context_of(request).clock()
    question = Question(
        message=new.message,
        subject=new.subject,
        name=new.name,
        email=new.email,
        lang=language(request),
        page=new.page,
        channel="form",
    )
    suspicions = context.judge(question, Sent(client_of(request), new.form, new.topic), now)
    asked = await context.ask(question, now, key=key, suspicions=suspicions)
    if asked.awaits_form:
        raise TooMany("send_again", seconds=ceil(YOUNGEST.total_seconds()))
    return asked.token


async def show_ticket(request: Request) -> Response:
    """The ticket behind the secret link: the offer while it waits for a choice, else what was written.

    The link of a ticket that goes on in another one leads to that one's.
    """
    context = context_of(request)
    ticket = await context.read(context.helpdesk.read, request.path_params["token"], context.clock())
    return _elsewhere(request, ticket) or _ticket(request, ticket)


def _elsewhere(request: Request, ticket: Ticket) -> Response | None:
    token = context_of(request).helpdesk.token(ticket)
    return None if token == request.path_params["token"] else RedirectResponse(f"/t/{token}", 303)


async def change_ticket(request: Request) -> Response:
    """What the customer chose, or wrote."""
    context = context_of(request)
    token = request.path_params["token"]
    fields, sent = await files.read_message(request)
    kept: tuple[Attachment, ...] = ()
    try:
        if sent and fields.get("do") == "write":
            await context.read(context.helpdesk.read, token, context.clock())  # nobody else's files are taken
            kept = await files.keep(request, sent)
        await context.write(_change, context.helpdesk, token, fields, context.clock(), kept)
    except REFUSALS as error:
        await files.drop(request, kept)
        ticket = await context.read(context.helpdesk.read, token, context.clock())
        return _ticket(request, ticket, fields, error)
    return RedirectResponse(f"/t/{token}", 303)


async def show_file(request: Request) -> Response:
    """A file that came with a message which the customer can see."""
    context = context_of(request)
    ticket = await context.read(context.helpdesk.read, request.path_params["token"], context.clock())
    return await files.answer(request, ticket, request.path_params["file"])


def _change(
    helpdesk: Helpdesk, token: str, fields: Mapping[str, str], now: datetime, kept: tuple[Attachment, ...]
) -> Ticket:
    chosen = fields.get("do", "")
    if chosen == "solved":
        return helpdesk.solve(token, fields.get("article", ""), now)
    if chosen == "send":
        return helpdesk.send(token, now)
    if chosen == "undo":
        return helpdesk.undo(token, now)
    if chosen == "write":
        return helpdesk.write(token, fields.get("message", ""), now, kept)
    if chosen == "accept":
        return helpdesk.accept(token, now)
    if chosen == "decline":
        return helpdesk.decline(token, now)
    if chosen == "rate":
        score = fields.get("score", "")
        if not score:
            raise Invalid("missing_score", field="score")
        number = int(score) if re.fullmatch("[1-5]", score) else 0
        return helpdesk.rate(token, number, now, comment=fields.get("comment", ""))
    raise Invalid("wrong_value", field="do", name="do")


async def vote(request: Request) -> Response:
    """The answer to "Was this helpful?" from a page without JavaScript: after a "no", a sentence is asked for."""
    fields = await read_form(request)
    chosen = fields.get("do", "")
    if chosen == "ask":
        return _form(request, {"message": fields.get("comment", "").strip(), "page": _own_path(fields.get("page", ""))})
    if chosen not in ("", "comment"):
        raise Invalid("wrong_value", field="do", name="do")
    raw: dict[str, Any] = {name: fields[name] for name in ("article", "comment", "lang") if name in fields}
    raw["helpful"] = {"yes": True, "no": False}.get(fields.get("helpful", ""), fields.get("helpful", ""))
    new = convert(raw, NewFeedback)
    try:
        await _keep_vote(request, new, follows=chosen == "comment")
    except REFUSALS as error:
        return _thanks(request, fields, asks=True, error=error)
    return _thanks(request, fields, asks=not (new.helpful or new.comment or chosen))


async def _keep_vote(request: Request, new: NewFeedback, *, follows: bool) -> None:
    context, lang, comment = context_of(request), language(request), new.comment.strip()
    if not follows:
        vote = context.visitors.vote
        await context.write(vote, new.article, new.helpful, lang, context.clock(), comment=comment)
    elif comment:
        await context.write(context.visitors.comment, new.article, lang, context.clock(), comment=comment)


def _thanks(request: Request, fields: Mapping[str, str], *, asks: bool, error: HelpleafError | None = None) -> Response:
    lang = language(request)
    values = {
        "fields": {name: fields.get(name, "") for name in ("article", "comment", "helpful")},
        "page": _own_path(fields.get("page", "")),
        "asks": asks,
        "told": sentence(error, lang) if error else "",
    }
    return _page(request, "thanks.html", lang, values, error)


def _own_path(page: str) -> str:
    """A path on this site, or "": never a way to another host."""
    return page if re.fullmatch(r"/(?![/\\])[^\s\x00-\x20\\]*", page) else ""


def _form(request: Request, fields: Mapping[str, str], error: HelpleafError | None = None) -> Response:
    lang = language(request)
    filled = {name: fields.get(name, "") for name in ASK_FIELDS}
    context = context_of(request)
    values = {
        "fields": filled | {"lang": lang},
        "form": context.doorkeeper.forms.kept(fields.get("form", ""), context.clock()),
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
        "standing": standing(ticket),
        "link": context.link(ticket),
        "minutes": context.settings.offer_minutes,
        "fields": {name: (fields or {}).get(name, "") for name in ("message", "score", "comment")},
        "field": error.field if error else None,
        "asks_rating": may_rate(ticket),
        "takes_files": context.settings.attachments,
        "files_at": f"/t/{context.helpdesk.token(ticket)}/files",
        "told": sentence(error, lang) if error else "",
    }
    name = "offer.html" if ticket.status == "offered" else "ticket.html"
    return _page(request, name, lang, values, error)


def _page(
    request: Request, name: str, lang: str, values: Mapping[str, object], error: HelpleafError | None
) -> Response:
    status = status_of(error) if error else 200
    return pages.render(request, name, lang, values, status=status, headers=headers_of(error))
