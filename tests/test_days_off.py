"""The holidays of places, with the weekends that China works on instead, and the owner's own days over both."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ticket_api.days_off import Off, calendar_of, days_off_of, named
from ticket_api.preferences import WORKING_WEEK


@pytest.fixture
def calendar(settings):
    """Make the days off of a table."""
    return lambda **table: days_off_of(replace(settings, sections={"calendar": table}))


def test_without_a_table_there_are_none(settings, calendar):
    assert days_off_of(settings) is None
    assert calendar() is None


@pytest.mark.parametrize(
    ("place", "day", "is_open"),
    [
        ("DE-BE", date(2026, 3, 8), False),  # Berlin alone
        ("DE", date(2026, 3, 8), None),
        ("DE-BE", date(2026, 4, 3), False),
        ("CN", date(2026, 2, 17), False),
        ("CN", date(2026, 2, 28), True),  # a Saturday for the Monday of the week before
        ("CN", date(2026, 3, 2), None),
        ("GB-ENG", date(2026, 12, 28), False),  # Boxing Day is on a Saturday
    ],
)
def test_a_place_has_its_own(calendar, place, day, is_open):
    assert calendar(holidays=[place]).is_open(day) is is_open


def test_a_holiday_of_one_place_wins_over_work_in_another_and_the_owner_over_both(calendar):
    both = {"holidays": ["CN", "US"]}
    holiday, worked, free = date(2026, 7, 3), date(2026, 5, 9), date(2026, 2, 17)
    days = calendar(**both)
    assert [days.is_open(day) for day in (holiday, worked, free)] == [False, True, False]
    own = calendar(**both, open=["2026-07-03", "2026-02-17"], closed=["2026-05-09", date(2026, 3, 3)])
    assert [own.is_open(day) for day in (holiday, worked, free, date(2026, 3, 3))] == [True, False, True, False]


def test_a_chinese_spring_festival_in_opening_hours(settings, calendar):
    shanghai = replace(settings, timezone="Asia/Shanghai")
    week = calendar_of(shanghai, WORKING_WEEK, calendar(holidays=["CN"]))
    friday = datetime(2026, 2, 13, 8, tzinfo=UTC)  # 16:00 in Shanghai
    # One hour on Friday, eight on the Saturday that is worked on; the festival lasts until Tuesday of the week after.
    assert week.after(friday, timedelta(hours=10)) == datetime(2026, 2, 24, 2, tzinfo=UTC)


def test_what_is_shown_is_named_in_the_owners_language(settings):
    table = {"holidays": ["CN"], "closed": ["2026-12-24"], "open": ["2026-01-01"]}
    found = replace(settings, sections={"calendar": table})
    shown = named(found, 2026, "zh")
    assert shown == sorted(shown, key=lambda off: off.day)
    for off in (
        Off(date(2026, 1, 1), True, True, ""),
        Off(date(2026, 2, 17), False, False, "春节"),
        Off(date(2026, 2, 28), True, False, ""),
        Off(date(2026, 12, 24), False, True, ""),
    ):
        assert off in shown
    assert "Chinese New Year (Spring Festival)" in [off.name for off in named(found, 2026, "en")]
    assert [off.day for off in named(found, 2030, "en") if off.own] == []
