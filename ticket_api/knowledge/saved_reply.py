"""Which saved reply fits what a customer wrote, by its own words; abstains. It is matched as articles are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ticket_api.knowledge.article import Article
from ticket_api.knowledge.index import ArticleIndex, build_index
from ticket_api.knowledge.query import read_query
from ticket_api.knowledge.reasons import reasons
from ticket_api.knowledge.scoring import hits, sureness
from ticket_api.knowledge.synonyms import Group
from ticket_api.suggestion import Reason

LONGEST = 2_000
"""Characters of a reply that are read: what it is about is said by then."""

APART = 0.8
"""The score that the second reply may have at most, as a share of the first: of two that are nearer, the better one is
a guess. Measured on help centres whose articles stood for replies, it halves the wrong ones and costs a twentieth of
the right ones."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a saved reply is found by: its title, and its text as Markdown without variables. `id` is hexadecimal."""

    id: str
    lang: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Fit:
    """The id of the reply that fits, and why; `why` is never empty."""

    id: str
    why: tuple[Reason, ...]


def index_of(
    replies: Iterable[Wording], synonyms: Sequence[Group] = (), previous: ArticleIndex | None = None
) -> ArticleIndex:
    """Saved replies made searchable; with a `previous` index only those that changed are read.

    `synonyms` are the owner's for the articles.
    """
    return build_index(map(_as_article, replies), synonyms=synonyms, previous=previous)


def fitting(index: ArticleIndex, text: str, lang: str) -> Fit | None:
    """The reply in a language that fits a customer's text as surely as an article that is offered; else None.

    One that is like it in letters alone doesn't fit: that would tell nobody why.
    """
    shelf = index.shelves.get(lang)
    if shelf is None:
        return None
    query = read_query(text, shelf)
    found = hits(shelf, query)
    if not found or next(sureness(found)) < shelf.threshold:
        return None
    best, *others = found
    if others and others[0].score > APART * best.score:
        return None
    told = reasons(best.document, best.section, query, shelf, index.thesaurus)
    why = tuple(reason for reason in told if reason.part != "fuzzy")
    return Fit(best.document.entry.id, why) if why else None


def _as_article(reply: Wording) -> Article:
    return Article(
        id=reply.id,
        lang=reply.lang,
        url="",
        path="",
        title=reply.title,
        description="",
        category="",
        tags=(),
        questions=(),
        updated=None,
        body=reply.text[:LONGEST],
        body_line=1,
    )
