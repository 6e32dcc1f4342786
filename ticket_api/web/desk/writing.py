"""What the desk's script asks for while a reply is written: how it will look, and that it is kept."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ticket_api.drafts import DraftConflict
from ticket_api.errors import NotFound
from ticket_api.prose import markdown
from ticket_api.web.context import context_of
from ticket_api.web.desk.page import is_id
from ticket_api.web.intake import language, read_form
from ticket_api.web.replies import json_reply, sentence


async def preview(request: Request) -> Response:
    """Markdown as the customer will read it."""
    fields = await read_form(request)
    return HTMLResponse(markdown(fields.get("message", "")))


async def keep_draft(request: Request) -> Response:
    """Keep the words so far. Those that another window kept meanwhile come back with 409, and stay."""
    fields = await read_form(request)
    ticket_id, number = request.path_params["id"], fields.get("number", "")
    if not is_id(ticket_id):
        raise NotFound("not_found")
    context = context_of(request)
    try:
        known = int(number) if is_id(number) else 0
        draft = await context.write(context.desk.keep_draft, int(ticket_id), fields.get("message", ""), known)
    except DraftConflict as conflict:
        told = sentence(conflict, language(request))
        return json_reply({"number": conflict.draft.number, "text": conflict.draft.text, "told": told}, 409)
    return json_reply({"number": draft.number})
