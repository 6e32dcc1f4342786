"""The lists of the queue that are measured: how ours and the bare page are asked for them, and what is searched for."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from ticket_api.preferences import Preferences
from ticket_api.tickets.hours import before
from ticket_api.tickets.row import VIEWS, milliseconds

ALL = "SELECT * FROM tickets WHERE"
QUEUE = "ORDER BY rank, id LIMIT ?"
FIRST = "open"
"""The view that the owner opens first, which others are compared with."""


class Bare(NamedTuple):
    """A statement of the bare page, and its values but for the limit."""

    sql: str
    values: Callable[[datetime], Sequence[object]] = lambda _: ()


def _day(days: int, now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days)


def _since(now: datetime) -> Sequence[object]:
    wishes = Preferences()
    return (milliseconds(before(now, wishes.target, wishes.hours, UTC)),)


def _days(now: datetime) -> Sequence[object]:
    return milliseconds(_day(400, now)), milliseconds(_day(300, now))


def filters(now: datetime) -> dict[str, tuple[str, str]]:
    """For each filter its view and what is typed."""
    from_day, to_day = (f"{_day(days, now):%Y-%m-%d}" for days in (400, 300))
    return {
        "overdue": ("open", "is:overdue"),
        "unanswered": ("open", "is:unanswered"),
        "Chinese": ("open", "lang:zh"),
        "solved, Chinese": ("solved", "lang:zh"),
        "a tag": ("open", "tag:refund"),
        "a tag of all": ("all", "tag:refund"),
        "two tags, English": ("solved", "tag:refund tag:vip lang:en"),
        "days": ("all", f"after:{from_day} before:{to_day}"),
    }


TAG = "SELECT tickets.* FROM tags JOIN tickets USING (id) WHERE tag = 'refund'"
TWO = "AND EXISTS (SELECT 1 FROM tags AS other WHERE other.id = tickets.id AND other.tag = 'vip')"
BARE: dict[str, Bare] = {
    **{view: Bare(f"{ALL} view = '{view}' {QUEUE}") for view in VIEWS},
    "all": Bare("SELECT * FROM tickets ORDER BY age, id LIMIT ?"),
    "overdue": Bare(f"{ALL} view = 'open' AND since <= ? {QUEUE}", _since),
    "unanswered": Bare(f"{ALL} view = 'open' AND NOT answered {QUEUE}"),
    "Chinese": Bare(f"{ALL} view = 'open' AND lang = 'zh' {QUEUE}"),
    "solved, Chinese": Bare(f"{ALL} view = 'solved' AND lang = 'zh' {QUEUE}"),
    "a tag": Bare(f"{TAG} AND tags.view = 'open' ORDER BY tags.rank, tags.id LIMIT ?"),
    "a tag of all": Bare(f"{TAG} ORDER BY tags.age, tags.id LIMIT ?"),
    "two tags, English": Bare(
        f"{TAG} AND tags.view = 'solved' AND lang = 'en' {TWO} ORDER BY tags.rank, tags.id LIMIT ?"
    ),
    "days": Bare(f"{ALL} created >= ? AND created < ? ORDER BY created DESC, id DESC LIMIT ?", _days),
}
"""By hand, for the names of all lists."""

SEARCHES = {
    "a common word": "invoice",
    "a rare one": "D35111",
    "two": "invoice wrong",
    "three": "invoice device overnight",
    "a half typed one": "subscr",
    "Chinese": "发票",
    "two in Chinese": "发票 锁定",
    "a sentence": "从昨天开始，我的发票显示错误的付款",
    "a word and filters": "payment tag:refund lang:en status:waiting",
    "a person": "from:customer4321@example.org",
    "nothing": "invoice zebra",
}
"""Each among all tickets."""


def address(view: str, q: str = "") -> str:
    """The address of a list of ours."""
    return f"/desk?{urlencode({'view': view} | ({'q': q} if q else {}))}"


def lists(now: datetime) -> dict[str, str]:
    """The addresses of all views and filters of ours, by name."""
    views: dict[str, str] = {view: address(view) for view in (*VIEWS, "all")}
    return views | {name: address(*given) for name, given in filters(now).items()}


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)
