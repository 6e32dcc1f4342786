"""Question: what a customer asked, and what it may hold."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct

from ticket_api.errors import Invalid
from ticket_api.keys import fingerprint
from ticket_api.mailbox import is_mailbox
from ticket_api.tickets.ticket import Ticket

_UNSEEN = r"\s\u0000-\u0020\u007f-\u00a0\ufeff"
VISIBLE = f"[^{_UNSEEN}]"
"""One of these at least makes a message."""

_SURROGATE = re.compile("[\ud800-\udfff]")


class Question(Struct, frozen=True, kw_only=True):
    """What a customer asked, with what they said of themselves; everything but the message may be "".

    `channel` is how it came: "form", "api" or the name of a hook. Who asks through a hook sees no page of ours, so
    nothing is offered. `automatic`: a program wrote it. `lasts`: how long the same key makes a retry, None for ever.
    """

    message: str
    subject: str = ""
    name: str = ""
    email: str = ""
    lang: str = "en"
    page: str = ""
    channel: str = ""
    automatic: bool = False
    lasts: timedelta | None = None

    @property
    def by_hook(self) -> bool:
        """Whether it came through a hook."""
        return self.channel not in ("", "form", "api")


def check_question(question: Question, limit: int) -> None:
    """Raise Invalid unless all of it can be stored; `limit` is the longest message, in characters."""
    check_text(question.message, limit)
    for name in ("subject", "name", "email", "page"):
        check_characters(name, getattr(question, name))
    check_email(question.email)
    if question.page and not question.page.startswith("/"):
        raise Invalid("bad_page", field="page")


def check_email(email: str) -> None:
    """Raise Invalid unless this is an e-mail address, or ""."""
    if email and not is_mailbox(email):
        raise Invalid("bad_email", field="email", value=email)


def check_text(text: str, limit: int, missing: str = "missing") -> None:
    """Raise Invalid unless a message can be stored; `missing` is the code when it holds nothing to be seen."""
    if not re.search(VISIBLE, text):
        raise Invalid(missing, field="message")
    check_storable("message", text, limit)


def check_storable(field: str, text: str, limit: int) -> None:
    """Raise Invalid unless a field can be stored."""
    check_characters(field, text)
    if len(text) > limit:
        raise Invalid("too_long", field=field, length=len(text), limit=limit)


def check_characters(field: str, text: str) -> None:
    """Raise Invalid for a text that no store takes."""
    if "\0" in text or (not text.isascii() and _SURROGATE.search(text)):
        raise Invalid("bad_character", field=field)


def request_of(question: Question, key: str, find: Callable[[str], Ticket | None], now: datetime) -> str:
    """What makes a retry a retry: the key and the question, but not the language, which may have been guessed.

    A hook's keys are given out by one sender alone, so one makes a retry whatever comes with it. Behind each whose
    ticket, which `find` gives, is older than it `lasts` comes another. Raises what `find` raises.
    """
    if not key:
        return ""
    if question.by_hook:
        request = fingerprint("hook", question.channel, key)
    else:
        asked = (question.message, question.subject, question.name, question.email, question.page)
        request = fingerprint(key, *asked)
    while question.lasts and (known := find(request)) and now - known.created_at > question.lasts:
        request = fingerprint("again", request)
    return request
