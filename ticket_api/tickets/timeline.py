"""Timeline: opening hours laid out along time, so that the end of a span is looked up and not counted."""

from bisect import bisect_left, bisect_right
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from ticket_api.tickets.hours import FAR, Calendar, open_spans

_REACH = 26 * 7 * 24 * 3600.0
"""Seconds that are laid out at once: half a year."""


class _Laid(NamedTuple):
    """The openings between two instants, in seconds of Unix time; `before` is how much is open before each of them."""

    first: float
    last: float
    starts: list[float]
    ends: list[float]
    before: list[float]

    def open_until(self, moment: float) -> float:
        """How much is open from `first` until then."""
        at = bisect_right(self.starts, moment) - 1
        return self.before[at] + min(moment, self.ends[at]) - self.starts[at] if at >= 0 else 0.0

    def when_open(self, seconds: float) -> float | None:
        """The first instant until which so much is open; None past the end."""
        at = bisect_left(self.before, seconds) - 1
        found = self.starts[at] + seconds - self.before[at] if at >= 0 else None
        return found if found is not None and found <= self.ends[at] else None


class Timeline:
    """When a desk is open, by its calendar. May be used by threads."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self._always = not calendar.hours and calendar.days is None
        self._laid = _Laid(0.0, 0.0, [], [], [])

    def after(self, start: datetime, span: timedelta) -> datetime:
        """The instant at which `span` (above zero) of opening time has passed since `start`, in UTC."""
        return self.steps(start, span)[-1]

    def steps(self, start: datetime, span: timedelta) -> tuple[datetime, datetime, datetime]:
        """When half, three quarters and all of a span (above zero) of opening time have passed since `start`."""
        if self._always:
            return start + span / 2, start + span * 3 / 4, start + span
        at, whole = start.timestamp(), span.total_seconds()
        laid = self._covering(at, self._laid)
        passed = laid.open_until(at)
        return (
            self._when(laid, passed + whole / 2),
            self._when(laid, passed + whole * 3 / 4),
            self._when(laid, passed + whole),
        )

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much opening time lies between two instants, of which the second is later."""
        if self._always:
            return end - start
        begin, stop = start.timestamp(), end.timestamp()
        laid = self._covering(stop, self._covering(begin, self._laid))
        return timedelta(seconds=laid.open_until(stop) - laid.open_until(begin))

    def _when(self, laid: _Laid, seconds: float) -> datetime:
        while (found := laid.when_open(seconds)) is None:
            if laid.last - max(laid.ends[-1:], default=laid.first) > FAR.total_seconds():  # nothing opens any more
                return datetime.fromtimestamp(laid.last, UTC)
            laid = self._laid = self._lay(laid.first, laid.last + _REACH)
        return datetime.fromtimestamp(found, UTC)

    def _covering(self, at: float, laid: _Laid) -> _Laid:
        """What is laid out, or more, with this instant in it."""
        if laid.first <= at <= laid.last:
            return laid
        first, last = at - _REACH, at + _REACH
        if laid.last:
            first, last = min(laid.first, first), max(laid.last, last)
        self._laid = self._lay(first, last)
        return self._laid

    def _lay(self, first: float, last: float) -> _Laid:
        laid = _Laid(first, last, [], [], [])
        passed, bounds = 0.0, [datetime.fromtimestamp(each, UTC) for each in (first, last)]
        hours, zone, days = self.calendar.hours, self.calendar.zone, self.calendar.days
        for start, end in open_spans(bounds[0], bounds[1], hours, zone, days):
            laid.starts.append(start.timestamp())
            laid.ends.append(end.timestamp())
            laid.before.append(passed)
            passed += laid.ends[-1] - laid.starts[-1]
        return laid
