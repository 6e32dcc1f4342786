"""Opening time is what a clock on the wall would count minute by minute, in summer and in winter."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ticket_api.tickets.hours import MINUTES, Counted, Opening, before, open_time

LISBON = ZoneInfo("Europe/Lisbon")
WEEKDAYS = tuple(Opening(day, 9 * 60, 17 * 60) for day in range(5))
MINUTE = timedelta(minutes=1)
ZONES = ("UTC", "Europe/Lisbon", "Asia/Shanghai", "Australia/Lord_Howe", "Africa/Casablanca", "America/St_Johns")
CHANGES = {
    "Europe/Lisbon": (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)),
    "Australia/Lord_Howe": (datetime(2026, 4, 4, 15, tzinfo=UTC), datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    "Africa/Casablanca": (datetime(2026, 2, 15, 2, tzinfo=UTC), datetime(2026, 3, 22, 2, tzinfo=UTC)),
}
"""Instants at which clocks are put forward or back: there mistakes hide."""


@st.composite
def openings(draw: st.DrawFn) -> tuple[Opening, ...]:
    """Some openings of a week, two a day at most, also at midnight."""
    found = []
    for day in draw(st.sets(st.integers(0, 6), max_size=7)):
        minutes = draw(st.sets(st.integers(0, MINUTES), min_size=2, max_size=4).map(sorted))
        found += [Opening(day, *pair) for pair in zip(minutes[::2], minutes[1::2], strict=False)]
    return tuple(draw(st.permutations(found)))


@st.composite
def moments(draw: st.DrawFn) -> tuple[str, datetime, datetime]:
    """A zone and two whole minutes, often around a change of its clocks."""
    zone = draw(st.sampled_from(ZONES))
    middle = draw(st.sampled_from(CHANGES.get(zone, (datetime(2026, 7, 1, tzinfo=UTC),))))
    around = st.integers(-9 * MINUTES, 9 * MINUTES)
    return zone, middle + draw(around) * MINUTE, middle + draw(around) * MINUTE


def counted(start: datetime, end: datetime, hours: tuple[Opening, ...], zone: ZoneInfo) -> int:
    """The minutes in which a clock on the wall shows an open time."""
    opened = {(each.day, minute) for each in hours for minute in range(each.opens, each.closes)}
    total = 0
    while start < end:
        wall = start.astimezone(zone)
        total += not hours or (wall.weekday(), wall.hour * 60 + wall.minute) in opened
        start += MINUTE
    return total


@settings(max_examples=150, deadline=None)
@given(moments(), openings())
@example(("Europe/Lisbon", *(each - MINUTE * 200 for each in CHANGES["Europe/Lisbon"])), WEEKDAYS)
def test_it_is_what_a_clock_on_the_wall_counts(given, hours):
    zone, start, end = given
    told = counted(start, end, hours, ZoneInfo(zone)) * MINUTE
    assert open_time(start, end, hours, ZoneInfo(zone)) == told
    rows = Counted(end, hours, ZoneInfo(zone))
    assert (rows.open_time(start), rows.open_time(end), rows.open_time(start)) == (told, 0 * MINUTE, told)


@settings(max_examples=300, deadline=None)
@given(moments(), openings(), st.integers(0, 80 * 60))
def test_who_waits_since_before_that_instant_has_waited_longer(given, hours, minutes):
    name, since, now = given
    zone, span = ZoneInfo(name), minutes * MINUTE
    limit = before(now, span, hours, zone)
    if hours:
        assert open_time(limit, now, hours, zone) == span
    for moment in (since, limit - MINUTE, limit, limit + MINUTE):
        if moment <= now:
            assert (moment < limit) == (open_time(moment, now, hours, zone) > span)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-03-02T09:00", "2026-03-02T17:00", 8),
        ("2026-03-06T16:00", "2026-03-09T10:00", 2),  # over a weekend
        ("2026-03-07T10:00", "2026-03-08T10:00", 0),
        ("2026-03-27T16:00", "2026-03-30T10:00", 2),  # the clocks are put forward meanwhile
        ("2026-03-02T12:00", "2026-03-02T12:00", 0),
        ("2026-03-02T12:00", "2026-03-01T12:00", 0),
        ("2016-01-04T00:00", "2025-12-29T00:00", 521 * 40),
    ],
)
def test_examples_that_a_person_can_check(start, end, hours):
    instants = [datetime.fromisoformat(text).replace(tzinfo=LISBON) for text in (start, end)]
    assert open_time(*instants, WEEKDAYS, LISBON) == timedelta(hours=hours)


def test_eight_hours_before_monday_noon_is_friday_noon():
    monday = datetime(2026, 3, 30, 12, tzinfo=LISBON)
    assert before(monday, timedelta(hours=8), WEEKDAYS, LISBON) == datetime(2026, 3, 27, 12, tzinfo=LISBON)


def test_what_came_at_night_is_not_late_before_the_next_day_is_over():
    now = datetime(2026, 3, 3, 20, 0, tzinfo=LISBON)
    limit = before(now, timedelta(hours=8), WEEKDAYS, LISBON)
    assert limit == datetime(2026, 3, 2, 17, 0, tzinfo=LISBON)
    assert before(now + timedelta(hours=14), timedelta(hours=8), WEEKDAYS, LISBON) > limit


def test_without_opening_hours_every_hour_counts():
    now = datetime(2026, 3, 2, 3, tzinfo=UTC)
    assert before(now, timedelta(hours=8), (), LISBON) == now - timedelta(hours=8)
    assert open_time(now, now + timedelta(days=1), (), LISBON) == timedelta(days=1)


@pytest.mark.parametrize(("opens", "closes"), [(600, 600), (600, 540)])
def test_an_opening_closes_after_it_opens(opens, closes):
    with pytest.raises(ValueError, match="closes after"):
        Opening(0, opens, closes)
