"""Timeline: opening hours laid out along time, so that the end of a span is looked up and not counted."""

from bisect import bisect_left, bisect_right
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

from ticket_api.tickets.hours import Hours, open_spans

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
        at = max(bisect_left(self.before, seconds) - 1, 0)
        if not self.starts or self.before[-1] + self.ends[-1] - self.starts[-1] < seconds:
            return None
        return self.starts[at] + seconds - self.before[at]


class Timeline:
    """The opening hours of a desk in its time zone; no hours at all are around the clock. May be used by threads."""

    def __init__(self, hours: Hours, zone: tzinfo) -> None:
        self._hours = tuple(hours)
        self._zone = zone
        self._laid = _Laid(0.0, 0.0, [], [], [])

    def after(self, start: datetime, span: timedelta) -> datetime:
        """The instant at which `span` (above zero) of opening time has passed since `start`, in UTC."""
        if not self._hours:
            return start + span
        laid = self._covering(start, self._laid)
        return self._when(laid, laid.open_until(start.timestamp()) + span.total_seconds())

    def shares(self, start: datetime, end: datetime) -> tuple[datetime, datetime]:
        """When half, and when three quarters of the opening time between two instants have passed.

        Where nothing is open between them, the clock on the wall counts.
        """
        if self._hours:
            laid = self._covering(end, self._covering(start, self._laid))
            passed, whole = laid.open_until(start.timestamp()), laid.open_until(end.timestamp())
            if whole > passed:
                half, most = ((whole - passed) * share + passed for share in (1 / 2, 3 / 4))
                return self._when(laid, half), self._when(laid, most)
        return start + (end - start) / 2, start + (end - start) * 3 / 4

    def _when(self, laid: _Laid, seconds: float) -> datetime:
        while (found := laid.when_open(seconds)) is None:
            laid = self._laid = self._lay(laid.first, laid.last + _REACH)
        return datetime.fromtimestamp(found, UTC)

    def _covering(self, moment: datetime, laid: _Laid) -> _Laid:
        """What is laid out, or more, with this instant in it."""
        at = moment.timestamp()
        if laid.first <= at <= laid.last:
            return laid
        first, last = (
            (min(laid.first, at - _REACH), max(laid.last, at + _REACH)) if laid.last else (at - _REACH, at + _REACH)
        )
        self._laid = self._lay(first, last)
        return self._laid

    def _lay(self, first: float, last: float) -> _Laid:
        laid = _Laid(first, last, [], [], [])
        passed, bounds = 0.0, [datetime.fromtimestamp(each, UTC) for each in (first, last)]
        for start, end in open_spans(bounds[0], bounds[1], self._hours, self._zone):
            laid.starts.append(start.timestamp())
            laid.ends.append(end.timestamp())
            laid.before.append(passed)
            passed += laid.ends[-1] - laid.starts[-1]
        return laid
