"""The owner's door: set up, sign in, the queue, a ticket, reply, solve."""

import asyncio
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from functools import wraps

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ticket_api.errors import Conflict, HelpleafError, Invalid, NotFound, Refused, StoreUnavailable, TooMany
from ticket_api.helpdesk import Helpdesk, counted
from ticket_api.tickets.ticket import Status, Ticket
from ticket_api.web import pages
from ticket_api.web.context import Context, Door, context_of, route
from ticket_api.web.guards import client_of, host_name, require_same_origin
from ticket_api.web.intake import language, read_form
from ticket_api.web.replies import headers_of, sentence, status_of

SHOWN: tuple[Status, ...] = ("open", "waiting", "solved", "deflected", "offered", "quarantined")
TICKET = re.compile(r"/desk/tickets/([0-9]{1,18})")
SESSION_SECONDS = 30 * 24 * 3600
OPENED_TOGETHER = 50
NO_FIELDS: Mapping[str, str] = {}
REFUSALS = (Conflict, Invalid, Refused, StoreUnavailable, TooMany)

# Each hash takes 19 MB: two at a time leave a small machine, and its other threads, to the customers.
_PASSWORDS = ThreadPoolExecutor(2, "password")


def routes() -> list[Route]:
    """The routes of the desk."""
    return [
        route("/desk", GET=owner_only(show_queue)),
        route("/desk/tickets/{id}", GET=owner_only(show_ticket), POST=owner_only(change_ticket)),
        route("/desk/setup", GET=show_setup, POST=set_up),
        route("/desk/login", GET=show_login, POST=sign_in),
        route("/desk/logout", POST=owner_only(sign_out)),
    ]


def owner_only(door: Door) -> Door:
    """Let only the signed-in owner through; who isn't is asked to sign in, or to set up. Posts must be our own."""

    @wraps(door)
    async def guarded(request: Request) -> Response:
        if request.method == "POST":
            require_same_origin(request)
        context = context_of(request)
        token = request.cookies.get(cookie_name(request), "")
        if await _signed_in(request, token):
            return await door(request)
        if request.method == "POST":
            fields = await read_form(request)
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
            await read_form(request)  # what was written stands in the answer
        raise
    if session and context.owner.is_due(session, now):
        with suppress(StoreUnavailable):  # the desk can be read all the same
            await context.write(context.owner.touch, session, now)
    return session is not None


def is_https(request: Request) -> bool:
    """Whether the browser speaks https to us: the connection does, or the configured base address says so."""
    base = context_of(request).settings.base_url
    host = request.headers.get("host", "")
    return request.url.scheme == "https" or (base.startswith("https://") and host_name(base[8:]) == host_name(host))


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
    return _page(request, "desk_setup.html", code="")


async def set_up(request: Request) -> Response:
    """Choose the password with the one-time code."""
    require_same_origin(request)
    require_safe_channel(request)
    fields = await read_form(request)
    context = context_of(request)
    if not await context.read(context.owner.awaits_code):
        raise NotFound("not_found")
    try:
        given = [fields.get(name, "") for name in ("code", "password", "repeated")]
        token = await _slowly(context.owner.set_up, *given, client_of(request), context.clock())
    except REFUSALS as error:
        return _page(request, "desk_setup.html", error, code=fields.get("code", ""))
    return _remember(request, token, RedirectResponse("/desk", 303))


async def show_login(request: Request) -> Response:
    """The sign-in page; before set-up, the way to it."""
    require_safe_channel(request)
    if not await context_of(request).read(context_of(request).owner.has_password):
        return RedirectResponse("/desk/setup", 303)
    return _login(request, None, request.query_params.get("next", ""))


async def sign_in(request: Request) -> Response:
    """Check the password, and go on to where the owner was going, with the reply that was being sent."""
    require_same_origin(request)
    require_safe_channel(request)
    fields = await read_form(request)
    context = context_of(request)
    try:
        token = await _slowly(context.owner.sign_in, fields.get("password", ""), client_of(request), context.clock())
    except REFUSALS as error:
        return _login(request, error, fields.get("next", ""), fields)
    wanted = TICKET.fullmatch(fields.get("next", ""))
    if wanted and fields.get("message"):
        return _remember(request, token, _ticket(request, await _read(request, int(wanted[1])), fields))
    return _remember(request, token, RedirectResponse(wanted[0] if wanted else "/desk", 303))


async def _slowly(check: Callable[..., str], *given: object) -> str:
    """Run what hashes a password where it holds up nobody else."""
    return await asyncio.get_running_loop().run_in_executor(_PASSWORDS, check, *given)


async def sign_out(request: Request) -> Response:
    """End this session."""
    name = cookie_name(request)
    await context_of(request).write(context_of(request).owner.sign_out, request.cookies.get(name, ""))
    answer = RedirectResponse("/desk/login", 303)
    answer.delete_cookie(name, path="/", secure=is_https(request), httponly=True, samesite="strict")
    return answer


