"""A question and the index -> ranked suggestions, each with its reasons. It abstains when it isn't confident.

An article's score is a weighted sum of how well its best section, the whole of it, and the characters of its title
cover the question, each from 0 to 1: sum(idf x impact) / sum(idf) over the question's terms, so that scores of
different questions compare.
"""

from collections.abc import Iterable, Mapping
from math import log

from ticket_api.knowledge.index import ArticleIndex, Entry, Postings, Shelf
from ticket_api.knowledge.query import Query, read_query
from ticket_api.knowledge.reasons import excerpt, reasons
from ticket_api.knowledge.sections import Section
from ticket_api.suggestion import Suggestion

BY_SECTION, BY_ARTICLE, BY_GRAMS = 0.4, 0.35, 0.25
"""What the three parts of a score weigh."""

CONFIDENT = 0.12
"""The least score, times n/(n+4) for a question of n terms, that is offered to a customer."""

RANKED = 10


class Hit:
    """An article that matches: its shelf and place, its score from 0 to 1, and its best section, if any."""

    __slots__ = ("place", "score", "section", "shelf")

    def __init__(self, shelf: Shelf, place: int, score: float, section: Section | None) -> None:
        self.shelf, self.place, self.score, self.section = shelf, place, score, section

    @property
    def entry(self) -> Entry:
        return self.shelf.entries[self.place]


def suggest(index: ArticleIndex, question: str, lang: str, *, page: str = "", limit: int = 3) -> tuple[Suggestion, ...]:
    """At most `limit` articles that answer the question, best first; none when not confident.

    Articles of `lang` come first, then those of other languages that none of these is a version of. The article that
    stands at `page` (a path on the site) has been read already and is left out.
    """
    found = []
    for hit, query in _hits(index, question, lang):
        sure = hit.score * query.size / (query.size + 4)
        if sure >= CONFIDENT and hit.entry.url != page:
            found.append(_suggestion(hit, query, sure))
    return tuple(found[:limit])


def search(index: ArticleIndex, question: str, lang: str, *, limit: int = 10) -> tuple[Suggestion, ...]:
    """Whatever matches at all, best first; the last word may still be half typed."""
    hits = list(_hits(index, question, lang, typing=True))[:limit]
    return tuple(_suggestion(hit, query, hit.score) for hit, query in hits)


def rank(index: ArticleIndex, question: str, lang: str) -> list[tuple[str, float]]:
    """Article ids with their scores, best first, at most ten, without abstaining."""
    hits = list(_hits(index, question, lang))[:RANKED]
    return [(hit.entry.id, hit.score * query.size / (query.size + 4)) for hit, query in hits]


def _hits(index: ArticleIndex, question: str, lang: str, *, typing: bool = False) -> Iterable[tuple[Hit, Query]]:
    seen: set[str] = set()
    for shelf_lang in sorted(index.shelves, key=lambda other: (other != lang, other)):
        shelf = index.shelves[shelf_lang]
        query = read_query(question, shelf.vocabulary, shelf.by_article, typing=typing)
        hits = [hit for hit in _score(shelf, query) if hit.entry.id not in seen]
        seen.update(hit.entry.id for hit in hits)
        yield from ((hit, query) for hit in hits)


def _score(shelf: Shelf, query: Query) -> list[Hit]:
    """Every article of a shelf that matches, best first."""
    totals: dict[int, float] = {}
    best: dict[int, tuple[float, int]] = {}
    for number, share in _cover(shelf.by_section, query.terms, len(shelf.sections)).items():
        place = shelf.sections[number].article
        if share > best.get(place, (0.0, 0))[0]:
            best[place] = share, number
    for place, (share, _) in best.items():
        totals[place] = BY_SECTION * share
    for weight, postings, terms in (
        (BY_ARTICLE, shelf.by_article, query.terms),
        (BY_GRAMS, shelf.by_grams, query.grams),
    ):
        for place, share in _cover(postings, terms, len(shelf.entries)).items():
            totals[place] = totals.get(place, 0.0) + weight * share
    order = sorted(totals, key=lambda place: (-totals[place], place))
    return [Hit(shelf, place, totals[place], _shown(shelf, best.get(place))) for place in order]


def _cover(postings: Postings, terms: Mapping[str, float], count: int) -> dict[int, float]:
    """For each document the share of the question's idf mass that it covers, 0 to 1."""
    shares: dict[int, float] = {}
    mass = 0.0
    for term, weight in terms.items():
        found = postings.get(term, ())
        idf = log(1 + (count - len(found) + 0.5) / (len(found) + 0.5))
        mass += idf
        for packed in found:
            number = packed >> 8
            shares[number] = shares.get(number, 0.0) + idf * weight * (packed & 255) / 255
    return {number: share / mass for number, share in shares.items()} if mass else {}


def _shown(shelf: Shelf, best: tuple[float, int] | None) -> Section | None:
    section = shelf.sections[best[1]] if best else None
    return None if section is None or section.asked else section


def _suggestion(hit: Hit, query: Query, score: float) -> Suggestion:
    entry = hit.entry
    section = hit.section or hit.shelf.beginning(hit.place)
    return Suggestion(
        id=entry.id,
        lang=entry.lang,
        url=entry.url + (f"#{section.anchor}" if section and section.anchor else ""),
        title=entry.title,
        excerpt=excerpt(section.text, query) if section else "",
        section=section.heading if section else "",
        score=round(score, 4),
        why=reasons(entry, section, query, hit.shelf),
    )
