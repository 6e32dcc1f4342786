"""Outcome: what became of one try to send a mail, in words for the owner."""

from typing import Literal
from unicodedata import category

from msgspec import Struct

from ticket_api import words

LONGEST = 200
_UNSEEN = ("Z", "C")
"""The first letters of the categories of characters that can't be seen: separators, controls, halves of pairs."""


class Outcome(Struct, frozen=True):
    """`sent`: the server has it; `again`: it may go through later; `refused`: never, as it is.

    `code` names a sentence in words/ (section `mail_trouble`), `said` is what the server answered, cleaned, or "".
    """

    state: Literal["sent", "again", "refused"]
    code: str = ""
    said: str = ""

    @property
    def kept(self) -> str:
        """What the outbox keeps of a failure: it is told in whichever language the owner reads."""
        return f"{self.code}: {self.said}".removesuffix(": ")


SENT = Outcome("sent")


def failed(code: str, said: str = "", *, final: bool = False) -> Outcome:
    """A failure, with what the server said to it."""
    return Outcome("refused" if final else "again", code, clean(said))


def clean(said: str) -> str:
    """What a stranger's server said, on one line, without what can't be seen, and cut."""
    line = " ".join("".join(" " if category(each)[0] in _UNSEEN else each for each in said).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def told(kept: str, lang: str) -> str:
    """The sentence for a failure that the outbox kept, with what to do; what it doesn't know, as it is."""
    code, _, said = kept.partition(": ")
    sentence = words.load(lang)["mail_trouble"].get(code)
    return (
        kept
        if sentence is None
        else sentence.format(said=words.say(lang, "mail_trouble.said", said=said) if said else "")
    )
