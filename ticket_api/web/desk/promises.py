"""Promises of time in words: on a ticket's page, and on that of the preferences."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ticket_api import words
from ticket_api.days_off import Off, named
from ticket_api.preferences import Preferences
from ticket_api.tickets.priority import QUADRANTS, Quadrant
from ticket_api.tickets.promises import Kind, Promise, Terms
from ticket_api.web.context import Context

MINUTE = timedelta(minutes=1)
NEAR_DAYS = 6
"""So many days ahead or back, a weekday says which day is meant."""

Told = tuple[Kind, str, str]
"""What is promised, how it stands with that, and the same in words."""


def told(found: Sequence[Promise], now: datetime, lang: str, zone: str) -> list[Told]:
    """Each promise about a ticket in a sentence."""
    return [(each.kind, "paused" if each.paused else each.state, _sentence(each, now, lang, zone)) for each in found]


def _sentence(promise: Promise, now: datetime, lang: str, zone: str) -> str:
    late = promise.left < timedelta()
    if promise.state == "kept":
        return words.say(lang, "promises.kept", span=span(promise.used, lang))
    left = span(abs(promise.left), lang)
    if promise.state == "missed":
        return words.say(lang, "promises.missed", span=left)
    if promise.paused or promise.due is None:
        return words.say(lang, "promises.paused_late" if late else "promises.paused", span=left)
    at = moment(promise.due, now, lang, zone)
    if late or promise.left:
        return words.say(lang, "promises.late" if late else "promises.due", span=left, at=at)
    return words.say(lang, "promises.due_now", at=at)


def span(length: timedelta, lang: str) -> str:
    """A span of time as people say it: 40 min, 2 h, 2 h 10 min; a begun minute counts."""
    hours, minutes = divmod(-(-length // MINUTE), 60)
    key = "minutes" if not hours else "hours_minutes" if minutes else "hours"
    return words.say(lang, f"promises.{key}", hours=hours, minutes=minutes)


def moment(at: datetime, now: datetime, lang: str, zone: str) -> str:
    """A time by its weekday; with its date where that is far away."""
    local, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone))
    if abs((local.date() - today.date()).days) <= NEAR_DAYS:
        return f"{words.say(lang, f'days.{local.weekday()}')} {local:%H:%M}"
    return f"{_date(local, lang)} {local:%H:%M}"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page of the preferences shows: for each quadrant both targets, and the days off of a year, each with its
    weekday, what it is called, and whether it is worked on."""

    targets: list[tuple[Quadrant, str, str]]
    year: int
    days: list[tuple[str, str, str, bool]]


def shown(context: Context, wishes: Preferences, now: datetime, lang: str) -> Shown:
    """What is promised with these preferences, and which days are off."""
    terms, year = context.promised.terms(wishes), now.astimezone(ZoneInfo(context.settings.timezone)).year
    targets = [
        (each, _target(terms, "first_response", each, lang), _target(terms, "resolution", each, lang))
        for each in QUADRANTS
    ]
    days = [_day(each, lang) for each in named(context.settings, year, lang)]
    return Shown(targets, year, days)


def _target(terms: Terms, kind: Kind, quadrant: Quadrant, lang: str) -> str:
    length = terms.span(kind, quadrant)
    return span(length, lang) if length else ""


def _day(off: Off, lang: str) -> tuple[str, str, str, bool]:
    key = "own_open" if off.own and off.is_open else "works" if off.is_open else "own"
    weekday = words.say(lang, f"days.{off.day.weekday()}")
    return _date(off.day, lang), weekday, off.name or words.say(lang, f"promises.{key}"), off.is_open


def _date(day: date, lang: str) -> str:
    return words.say(
        lang, "site.date", day=day.day, number=day.month, month=calendar.month_name[day.month], year=day.year
    )
