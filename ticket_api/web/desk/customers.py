"""Customers: the list of them, and all that is known of one."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ticket_api.customers import MOST_TICKETS, CustomerPage, Customers
from ticket_api.customers.segments import Wish
from ticket_api.errors import HelpleafError, Invalid, NotFound
from ticket_api.question import check_characters
from ticket_api.tickets import customers as pure
from ticket_api.tickets.customers import SORTS
from ticket_api.tickets.message import Note
from ticket_api.tickets.orders import FEW
from ticket_api.tickets.segments import LONGEST_NAME, mentions, named
from ticket_api.web.context import context_of
from ticket_api.web.desk.page import NO_FIELDS, REFUSALS, is_id, page
from ticket_api.web.intake import read_form

REQUESTER = re.compile(r"[0-9a-f]{1,64}|x(?:[0-9a-f]{2}){1,1016}")
FIELDS = ("tag", "plan", "name", "value", "note", "address")
"""Fields that come back as they were typed when something was wrong."""
SORT_WORDS: Mapping[str, str] = {"seen": "sort_seen", "value": "sort_value", "risk": "sort_risk"}
VIEW_WORDS: Mapping[str, str] = {"tickets:>0": "have_written", "tickets:0": "have_ordered"}
"""Filters that stand before the segments, once orders were imported."""
DONE_WORDS: Mapping[str, str] = {"kept": "segment_kept", "gone": "segment_gone"}
RISK_WORDS: Mapping[str, str] = {
    "late": "risk_late",
    "open": "risk_open",
    "rated": "risk_rated",
    "ended": "risk_ended",
}


@dataclass(frozen=True, slots=True)
class Press:
    """One press of a button: the fields of its form, and what its value says behind its name."""

    customers: Customers
    requester: str
    argument: str
    fields: Mapping[str, str]
    now: datetime

    def text(self, name: str) -> str:
        """A field, or "". Raises Invalid for what can't be stored."""
        text = self.fields.get(name, "")
        check_characters(name, text)
        return text


def _tag(press: Press) -> None:
    press.customers.change(press.requester, lambda kept: pure.tagged(kept, press.text("tag")), press.now)


def _untag(press: Press) -> None:
    press.customers.change(press.requester, lambda kept: pure.untagged(kept, press.argument), press.now, every=True)


def _plan(press: Press) -> None:
    press.customers.change(press.requester, lambda kept: pure.planned(kept, press.text("plan")), press.now)


def _field(press: Press) -> None:
    name, value = press.text("name"), press.text("value")
    press.customers.change(press.requester, lambda kept: pure.with_field(kept, name, value), press.now)


def _unfield(press: Press) -> None:
    press.customers.change(
        press.requester, lambda kept: pure.with_field(kept, press.argument, ""), press.now, every=True
    )


def _note(press: Press) -> None:
    press.customers.change(press.requester, lambda kept: pure.noted(kept, press.text("note"), press.now), press.now)


def _unnote(press: Press) -> None:
    requester, _, number = press.argument.partition(":")
    if not (REQUESTER.fullmatch(requester) and is_id(number)):
        raise Invalid("wrong_value", field="do", name="do")
    press.customers.change(requester, lambda kept: pure.unnoted(kept, int(number)), press.now)


ACTS: Mapping[str, Callable[[Press], None]] = {
    "tag": _tag,
    "untag": _untag,
    "plan": _plan,
    "field": _field,
    "unfield": _unfield,
    "note": _note,
    "unnote": _unnote,
    "merge": lambda press: press.customers.merge(press.requester, press.text("address"), press.now),
    "unmerge": lambda press: press.customers.unmerge(press.requester, press.argument, press.now),
}
"""What the buttons of a customer's page do."""


async def show_list(request: Request) -> Response:
    """One page of the customers that pass a filter, by when they were seen, their value or their risk."""
    return await _show_list(request, request.query_params)


async def change_list(request: Request) -> Response:
    """Save the filter as a segment, or remove one; when that can't be, the page comes back as it was filled."""
    context, fields = context_of(request), await read_form(request)
    do, _, removed = fields.get("do", "").partition(":")
    q, sort, segments = _typed(fields), fields.get("sort", "seen"), context.customers.segments
    try:
        if not is_id(version := fields.get("version", "")):
            raise Invalid("wrong_value", field="version", name="version")
        if do == "save":
            name = " ".join(fields.get("name", "").split())
            check_characters("name", name)
            check_characters("q", q)
            await context.write(segments.save, Wish(name, q, int(version)), context.clock())
            return RedirectResponse(_address(named(name), sort, done="kept"), 303)
        if do != "drop":
            raise Invalid("wrong_value", field="do", name="do")
        await context.write(segments.drop, removed, int(version), context.clock())
    except REFUSALS as error:
        return await _show_list(request, fields, error)
    return RedirectResponse(_address("" if mentions(q, removed) else q, sort, done="gone"), 303)


