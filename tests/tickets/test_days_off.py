"""Opening time with days off: what a clock and a calendar on the wall would count, forwards and backwards."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.tickets.test_hours import WEEKDAYS, openings
from ticket_api.tickets.hours import ALWAYS, FAR, Calendar, Counted, DaysOff, Opening, after, before, open_time

MINUTE = timedelta(minutes=1)
CHANGES = {
    "Europe/Berlin": (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)),
    "Asia/Shanghai": (datetime(2026, 2, 16, 16, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)),
    "America/St_Johns": (datetime(2026, 3, 8, 5, 30, tzinfo=UTC), datetime(2026, 11, 1, 4, 30, tzinfo=UTC)),
}
"""Instants at which clocks are put forward or back, and in China the beginnings of long holidays."""


def days_off(given):
    return DaysOff(lambda year: {day: is_open for day, is_open in given.items() if day.year == year})


@st.composite
def cases(draw):
    """A zone, two instants around one of its changes, the hours of a week, and some days off around it."""
    zone = draw(st.sampled_from(sorted(CHANGES)))
    middle = draw(st.sampled_from(CHANGES[zone]))
    around = st.integers(-9 * 24 * 60, 9 * 24 * 60)
    start, end = sorted(middle + draw(around) * MINUTE for _ in range(2))
    days = st.integers(-10, 10).map(lambda days: (middle + timedelta(days=days)).date())
    return ZoneInfo(zone), start, end, draw(openings()), draw(st.dictionaries(days, st.booleans(), max_size=8))


def counted(start, end, hours, zone, given):
    """The minutes in which it is open by the clock and the calendar on the wall."""
    hours = hours or ALWAYS
    opened = {(each.day, minute) for each in hours for minute in range(each.opens, each.closes)}
    first = min(each.day for each in hours)
    total = 0
    while start < end:
        wall = start.astimezone(zone)
        is_open, day = given.get(wall.date()), wall.weekday()
        if is_open and not any(each.day == day for each in hours):
            day = first
        total += is_open is not False and (day, wall.hour * 60 + wall.minute) in opened
        start += MINUTE
    return total * MINUTE


@settings(max_examples=60, deadline=None)
@given(cases())
@example((ZoneInfo("Europe/Berlin"), *CHANGES["Europe/Berlin"], WEEKDAYS, {date(2026, 4, 3): False}))
@example((ZoneInfo("Asia/Shanghai"), *CHANGES["Asia/Shanghai"], (), {date(2026, 2, 17): False}))
def test_it_is_what_the_clock_and_the_calendar_on_the_wall_count(case):
    zone, start, end, hours, given = case
    days = days_off(given)
    start = max(start, end - timedelta(days=6))
    told = counted(start, end, hours, zone, given)
    assert open_time(start, end, hours, zone, days) == told
    assert Counted(end, hours, zone, days).open_time(start) == told


@settings(max_examples=120, deadline=None)
@given(cases(), st.integers(0, 60 * 60))
def test_forwards_and_backwards_agree(case, minutes):
    zone, start, now, hours, given = case
    span, days = minutes * MINUTE, days_off(given)
    due = after(start, span, hours, zone, days)
    assert open_time(start, due, hours, zone, days) == span
    since = before(now, span, hours, zone, days)
    assert open_time(since, now, hours, zone, days) == span
    for shift in (-MINUTE, timedelta(0), MINUTE):
        if due + shift >= start:
            assert (open_time(start, due + shift, hours, zone, days) >= span) == (shift >= timedelta(0))
        if since + shift <= now:
            assert (open_time(since + shift, now, hours, zone, days) > span) == (shift < timedelta(0))


@settings(max_examples=50, deadline=None)
@given(cases(), st.integers(0, 60 * 60))
def test_without_days_off_nothing_is_another_time(case, minutes):
    zone, start, end, hours, _ = case
    none, span = days_off({}), minutes * MINUTE
    assert open_time(start, end, hours, zone, none) == open_time(start, end, hours, zone)
    assert before(end, span, hours, zone, none) == before(end, span, hours, zone)
    assert after(start, span, hours, zone, none) == after(start, span, hours, zone)
    assert after(start, span, (), zone, none) == start + span


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-03-02T09:00", 8, "2026-03-02T17:00"),
        ("2026-03-02T09:00", 8.5, "2026-03-03T09:30"),
        ("2026-04-02T16:00", 2, "2026-04-07T10:00"),  # over Easter, of which two days are off
        ("2026-03-27T16:00", 2, "2026-03-30T10:00"),  # the clocks are put forward meanwhile
        ("2026-04-03T11:00", 1, "2026-04-07T10:00"),
        ("2026-04-02T12:00", 0, "2026-04-02T12:00"),
    ],
)
def test_examples_that_a_person_can_check(start, hours, due):
    days = days_off({date(2026, 4, 3): False, date(2026, 4, 6): False})
    begin, end = (datetime.fromisoformat(text).replace(tzinfo=BERLIN) for text in (start, due))
    assert after(begin, timedelta(hours=hours), WEEKDAYS, BERLIN, days) == end


def test_a_sunday_that_is_worked_on_has_the_hours_of_the_first_open_day():
    hours = (Opening(2, 600, 660), Opening(4, 0, 60))
    day = datetime(2026, 3, 1, tzinfo=BERLIN)
    spans = [(day + timedelta(hours=hour), day + timedelta(hours=hour + 1)) for hour in (0, 10)]
    days = days_off({day.date(): True})
    assert [open_time(*span, hours, BERLIN, days) for span in spans] == [timedelta(0), timedelta(hours=1)]


def test_where_nothing_ever_opens_every_search_ends():
    now = datetime(2026, 3, 1, tzinfo=UTC)
    closed = DaysOff(lambda year: {date(year, 1, 1) + timedelta(days=day): False for day in range(366)})
    never = Calendar((Opening(0, 0, 60),), UTC, closed)
    week = timedelta(days=7)
    assert now + FAR <= after(now, MINUTE, never.hours, UTC, closed) < now + FAR + week
    assert now - FAR >= before(now, MINUTE, never.hours, UTC, closed) > now - FAR - week
    assert not never.opens(now)
    assert Calendar((), UTC, days_off({now.date(): False})).opens(now)


def test_a_day_is_as_long_as_days_are_in_the_mean():
    assert Calendar(WEEKDAYS, UTC).day == timedelta(hours=8)
    assert Calendar((), UTC).day == timedelta(days=1)
    assert Calendar((Opening(0, 0, 60), Opening(0, 120, 180), Opening(1, 0, 240)), UTC).day == timedelta(hours=3)
