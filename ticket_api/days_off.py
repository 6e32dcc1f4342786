"""Days off: the public holidays of the places that `[calendar]` names, and the owner's own days."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from msgspec import Struct

from ticket_api.errors import Stop
from ticket_api.settings import Settings, section
from ticket_api.tickets.hours import Calendar, DaysOff, Hours

NAMED_IN: Mapping[str, str] = {"zh": "zh_CN"}
"""What the library calls our languages; English stands for all others."""


class Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table `[calendar]`: places such as "CN" or "DE-BE", and days that are closed or open beside them."""

    holidays: tuple[str, ...] = ()
    closed: tuple[date, ...] = ()
    open: tuple[date, ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError for a day that is both."""
        if both := set(self.closed) & set(self.open):
            raise ValueError(f"{min(both)} is closed and open; take it out of one of the lists")


class Off(Struct, frozen=True):
    """A day that isn't as its weekday says: whether it is open, whether the owner named it, and the holiday's name."""

    day: date
    is_open: bool
    own: bool
    name: str


def days_off_of(settings: Settings) -> DaysOff | None:
    """The days off that the settings name; None without any. Raises Stop with a sentence about what is wrong."""
    table = section(settings, "calendar", Table)
    if table is None or table == Table():
        return None
    for place in table.holidays:
        _require_known(settings, place)
    return DaysOff(lambda year: _of_year(table, year))


def calendar_of(settings: Settings, hours: Hours, days: DaysOff | None) -> Calendar:
    """These opening hours with these days off, in the time zone of the settings."""
    return Calendar(hours, ZoneInfo(settings.timezone), days)


def require_open(settings: Settings, calendar: Calendar, now: datetime) -> None:
    """Raise Stop where the days off leave nothing of the opening hours."""
    if not calendar.opens(now):
        raise Stop(
            f"{settings.file}: in calendar: with the desk's opening hours, nothing is open for two years. Take days"
            " out of closed, or put some into open."
        )


def named(settings: Settings, year: int, lang: str) -> list[Off]:
    """The days off of a year, in order."""
    table = section(settings, "calendar", Table) or Table()
    names: dict[date, str] = {}
    for place in reversed(table.holidays):  # where two places have one, the first says what it is called
        names |= _holidays(place, year, NAMED_IN.get(lang, "en_US"))[0]
    own = {*table.closed, *table.open}
    days = sorted(_of_year(table, year).items())
    return [Off(day, is_open, day in own, "" if is_open else names.get(day, "")) for day, is_open in days]


def _of_year(table: Table, year: int) -> Mapping[date, bool]:
    """What is open of the days that aren't as their weekday says. A holiday of one place wins over a day on which
    another works for it, the owner's word over both."""
    found: dict[date, bool] = {}
    places = [_holidays(place, year, "en_US") for place in table.holidays]
    for _, working in places:
        found |= dict.fromkeys(working, True)
    for closed, _ in places:
        found |= dict.fromkeys(closed, False)
    found |= {day: False for day in table.closed if day.year == year}
    return found | {day: True for day in table.open if day.year == year}


@cache
def _holidays(place: str, year: int, lang: str) -> tuple[Mapping[date, str], frozenset[date]]:
    """The public holidays of a place in a year, by name, and the days of weekends that are worked on in their stead."""
    from holidays import country_holidays  # it takes a sixth of a second, which only those pay who name a place

    country, _, part = place.partition("-")
    found = country_holidays(country, subdiv=part or None, years=year, language=lang)
    return dict(found), frozenset(day for day in found.weekend_workdays if day.year == year)


def _require_known(settings: Settings, place: str) -> None:
    from holidays import list_supported_countries

    country, _, part = place.partition("-")
    parts = list_supported_countries().get(country)
    where = f"{settings.file}: in calendar.holidays: "
    if parts is None:
        raise Stop(
            f"{where}the holidays of “{place}” aren't known. Write a country's two letters in capitals, such as CN, and"
            " behind a hyphen a part of it where they differ, such as DE-BE."
        )
    if (part and part not in parts) or place.endswith("-"):
        listed = ", ".join(parts) if parts else "no parts"
        raise Stop(f"{where}“{place}” names a part that isn't known. Of {country} there are {listed}.")
