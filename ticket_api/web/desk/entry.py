"""The owner comes and goes: set up, sign in, sign out."""

import asyncio
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial, wraps
from typing import ParamSpec, TypeVar

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ticket_api.errors import HelpleafError, NotFound, Refused, StoreUnavailable
from ticket_api.settings import Settings
from ticket_api.web.context import Door, context_of
from ticket_api.web.desk import ticket
from ticket_api.web.desk.page import NO_FIELDS, REFUSALS, page
from ticket_api.web.desk.upload import is_upload, read_upload
from ticket_api.web.guards import client_of, host_name, require_same_origin
from ticket_api.web.intake import read_form

P = ParamSpec("P")
T = TypeVar("T")

CODE_PATH = "/desk/login/code"
TICKET = re.compile(r"/desk/tickets/([0-9]{1,18})")
SESSION_SECONDS = 30 * 24 * 3600

# Each hash takes 19 MB: two at a time leave a small machine, and its other threads, to the customers.
_PASSWORDS = ThreadPoolExecutor(2, "password")


def owner_only(door: Door) -> Door:
    """Let only the signed-in owner through; who isn't is asked to sign in, or to set up. Posts must be our own."""

    @wraps(door)
    async def guarded(request: Request) -> Response:
        if request.method == "POST":
            require_same_origin(request)
        context = context_of(request)
        await context.precedence.give_way()
        if await _signed_in(request, token_of(request)):
            return await door(request)
        if request.method == "POST":
            fields = await _sent(request)
            return _login(request, Refused("signed_out"), request.url.path, fields)
        ready = await context.read(context.owner.has_password)
        wanted = f"?next={request.url.path}" if TICKET.fullmatch(request.url.path) else ""
        return RedirectResponse(f"/desk/login{wanted}" if ready else "/desk/setup", 303)

    return guarded


async def _signed_in(request: Request, token: str) -> bool:
    context, now = context_of(request), context_of(request).clock()
    try:
        session = await context.read(context.owner.signed_in, token, now)
    except StoreUnavailable:
        if request.method == "POST":
            await _sent(request)  # what was written stands in the answer
        raise
    if session and context.owner.is_due(session, now):
        with suppress(StoreUnavailable):  # the desk can be read all the same
            await context.write(context.owner.touch, session, now)
    return session is not None


async def _sent(request: Request) -> dict[str, str]:
    """The fields of a form, with or without files."""
    if is_upload(request):
        fields, _ = await read_upload(request)
        return fields
    return await read_form(request)


def is_https(request: Request) -> bool:
    """Whether the browser speaks https to us: the connection does, or the configured base address says so.

    It vouches for its own name, and for that of the desk, which stands behind the same proxy.
    """
    settings, host = context_of(request).settings, host_name(request.headers.get("host", ""))
    secured = settings.base_url.startswith("https://")
    return request.url.scheme == "https" or (secured and host in _names(settings))


def _names(settings: Settings) -> tuple[str, ...]:
    return host_name(settings.base_url.partition("://")[2]), settings.desk_host.lower()


def cookie_name(request: Request) -> str:
    """The name of the session cookie; `__Host-` pins it to https and to this host."""
    return "__Host-helpleaf" if is_https(request) else "helpleaf"


def require_safe_channel(request: Request) -> None:
    """Raise Refused where a password would cross a network in the clear."""
    name = host_name(request.headers.get("host", ""))
    if not is_https(request) and name not in ("localhost", "::1") and not name.startswith("127."):
        raise Refused("insecure_sign_in")


async def show_setup(request: Request) -> Response:
    """The page that takes the one-time code; gone once it was used."""
    require_safe_channel(request)
    if not await context_of(request).read(context_of(request).owner.awaits_code):
        raise NotFound("not_found")
    return page(request, "desk_setup.html", code="")


async def set_up(request: Request) -> Response:
    """Choose the password with the one-time code."""
    require_same_origin(request)
    require_safe_channel(request)
    fields = await read_form(request)
    context = context_of(request)
    if not await context.read(context.owner.awaits_code):
        raise NotFound("not_found")
    try:
        code, password, repeated = (fields.get(name, "") for name in ("code", "password", "repeated"))
        given = client_of(request), context.clock(), agent_of(request)
        token = await slowly(context.owner.set_up, code, password, repeated, *given)
    except REFUSALS as error:
        return page(request, "desk_setup.html", error, code=fields.get("code", ""))
    half = await context.read(context.owner.awaits_second, token, context.clock())
    return remember(request, token, RedirectResponse(CODE_PATH if half else "/desk", 303))


