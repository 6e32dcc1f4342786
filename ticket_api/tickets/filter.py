"""Filter: what the owner looks for in the queue, as it is typed: `refund tag:card lang:zh is:overdue`."""

import re
from datetime import date

from msgspec import Struct

from ticket_api.errors import Invalid
from ticket_api.tickets.priority import QUADRANTS
from ticket_api.tickets.row import VIEWS, View
from ticket_api.tickets.tag import spelling

FIELD = re.compile(r'(?<!\S)(tag|lang|from|status|is|quadrant|before|after):(?:"([^"]*)"|(\S+))')
LONGEST = 200
"""Characters of what is typed."""


class Filter(Struct, frozen=True, kw_only=True):
    """What a ticket must have to be shown.

    `words` are looked for in all that was written and in who wrote it; `people` in who wrote it alone. `view` None
    looks in all. The first message came on `after` or later, and before `before`, days in the desk's time zone.
    """

    words: str = ""
    people: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    lang: str = ""
    view: View | None = None
    overdue: bool = False
    unanswered: bool = False
    quadrant: str = ""
    after: date | None = None
    before: date | None = None

    @property
    def is_plain(self) -> bool:
        """Whether it is a view and nothing else."""
        return self == Filter(view=self.view)


def read_filter(typed: str, view: View | None) -> Filter:
    """What was typed into the search field of a view. Raises Invalid with what can't be understood.

    A word with a colon that is none of ours is a word like any other.
    """
    if len(typed) > LONGEST:
        raise Invalid("long_search", field="q", limit=LONGEST)
    given = [(name, quoted or plain) for name, quoted, plain in FIELD.findall(typed)]
    flags = {value for name, value in given if name == "is"}
    for flag in flags - {"overdue", "unanswered"}:
        raise Invalid("unknown_flag", field="q", flag=flag)
    by_name = dict(given)
    status = by_name.get("status", "")
    named = next((each for each in VIEWS if each == status), None)
    if status and not named:
        raise Invalid("unknown_status", field="q", status=status)
    quadrant = by_name.get("quadrant", "")
    if quadrant and quadrant not in QUADRANTS:
        raise Invalid("unknown_quadrant", field="q", quadrant=quadrant)
    waits = "overdue" in flags or quadrant
    return Filter(
        words=FIELD.sub(" ", typed).strip(),
        people=tuple(value for name, value in given if name == "from"),
        tags=tuple(spelling(value) for name, value in given if name == "tag"),
        lang=by_name.get("lang", ""),
        view="open" if waits else named or view,
        overdue="overdue" in flags,
        unanswered="unanswered" in flags,
        quadrant=quadrant,
        after=_day(by_name, "after"),
        before=_day(by_name, "before"),
    )


def _day(given: dict[str, str], name: str) -> date | None:
    text = given.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid("unknown_day", field="q", day=text) from None
