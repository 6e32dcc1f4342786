"""One ticket: the thread, its customer, the articles that may answer, and what the owner does with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ticket_api.desk import Desk
from ticket_api.errors import Conflict, HelpleafError, Invalid, NotFound
from ticket_api.rules import acts_of
from ticket_api.tickets import handling
from ticket_api.tickets.message import Attachment
from ticket_api.tickets.snooze import moment
from ticket_api.tickets.ticket import Ticket
from ticket_api.web import files
from ticket_api.web.context import context_of
from ticket_api.web.desk.beside import Beside, beside
from ticket_api.web.desk.page import NO_FIELDS, REFUSALS, is_id, page
from ticket_api.web.desk.priority import pressing_of
from ticket_api.web.desk.promises import told
from ticket_api.web.desk.silence import open_silent
from ticket_api.web.intake import convert, language
from ticket_api.web.types import NewRequester

KEPT = ("message", "note", "tag", "into", "until", "name", "email")
"""Fields that come back as they were typed when something was wrong, or when something else was done."""


@dataclass(frozen=True, slots=True)
class Press:
    """One press of a button: the fields of its form, and what it says beside its name."""

    desk: Desk
    ticket_id: int
    argument: str
    fields: Mapping[str, str]
    version: int | None
    now: datetime
    zone: str
    files: tuple[Attachment, ...] = ()

    def text(self, name: str) -> str:
        """A field, or ""."""
        return self.fields.get(name, "")

    def number(self, name: str) -> int:
        """What the button says, else a field, as the number of a ticket or a priority. Raises Invalid."""
        text = (self.argument or self.text(name)).strip().removeprefix("#")
        if not is_id(text):
            raise Invalid("wrong_value", field=name, name=name)
        return int(text)


def _reply(press: Press) -> Ticket:
    solved = press.argument == "solved"
    return press.desk.reply(
        press.ticket_id, press.text("message"), press.now, press.files, solved=solved, version=press.version
    )


def _snooze(press: Press) -> Ticket:
    until = moment(press.argument or press.text("until"), press.now, press.zone)
    return press.desk.snooze(press.ticket_id, until, press.now, version=press.version)


def _categorise(press: Press) -> Ticket:
    if "category" not in press.fields:
        raise Invalid("wrong_value", field="category", name="category")
    return press.desk.categorise(press.ticket_id, press.text("category"), press.now, version=press.version)


def _change_requester(press: Press) -> Ticket:
    new = convert({"name": press.text("name").strip(), "email": press.text("email").strip()}, NewRequester)
    return press.desk.change_requester(press.ticket_id, new.name, new.email, press.now, version=press.version)


def _entered(press: Press) -> Ticket:
    """The enter key in a field: what that field is for."""
    for name, act in (("tag", "tag"), ("into", "merge"), ("until", "snooze")):
        if press.text(name).strip():
            return ACTS[act].do(press)
    return _change_requester(press) if "email" in press.fields else press.desk.ticket(press.ticket_id)


@dataclass(frozen=True, slots=True)
class Act:
    """What a button does, and the fields whose words are used up by it."""

    do: Callable[[Press], Ticket]
    uses: tuple[str, ...] = ()


ACTS: Mapping[str, Act] = {
    "reply": Act(_reply, ("message",)),
    "retract": Act(lambda press: press.desk.retract(press.ticket_id, press.now, version=press.version), ("message",)),
    "solve": Act(lambda press: press.desk.close(press.ticket_id, press.now, version=press.version)),
    "reopen": Act(lambda press: press.desk.reopen(press.ticket_id, press.now, version=press.version)),
    "note": Act(
        lambda press: press.desk.note(press.ticket_id, press.text("note"), press.now, version=press.version), ("note",)
    ),
    "tag": Act(
        lambda press: press.desk.tag(press.ticket_id, press.text("tag"), press.now, version=press.version), ("tag",)
    ),
    "untag": Act(lambda press: press.desk.untag(press.ticket_id, press.argument, press.now, version=press.version)),
    "prioritise": Act(
        lambda press: press.desk.prioritise(press.ticket_id, press.number("priority"), press.now, version=press.version)
    ),
    "categorise": Act(_categorise),
    "snooze": Act(_snooze, ("until",)),
    "wake": Act(lambda press: press.desk.wake(press.ticket_id, press.now, version=press.version)),
    "merge": Act(
        lambda press: press.desk.merge(press.ticket_id, press.number("into"), press.now, version=press.version),
        ("into",),
    ),
    "requester": Act(_change_requester, ("name", "email")),
    "renew": Act(lambda press: press.desk.renew(press.ticket_id, press.now, version=press.version)),
    "answers": Act(lambda press: press.desk.confirm(press.ticket_id, press.argument, press.now, version=press.version)),
    "enter": Act(_entered, ("tag", "into", "until", "name", "email")),
}
"""What the buttons of the page do. A button's value is one of these names, with what it is about behind a colon."""

PUTS = ("link", "section", "saved", "preview")
"""What only changes the words in the reply's field, or shows them."""


async def show(request: Request) -> Response:
    """One ticket with all that was written and offered."""
    return await show_with(request, await read(request, _id(request)))


