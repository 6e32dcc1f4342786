"""The command for owners who live in a terminal: it lists, shows and answers tickets."""

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

from ticket_api.archive import place
from ticket_api.commands import editor
from ticket_api.commands.desk import Here, at_desk
from ticket_api.commands.editor import Written
from ticket_api.commands.served import is_served
from ticket_api.commands.ticket_acts import ACTS
from ticket_api.commands.ticket_lines import (
    Listed,
    list_json,
    list_lines,
    summary,
    thread_lines,
    ticket_json,
    ticket_lines,
)
from ticket_api.errors import Conflict, HelpleafError, Stop, StoreUnavailable
from ticket_api.outgoing import UNDO_SECONDS
from ticket_api.settings import Settings
from ticket_api.tickets.filter import Filter, read_filter
from ticket_api.tickets.row import VIEWS
from ticket_api.tickets.snooze import WISHES
from ticket_api.tickets.ticket import Ticket

NAME = "tickets"
LIST = "list"
LISTED = 20
LONGEST_ID = 15
FILTERS = (
    "QUERY is what the desk's search field takes: words, and tag:vip, lang:zh, from:bob, status:waiting, is:overdue,"
    " is:unanswered, after:2026-10-01, before:2026-11-01. A tag of two words: 'tag:\"late delivery\"'."
)


def add_commands(commands: Any) -> None:
    """Tell the parser of the command, and of all that it does."""
    command = commands.add_parser(
        NAME,
        help="list, show and answer tickets",
        usage="helpleaf tickets [QUERY ...] [--view VIEW] [--limit N] [--json]\n       helpleaf tickets DO ID [...]",
        description="Without a word, it lists what waits for your answer. " + FILTERS,
        epilog="helpleaf tickets DO --help tells more of each. To look for a word such as show: tickets list show.",
    )
    inner = command.add_subparsers(prog="helpleaf tickets", title="what it does", metavar="DO", required=True)
    listing = _verb(inner, LIST, "list what waits, or what QUERY finds", list_tickets, with_id=False)
    listing.description = FILTERS
    listing.add_argument("query", metavar="QUERY", nargs="*", help="without it, what waits for your answer")
    listing.add_argument("--view", choices=(*VIEWS, "all"), help="open by default; all where something is looked for")
    listing.add_argument("--limit", type=int, default=LISTED, help=f"how many, {LISTED} by default")
    listing.add_argument("--json", action="store_true", help="print one JSON object for scripts")
    showing = _verb(inner, "show", "show a ticket with all that was written", show)
    showing.add_argument("--json", action="store_true", help="print one JSON object for scripts")
    replying = _verb(inner, "reply", "answer a ticket", reply)
    replying.add_argument("--solve", action="store_true", help="and mark it solved")
    for parser in (replying, _verb(inner, "note", "write something for yourself", note)):
        parser.add_argument("-m", "--message", metavar="TEXT", help="the text")
        parser.add_argument("--file", metavar="F", help="the file with the text; - is standard input")
        parser.epilog = (
            "Without -m and --file, the text is what comes on standard input; in a terminal it is what you write in the"
            " editor that EDITOR names, with the thread below it."
        )
        _add_seen(parser)
    for name, each in ACTS.items():
        parser = _verb(inner, name, each.help, act)
        parser.set_defaults(act=name)
        if name in ("tag", "untag"):
            parser.add_argument("tag", metavar="TAG")
        if name == "snooze":
            parser.add_argument("until", metavar="UNTIL", help=f"{', '.join(WISHES)}, or a day such as 2026-10-31")
        _add_seen(parser)


def _verb(inner: Any, name: str, does: str, run: Callable[..., None], *, with_id: bool = True) -> Any:
    parser = inner.add_parser(name, help=does)
    if with_id:
        parser.add_argument("id", metavar="ID", help="the ticket's number")
    parser.add_argument("--data", help="the folder of tickets and secrets")
    parser.set_defaults(command=run)
    return parser


