"""Doorkeeper: what comes through the public doors is taken, taken into quarantine, or refused for a while."""

from collections.abc import Callable
from datetime import datetime
from math import ceil
from time import monotonic
from typing import Literal

from msgspec import Struct

from ticket_api.abuse.content import Signs, likeness, reasons_of, signs
from ticket_api.abuse.forms import Forms
from ticket_api.abuse.recent import Recent
from ticket_api.errors import TooMany
from ticket_api.question import Question
from ticket_api.tickets.ticket import FORMLESS

TEN_MINUTES, HOUR, DAY = 600.0, 3600.0, 86_400.0
SOME_FROM_ONE, MOST_FROM_ONE = 5, 20
"""Questions of one client: within ten minutes, above which they are quarantined; within a day, above which refused."""
SOME_WITHOUT_FORM, MOST_WITHOUT_FORM = 60, 600
"""Questions of all without a valid form within an hour: above which they are quarantined, and refused."""
MOST_LOOKS, LOOK_SECONDS = 60, 60.0
"""Suggestions of one client within a minute, and as many searches."""
TEXTS_REMEMBERED, SENDERS_COUNTED = 5_000, 4

Look = Literal["search", "suggestions"]
_ALL = ""


class Sent(Struct, frozen=True):
    """How a question came: from whom, the token of its form, and what stands in the field that people don't see."""

    client: str
    form: str = ""
    trap: str = ""


class Doorkeeper:
    """Judges what comes in. All that it knows is in memory and forgotten with the process. Used from one thread."""

    def __init__(self, secret: bytes, clock: Callable[[], float] = monotonic) -> None:
        self.forms = Forms(secret)
        self._from_one = Recent(MOST_FROM_ONE, clock)
        self._without_form = Recent(MOST_WITHOUT_FORM, clock)
        self._looks: dict[Look, Recent] = {
            "search": Recent(MOST_LOOKS, clock),
            "suggestions": Recent(MOST_LOOKS, clock),
        }
        self._senders: dict[bytes, set[str]] = {}

    def look(self, what: Look, client: str) -> None:
        """Count a search or a look for suggestions. Raises TooMany."""
        if seconds := self._looks[what].wait(client, MOST_LOOKS, LOOK_SECONDS):
            raise TooMany("too_fast", seconds=ceil(seconds))
        self._looks[what].add(client)

    def judge(self, question: Question, sent: Sent, now: datetime) -> tuple[str, ...]:
        """Count a question, and give the reasons to put it into quarantine: none for what is taken.

        Raises TooMany. `now` is an aware UTC time.
        """
        if seconds := self._from_one.wait(sent.client, MOST_FROM_ONE, DAY):
            raise TooMany("too_many_today", seconds=ceil(seconds))
        formless = not self.forms.use(sent.form, now)
        flooded = formless and self._flooded()
        reasons = ["trap"] if sent.trap else []
        if self._from_one.wait(sent.client, SOME_FROM_ONE, TEN_MINUTES):
            reasons.append("many_from_one")
        if flooded:
            reasons.append(FORMLESS)
        self._from_one.add(sent.client)
        reasons += reasons_of(self._signs(question, sent, formless=formless))
        return tuple(reasons)

    def _flooded(self) -> bool:
        """Count a post without a form; whether there are too many for one more to be taken. Raises TooMany."""
        if seconds := self._without_form.wait(_ALL, MOST_WITHOUT_FORM, HOUR):
            raise TooMany("send_again", seconds=ceil(seconds))
        flooded = self._without_form.wait(_ALL, SOME_WITHOUT_FORM, HOUR) > 0
        self._without_form.add(_ALL)
        return flooded

    def _signs(self, question: Question, sent: Sent, *, formless: bool) -> Signs:
        others = self._others_sent(question.message, sent.client)
        same = (("same_text", 2 if others < SENDERS_COUNTED - 1 else 3),) if others >= 2 else ()
        return (*signs(question), *same, *((("without_form", 1),) if formless else ()))

    def _others_sent(self, text: str, client: str) -> int:
        """How many other clients sent the same text before, as far as they are counted."""
        mark = likeness(text)
        if not mark:
            return 0
        senders = self._senders.pop(mark, set())
        others = len(senders - {client})
        if len(senders) < SENDERS_COUNTED:
            senders.add(client)
        self._senders[mark] = senders
        if len(self._senders) > TEXTS_REMEMBERED:
            del self._senders[next(iter(self._senders))]
        return others