async def _show_list(request: Request, given: Mapping[str, str], error: HelpleafError | None = None) -> Response:
    context, typed, sort = context_of(request), _typed(given), given.get("sort", "seen")
    sort = sort if sort in SORTS else "seen"
    today = context.clock().date().toordinal()
    try:
        found = await context.read(context.customers.page, typed, sort, given.get("after", ""), today)
    except Invalid as invalid:
        error, found = error or invalid, CustomerPage([], "", 0)
    overall = await context.read(context.customers.overall)
    version, segments = await context.read(context.customers.listed, today)
    filters = [(each, each.filter if each.hidden else named(each.name)) for each in segments]
    return page(
        request,
        "desk_customers.html",
        error,
        found=found,
        q=typed,
        sort=sort,
        sorts=SORT_WORDS,
        segments=filters,
        version=version,
        filled=given.get("name", ""),
        longest=LONGEST_NAME,
        done=DONE_WORDS.get(given.get("done", "")),
        views=VIEW_WORDS if overall.fifths.customers else {},
        may_save=typed and typed not in {*VIEW_WORDS, *(each for _, each in filters)},
        address=partial(_address, typed, sort),
        today=today,
        overall=overall,
        few=FEW,
        money=partial(money, overall.currency),
    )


def _typed(given: Mapping[str, str]) -> str:
    return " ".join(given.get("q", "").split())


def _address(q: str, sort: str, /, **changed: str) -> str:
    """The address of the list, or of one that differs in something; a new filter begins at its first page."""
    given = {"q": q, "sort": sort} | changed
    told = {name: value for name, value in given.items() if value and (name, value) != ("sort", "seen")}
    return f"/desk/customers?{urlencode(told)}" if told else "/desk/customers"


def money(currency: str, amount: float) -> str:
    """An amount as people read it; a currency's letters stand behind it, a sign before it."""
    text = f"{abs(amount):,.2f}"
    text = f"{text} {currency}" if currency.isalpha() else f"{currency}{text}"
    return f"-{text}" if amount < 0 else text


async def show(request: Request) -> Response:
    """All that is known of a customer; of one who is merged into another, that one's page."""
    return await _show(request)


async def change(request: Request) -> Response:
    """What the owner does; when that can't be, the page comes back as it was filled."""
    requester, context = _requester(request), context_of(request)
    fields = await read_form(request)
    name, _, argument = fields.get("do", "").partition(":")
    try:
        act = ACTS.get(name)
        if act is None:
            raise Invalid("wrong_value", field="do", name="do")
        await context.write(act, Press(context.customers, requester, argument, fields, context.clock()))
    except REFUSALS as error:
        return await _show(request, fields, error)
    return RedirectResponse(f"/desk/customers/{requester}", 303)


async def _show(
    request: Request, fields: Mapping[str, str] = NO_FIELDS, error: HelpleafError | None = None
) -> Response:
    requester, context = _requester(request), context_of(request)
    sheet = await context.read(context.customers.sheet, requester)
    if sheet.customer.requester != requester:
        return RedirectResponse(f"/desk/customers/{sheet.customer.requester}", 303)
    today = context.clock().date().toordinal()
    return page(
        request,
        "desk_customer.html",
        error,
        sheet=sheet,
        customer=sheet.customer,
        kept=sheet.customer.kept,
        own=sheet.kept[requester],
        others=[(name, each.address) for name, each in sheet.kept.items() if name != requester],
        notes=_notes(sheet.kept),
        own_fields=list({name: value for each in reversed(sheet.kept.values()) for name, value in each.fields}.items()),
        risk=sheet.customer.risk(today),
        risk_words=RISK_WORDS,
        today=today,
        day=lambda ordinal: date.fromordinal(ordinal).isoformat(),
        money=partial(money, sheet.overall.currency),
        filled={name: fields.get(name, "") for name in FIELDS},
        most_tickets=MOST_TICKETS,
        few=FEW,
    )


def _notes(kept: Mapping[str, pure.Kept]) -> list[tuple[str, Note]]:
    """The notes about all addresses, by time, each with the name by which it is taken away."""
    notes = [(f"{who}:{place}", note) for who, each in kept.items() for place, note in enumerate(each.notes)]
    return sorted(notes, key=lambda pair: pair[1].at)


def _requester(request: Request) -> str:
    requester: str = request.path_params["requester"]
    if not REQUESTER.fullmatch(requester):
        raise NotFound("not_found")
    return requester
