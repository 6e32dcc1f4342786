"""Tickets as lines for a terminal, and as JSON for scripts."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import msgspec
from msgspec import Struct

from ticket_api import words
from ticket_api.archive.export import SECRET
from ticket_api.commands.columns import aligned, in_one_line, plain
from ticket_api.knowledge.reasons import in_words
from ticket_api.rules import Part, acts_of
from ticket_api.saved_replies import Fitting
from ticket_api.terminal import counted, styled
from ticket_api.tickets.event import RULE
from ticket_api.tickets.message import Attachment, Message, Note
from ticket_api.tickets.row import Row
from ticket_api.tickets.ticket import Ticket

VERSION = 1
"""Of the JSON that is printed; changes when a script that reads it would have to."""
HEAD = ("#", "Status", "Priority", "Time", "Who", "Lang", "Tags", "Question")
WIDEST = (9, 11, 8, 12, 22, 5, 24)
"""The most cells of each column but the last."""
ON_THE_RIGHT = (0, 2)
TIME = 3
GAP = "  "
NARROWEST = 20
"""Cells that the last column gets, however narrow the terminal is."""
HIDDEN = (*SECRET, "before")
Paint = Callable[[str, str], str]
"""Puts a text into one of the styles of a terminal."""
AUTHORS = {"owner": "You", "automatic": "Helpleaf, by itself"}


class Listed(Struct, frozen=True):
    """A row of the queue with the opening time that is left to answer it, None where nobody waits for an answer."""

    row: Row
    left: timedelta | None


def list_lines(listed: Sequence[Listed], now: datetime, zone: tzinfo, *, room: int, statuses: bool) -> Iterator[str]:
    """A line for each ticket below a head, in so many cells; 0 cuts nothing. `statuses`: whether these differ."""
    cells = [_cells(each, now, zone, statuses=statuses) for each in listed]
    taken = sum(WIDEST[place] + len(GAP) for place in range(len(WIDEST)) if any(each[place] for each in cells))
    last = max(NARROWEST, room - taken) if room else 10_000
    head, *lines = aligned(HEAD, cells, (*WIDEST, last), ON_THE_RIGHT)
    yield styled(GAP.join(head), "dim")
    for each, line in zip(listed, lines, strict=True):
        late = each.left is not None and each.left <= timedelta()
        yield styled(GAP.join(line), "red") if late else GAP.join(line)


def _cells(listed: Listed, now: datetime, zone: tzinfo, *, statuses: bool) -> tuple[str, ...]:
    row = listed.row
    return (
        str(row.id),
        ("snoozed" if row.snoozed_until else row.status) if statuses else "",
        row.quadrant,
        _time_cell(listed, now, zone),
        in_one_line(row.who),
        row.lang,
        in_one_line(", ".join(row.tags)),
        in_one_line(row.subject or row.words),
    )


def _time_cell(listed: Listed, now: datetime, zone: tzinfo) -> str:
    if listed.left is not None:
        late = listed.left <= timedelta()
        return f"{span(abs(listed.left))} {'late' if late else 'left'}"
    if listed.row.snoozed_until:
        return f"{listed.row.snoozed_until.astimezone(zone):%m-%d %H:%M}"
    return f"{span(now - listed.row.since)} ago"


def span(length: timedelta) -> str:
    """A span of time in few letters: 12m, 5h, 3d."""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes}m"
    return f"{minutes // 60}h" if minutes < 48 * 60 else f"{minutes // 1440}d"


def list_json(listed: Sequence[Listed], *, more: bool) -> dict[str, Any]:
    """The same for scripts; `left` in seconds. `more`: whether others are found that aren't in it."""
    rows = [
        msgspec.structs.asdict(each.row) | {"left": each.left and round(each.left.total_seconds())} for each in listed
    ]
    whole: dict[str, Any] = msgspec.to_builtins({"version": VERSION, "tickets": rows, "more": more})
    return whole


def ticket_json(ticket: Ticket, others: Sequence[Ticket], fits: Fitting | None = None) -> dict[str, Any]:
    """A ticket for scripts, without what its secret link is made from or found by; `others`: the same customer's.

    `fits` is the saved reply that does.
    """
    document: dict[str, Any] = msgspec.to_builtins(ticket)
    shown = {name: value for name, value in document.items() if name not in HIDDEN}
    reply = {"title": fits.reply.title, "text": fits.reply.text, "why": _why(fits)} if fits else None
    return {"version": VERSION, "ticket": shown, "others": [each.id for each in others], "saved_reply": reply}


def ticket_lines(
    ticket: Ticket, others: Sequence[Ticket], zone: tzinfo, paint: Paint = styled, fits: Fitting | None = None
) -> Iterator[str]:
    """A ticket with all that was written and offered; a terminal obeys nothing of what customers wrote."""
    yield paint(f"Ticket {ticket.id}{f': {in_one_line(ticket.subject)}' if ticket.subject else ''}", "bold")
    yield from _facts(ticket, others, zone)
    for offer in ticket.offers:
        yield f"Offered: {in_one_line(offer.title)} ({offer.id}, {offer.score:.2f}){_became(ticket, offer.id)}"
    if fits:
        yield f"Saved reply that fits: {in_one_line(fits.reply.title)} ({in_one_line('; '.join(_why(fits)))})"
    yield from thread_lines(ticket, zone, paint=paint)


