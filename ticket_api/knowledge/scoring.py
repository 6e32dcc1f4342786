"""How well each article of a shelf answers a question.

A score is a weighted mean of four parts, each from 0 to 1: how well the article's best section, the whole of it, the
characters of its title and its pairs of words cover the question. A part is sum(idf x impact) / sum(idf) over what the
question asks of it, so that scores of different questions compare. A question in the very words of an article's title,
or of one of its questions, scores 1.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from math import log, sqrt

from ticket_api.knowledge.document import Document
from ticket_api.knowledge.postings import PARTS, PLACE, Places
from ticket_api.knowledge.query import Query
from ticket_api.knowledge.sections import Section
from ticket_api.knowledge.shelf import Shelf

WEIGHTS = {"section": 0.35, "article": 0.12, "title": 0.15, "pairs": 0.38}
"""What the parts of a score weigh; docs/architecture.md says what each is worth."""

WHOLE = sum(WEIGHTS.values())

WITHOUT_CODE = 0.2
"""What is left of the score of an article without the code (E-1042) that a question names: it isn't meant."""

MOST_HITS = 50
"""Articles that are found at most."""

READ = 20
"""Articles whose sections are looked at: those that cover the question best as a whole."""

MOST_POSTINGS = 6_000
"""How many postings of a kind are gone through to find whole articles, the rarest terms first: in a help centre of
thousands, what stands in a fifth of the articles tells little."""

LONG = 8
"""Postings for each article that is read, from which on looking its own up is cheaper than going through all."""

RIVALS, RIVAL = 2, 0.5
"""How many scores after the first count against it, and what their mean does: an article that stands out is surer."""

ENOUGH = 2.5
"""How many words that no other holds an article must hold for half of the sureness that any number of them gives."""

EACH = 0.125
"""What each thing that is asked counts for besides: what a help centre is about stands everywhere in it."""

NOT_NAMED = 0.77
"""What is left of the sureness of an article when what another is called is nearer to the question."""


class Hit:
    """An article that matches: its document, its score from 0 to 1, and its best section, if any.

    `held` is how much of the question the whole of it holds, counted in words that stand in one article alone, and EACH
    for all that is asked; `named` whether no other is called by more of the question.
    """

    __slots__ = ("document", "held", "named", "score", "section")

    def __init__(self, document: Document, score: float, section: Section | None, held: float, named: bool) -> None:
        self.document, self.score, self.section, self.held, self.named = document, score, section, held, named


def hits(shelf: Shelf, query: Query) -> list[Hit]:
    """The articles of a shelf that match, best first, at most MOST_HITS."""
    asked = {kind: _weighed(shelf, kind, query) for kind in ("article", "title", "pairs")}
    shares = {kind: _sums(_within_bounds(terms), PLACE) for kind, (terms, _) in asked.items()}
    totals = _totals(shares)
    asked_for = _places(shelf, "wording", query.asked["wording"])
    totals |= dict.fromkeys(asked_for, WHOLE)
    codes = query.codes
    other_codes = totals.keys() - _places(shelf, "article", codes) if codes else set[int]()
    for place in other_codes:
        totals[place] *= WITHOUT_CODE
    found = sorted(totals, key=totals.__getitem__, reverse=True)[:MOST_HITS]
    documents = {place: document for place in found if (document := shelf.documents[place])}
    parts = _best_parts(shelf, query, dict(islice(documents.items(), READ)))
    whole = sum(weight for kind, weight in WEIGHTS.items() if query.asked[kind])
    held, in_words = shares["article"], asked["article"][1] / _idf(shelf.counts["article"], 1)
    named, most_named = shares["title"], max(shares["title"].values(), default=0.0)
    at_least, of_section = EACH * len(query.asked["article"]), WEIGHTS["section"]
    ranked = []
    for place, document in documents.items():
        share, section = parts.get(place, (0.0, None))
        share *= of_section * WITHOUT_CODE if place in other_codes else of_section
        score = 1.0 if place in asked_for else (totals[place] + share) / whole
        holds = held.get(place, 0.0) * in_words + at_least
        ranked.append(Hit(document, score, section, holds, named.get(place, 0.0) >= most_named))
    return sorted(ranked, key=lambda hit: (-hit.score, hit.document.entry.id))


