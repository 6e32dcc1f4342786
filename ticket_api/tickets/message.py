"""What stands in a ticket: messages and what hangs on them, the owner's notes, and the requester's rating."""

from datetime import datetime
from typing import Literal

from msgspec import UNSET, Struct, UnsetType

Author = Literal["requester", "owner", "automatic"]
"""`automatic`: what a rule sent; it answers nobody, so it counts as no response."""


class Attachment(Struct, frozen=True):
    """A file that came with a message. `id` is 128 random bits in hex and its name in the data folder; `name` is only
    text, `kind` one of the media types that are taken, `size` in bytes."""

    id: str
    name: str
    kind: str
    size: int


class Message(Struct, frozen=True):
    """One thing that was written, which both sides read. `at` is an aware UTC time.

    `asks`: an automatic one that asks the requester for something.
    """

    author: Author
    text: str
    at: datetime
    attachments: tuple[Attachment, ...] | UnsetType = UNSET
    asks: bool | UnsetType = UNSET


class Note(Struct, frozen=True):
    """What the owner wrote for themselves; it stands in no message, so that no door to the requester can show it."""

    text: str
    at: datetime


class Rating(Struct, frozen=True):
    """How the requester found the answer, from 1 to 5, in their own words if they like."""

    score: int
    at: datetime
    comment: str = ""
