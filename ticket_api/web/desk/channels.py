"""What comes in from other programs, and what they are told: how each is, a test, and switching on and off."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from ticket_api import words
from ticket_api.calling import Called
from ticket_api.errors import HelpleafError, Invalid, NotFound
from ticket_api.web.context import context_of
from ticket_api.web.desk.page import REFUSALS, page
from ticket_api.web.intake import language, read_form
from ticket_api.web.replies import sentence

DONE = {"on": "channels.switched_on", "skip": "channels.switched_on_from_now", "off": "channels.switched_off"}


async def show(request: Request) -> Response:
    """The hooks and the webhooks, and how they are."""
    return await _show(request)


async def change(request: Request) -> Response:
    """Switch a webhook on or off, or try it."""
    fields = await read_form(request)
    chosen, name = fields.get("do", ""), fields.get("webhook", "")
    context, lang = context_of(request), language(request)
    try:
        if chosen == "test":
            # Not on the threads that read: others never wait for a webhook.
            return await _show(request, tried=(name, await asyncio.to_thread(context.webhooks.test, name)))
        if chosen not in DONE:
            raise Invalid("wrong_value", field="do", name="do")
        switch, now = context.webhooks.switch, context.clock()
        await context.write(switch, name, now, off=chosen == "off", skip=chosen == "skip")
    except (*REFUSALS, NotFound) as error:
        return await _show(request, error)
    return await _show(request, done=words.say(lang, DONE[chosen], name=name))


async def _show(
    request: Request, error: HelpleafError | None = None, *, done: str = "", tried: tuple[str, Called] | None = None
) -> Response:
    context, lang = context_of(request), language(request)
    looks = await context.read(context.webhooks.all)
    troubles = {look.webhook.name: _trouble(lang, look.state.trouble, look.state.status) for look in looks}
    hooks = [(each, heard, heard.refused and sentence(heard.refused, lang)) for each, heard in context.hooks.all()]
    if tried:
        name, called = tried
        trouble = _trouble(lang, called.trouble, called.status)
        done = words.say(lang, "channels.test_failed", name=name, trouble=trouble) if trouble else done
        done = done or words.say(lang, "channels.test_done", name=name, status=called.status)
    site = context.settings.served_url
    values = {"hooks": hooks, "looks": looks, "troubles": troubles, "site": site, "file": context.settings.file}
    return page(request, "desk_channels.html", error, done=done, failed=bool(tried and tried[1].trouble), **values)


def _trouble(lang: str, trouble: str, status: int) -> str:
    return words.say(lang, f"webhook_trouble.{trouble}", status=status) if trouble else ""