def _why(fits: Fitting) -> list[str]:
    return [in_words(reason, "", "en") for reason in fits.why]


def _facts(ticket: Ticket, others: Sequence[Ticket], zone: tzinfo) -> Iterator[str]:
    """What is known of a ticket beside its thread, a line each."""
    status = f"snoozed until {_date(ticket.snoozed_until, zone)}" if ticket.snoozed_until else ticket.status
    language = words.load("en")["language"].get(ticket.lang, ticket.lang)
    page = f", from {in_one_line(ticket.page)}" if ticket.page else ""
    yield (
        f"{status}, priority {ticket.priority or 'as computed'}, in {language}{page}, version {ticket.version}"
        f"{f', goes on in {ticket.merged_into}' if ticket.merged_into else ''}"
    )
    also = f"; also asked {', '.join(str(each.id) for each in others)}" if others else ""
    yield f"From {_who(ticket)}{also}"
    if ticket.tags:
        yield f"Tags: {in_one_line(', '.join(ticket.tags))}"
    if ticket.category:
        yield f"About: {in_one_line(ticket.category.name)} ({ticket.category.by})"
    if ticket.quarantined_for:
        yield f"Quarantined for: {', '.join(ticket.quarantined_for)}"
    if others_ran := [each for each in ticket.ran or () if not each.name.startswith(RULE)]:
        yield f"By itself: {', '.join(f'{each.name} at {_date(each.at, zone)}' for each in others_ran)}"
    yield from _rules(ticket, zone)
    if ticket.rating:
        comment = f", “{in_one_line(ticket.rating.comment)}”" if ticket.rating.comment else ""
        yield f"Rated {ticket.rating.score} of 5{comment}"


def _rules(ticket: Ticket, zone: tzinfo) -> Iterator[str]:
    """What rules did and why, and which of their messages weren't sent, in the words of the desk."""
    for act in acts_of(ticket, "en"):
        did = "" if act.unsent and not act.did else f": {_parts(act.did) or words.say('en', 'rules.nothing')}"
        yield f"Rule {in_one_line(act.name)}, {_date(act.ran.at, zone)}{did}"
        yield f"  {words.say('en', 'rules.because')} {_parts(act.why) or words.say('en', 'rules.always')}"
        if act.unsent:
            yield f"  {in_one_line(act.unsent)}"
        if act.ran.undone:
            yield f"  {words.say('en', 'rules.undone', at=_date(act.ran.undone, zone))}"


def _parts(parts: Sequence[Part]) -> str:
    return "; ".join(in_one_line(f"{name} {value}".strip()) for name, value in parts)


def _who(ticket: Ticket) -> str:
    address = f"<{in_one_line(ticket.email)}>" if ticket.email else ""
    return " ".join(filter(None, (in_one_line(ticket.name), address))) or "somebody who gave no name"


def _became(ticket: Ticket, article: str) -> str:
    """What became of an article that was offered."""
    if ticket.answered_by == article:
        return ", which answers it, you said"
    return ", which solved it, the customer said" if ticket.solved_by == article else ""


def thread_lines(ticket: Ticket, zone: tzinfo, first: int = 0, paint: Paint = styled) -> Iterator[str]:
    """Messages from the one with this place on, and with the first one the notes, in the order of time."""
    notes = () if first else (ticket.notes or ())
    written: list[Message | Note] = sorted((*ticket.messages[first:], *notes), key=lambda each: each.at)
    for each in written:
        yield ""
        yield paint(f"{_author(each, ticket)}, {_date(each.at, zone)}", "bold")
        yield from (f"  {line}".rstrip() for line in plain(each.text).split("\n"))
        if isinstance(each, Message):
            yield from map(_file, each.attachments or ())


def _author(written: Message | Note, ticket: Ticket) -> str:
    if isinstance(written, Note):
        return "Your note"
    return AUTHORS.get(written.author) or in_one_line(ticket.name or ticket.email) or "The customer"


def _file(attachment: Attachment) -> str:
    kilobytes = -(-attachment.size // 1024)
    return f"  [{in_one_line(attachment.name)}, {kilobytes:,} KB: {attachment.id}]"


def _date(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}{' UTC' if zone is UTC or str(zone) == 'UTC' else ''}"


def summary(number: int, whole: int | None) -> str:
    """How many tickets were listed, of how many; None where nobody counted."""
    if whole is None:
        return f"The first {counted(number, 'ticket')}; there are more: see --limit."
    return f"{counted(number, 'ticket')}." if number == whole else f"{number:,} of {counted(whole, 'ticket')}."