async def change(request: Request) -> Response:
    """What the owner does; what changed since their page was made comes back with their words kept."""
    fields, sent = await files.read_message(request)
    ticket_id = _id(request)
    name, _, argument = _pressed(fields).partition(":")
    if name in PUTS:
        argument = argument or fields.get(name, "")
        return await show_with(request, await read(request, ticket_id), fields, puts=(name, argument))
    context, act = context_of(request), ACTS.get(name)
    kept: tuple[Attachment, ...] = ()
    try:
        if act is None:
            raise Invalid("wrong_value", field="do", name="do")
        version, zone = _number(fields, "version"), context.settings.timezone
        kept = await files.keep(request, sent) if name == "reply" else ()
        press = Press(context.desk, ticket_id, argument, fields, version, context.clock(), zone, kept)
        changed = await context.write(act.do, press)
    except REFUSALS as error:
        await files.drop(request, kept)
        ticket = await read(request, ticket_id)
        return await show_with(request, ticket, fields, _told_apart(error, ticket, _seen(fields, ticket)))
    left = {field: fields.get(field, "") for field in ("message", "note") if field not in act.uses}
    if any(map(str.strip, left.values())):
        return await show_with(request, changed, left)  # what is half written stays
    return RedirectResponse(f"/desk/tickets/{changed.id}", 303)


async def show_file(request: Request) -> Response:
    """A file that came with a message of this ticket."""
    ticket = await context_of(request).read(context_of(request).desk.ticket, _id(request))
    return await files.answer(request, ticket, request.path_params["file"])


def _pressed(fields: Mapping[str, str]) -> str:
    """The name of the button, and what it is about."""
    chosen = fields.get("do", "")
    if "answers" in fields:
        return f"answers:{fields['answers']}"
    return "reply:solved" if chosen == "reply_solve" else chosen


def _told_apart(error: HelpleafError, ticket: Ticket, seen: int) -> HelpleafError:
    """A change that brought no message has nothing new to be marked: the owner is told the status."""
    if error.code == "changed_meanwhile" and len(ticket.messages) <= seen:
        return Conflict("status_meanwhile", status=ticket.status)
    return error


def _number(fields: Mapping[str, str], name: str) -> int | None:
    """A number that the form carries, or None when it carries none. Raises Invalid."""
    text = fields.get(name, "")
    if text and not is_id(text):
        raise Invalid("wrong_value", field=name, name=name)
    return int(text) if text else None


async def read(request: Request, ticket_id: int) -> Ticket:
    """The ticket as it is by now. What silence has opened is stored, so that no later reply meets a new version."""
    context, now = context_of(request), context_of(request).clock()
    ticket = await context.read(context.desk.ticket, ticket_id)
    if context.helpdesk.settled(ticket, now) is ticket:
        return ticket
    await open_silent(context, [ticket_id], now)
    return context.helpdesk.settled(await context.read(context.desk.ticket, ticket_id), now)


def _id(request: Request) -> int:
    number: str = request.path_params["id"]
    if not is_id(number):
        raise NotFound("not_found")
    return int(number)


async def show_with(
    request: Request,
    ticket: Ticket,
    fields: Mapping[str, str] = NO_FIELDS,
    error: HelpleafError | None = None,
    *,
    puts: tuple[str, str] = ("", ""),
) -> Response:
    """A ticket with the owner's words in its form; messages after the first `seen` ones are marked as new.

    `puts` is what is put into the reply, by one of PUTS and what it is about.
    """
    context, now = context_of(request), context_of(request).clock()
    around = await context.read(beside, context, ticket, now)
    words = fields.get("message", around.draft.text)
    filled = {name: fields.get(name, "") for name in KEPT if name not in ("name", "email")}
    return page(
        request,
        "desk_ticket.html",
        error,
        ticket=ticket,
        thread=_thread(ticket),
        seen=_seen(fields, ticket),
        beside=around,
        promised=told(around.promises, now, language(request), context.settings.timezone),
        message=_joined(words, _put(around, *puts)),
        filled=filled | {name: fields.get(name) or getattr(ticket, name) for name in ("name", "email")},
        undo_seconds=round(handling.unseen_for(ticket, now).total_seconds()),
        snoozed=handling.is_snoozed(ticket, now),
        pressing=await context.read(pressing_of, context, ticket, now, language(request)),
        threshold=context.helpdesk.threshold,
        previews=puts[0] == "preview",
        takes_files=context.settings.attachments,
        rules=acts_of(ticket, language(request)),
    )


def _thread(ticket: Ticket) -> list[tuple[str, int, object]]:
    """Messages, with their number from 1, and notes, in the order of time."""
    messages = [(message.at, 0, ("message", place, message)) for place, message in enumerate(ticket.messages, 1)]
    notes = [(note.at, 1, ("note", 0, note)) for note in ticket.notes or ()]
    return [item for *_, item in sorted([*messages, *notes], key=lambda each: each[:2])]


def _put(around: Beside, what: str, argument: str) -> str:
    """The words of an article or a saved reply; "" for one that isn't there any more."""
    if what == "saved":
        number = int(argument) if is_id(argument) else len(around.saved)
        return around.saved[number].text if number < len(around.saved) else ""
    wanted = (each for each in around.answers if each.suggestion.id == argument)
    answer = next(wanted, None)
    return {"link": answer.link, "section": answer.section}.get(what, "") if answer else ""


def _joined(text: str, more: str) -> str:
    return f"{text.rstrip()}\n\n{more}" if text.strip() and more else text or more


def _seen(fields: Mapping[str, str], ticket: Ticket) -> int:
    """How many messages the owner's page had; all where it doesn't say."""
    seen = fields.get("seen", "")
    return int(seen) if is_id(seen) else len(ticket.messages)