def _add_seen(parser: Any) -> None:
    parser.add_argument("--seen", metavar="VERSION", type=int, help="do it only to the version that show told")


def spelled_out(arguments: Sequence[str]) -> list[str]:
    """What was typed, with the word `list` where it may be left out."""
    typed = list(arguments)
    known = {LIST, "show", "reply", "note", *ACTS, "-h", "--help"}
    return [NAME, LIST, *typed[1:]] if typed[:1] == [NAME] and not {*typed[1:2]} & known else typed


def list_tickets(settings: Settings, given: argparse.Namespace) -> None:
    """List the tickets of a view, or what is looked for. Raises Stop."""
    if given.limit < 1:
        raise Stop(f"--limit {given.limit}: name a number of tickets, 1 or more.")
    typed = " ".join(given.query)
    view = given.view or ("all" if typed.strip() else "open")
    if not settings.queue_path.exists() and sys.stderr.isatty():
        print("The list is made of all tickets first; later, that is done.", file=sys.stderr)
    with at_desk(settings) as here:
        wanted = read_filter(typed, next((each for each in VIEWS if each == view), None))
        listed, more = _found(here, wanted, given.limit)
        counts = here.queue.empty_page(here.now).counts
    if given.json:
        print(json.dumps(list_json(listed, more=more), indent=2))  # in ASCII, which every terminal and script can take
        return
    if not listed:
        print("Nothing waits for your answer." if wanted == Filter(view="open") else "Nothing is found.")
        return
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    zone = ZoneInfo(settings.timezone)
    print("\n".join(list_lines(listed, here.now, zone, room=room, statuses=wanted.view is None)))
    whole = counts[wanted.view] if wanted.is_plain and wanted.view else None
    print(f"\n{summary(len(listed), whole if more else len(listed))}")


def _found(here: Here, wanted: Filter, limit: int) -> tuple[list[Listed], bool]:
    """At most so many tickets that pass, and whether there are more. What is due by now is stored before."""
    here.queue.follow()
    page = here.queue.page(wanted, here.now)
    if page.due:
        with suppress(StoreUnavailable):  # what can't be written can be read
            here.queue.wake(page.due, here.now)
        page = here.queue.page(wanted, here.now)
    found = list(map(Listed, page.rows, page.left))
    while page.after and len(found) < limit:
        page = here.queue.page(wanted, here.now, after=page.after)
        found += map(Listed, page.rows, page.left)
    return found[:limit], bool(page.after) or len(found) > limit


def show(settings: Settings, given: argparse.Namespace) -> None:
    """Show a ticket. Raises Stop."""
    with at_desk(settings) as here:
        ticket = here.ticket(_id(given.id))
        others = here.desk.others(ticket)
        fits = here.saved_replies.fitting(ticket)
    if given.json:
        print(json.dumps(ticket_json(ticket, others, fits), indent=2))
    else:
        print("\n".join(ticket_lines(ticket, others, ZoneInfo(settings.timezone), fits=fits)))


def reply(settings: Settings, given: argparse.Namespace) -> None:
    """Answer a ticket, as the desk does. Raises Stop; then the text is kept."""

    def send(here: Here, text: str, version: int) -> Ticket:
        draft = here.desk.draft(given.id)
        replied = here.desk.reply(given.id, text, here.now, solved=given.solve, version=version)
        went_on = written.ours and draft.text == begun
        if draft.text.strip() not in ("", text) and not went_on:
            here.desk.keep_draft(given.id, draft.text, draft.number)
            print(f"The desk holds a draft with other words for ticket {given.id}; it stays.")
        return replied

    ticket, begun = _seen(settings, given)
    written = _written(settings, given, ticket, begun)
    replied = _store(settings, given, ticket, written, send)
    print(f"Replied to ticket {ticket.id}{', which is solved' if given.solve else ''}. {_mailed(settings, replied)}")