async def show_login(request: Request) -> Response:
    """The sign-in page; before set-up, the way to it."""
    require_safe_channel(request)
    if not await context_of(request).read(context_of(request).owner.has_password):
        return RedirectResponse("/desk/setup", 303)
    return _login(request, None, request.query_params.get("next", ""))


async def sign_in(request: Request) -> Response:
    """Check the password, and ask for the second factor where there is one."""
    require_same_origin(request)
    require_safe_channel(request)
    fields = await read_form(request)
    context, now = context_of(request), context_of(request).clock()
    try:
        given = fields.get("password", "")
        token = await slowly(context.owner.sign_in, given, client_of(request), now, agent_of(request))
    except REFUSALS as error:
        return _login(request, error, fields.get("next", ""), fields)
    if await context.read(context.owner.awaits_second, token, now):
        return remember(request, token, _login(request, None, fields.get("next", ""), fields, second=True))
    return remember(request, token, await _go_on(request, fields))


async def show_code(request: Request) -> Response:
    """The page that takes the second factor; without the password first, the way to that."""
    require_safe_channel(request)
    context = context_of(request)
    if not await context.read(context.owner.awaits_second, token_of(request), context.clock()):
        return RedirectResponse("/desk/login", 303)
    return _login(request, None, "", second=True)


async def confirm(request: Request) -> Response:
    """Take the second factor after the password."""
    require_same_origin(request)
    require_safe_channel(request)
    fields = await read_form(request)
    context, now = context_of(request), context_of(request).clock()
    try:
        given = token_of(request), fields.get("code", "")
        token = await slowly(context.owner.confirm, *given, client_of(request), now, agent_of(request))
    except REFUSALS as error:
        second = error.code != "signed_out"
        return _login(request, error, fields.get("next", ""), fields, second=second)
    return remember(request, token, await _go_on(request, fields))


async def _go_on(request: Request, fields: Mapping[str, str]) -> Response:
    """Where the owner was going, with the reply that was being sent."""
    wanted = TICKET.fullmatch(fields.get("next", ""))
    if wanted and fields.get("message"):
        found = await ticket.read(request, int(wanted[1]))
        return await ticket.show_with(request, found, fields)
    return RedirectResponse(wanted[0] if wanted else "/desk", 303)


async def slowly(use_case: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    """What a use case returns that takes a password or a code, where it holds up nobody else."""
    return await asyncio.get_running_loop().run_in_executor(_PASSWORDS, partial(use_case, *given, **named))


def agent_of(request: Request) -> str:
    """What the browser calls itself."""
    return request.headers.get("user-agent", "")


def token_of(request: Request) -> str:
    """The token of the browser's session, or ""."""
    return request.cookies.get(cookie_name(request), "")


async def sign_out(request: Request) -> Response:
    """End this session."""
    context = context_of(request)
    await context.write(context.owner.sign_out, token_of(request), context.clock())
    answer = RedirectResponse("/desk/login", 303)
    answer.delete_cookie(cookie_name(request), path="/", secure=is_https(request), httponly=True, samesite="strict")
    return answer


def _login(
    request: Request,
    error: HelpleafError | None,
    wanted: str,
    fields: Mapping[str, str] = NO_FIELDS,
    *,
    second: bool = False,
) -> Response:
    """The sign-in page, or its `second` one; it keeps a reply whose session had ended, and where it was going."""
    kept = {name: fields.get(name, "") for name in ("message", "seen")}
    wanted = wanted if TICKET.fullmatch(wanted) else ""
    return page(request, "desk_code.html" if second else "desk_login.html", error, next=wanted, **kept)


def remember(request: Request, token: str, answer: Response) -> Response:
    """Give the browser its session."""
    answer.set_cookie(
        cookie_name(request),
        token,
        max_age=SESSION_SECONDS,
        path="/",
        secure=is_https(request),
        httponly=True,
        samesite="strict",
    )
    return answer
