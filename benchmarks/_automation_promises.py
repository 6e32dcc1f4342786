"""Opening time with days off beside opening time without, for all the rows of a queue and for their deadlines."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

from benchmarks._measure import Figure, Times
from ticket_api.days_off import days_off_of
from ticket_api.preferences import WORKING_WEEK
from ticket_api.settings import load_settings
from ticket_api.tickets.hours import Counted, DaysOff, after

COUNT, ROUNDS = 10_000, 9
ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TARGET = timedelta(hours=16)


def measure() -> dict[str, Figure]:
    """How many times longer it takes with the holidays of two places: what each of 10,000 tickets of a year has waited,
    and when each is due."""
    settings = load_settings(Path("helpleaf.toml"), {}, {})
    days = days_off_of(replace(settings, sections={"calendar": {"holidays": ["DE-BE", "CN"]}}))
    dice = random.Random(7)
    asked = [NOW - timedelta(minutes=dice.randrange(365 * 24 * 60)) for _ in range(COUNT)]
    times = Times()
    for number in range(-1, ROUNDS):  # the first one finds the holidays out
        for name, given in (("with", days), ("without", None)):
            for what, work in (("waited", _waited), ("due", _due)):
                spent = _seconds(work, asked, given)
                if number >= 0:
                    times.add((what, name), number, [spent])
    return {
        "days_off_vs_none": times.ratio(("waited", "with"), ("waited", "without")),
        "days_off_due_vs_none": times.ratio(("due", "with"), ("due", "without")),
    }


def _seconds(
    work: Callable[[Sequence[datetime], DaysOff | None], object], asked: Sequence[datetime], days: DaysOff | None
) -> float:
    begun = perf_counter()
    work(asked, days)
    return perf_counter() - begun


def _waited(asked: Sequence[datetime], days: DaysOff | None) -> object:
    counted = Counted(NOW, WORKING_WEEK, ZONE, days)
    return [counted.open_time(each) for each in asked]


def _due(asked: Sequence[datetime], days: DaysOff | None) -> object:
    return [after(each, TARGET, WORKING_WEEK, ZONE, days) for each in asked]
