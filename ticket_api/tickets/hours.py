"""Opening hours: how much of them lies between two instants, right where clocks are put forward and back too."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Annotated

from msgspec import Meta, Struct

MINUTES = 24 * 60
"""A day's end, in minutes after its midnight."""
FAR = timedelta(days=2 * 366)
"""Where nothing is open for so long, a search for opening time ends."""

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
ALWAYS: Hours = tuple(Opening(day, 0, MINUTES) for day in range(7))
"""The same with an opening for each day, as days off need it."""


class DaysOff:
    """The days that aren't as their weekday says. `of_year` tells those of a year; each year is asked for once.

    It tells for each whether it is open. An open one on a weekday that is closed has the hours of the first open day
    of the week.
    """

    def __init__(self, of_year: Callable[[int], Mapping[date, bool]]) -> None:
        self._of_year = of_year
        self._years: dict[int, Mapping[date, bool]] = {}

    def is_open(self, day: date) -> bool | None:
        """Whether it is open on a day, whatever its weekday; None where the weekday says so."""
        return self.of_year(day.year).get(day)

    def of_year(self, year: int) -> Mapping[date, bool]:
        """All of a year, each with whether it is open."""
        if year not in self._years:
            self._years[year] = self._of_year(year)  # two threads at once find the same
        return self._years[year]


class Calendar(Struct, frozen=True):
    """When it is open: the hours of a week, in which time zone, and on which days not."""

    hours: Hours
    zone: tzinfo
    days: DaysOff | None = None

    @property
    def day(self) -> timedelta:
        """How long it is open on one day, in the mean of those days of the week that it opens on."""
        openings = self.hours or ALWAYS
        return _MINUTE * sum(each.closes - each.opens for each in openings) / len({each.day for each in openings})

    def open_time(self, start: datetime, end: datetime) -> timedelta:
        """As the function of this name."""
        return open_time(start, end, self.hours, self.zone, self.days)

    def after(self, start: datetime, span: timedelta) -> datetime:
        """As the function of this name."""
        return after(start, span, self.hours, self.zone, self.days)

    def opens(self, now: datetime) -> bool:
        """Whether it opens at all within the next two years."""
        return self.after(now, _MINUTE) < now + FAR


def open_time(start: datetime, end: datetime, hours: Hours, zone: tzinfo, days: DaysOff | None = None) -> timedelta:
    """How much opening time lies between two aware instants; none when the end isn't after the start."""
    if not hours and days is None:
        return max(end - start, timedelta())
    return sum((_length(part, hours or ALWAYS, zone, days) for part in _parts(start, end, zone)), timedelta())


def open_spans(
    start: datetime, end: datetime, hours: Hours, zone: tzinfo, days: DaysOff | None = None
) -> Iterator[Span]:
    """When it is open between two aware instants, in UTC and in order."""
    return (span for part in _parts(start, end, zone) for span in _open(part, hours or ALWAYS, zone, days))


class Counted:
    """Opening time until one instant, each day of which is looked at once: for the many rows of a list."""

    def __init__(self, end: datetime, hours: Hours, zone: tzinfo, days: DaysOff | None = None) -> None:
        self.end = end.astimezone(UTC)
        self.hours = hours
        self._zone = zone
        self._off = days
        self._days: dict[int, tuple[timedelta, list[Span]]] = {}

    def open_time(self, start: datetime) -> timedelta:
        """How much opening time lies between an aware instant and the end; none when that isn't after it."""
        if not self.hours and self._off is None:
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
        day = list(open_spans(stop - _DAY, stop, self.hours, self._zone, self._off))
        return total + sum((end - start for start, end in spans), timedelta()), day


def is_open(moment: datetime, hours: Hours, zone: tzinfo, days: DaysOff | None = None) -> bool:
    """Whether it is open at an aware instant."""
    return any(True for _ in open_spans(moment, moment + timedelta.resolution, hours, zone, days))


