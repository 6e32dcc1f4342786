"""The door for other programs: what they send, signed, becomes a question like any other."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ticket_api.channels.hook import OpenHook
from ticket_api.errors import HelpleafError, TooMany
from ticket_api.hooks import Signature, key_of_message
from ticket_api.web.context import context_of, route
from ticket_api.web.intake import read_body, read_fields
from ticket_api.web.replies import json_reply
from ticket_api.web.types import TakenReply


def routes() -> list[Route]:
    """The routes of the hooks."""
    return [route("/hooks/{source}", POST=receive)]


async def receive(request: Request) -> Response:
    """Store the question in a message, once however often it comes."""
    context, source = context_of(request), request.path_params["source"]
    body = await read_body(request)
    now = context.clock()
    try:
        signature = _signature(request)
        return await _take(request, context.hooks.opened(source, body, signature, now), body, signature)
    except HelpleafError as error:
        context.hooks.refused(source, error, now)
        raise


async def _take(request: Request, hook: OpenHook, body: bytes, signature: Signature) -> Response:
    context = context_of(request)
    now = context.clock()
    if seconds := context.hook_wait(hook.name):
        raise TooMany("too_many", seconds=seconds)
    fields = read_fields(request, body)
    settings = context.settings
    question = context.hooks.question(hook, fields, settings.languages[0], settings.message_limit)
    key = key_of_message(hook, body, fields, signature)
    ticket = (await context.ask(question, now, key=key)).ticket
    context.hooks.received(hook.name, now)
    return json_reply(TakenReply(ticket.id), 201 if ticket.created_at == now else 200)


def _signature(request: Request) -> Signature:
    sent = request.headers
    return Signature(
        sent.get("webhook-id", ""),
        sent.get("webhook-timestamp", ""),
        sent.get("webhook-signature", ""),
        sent.get("x-hub-signature-256", ""),
    )
