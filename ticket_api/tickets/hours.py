"""Opening hours: how much of them lies between two instants, right where clocks are put forward and back too."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Annotated

from msgspec import Meta, Struct

MINUTES = 24 * 60
"""A day's end, in minutes after its midnight."""

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_MINUTE = timedelta(minutes=1)

Span = tuple[datetime, datetime]


class Opening(Struct, frozen=True, forbid_unknown_fields=True):
    """Open on one day of each week, 0 being Monday; from and to in minutes after midnight by the clock on the wall."""

    day: Annotated[int, Meta(ge=0, le=6)]
    opens: Annotated[int, Meta(ge=0, lt=MINUTES)]
    closes: Annotated[int, Meta(gt=0, le=MINUTES)]

    def __post_init__(self) -> None:
        """Raise ValueError for an end that isn't after the beginning."""
        if self.closes <= self.opens:
            raise ValueError("An opening closes after it opens")


Hours = Sequence[Opening]
"""The openings of a week, of which no two overlap. None at all: open around the clock."""


def open_time(start: datetime, end: datetime, hours: Hours, zone: tzinfo) -> timedelta:
    """How much opening time lies between two aware instants; none when the end isn't after the start."""
    if not hours:
        return max(end - start, timedelta())
    return sum((_length(part, hours, zone) for part in _parts(start, end, zone)), timedelta())


class Counted:
    """Opening time until one instant, each day of which is looked at once: for the many rows of a list."""

    def __init__(self, end: datetime, hours: Hours, zone: tzinfo) -> None:
        self.end = end.astimezone(UTC)
        self.hours = hours
        self._zone = zone
        self._days: dict[int, tuple[timedelta, list[Span]]] = {}

    def open_time(self, start: datetime) -> timedelta:
        """How much opening time lies between an aware instant and the end; none when that isn't after it."""
        if not self.hours:
            return max(self.end - start, timedelta())
        number = max((self.end - start) // _DAY, 0)
        for days in range(len(self._days), number + 1):  # two threads at once find the same
            self._days[days] = self._day(days)
        total, spans = self._days[number]
        return total + sum((stop - max(begin, start) for begin, stop in spans if stop > start), timedelta())

    def _day(self, days: int) -> tuple[timedelta, list[Span]]:
        """How much is open in so many days before the end, and when within the day before them."""
        total, spans = self._days[days - 1] if days else (timedelta(), [])
        stop = self.end - days * _DAY
        day = [span for part in _parts(stop - _DAY, stop, self._zone) for span in _open(part, self.hours, self._zone)]
        return total + sum((end - start for start, end in spans), timedelta()), day


def is_open(moment: datetime, hours: Hours, zone: tzinfo) -> bool:
    """Whether an aware instant lies within the opening hours."""
    local = moment.astimezone(zone)
    minute = local.hour * 60 + local.minute
    return not hours or any(each.day == local.weekday() and each.opens <= minute < each.closes for each in hours)


def before(now: datetime, span: timedelta, hours: Hours, zone: tzinfo) -> datetime:
    """The instant since which `span` of opening time has passed by now, in UTC; of several, the first.

    So who has waited since before it has waited for more than `span`: `t < before(now, span, ...)` says the same as
    `open_time(t, now, ...) > span`. A span below zero counts as none.
    """
    left = max(span, timedelta())
    end = now.astimezone(UTC)
    if not hours:
        return end - left
    while True:
        for part in reversed(list(_parts(end - _WEEK, end, zone))):
            length = _length(part, hours, zone)
            if length > left:
                return _within(part, left, hours, zone)
            left -= length
        end -= _WEEK


def _within(part: Span, left: timedelta, hours: Hours, zone: tzinfo) -> datetime:
    """The instant in a part of which more than `left` is open, with so much of it open from there on."""
    for start, end in reversed(list(_open(part, hours, zone))):
        if end - start > left:
            return end - left
        left -= end - start
    raise AssertionError("a part holds more than is looked for")


def _length(part: Span, hours: Hours, zone: tzinfo) -> timedelta:
    if part[1] - part[0] == _WEEK:  # a whole one, whose days needn't be looked at
        return _MINUTE * sum(opening.closes - opening.opens for opening in hours)
    return sum((end - start for start, end in _open(part, hours, zone)), timedelta())


def _open(part: Span, hours: Hours, zone: tzinfo) -> Iterator[Span]:
    """When it is open within a part, in UTC and in order."""
    shift = _shift(part[0], zone)
    first, last = (each.replace(tzinfo=None) + shift for each in part)
    for day in _days(first.date(), last.date()):
        midnight = datetime(day.year, day.month, day.day)
        for opening in sorted((each for each in hours if each.day == day.weekday()), key=lambda each: each.opens):
            start = max(midnight + opening.opens * _MINUTE, first)
            end = min(midnight + opening.closes * _MINUTE, last)
            if start < end:
                yield (start - shift).replace(tzinfo=UTC), (end - shift).replace(tzinfo=UTC)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + number * _DAY for number in range((last - first).days + 1))


def _parts(start: datetime, end: datetime, zone: tzinfo) -> Iterator[Span]:
    """The time between two instants in UTC, in parts of a week at most, in each of which clocks run evenly."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    while start < end:
        stop = _change(start, min(start + _WEEK, end), zone)
        yield start, stop
        start = stop


def _change(start: datetime, end: datetime, zone: tzinfo) -> datetime:
    """When the clocks are first put forward or back after `start`, or `end`. No zone does so twice within a week."""
    shift = _shift(start, zone)
    if _shift(end - timedelta.resolution, zone) == shift:
        return end
    same, other = start, end
    while other - same > timedelta.resolution:
        middle = same + (other - same) / 2
        same, other = (middle, other) if _shift(middle, zone) == shift else (same, middle)
    return other


def _shift(moment: datetime, zone: tzinfo) -> timedelta:
    """How far the clock on the wall is from UTC."""
    return moment.astimezone(zone).utcoffset() or timedelta()
