"""Saved replies: each on a page of its own, with a preview."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ticket_api import words
from ticket_api.errors import HelpleafError, Invalid, NotFound
from ticket_api.preferences import LONGEST_REPLY, LONGEST_TITLE, VARIABLES, SavedReply, fill
from ticket_api.question import check_characters
from ticket_api.web.context import context_of
from ticket_api.web.desk.page import NO_FIELDS, REFUSALS, page
from ticket_api.web.intake import language, read_form

NEW = "new"

Fields = Mapping[str, str]


async def show(request: Request) -> Response:
    """One saved reply, or an empty form for a new one."""
    mark = request.path_params["mark"]
    if mark == NEW:
        return _show(request, NEW, {"in": request.query_params.get("in", "")})
    context = context_of(request)
    preferences = await context.read(context.preferences.stored)
    reply = next((each for each in preferences.replies if each.mark == mark), None)
    if reply is None:
        raise NotFound("not_found")
    return _show(request, mark, {"title": reply.title, "in": reply.lang, "text": reply.text})


async def change(request: Request) -> Response:
    """Save, preview or remove it; when that can't be, the form comes back as it was filled."""
    fields, context = await read_form(request), context_of(request)
    mark = request.path_params["mark"]
    before = "" if mark == NEW else mark
    try:
        match fields.get("do", ""):
            case "preview":
                return _show(request, mark, fields, preview=True)
            case "remove" if before:
                await context.write(context.preferences.drop_reply, before, context.clock())
            case "save":
                reply = _reply(fields, context.settings.languages)
                await context.write(context.preferences.put_reply, reply, before, context.clock())
            case _:
                raise Invalid("wrong_value", field="do", name="do")
    except REFUSALS as error:
        # What was changed elsewhere isn't there any more: saved again, this is a new one.
        return _show(request, NEW if error.code == "reply_meanwhile" else mark, fields, error)
    await context.read(context.preferences.stored)
    return RedirectResponse("/desk/preferences?done=1#replies", 303)


def _reply(fields: Fields, languages: tuple[str, ...]) -> SavedReply:
    """The saved reply that a form holds. Raises Invalid with the field that is wrong."""
    title, lang, text = fields.get("title", "").strip(), fields.get("in", ""), fields.get("text", "").strip()
    for name, given, longest in (("title", title, LONGEST_TITLE), ("text", text, LONGEST_REPLY)):
        check_characters(name, given)
        if not given:
            raise Invalid("empty_title" if name == "title" else "empty_text", field=name)
        if len(given) > longest:
            raise Invalid("too_long", field=name, length=len(given), limit=longest)
    if lang not in languages:
        raise Invalid("wrong_value", field="in", name="in")
    return SavedReply(title, lang, text)


def _show(
    request: Request,
    mark: str,
    fields: Fields = NO_FIELDS,
    error: HelpleafError | None = None,
    *,
    preview: bool = False,
) -> Response:
    languages = context_of(request).settings.languages
    lang = fields.get("in", "")
    lang = lang if lang in languages else languages[0]
    filled = fill(fields.get("text", ""), **_examples(request, lang)) if preview else ""
    return page(
        request,
        "desk_reply.html",
        error,
        mark=mark,
        fields={"title": "", "text": "", **fields, "in": lang},
        languages=languages,
        variables=[(name, words.say(language(request), f"variables.{name}")) for name in VARIABLES],
        preview=filled,
    )


def _examples(request: Request, lang: str) -> dict[str, str]:
    """What a preview has in place of the variables."""
    context = context_of(request)
    company = context.preferences.now.name or context.settings.company
    article = words.say(lang, "preferences.example_article")
    return {
        "name": words.say(lang, "preferences.example_name"),
        "number": "123",
        "company": company,
        "article": article,
    }