def note(settings: Settings, given: argparse.Namespace) -> None:
    """Write a note to a ticket. Raises Stop; then the text is kept."""
    ticket, _ = _seen(settings, given)
    written = _written(settings, given, ticket, "")
    _store(
        settings,
        given,
        ticket,
        written,
        lambda here, text, version: here.desk.note(ticket.id, text, here.now, version=version),
    )
    print(f"Your note stands at ticket {ticket.id}.")


def act(settings: Settings, given: argparse.Namespace) -> None:
    """Do one of ACTS to a ticket. Raises Stop."""
    given.id = _id(given.id)
    chosen = ACTS[given.act]
    with at_desk(settings) as here:
        ticket = here.ticket(given.id)
        version = ticket.version if given.seen is None else given.seen
        try:
            done = chosen.do(here.desk, given, here.now, version, settings.timezone)
        except Conflict as conflict:
            raise _meanwhile(conflict, given.id) from conflict
    until = done.snoozed_until.astimezone(ZoneInfo(settings.timezone)) if done.snoozed_until else here.now
    print(chosen.told.format(id=done.id, tags=", ".join(done.tags or ()) or "none", until=f"{until:%Y-%m-%d %H:%M}"))


def _id(typed: str) -> int:
    number = typed.removeprefix("#")
    if not (number.isascii() and number.isdecimal() and len(number) <= LONGEST_ID):
        raise Stop(f"{typed!r} isn't the number of a ticket. Name one such as 12: helpleaf tickets lists them.")
    return int(number)


def _seen(settings: Settings, given: argparse.Namespace) -> tuple[Ticket, str]:
    """The ticket as it is before anything is written, and the draft of a reply to it. Raises Stop."""
    given.id = _id(given.id)
    with at_desk(settings) as here:
        return here.ticket(given.id), here.desk.draft(given.id).text


def _written(settings: Settings, given: argparse.Namespace, ticket: Ticket, begun: str) -> Written:
    """The owner's text. Raises Stop where there is none."""
    written = editor.read_text(given.message, given.file)
    if written is None:
        below = ticket_lines(ticket, (), ZoneInfo(settings.timezone), lambda text, _: text)
        written = editor.write(_file_name(ticket.id), begun, ["", *below])
    if not written.text.strip():
        written.drop()
        raise Stop("The text is empty, so nothing was done.")
    return written


def _store(
    settings: Settings,
    given: argparse.Namespace,
    ticket: Ticket,
    written: Written,
    write: Callable[[Here, str, int], Ticket],
) -> Ticket:
    """Store what was written to the version that the owner saw. Raises Stop, and the text stands in a file then."""
    version = ticket.version if given.seen is None else given.seen
    try:
        with at_desk(settings) as here:
            try:
                stored = write(here, written.text, version)
            except Conflict as conflict:
                came = thread_lines(here.desk.ticket(ticket.id), ZoneInfo(settings.timezone), len(ticket.messages))
                print(*came, sep="\n", file=sys.stderr)
                raise _meanwhile(conflict, ticket.id) from conflict
    except BaseException:
        print(f"\nYour text is kept in {written.keep(_file_name(ticket.id))}", file=sys.stderr)
        raise
    written.drop()
    return stored


def _meanwhile(conflict: Conflict, ticket_id: int) -> HelpleafError:
    """What is told where the ticket isn't the one that the owner saw; the desk's own sentence speaks of its page."""
    if conflict.code != "changed_meanwhile":
        return conflict
    return Stop(f"Ticket {ticket_id} changed meanwhile, so nothing was done. See helpleaf tickets show {ticket_id}.")


def _file_name(ticket_id: int) -> str:
    return f"ticket-{ticket_id}.md"


def _mailed(settings: Settings, ticket: Ticket) -> str:
    """What becomes of the mail."""
    if not ticket.email:
        return "The customer gave no address, and reads it behind the secret link."
    back = f"Until then, helpleaf tickets retract {ticket.id} takes it back."
    if is_served(settings.data) or not place.is_file(settings.store_url):
        return f"The server mails it to {ticket.email} in {UNDO_SECONDS} seconds. {back}"
    return f"The mail to {ticket.email} waits, because no server runs here now: it goes out when one is started."