def before(now: datetime, span: timedelta, hours: Hours, zone: tzinfo, days: DaysOff | None = None) -> datetime:
    """The instant since which `span` of opening time has passed by now, in UTC; of several, the first.

    So who has waited since before it has waited for more than `span`: `t < before(now, span, ...)` says the same as
    `open_time(t, now, ...) > span`. A span below zero counts as none. Where nothing was open for FAR, it ends there.
    """
    left = max(span, timedelta())
    end = now.astimezone(UTC)
    if not hours and days is None:
        return end - left
    hours, furthest = hours or ALWAYS, end - FAR
    while end > furthest:
        for part in reversed(list(_parts(end - _WEEK, end, zone))):
            length = _length(part, hours, zone, days)
            if length > left:
                return _within(part, left, hours, zone, days)
            left -= length
            furthest = part[0] - FAR if length else furthest
        end -= _WEEK
    return end


def after(start: datetime, span: timedelta, hours: Hours, zone: tzinfo, days: DaysOff | None = None) -> datetime:
    """The instant by which `span` of opening time has passed since `start`, in UTC; of several, the first.

    `t >= after(start, span, ...)` says the same as `open_time(start, t, ...) >= span`. A span below zero counts as
    none. Where nothing opens for FAR, it ends there.
    """
    left = max(span, timedelta())
    begin = start.astimezone(UTC)
    if not left or (not hours and days is None):
        return begin + left
    hours, furthest = hours or ALWAYS, begin + FAR
    while begin < furthest:
        for part in _parts(begin, begin + _WEEK, zone):
            length = _length(part, hours, zone, days)
            if length >= left:
                return _reached(part, left, hours, zone, days)
            left -= length
            furthest = part[1] + FAR if length else furthest
        begin += _WEEK
    return begin


def _within(part: Span, left: timedelta, hours: Hours, zone: tzinfo, days: DaysOff | None) -> datetime:
    """The instant in a part of which more than `left` is open, with so much of it open from there on."""
    for start, end in reversed(list(_open(part, hours, zone, days))):
        if end - start > left:
            return end - left
        left -= end - start
    raise AssertionError("a part holds more than is looked for")


def _reached(part: Span, left: timedelta, hours: Hours, zone: tzinfo, days: DaysOff | None) -> datetime:
    """The instant in a part of which `left` or more is open, with so much of it open until then."""
    for start, end in _open(part, hours, zone, days):
        if end - start >= left:
            return start + left
        left -= end - start
    raise AssertionError("a part holds what is looked for")


def _length(part: Span, hours: Hours, zone: tzinfo, days: DaysOff | None) -> timedelta:
    if part[1] - part[0] == _WEEK and _is_plain(part, zone, days):  # a whole one, whose days needn't be looked at
        return _MINUTE * sum(opening.closes - opening.opens for opening in hours)
    return sum((end - start for start, end in _open(part, hours, zone, days)), timedelta())


def _is_plain(part: Span, zone: tzinfo, days: DaysOff | None) -> bool:
    """Whether all days of a part are as their weekday says."""
    return days is None or all(days.is_open(day) is None for day in _days(*(_wall(part, zone))))


def _wall(part: Span, zone: tzinfo) -> tuple[date, date]:
    """The days on which a part begins and ends, by the clock on the wall."""
    return part[0].astimezone(zone).date(), part[1].astimezone(zone).date()


def _open(part: Span, hours: Hours, zone: tzinfo, days: DaysOff | None) -> Iterator[Span]:
    """When it is open within a part, in UTC and in order."""
    shift = _shift(part[0], zone)
    first, last = (each.replace(tzinfo=None) + shift for each in part)
    for day in _days(first.date(), last.date()):
        midnight = datetime(day.year, day.month, day.day)
        for opening in _openings(day, hours, days):
            start = max(midnight + opening.opens * _MINUTE, first)
            end = min(midnight + opening.closes * _MINUTE, last)
            if start < end:
                yield (start - shift).replace(tzinfo=UTC), (end - shift).replace(tzinfo=UTC)


def _openings(day: date, hours: Hours, days: DaysOff | None) -> Sequence[Opening]:
    """When it is open on a day, in order."""
    wanted, is_open = day.weekday(), days.is_open(day) if days else None
    if is_open is False:
        return ()
    if is_open and not any(each.day == wanted for each in hours):
        wanted = min(each.day for each in hours)
    return sorted((each for each in hours if each.day == wanted), key=lambda each: each.opens)


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
