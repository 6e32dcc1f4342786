"""Letter: one mail with all that it says; and Sender: whom it comes from."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from ticket_api.mail.notices import Notices

Kind = Literal["reply", "automatic", "received", "links", "notice", "test"]


class Link(Struct, frozen=True):
    """The secret link of a ticket, with its number and the time at which it was asked."""

    ticket: int
    url: str
    asked_at: datetime


class Letter(Struct, frozen=True, kw_only=True):
    """One mail as it is to be sent. `id` is its number in the outbox, `uid` 128 random bits in hex.

    `links`: those of the tickets that it is about; one, but for `links`, `notice` and `test`. `notices` are what a
    notice tells of them, in their order and in the owner's time zone. `text` is the owner's Markdown, of a reply or an
    automatic message alone; `solved` whether the ticket is, and `asks` whether an automatic message asks for something.
    `written_at` is an aware UTC time.
    """

    id: int = 0
    uid: str
    kind: Kind
    to: str
    lang: str
    links: tuple[Link, ...] = ()
    text: str = ""
    solved: bool = False
    asks: bool = False
    notices: Notices = Notices()
    written_at: datetime


class Sender(Struct, frozen=True):
    """Whom all mail comes from: the company, its address, where answers go, this desk's address and its key."""

    company: str
    address: str
    answers: str
    base: str
    secret: bytes
