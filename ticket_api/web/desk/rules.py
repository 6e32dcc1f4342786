"""The rules: in their order, on or off, with what each would have done and did; each on a page of its own."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, NamedTuple, get_args

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ticket_api import words
from ticket_api.errors import Conflict, HelpleafError, Invalid, NotFound
from ticket_api.rules import Listed, Part, Slow, fault_said, in_words
from ticket_api.tickets.rule import Told
from ticket_api.tickets.ticket import MOVES
from ticket_api.web.context import context_of
from ticket_api.web.desk.page import REFUSALS, is_id, page
from ticket_api.web.desk.rule_form import MOST_FIELDS, Unfit, as_fields, read_rule
from ticket_api.web.intake import language, read_form

NEW = "new"
SHOWN = 5
"""Tickets that are linked beside a rule."""

Fields = Mapping[str, str]


class Line(NamedTuple):
    """A rule on the page: what it says, what is wrong with it, and on which tickets it would act, did, and was slow."""

    listed: Listed
    when: list[Part]
    then: list[Part]
    wrong: list[str]
    would: list[int]
    did: list[int]
    slow: Slow | None


async def show(request: Request) -> Response:
    """All rules."""
    return await _show(request)


async def change(request: Request) -> Response:
    """Switch a rule on or off, or let it be looked at earlier or later."""
    fields, context = await read_form(request), context_of(request)
    rules, now = context.rules, context.clock()
    try:
        version, name = _version(fields), fields.get("name", "")
        match fields.get("do", ""):
            case "on" | "off" as wish:
                await context.write(rules.switch, name, version, now, on=wish == "on")
            case "up" | "down" as wish:
                await context.write(rules.move, name, -1 if wish == "up" else 1, version, now)
            case _:
                raise Invalid("wrong_value", field="do", name="do")
    except REFUSALS as error:
        return await _show(request, error)
    return RedirectResponse("/desk/rules", 303)


async def show_one(request: Request) -> Response:
    """One rule of the desk, or an empty form for a new one."""
    context = context_of(request)
    listed = await _listed(request)
    version = (await context.read(context.rules.present)).version
    fields = as_fields(listed.rule, context.settings.languages) if listed else {}
    fields |= {"off": "on"} if listed and not listed.on else {}
    return _show_one(request, {**fields, "version": str(version)})


async def change_one(request: Request) -> Response:
    """Save or remove a rule; when that can't be, the form comes back as it was filled."""
    fields, context = await read_form(request, most=MOST_FIELDS), context_of(request)
    rules, now, lang = context.rules, context.clock(), language(request)
    try:
        listed = await _listed(request)
    except NotFound:  # it was removed or renamed meanwhile: what was typed is kept, as a new one
        return _show_one(request, fields, Conflict("rules_meanwhile"), mark=NEW)
    before = listed.rule.name if listed else ""
    try:
        version = _version(fields)
        if fields.get("do") == "remove" and before:
            await context.write(rules.drop, before, version, now)
            return RedirectResponse("/desk/rules?done=removed", 303)
        rule = read_rule(fields, context.settings.languages)
        if faults := await context.read(rules.faults, rule, before):
            told = [fault_said(each, lang) for each in faults]
            return _show_one(request, fields, wrong=told)
        await context.write(rules.put, rule, before, version, now)
    except Unfit as unfit:
        return _show_one(request, fields, wrong=[words.say(lang, f"rule_form.{unfit.code}")], field=unfit.field)
    except REFUSALS as error:
        if error.code == "rules_meanwhile":  # pressed once more, it is saved over what is there now
            present = await context.read(rules.present)
            fields = {**fields, "version": str(present.version)}
        return _show_one(request, fields, error)
    return RedirectResponse("/desk/rules?done=saved", 303)


async def undo(request: Request) -> Response:
    """Take back what a rule did to a ticket."""
    fields, context, number = await read_form(request), context_of(request), request.path_params["id"]
    if not is_id(number):
        raise NotFound("not_found")
    await context.write(context.rules.undo, int(number), fields.get("rule", ""), context.clock())
    return RedirectResponse(f"/desk/tickets/{number}", 303)


async def _show(request: Request, error: HelpleafError | None = None) -> Response:
    context, lang = context_of(request), language(request)
    present = await context.read(context.rules.present)
    tried = await context.read(context.trials.tried, context.clock())
    lately = await context.read(context.trials.lately)
    slow = await context.read(context.rules.slow)
    wrong = await context.read(context.rules.wrongs)
    lines = []
    for listed in present.listed:
        rule = listed.rule
        told = [fault_said(each, lang) for each in wrong if each.rule == rule.name]
        when, then = in_words(rule.when, lang), in_words(rule.then, lang)
        lines.append(
            Line(listed, when, then, told, tried.held[rule.name], lately.get(rule.name, []), slow.get(rule.name))
        )
    done = {"saved": "rules.saved", "removed": "rules.removed"}.get(request.query_params.get("done", ""), "")
    return page(
        request,
        "desk_rules.html",
        error,
        lines=lines,
        version=present.version,
        tickets=tried.tickets,
        shown=SHOWN,
        file=PurePath(context.settings.file).name,
        done=words.say(lang, done) if done and not error else "",
    )


def _show_one(
    request: Request,
    fields: Fields,
    error: HelpleafError | None = None,
    *,
    wrong: list[str] | None = None,
    field: str = "",
    mark: str = "",
) -> Response:
    context = context_of(request)
    known = context.rules.known()
    values: dict[str, Any] = {
        "mark": mark or request.path_params["mark"],
        "fields": fields,
        "wrong": wrong or [],
        "blamed": field,
        "languages": context.settings.languages,
        "statuses": tuple(MOVES),
        "promises": get_args(Told),
        "articles": sorted(known.articles or ()),
        "categories": sorted(known.categories or ()),
        "plans": sorted(known.plans or ()),
        "webhooks": sorted(known.webhooks or ()),
        "replies": sorted({each.title for each in context.preferences.now.replies}),
    }
    answer = page(request, "desk_rule.html", error, **values)
    if wrong:
        answer.status_code = 422
    return answer


async def _listed(request: Request) -> Listed | None:
    """The rule of the desk that the address names; None for a new one. Raises NotFound."""
    context, mark = context_of(request), request.path_params["mark"]
    if mark == NEW:
        return None
    present = await context.read(context.rules.present)
    found = next((each for each in present.listed if each.mark == mark and not each.in_file), None)
    if found is None:
        raise NotFound("not_found")
    return found


def _version(fields: Fields) -> int:
    version = fields.get("version", "")
    if not is_id(version):
        raise Invalid("wrong_value", field="version", name="version")
    return int(version)
