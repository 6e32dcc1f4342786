"""The JSON door. ENDPOINTS is its table of contents: what each takes, gives and may refuse."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from types import NoneType
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ticket_api import __version__
from ticket_api.abuse.doorkeeper import Sent
from ticket_api.errors import Invalid, StoreUnavailable
from ticket_api.helpdesk import Helpdesk
from ticket_api.question import Question
from ticket_api.tickets.ticket import Ticket
from ticket_api.web import openapi
from ticket_api.web.context import Context, context_of
from ticket_api.web.guards import client_of
from ticket_api.web.intake import language, read_json, read_query
from ticket_api.web.replies import json_reply
from ticket_api.web.types import (
    KEY,
    FormReply,
    Health,
    NewFeedback,
    NewMessage,
    NewRating,
    NewSearch,
    NewTicket,
    Nothing,
    SearchQuery,
    SearchReply,
    Solved,
    SuggestionsQuery,
    SuggestionsReply,
    Thanks,
    TicketReply,
    suggestion_reply,
    ticket_reply,
)

# Checking may write to the disk, and a disk that hangs must not hold up the threads that read.
_CHECKS = ThreadPoolExecutor(1, "health")


@dataclass(frozen=True, slots=True)
class Call:
    """One request to an endpoint: the context, the time, the language and what its path and headers hold."""

    context: Context
    now: datetime
    lang: str
    token: str
    key: str
    client: str

    @property
    def helpdesk(self) -> Helpdesk:
        """The use cases."""
        return self.context.helpdesk

    def reply(self, ticket: Ticket) -> TicketReply:
        """A ticket as its requester may see it."""
        return ticket_reply(ticket, self.context.link(ticket))


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one path. `handle` gets the call and a value of type `takes`, and returns one of type `gives`.

    `plain`: its JSON may come as text/plain, which browsers send to another origin without asking first.
    """

    method: str
    path: str
    handle: Callable[[Call, Any], Awaitable[object]]
    takes: type
    gives: type
    summary: str
    status: int = 200
    refuses: tuple[int, ...] = ()
    plain: bool = False


async def health(call: Call, _: Nothing) -> Health:
    """Whether tickets can be written."""
    warnings = call.context.warnings()
    try:
        await asyncio.get_running_loop().run_in_executor(_CHECKS, call.helpdesk.check_store)
    except StoreUnavailable:
        return Health("failing", call.helpdesk.articles(), "failing", __version__, warnings)
    return Health("ok", call.helpdesk.articles(), "ok", __version__, warnings)


async def search(call: Call, query: SearchQuery) -> SearchReply:
    """The articles in which anything of the words stands."""
    call.context.count_look("search", call.client)
    found = await call.context.read(call.helpdesk.search, query.q, call.lang, limit=query.limit)
    return SearchReply([suggestion_reply(item) for item in found])


async def suggestions(call: Call, query: SuggestionsQuery) -> SuggestionsReply:
    """The articles that may answer a question while it is typed."""
    call.context.count_look("suggestions", call.client)
    found = await call.context.read(call.helpdesk.suggest, query.q, call.lang, page=query.page, limit=query.limit)
    return SuggestionsReply([suggestion_reply(item) for item in found])


async def form(call: Call, _: Nothing) -> FormReply:
    """The token of a form that was just begun."""
    return FormReply(call.context.doorkeeper.forms.token(call.now))


async def create_ticket(call: Call, new: NewTicket) -> TicketReply:
    """Store a question and offer articles."""
    question = Question(
        message=new.message,
        subject=new.subject,
        name=new.name,
        email=new.email,
        lang=call.lang,
        page=new.page,
        channel="form" if call.context.doorkeeper.forms.made(new.form) else "api",
    )
    suspicions = call.context.judge(question, Sent(call.client, new.form, new.topic), call.now)
    return call.reply((await call.context.ask(question, call.now, key=call.key, suspicions=suspicions)).ticket)


async def solved(call: Call, body: Solved) -> TicketReply:
    """The customer says that an article solved it."""
    return call.reply(await call.context.write(call.helpdesk.solve, call.token, body.article, call.now))


async def undo(call: Call, _: Nothing) -> TicketReply:
    """The customer takes that back."""
    return call.reply(await call.context.write(call.helpdesk.undo, call.token, call.now))


