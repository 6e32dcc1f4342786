"""What waits to be mailed, and what failed and why: to be tried again, or given up."""

from starlette.requests import Request
from starlette.responses import Response

from ticket_api import words
from ticket_api.errors import HelpleafError, Invalid
from ticket_api.mail.outcome import told
from ticket_api.web.context import context_of
from ticket_api.web.desk.page import REFUSALS, is_id, page
from ticket_api.web.intake import language, read_form

SHOWN = 100


async def show(request: Request) -> Response:
    """The mails that aren't sent yet, newest first."""
    return await _show(request)


async def change(request: Request) -> Response:
    """Try a mail again, or give it up."""
    fields = await read_form(request)
    chosen, number = fields.get("do", ""), fields.get("mail", "")
    context = context_of(request)
    if not is_id(number):
        raise Invalid("wrong_value", field="mail", name="mail")
    try:
        if chosen == "retry":
            await context.write(context.outgoing.retry, int(number), context.clock())
        elif chosen == "give_up":
            await context.write(context.outgoing.give_up, int(number))
        else:
            raise Invalid("wrong_value", field="do", name="do")
    except REFUSALS as error:
        return await _show(request, error)
    done = {"retry": "desk_mail.retried", "give_up": "desk_mail.given_up"}[chosen]
    return await _show(request, done=words.say(language(request), done))


async def _show(request: Request, error: HelpleafError | None = None, done: str = "") -> Response:
    context, lang = context_of(request), language(request)
    mails = await context.read(context.outgoing.outstanding, context.clock(), SHOWN)
    folder = context.settings.mail_path.resolve() if context.mails_to_files else None
    troubles = {mail.id: told(mail.error, lang) for mail in mails if mail.error}
    return page(request, "desk_mail.html", error, mails=mails, troubles=troubles, folder=folder, done=done)
