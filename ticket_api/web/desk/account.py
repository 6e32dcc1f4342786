"""The owner's account: the password, the second factor, and where they are signed in."""

from collections.abc import Awaitable, Callable, Mapping

import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ticket_api import words
from ticket_api.errors import HelpleafError, Invalid
from ticket_api.keys import fingerprint
from ticket_api.owner import second_factor
from ticket_api.web.context import context_of
from ticket_api.web.desk.browsers import browser
from ticket_api.web.desk.entry import agent_of, remember, slowly, token_of
from ticket_api.web.desk.page import REFUSALS, page
from ticket_api.web.guards import client_of
from ticket_api.web.intake import language, read_form

ACCOUNT = "/desk/account"
QUIET_ZONE = 4
"""Blank squares around a QR code, as its standard wants."""

Fields = Mapping[str, str]


async def show(request: Request) -> Response:
    """The account with all sessions."""
    return await _show(request)


async def change(request: Request) -> Response:
    """One of CHANGES; what was wrong is told beside the form that it belongs to."""
    fields = await read_form(request)
    chosen = fields.get("do", "")
    if chosen not in CHANGES:
        raise Invalid("wrong_value", field="do", name="do")
    try:
        return await CHANGES[chosen](request, fields)
    except REFUSALS as error:
        return await _show(request, error, chosen)


async def show_second(request: Request) -> Response:
    """A new secret as a QR code and as text, which counts once its first code was typed."""
    context = context_of(request)
    if await context.read(context.owner.second):
        return RedirectResponse(ACCOUNT, 303)
    return _offer(request, second_factor.new_secret())


async def switch_on(request: Request) -> Response:
    """Ask for the second factor from now on, and show the recovery codes once."""
    fields = await read_form(request)
    context = context_of(request)
    secret, code = fields.get("secret", ""), fields.get("code", "")
    try:
        codes = await slowly(context.owner.switch_on, secret, code, client_of(request), context.clock())
    except REFUSALS as error:
        if error.field == "secret":
            raise
        return _offer(request, secret, error)
    return page(request, "desk_recovery.html", codes=codes, first=True)


async def _change_password(request: Request, fields: Fields) -> Response:
    context = context_of(request)
    present, password, repeated = (fields.get(name, "") for name in ("present", "password", "repeated"))
    given = client_of(request), context.clock(), agent_of(request)
    token = await slowly(context.owner.change_password, present, password, repeated, *given)
    return remember(request, token, RedirectResponse(f"{ACCOUNT}?done=password", 303))


async def _switch_off(request: Request, fields: Fields) -> Response:
    context = context_of(request)
    await slowly(context.owner.switch_off, fields.get("password", ""), client_of(request), context.clock())
    return RedirectResponse(f"{ACCOUNT}?done=off", 303)


async def _renew_codes(request: Request, fields: Fields) -> Response:
    context = context_of(request)
    given = fields.get("password", ""), client_of(request), context.clock()
    codes = await slowly(context.owner.new_recovery_codes, *given)
    return page(request, "desk_recovery.html", codes=codes, first=False)


async def _end(request: Request, fields: Fields) -> Response:
    context = context_of(request)
    await context.write(context.owner.end_session, fields.get("session", ""), context.clock())
    return RedirectResponse(ACCOUNT, 303)


async def _end_others(request: Request, _: Fields) -> Response:
    context = context_of(request)
    await context.write(context.owner.end_others, token_of(request), context.clock())
    return RedirectResponse(ACCOUNT, 303)


CHANGES: Mapping[str, Callable[[Request, Fields], Awaitable[Response]]] = {
    "password": _change_password,
    "off": _switch_off,
    "codes": _renew_codes,
    "end": _end,
    "others": _end_others,
}
"""What a form on the page may do."""

DONE = {"password": "account.password_done", "off": "account.second_off_done"}
"""What is told once it is done."""


async def _show(request: Request, error: HelpleafError | None = None, form: str = "") -> Response:
    context, lang = context_of(request), language(request)
    found = await context.read(context.owner.sessions, context.clock())
    mine = fingerprint(token_of(request))
    done = DONE.get(request.query_params.get("done", "")) if not error else None
    return page(
        request,
        "desk_account.html",
        error,
        form=form,
        done=words.say(lang, done) if done else "",
        sessions=[(each, _named(each.agent or "", lang)) for each in sorted(found, key=lambda each: each.id != mine)],
        mine=mine,
        second=await context.read(context.owner.second),
    )


def _named(agent: str, lang: str) -> str:
    """A browser in words: "Firefox on Windows"."""
    name, system = browser(agent)
    name = name or words.say(lang, "account.some_browser")
    return words.say(lang, "account.browser", browser=name, system=system) if system else name


def _offer(request: Request, secret: str, error: HelpleafError | None = None) -> Response:
    company = context_of(request).settings.company
    code = segno.make(second_factor.address(secret, company), error="m", micro=False)
    drawn = code.svg_inline(omitsize=True, light="#fff", border=QUIET_ZONE, svgclass="qr", lineclass=None)
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return page(request, "desk_second.html", error, secret=secret, groups=groups, drawn=Markup(drawn))  # noqa: S704