async def show_queue(request: Request) -> Response:
    """One page of the tickets in a state; open ones when none is named."""
    wanted = request.query_params.get("status")
    status: Status = next((each for each in SHOWN if each == wanted), "open")
    after = request.query_params.get("after", "")
    context = context_of(request)
    past = int(after) if _is_id(after) else 0
    now = context.clock()
    await _open_silent(context, await context.read(context.helpdesk.silent, now), now)
    queue = await context.read(context.helpdesk.queue, status, after=past)
    return _page(request, "desk_queue.html", queue=queue, status=status, counts=counted(queue, SHOWN))


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


async def _open_silent(context: Context, ticket_ids: list[int], now: datetime) -> None:
    """Store what silence has opened, a few at a time; a store that can't be written can be read all the same."""
    with suppress(StoreUnavailable):
        for start in range(0, len(ticket_ids), OPENED_TOGETHER):
            await context.write(context.helpdesk.open_silent, ticket_ids[start : start + OPENED_TOGETHER], now)


async def show_ticket(request: Request) -> Response:
    """One ticket with all that was written and offered."""
    return _ticket(request, await _read(request, _id(request)))


async def change_ticket(request: Request) -> Response:
    """Reply, solve or reopen; what changed since the owner's page was made comes back with their words kept."""
    fields = await read_form(request)
    ticket_id = _id(request)
    context = context_of(request)
    try:
        changed = await context.write(_change, context.helpdesk, ticket_id, fields, context.clock())
    except REFUSALS as error:
        ticket = await _read(request, ticket_id)
        return _ticket(request, ticket, fields, _told_apart(error, ticket, _seen(fields, ticket)))
    if "answers" in fields and fields.get("message"):
        return _ticket(request, changed, fields)  # a reply that is half written stays
    return RedirectResponse(f"/desk/tickets/{ticket_id}", 303)


def _told_apart(error: HelpleafError, ticket: Ticket, seen: int) -> HelpleafError:
    """A change that brought no message has nothing new to be marked: the owner is told the status."""
    if error.code == "changed_meanwhile" and len(ticket.messages) <= seen:
        return Conflict("status_meanwhile", status=ticket.status)
    return error


def _change(helpdesk: Helpdesk, ticket_id: int, fields: Mapping[str, str], now: datetime) -> Ticket:
    chosen, version = fields.get("do", ""), _number(fields, "version")
    if "answers" in fields:
        return helpdesk.confirm(ticket_id, fields["answers"], now, version=version)
    if chosen in ("reply", "reply_solve"):
        solved = chosen == "reply_solve"
        return helpdesk.reply(ticket_id, fields.get("message", ""), now, solved=solved, version=version)
    if chosen == "solve":
        return helpdesk.close(ticket_id, now, version=version)
    if chosen == "reopen":
        return helpdesk.reopen(ticket_id, now, version=version)
    raise Invalid("wrong_value", field="do", name="do")


def _number(fields: Mapping[str, str], name: str) -> int | None:
    """A number that the form carries, or None when it carries none. Raises Invalid."""
    text = fields.get(name, "")
    if text and not _is_id(text):
        raise Invalid("wrong_value", field=name, name=name)
    return int(text) if text else None


async def _read(request: Request, ticket_id: int) -> Ticket:
    """The ticket as it is by now. What silence has opened is stored, so that no later reply meets a new version."""
    context, now = context_of(request), context_of(request).clock()
    ticket = await context.read(context.helpdesk.ticket, ticket_id)
    if context.helpdesk.settled(ticket, now) is ticket:
        return ticket
    await _open_silent(context, [ticket_id], now)
    return context.helpdesk.settled(await context.read(context.helpdesk.ticket, ticket_id), now)


def _id(request: Request) -> int:
    number: str = request.path_params["id"]
    if not _is_id(number):
        raise NotFound("not_found")
    return int(number)


def _ticket(
    request: Request, ticket: Ticket, fields: Mapping[str, str] = NO_FIELDS, error: HelpleafError | None = None
) -> Response:
    """A ticket with the owner's words in its form; messages after the first `seen` ones are marked as new."""
    values = {"ticket": ticket, "message": fields.get("message", ""), "seen": _seen(fields, ticket)}
    return _page(request, "desk_ticket.html", error, threshold=context_of(request).helpdesk.threshold, **values)


def _seen(fields: Mapping[str, str], ticket: Ticket) -> int:
    """How many messages the owner's page had; all where it doesn't say."""
    seen = fields.get("seen", "")
    return int(seen) if _is_id(seen) else len(ticket.messages)


def _page(request: Request, name: str, error: HelpleafError | None = None, **values: object) -> Response:
    lang = language(request)
    status = status_of(error) if error else 200
    told = sentence(error, lang) if error else ""
    values |= {"told": told, "field": error.field if error else None}
    return pages.render(request, name, lang, values, status=status, headers=headers_of(error))


def _login(
    request: Request, error: HelpleafError | None, wanted: str, fields: Mapping[str, str] = NO_FIELDS
) -> Response:
    """The sign-in page, which keeps a reply whose session had ended, and where it was going."""
    kept = {name: fields.get(name, "") for name in ("message", "seen")}
    return _page(request, "desk_login.html", error, next=wanted if TICKET.fullmatch(wanted) else "", **kept)


def _remember(request: Request, token: str, answer: Response) -> Response:
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
