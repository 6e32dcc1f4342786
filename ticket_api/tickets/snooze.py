"""Until when a ticket is put off: the owner's few words as a time."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ticket_api.errors import Invalid

LATER = timedelta(hours=3)
MORNING = time(9)
FARTHEST = timedelta(days=366)
MONDAY = 0

WISHES = ("later", "tomorrow", "week")
"""What is offered beside a date."""


def moment(wish: str, now: datetime, zone: str) -> datetime:
    """A wish (one of WISHES, or a date as YYYY-MM-DD) as an aware time: in three hours, or at nine in that time zone.

    Raises Invalid for what is neither, is over, or is more than a year away.
    """
    if wish == "later":
        return now + LATER
    today = now.astimezone(ZoneInfo(zone)).date()
    until = datetime.combine(_day(wish, today), MORNING, ZoneInfo(zone)).astimezone(now.tzinfo)
    if not now < until <= now + FARTHEST:
        raise Invalid("past_time", field="until")
    return until


def _day(wish: str, today: date) -> date:
    if wish == "tomorrow":
        return today + timedelta(days=1)
    if wish == "week":
        return today + timedelta(days=7 - (today.weekday() - MONDAY) % 7)
    try:
        return date.fromisoformat(wish)
    except ValueError:
        raise Invalid("wrong_value", field="until", name="until") from None