async def send(call: Call, _: Nothing) -> TicketReply:
    """The customer wants an answer from a person."""
    return call.reply(await call.context.write(call.helpdesk.send, call.token, call.now))


async def add_message(call: Call, new: NewMessage) -> TicketReply:
    """The customer writes again."""
    return call.reply(await call.context.write(call.helpdesk.write, call.token, new.message, call.now))


async def rate(call: Call, new: NewRating) -> TicketReply:
    """The customer rates the answer."""
    rated = call.context.write(call.helpdesk.rate, call.token, new.score, call.now, comment=new.comment)
    return call.reply(await rated)


async def feedback(call: Call, new: NewFeedback) -> Thanks:
    """The visitor says whether an article was helpful."""
    vote = call.context.visitors.vote
    await call.context.write(vote, new.article, new.helpful, call.lang, call.now, comment=new.comment)
    return Thanks()


async def count_search(call: Call, new: NewSearch) -> None:
    """The visitor's browser tells what was searched for. It isn't told whether that is stored."""
    if call.context.counts_search(call.client):
        count = call.context.visitors.count_search
        await call.context.write(count, new.q, call.lang, new.results, new.opened, call.now)


TICKET = "/api/tickets/{token}"
ENDPOINTS = (
    Endpoint("GET", "/api/health", health, Nothing, Health, "Whether tickets can be written", refuses=(503,)),
    Endpoint("GET", "/api/search", search, SearchQuery, SearchReply, "Search the articles", refuses=(429,)),
    Endpoint(
        "GET",
        "/api/suggestions",
        suggestions,
        SuggestionsQuery,
        SuggestionsReply,
        "Articles that may answer",
        refuses=(429,),
    ),
    Endpoint("GET", "/api/form", form, Nothing, FormReply, "A token for a form that is begun"),
    Endpoint("POST", "/api/tickets", create_ticket, NewTicket, TicketReply, "Ask a question", 201, (429, 503, 507)),
    Endpoint(
        "POST", f"{TICKET}/solved", solved, Solved, TicketReply, "An article solved it", 200, (404, 409, 503, 507)
    ),
    Endpoint("POST", f"{TICKET}/undo", undo, Nothing, TicketReply, "It isn't solved after all", 200, (404, 503, 507)),
    Endpoint("POST", f"{TICKET}/send", send, Nothing, TicketReply, "Send it to the owner", 200, (404, 503, 507)),
    Endpoint("POST", f"{TICKET}/messages", add_message, NewMessage, TicketReply, "Write again", 201, (404, 503, 507)),
    Endpoint("POST", f"{TICKET}/rating", rate, NewRating, TicketReply, "Rate the answer", 200, (404, 409, 503, 507)),
    Endpoint("POST", "/api/articles/feedback", feedback, NewFeedback, Thanks, "Was it helpful?", 201, (404, 503, 507)),
    Endpoint(
        "POST",
        "/api/searches",
        count_search,
        NewSearch,
        NoneType,
        "Count a search",
        204,
        (503, 507),
        plain=True,
    ),
)


def routes() -> list[Route]:
    """The routes of the JSON door."""
    described = [*ENDPOINTS, Endpoint("GET", "/api/openapi.json", _describe, Nothing, dict, "This description")]
    return [Route(each.path, _door(each), methods=[each.method], name=each.path) for each in described]


async def _describe(_: Call, __: Nothing) -> dict[str, Any]:
    return openapi.describe(ENDPOINTS)


def _door(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    async def door(request: Request) -> Response:
        value: object
        if endpoint.method == "POST":
            value = await read_json(request, endpoint.takes, plain=endpoint.plain)
        else:
            value = read_query(request, endpoint.takes)
        answer = await endpoint.handle(_call(request, value), value)
        if endpoint.gives is NoneType:
            return Response(status_code=endpoint.status)
        failing = isinstance(answer, Health) and answer.status == "failing"
        return json_reply(answer, 503 if failing else endpoint.status)

    return door


def _call(request: Request, value: object) -> Call:
    context = context_of(request)
    lang = language(request, getattr(value, "lang", ""))
    return Call(context, context.clock(), lang, request.path_params.get("token", ""), _key(request), client_of(request))


def _key(request: Request) -> str:
    key = request.headers.get("idempotency-key")
    if key is not None and not re.fullmatch(KEY, key):
        raise Invalid("bad_key", field="Idempotency-Key")
    return key or ""
