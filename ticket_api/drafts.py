"""Draft: a reply that is being written, kept on the server so that any window goes on with it."""

import msgspec
from msgspec import Struct

from ticket_api.errors import Conflict


class Draft(Struct, frozen=True):
    """The words so far; `number` counts how often they were kept, so that two windows don't overwrite each other."""

    text: str = ""
    number: int = 0


class DraftConflict(Conflict):
    """Another window has kept other words; `draft` is what they are."""

    def __init__(self, draft: Draft) -> None:
        super().__init__("other_draft", field="message")
        self.draft = draft


def name_of(ticket_id: int) -> str:
    """The name of the paper that holds a ticket's draft."""
    return f"draft:{ticket_id}"


def read_draft(paper: str) -> Draft:
    """What a paper says; an empty draft where there is none."""
    return msgspec.json.decode(paper, type=Draft) if paper else Draft()


def written(draft: Draft) -> str:
    """A draft as a paper; "" for one without words."""
    return msgspec.json.encode(draft).decode() if draft.text.strip() else ""


def kept(draft: Draft, text: str, number: int) -> Draft:
    """The draft with these words of a window that knows the one with this number.

    Raises DraftConflict when another window has kept other words since.
    """
    if draft.text and draft.number != number and draft.text != text:
        raise DraftConflict(draft)
    return Draft(text, max(draft.number, number) + 1)
