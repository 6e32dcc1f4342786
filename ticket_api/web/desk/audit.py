"""The audit page: who did what to which ticket, and when."""

from starlette.requests import Request
from starlette.responses import Response

from ticket_api import words
from ticket_api.errors import Broken
from ticket_api.tickets.event import RULE, Event
from ticket_api.web.context import context_of
from ticket_api.web.desk.page import is_id, page
from ticket_api.web.intake import language


async def show(request: Request) -> Response:
    """One page of the events."""
    return await _show(request)


async def check(request: Request) -> Response:
    """Read all events and tell whether they are as they were written."""
    context, lang = context_of(request), language(request)
    try:
        count = await context.read(context.audit.verify)
    except Broken as error:
        return await _show(request, amiss=words.say(lang, "audit.broken", seq=error.values.get("seq", "?")))
    return await _show(request, done=words.say(lang, "audit.all_whole", count=f"{count:,}"))


async def _show(request: Request, *, done: str = "", amiss: str = "") -> Response:
    context, lang = context_of(request), language(request)
    before = request.query_params.get("before", "")
    found = await context.read(context.audit.page, int(before) if is_id(before) else 0)
    if found.broken and not amiss:
        amiss = words.say(lang, "audit.broken", seq=found.broken)
    lines = [(event, _line(event, lang), event.ticket in found.there) for event in found.events]
    return page(request, "desk_audit.html", lines=lines, older=found.older, done=done, amiss=amiss)


def _line(event: Event, lang: str) -> str:
    """An event as a sentence: who did what."""
    names = {"owner": words.say(lang, "audit.owner"), "system": "Helpleaf"}
    rule = words.say(lang, "audit.rule", name=event.who.removeprefix(RULE)) if event.who.startswith(RULE) else ""
    who = rule or names.get(event.who) or words.say(lang, "audit.requester")
    return words.say(lang, "audit.line", who=who, what=words.say(lang, f"acts.{event.what}"))
