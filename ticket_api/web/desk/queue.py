"""The queue: what to do next, and everything else to be found again."""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import urlencode

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ticket_api import words
from ticket_api.errors import HelpleafError, Invalid, StoreUnavailable
from ticket_api.queue import QueuePage
from ticket_api.tickets.filter import Filter, read_filter
from ticket_api.tickets.row import VIEWS, View
from ticket_api.web.context import Context, context_of
from ticket_api.web.desk.page import is_id, page
from ticket_api.web.intake import language, read_form

DONE = re.compile(r"(tag|solve|reopen|quarantine)\.([0-9]{1,3})\.([0-9]{1,3})")
"""What was done to how many tickets, and how many were left alone: as it stands in the address afterwards."""
MOST_FIELDS = 100
NOTHING: Mapping[int, int] = {}
FILTERS = ("is:overdue", "is:unanswered", "lang:en", "lang:zh")
"""Filters that are one press away."""


class Place(Struct, frozen=True):
    """Where in the queue a page is: as much of its address as leads back to it. `view` "all" is every view."""

    view: str = "open"
    q: str = ""
    after: str = ""

    def address(self, **changed: str) -> str:
        """The address of this place, or of one that differs in something; a new filter begins at its first page."""
        given = {"view": self.view, "q": self.q} | changed
        told = {name: value for name, value in given.items() if value and (name, value) != ("view", "open")}
        return f"/desk?{urlencode(told)}" if told else "/desk"

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> "Place":
        """The place that an address or a form names; what it doesn't know becomes the queue's beginning."""
        wanted = fields.get("view", "")
        view = wanted if wanted == "all" or wanted in VIEWS else "open"
        return cls(view, " ".join(fields.get("q", "").split()), fields.get("after", ""))


async def show(request: Request) -> Response:
    """One page of a view, or of what was searched for; nothing when the reader knows all of it already."""
    return await _show(request, Place.of(request.query_params))


async def _show(
    request: Request, place: Place, error: Invalid | None = None, picked: Mapping[int, int] = NOTHING, tag: str = ""
) -> Response:
    """A page of the queue, with what was wrong; then its ticks and what was typed beside them stay."""
    context = context_of(request)
    now = context.clock()
    try:
        wanted = _filter(place)
        found = await _found(context, wanted, place.after, now)
    except Invalid as invalid:
        error, wanted = invalid, Filter()
        found = await context.read(context.queue.empty_page, now)
    known = f"{found.seq}.{int(found.behind)}.{found.moves}"
    if request.query_params.get("known") == known:
        return Response(status_code=204)
    return _page(request, place, wanted, found, known, now, error, picked, tag)


async def _found(context: Context, wanted: Filter, after: str, now: datetime) -> QueuePage:
    """The page, once what is due by now is stored; a store that can't be written can be read all the same."""
    found = await context.read(context.queue.page, wanted, now, after=after)
    if not found.due:
        return found
    with suppress(StoreUnavailable):
        await context.write(context.queue.wake, found.due, now)
    return await context.read(context.queue.page, wanted, now, after=after)


def _filter(place: Place) -> Filter:
    view: View | None = next((each for each in VIEWS if each == place.view), None)
    return read_filter(place.q, view)


def _page(
    request: Request,
    place: Place,
    wanted: Filter,
    found: QueuePage,
    known: str,
    now: datetime,
    error: HelpleafError | None,
    picked: Mapping[int, int],
    tag: str,
) -> Response:
    lang = language(request)
    shown = [view for view in VIEWS if view != "snoozed" or found.counts["snoozed"] or place.view == "snoozed"]
    return page(
        request,
        "desk_queue.html",
        error,
        place=place,
        wanted=wanted,
        queue=found,
        known=known,
        quadrants=[(each, f"quadrant:{each}", number) for each, number in found.quadrants.items()],
        views=[*((view, found.counts[view]) for view in shown), ("all", sum(found.counts.values()))],
        filters=[(each, place.q == each) for each in FILTERS],
        age=lambda moment: age(now - moment, lang),
        left=lambda span: left(span, lang),
        done=_done(request, lang),
        is_search=not wanted.is_plain,
        picked=picked,
        tag=tag,
    )


def _done(request: Request, lang: str) -> str:
    """The sentence about what was just done to many tickets, or ""."""
    found = DONE.fullmatch(request.query_params.get("done", ""))
    if not found:
        return ""
    told = words.say(lang, f"queue.done_{found[1]}", number=found[2])
    skipped = words.say(lang, "queue.skipped", number=found[3]) if found[3] != "0" else ""
    return f"{told} {skipped}".strip()


def age(span: timedelta, lang: str) -> str:
    """A span of time in few letters: now, 12 min, 5 h, 3 d."""
    minutes = max(0, int(span.total_seconds() // 60))
    if not minutes:
        return words.say(lang, "queue.now")
    if minutes < 60:
        return words.say(lang, "queue.minutes", number=minutes)
    if minutes < 48 * 60:
        return words.say(lang, "queue.hours", number=minutes // 60)
    return words.say(lang, "queue.days", number=minutes // 1440)


def left(span: timedelta | None, lang: str) -> tuple[str, str]:
    """How much time is left, in few letters, and what is to be seen of it: "late", "soon" or ""."""
    if span is None:
        return "", ""
    if span <= timedelta():
        return words.say(lang, "queue.late", span=age(-span, lang)), "late"
    return words.say(lang, "queue.left", span=age(span, lang)), "soon" if span < timedelta(hours=1) else ""


async def change(request: Request) -> Response:
    """Do the same to all tickets that are ticked; those that changed since the page was made are left alone."""
    fields = await read_form(request, most=MOST_FIELDS)
    context, place = context_of(request), Place.of(fields)
    picked = {int(name[5:]): int(value) for name, value in fields.items() if _is_pick(name, value)}
    chosen, tag = fields.get("do", ""), fields.get("tag", "")
    try:
        done = await context.write(context.desk.change_many, picked, chosen, tag, context.clock())
    except Invalid as error:
        return await _show(request, place, error, picked, tag)
    told = {"done": f"{chosen}.{done}.{len(picked) - done}"} if picked else {}
    return RedirectResponse(place.address(**told), 303)


def _is_pick(name: str, value: str) -> bool:
    return name.startswith("pick-") and is_id(name[5:]) and is_id(value)
