"""A question and the index -> ranked suggestions, each with its reasons. It abstains when it isn't confident.

An article's score is a weighted sum of how well its best section, the whole of it, the characters of its title and its
phrases cover the question, each from 0 to 1: sum(idf x impact) / sum(idf) over the question's terms, so that scores of
different questions compare.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from math import log

from ticket_api.knowledge.index import ArticleIndex, Entry, Postings, Shelf
from ticket_api.knowledge.query import Query, read_query
from ticket_api.knowledge.reasons import excerpt, reasons
from ticket_api.knowledge.sections import Section
from ticket_api.suggestion import Suggestion

BY_SECTION, BY_ARTICLE, BY_GRAMS, BY_PHRASES = 0.3, 0.25, 0.2, 0.25
"""What the four parts of a score weigh."""

CONFIDENT = {"zh": 0.1}
USUALLY_CONFIDENT = 0.07
"""The least score, times n/(n+4) for a question of n terms, that is offered to a customer, by the articles' language.

Set so that nine in ten of the right suggestions are made, over question sets of eight help centres.
Many articles hold a single Han character, so that a middling match covers more of them than of pairs of words.
"""

RANKED = 10


class Hit:
    """An article that matches: its shelf and place, its score from 0 to 1, and its best section, if any."""

    __slots__ = ("place", "score", "section", "shelf")

    def __init__(self, shelf: Shelf, place: int, score: float, section: Section | None) -> None:
        self.shelf, self.place, self.score, self.section = shelf, place, score, section

    @property
    def entry(self) -> Entry:
        return self.shelf.entries[self.place]


def suggest(
    index: ArticleIndex,
    question: str,
    lang: str,
    *,
    page: str = "",
    tags: Sequence[str] = (),
    least: float | None = None,
    limit: int = 3,
) -> tuple[Suggestion, ...]:
    """At most `limit` articles that answer the question, best first; none when not confident.

    Articles of `lang` come first, then those of other languages that the question didn't find in `lang`. The article at
    `page` (a path on the site) has been read already and is left out. `score` is from 0 to 1. `tags` are the
    requester's own. `least` takes the place of the index's own threshold.
    """
    read = {entry.id for shelf in index.shelves.values() for entry in shelf.entries if entry.url == page}
    found = []
    for hit, query in _hits(index, question, lang):
        sure = _sureness(hit, query)
        if sure >= (threshold(index, hit.entry.lang) if least is None else least) and hit.entry.id not in read:
            found.append((hit, query, sure))
    return tuple(_suggestion(*each) for each in found[: max(0, limit)])


def threshold(index: ArticleIndex, lang: str) -> float:
    """The least score of a suggestion in a language."""
    return CONFIDENT.get(lang, USUALLY_CONFIDENT)


def search(index: ArticleIndex, question: str, lang: str, *, limit: int = 10) -> tuple[Suggestion, ...]:
    """Whatever matches at all, best first; the last word may still be half typed."""
    hits = islice(_hits(index, question, lang, typing=True), max(0, limit))
    return tuple(_suggestion(hit, query, hit.score) for hit, query in hits)


def rank(index: ArticleIndex, question: str, lang: str, *, left_out: str = "") -> list[tuple[str, float]]:
    """Article ids with their scores, best first, at most ten, without abstaining.

    The question `left_out`, one that an article names or that was confirmed for it, is as if it weren't there.
    """
    return [(hit.entry.id, _sureness(hit, query)) for hit, query in islice(_hits(index, question, lang), RANKED)]


def _sureness(hit: Hit, query: Query) -> float:
    """A score that a question of few terms can't raise high; a single word, often all that is typed, counts as two."""
    size = max(2, query.size)
    return hit.score * size / (size + 4)


def _hits(index: ArticleIndex, question: str, lang: str, *, typing: bool = False) -> Iterator[tuple[Hit, Query]]:
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
    best: dict[int, float] = {}
    shown: dict[int, tuple[float, Section]] = {}
    for number, share in _cover(shelf.by_section, query.terms, len(shelf.sections)).items():
        section = shelf.sections[number]
        place = section.article
        best[place] = max(share, best.get(place, 0.0))
        if not section.asked and (place not in shown or share > shown[place][0]):
            shown[place] = share, section
    parts = (
        (BY_SECTION, best),
        (BY_ARTICLE, _cover(shelf.by_article, query.terms, len(shelf.entries))),
        (BY_GRAMS, _cover(shelf.by_grams, query.grams, len(shelf.entries))),
    )
    for weight, shares in parts:
        for place, share in shares.items():
            totals[place] = totals.get(place, 0.0) + weight * share
    by_phrases = _cover(shelf.by_phrases, query.phrases, len(shelf.entries))
    for place in totals.keys() & by_phrases:  # alone, "how do I" would be found everywhere
        totals[place] += BY_PHRASES * by_phrases[place]
    order = sorted(totals, key=lambda place: (-totals[place], place))
    return [Hit(shelf, place, totals[place], shown[place][1] if place in shown else None) for place in order]


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
