"""Answer: an article as Markdown for the owner's reply, by its link or by the section that answers."""

import re
from itertools import accumulate

from msgspec import Struct

from ticket_api.knowledge.asker import PARTS
from ticket_api.knowledge.index import ArticleIndex
from ticket_api.suggestion import Reason, Suggestion

LONGEST = 1200
"""Characters of a section that are quoted; its first piece is, however long it is."""

_SIGNS = re.compile(r"([\\`*_\[\]<>])")
_FIRST_SIGNS = re.compile(r"^(\s*(?:\d+(?=[.)])|(?=[#+=>~-])))", re.MULTILINE)


class Answer(Struct, frozen=True):
    """An article that may answer, and what is put into a reply: its link, or its best section with the link below."""

    suggestion: Suggestion
    link: str
    section: str

    @property
    def own(self) -> tuple[Reason, ...]:
        """The reasons that speak of who asks."""
        return tuple(reason for reason in self.suggestion.why if reason.part in PARTS)


def answer_of(suggestion: Suggestion, index: ArticleIndex, site: str) -> Answer:
    """A suggestion as Markdown; `site` is the address that its path follows."""
    link = f"[{as_markdown(suggestion.title)}]({site}{_address(suggestion.url)})"
    return Answer(suggestion, link, f"{as_markdown(_passage(suggestion, index))}\n\n{link}")


def as_markdown(text: str) -> str:
    """Plain text as Markdown that reads the same."""
    return _FIRST_SIGNS.sub(r"\1\\", _SIGNS.sub(r"\\\1", text))


def _address(url: str) -> str:
    """A path that ends neither at a bracket nor at a space."""
    return url.replace("(", "%28").replace(")", "%29").replace(" ", "%20")


def _passage(suggestion: Suggestion, index: ArticleIndex) -> str:
    """All that stands under the heading which a suggestion leads to, up to LONGEST."""
    shelf = index.shelves[suggestion.lang]
    document = shelf.documents[shelf.places[suggestion.id]]
    anchor = suggestion.url.partition("#")[2]
    pieces = [section.text for section in document.sections if section.anchor == anchor] if document else []
    lengths = accumulate(map(len, pieces))
    fitting = [piece for piece, length in zip(pieces, lengths, strict=True) if length <= LONGEST]
    return "\n\n".join(fitting or pieces[:1]).strip() or suggestion.excerpt