def _places(shelf: Shelf, kind: str, terms: Iterable[str]) -> set[int]:
    """Where articles stand that have one of the terms."""
    return {posting // PLACE for term in terms for posting in shelf.postings[kind].of(term)}


def sureness(found: Sequence[Hit]) -> Iterator[float]:
    """How sure each of all hits is, 0 to 1: what compares between questions and help centres.

    The geometric mean of how far an article stands out and of whether enough of the question is held. The best is surer
    the more of it any article holds, and when no other is called by more of it. The others need to hold enough
    themselves, and none is surer than one before it. The very words of an article are enough.
    """
    if not found:
        return
    best, *others = found
    rivals = sum(hit.score for hit in others[:RIVALS]) / RIVALS
    clear = 1 - RIVAL * rivals / best.score if best.score else 0.0
    share = clear * (1 if best.named else NOT_NAMED)
    held = [max([hit.held for hit in found]), *(hit.held for hit in others)]
    least = 1.0
    for hit, each in zip(found, held, strict=True):
        enough = 1 if hit.score == 1 else each / (each + ENOUGH)
        least = min(least, sqrt(hit.score * share * enough))
        yield least


def _totals(shares: Mapping[str, Mapping[int, float]]) -> dict[int, float]:
    """What the whole articles add to a score. Pairs alone make no hit: "how do I" would be found everywhere."""
    weight = WEIGHTS["article"]
    totals = {place: weight * share for place, share in shares["article"].items()}
    weight, found = WEIGHTS["title"], shares["title"]
    for place in found:
        totals[place] = totals.get(place, 0.0) + weight * found[place]
    weight, found = WEIGHTS["pairs"], shares["pairs"]
    for place in totals.keys() & found.keys():
        totals[place] += weight * found[place]
    return totals


def _best_parts(
    shelf: Shelf, query: Query, documents: Mapping[int, Document]
) -> dict[int, tuple[float, Section | None]]:
    """For each article that is read the share of its best section or question, and the section that it shows."""
    shown_of = {place: document.shown for place, document in documents.items()}
    best: dict[int, float] = {}
    shown: dict[int, tuple[float, int]] = {}
    for number, share in _part_shares(shelf, query, documents).items():
        place, part = divmod(number, PARTS)
        if share > best.get(place, 0.0):
            best[place] = share
        if part < shown_of[place] and share > shown.get(place, (0.0, 0))[0]:
            shown[place] = share, part
    return {
        place: (share, documents[place].sections[shown[place][1]] if place in shown else None)
        for place, share in best.items()
    }


def _part_shares(shelf: Shelf, query: Query, read: Collection[int]) -> dict[int, float]:
    """For each part of the articles that are read its share of the question."""
    in_order = sorted(read)
    wanted = (
        ([posting for posting in found if posting // PLACE in read], weight)
        if len(found) < LONG * len(read)
        else (_of(found, in_order), weight)
        for found, weight in _weighed(shelf, "section", query)[0]
    )
    return _sums(wanted, PARTS)


def _sums(weighed: Iterable[tuple[Iterable[int], float]], unit: int) -> dict[int, float]:
    """The sums of weighted impacts over an article (`unit` PLACE) or a part of one (PARTS)."""
    sums: dict[int, float] = {}
    get = sums.get
    for found, weight in weighed:
        for posting in found:
            number = posting // unit
            sums[number] = get(number, 0.0) + weight * (posting & 255)
    return sums


def _of(found: Places, places: Collection[int]) -> Iterator[int]:
    """The postings of some articles, in their order, without looking at the others."""
    end = 0
    for place in places:
        start = bisect_left(found, place * PLACE, end)
        end = bisect_left(found, (place + 1) * PLACE, start)
        yield from found[start:end]


def _weighed(shelf: Shelf, kind: str, query: Query) -> tuple[list[tuple[Places, float]], float]:
    """The postings of all that is asked of a kind, each with what an impact of 1 adds to a share, and the idf of it
    all."""
    count, of = shelf.counts[kind], shelf.postings[kind].of
    mass, weighed = 0.0, []
    for term, weight in query.asked[kind].items():
        found = of(term)
        idf = _idf(count, len(found))
        mass += idf * max(1.0, weight)  # a mended word asks for as much as one that was typed right
        if found:
            weighed.append((found, idf * weight))
    scale = 1 / (mass * (PARTS - 1)) if mass else 0.0
    return [(found, share * scale) for found, share in weighed], mass


@lru_cache(maxsize=20_000)
def _idf(count: int, having: int) -> float:
    """Of a term that so many of all parts have (Robertson and Spärck Jones, as Lucene smooths it)."""
    return log(1 + (count - having + 0.5) / (having + 0.5))


def _within_bounds(weighed: Iterable[tuple[Places, float]]) -> Iterator[tuple[Places, float]]:
    """The rarest, and further ones as long as they aren't too many postings to go through."""
    left = MOST_POSTINGS
    for found, weight in sorted(weighed, key=lambda each: len(each[0])):
        if left < MOST_POSTINGS and len(found) > left:
            return
        yield found, weight
        left -= len(found)
