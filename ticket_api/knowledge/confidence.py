"""From which sureness on an article is offered, learned from the questions that the articles themselves name."""

from collections.abc import Iterable, Iterator
from itertools import groupby, islice

from msgspec import structs

from ticket_api.knowledge.document import Document
from ticket_api.knowledge.query import read_query
from ticket_api.knowledge.scoring import hits, sureness
from ticket_api.knowledge.shelf import Shelf
from ticket_api.knowledge.thesaurus import Thesaurus, lexicon

USUAL = {"zh": 0.23}
"""The threshold of a help centre that names no questions, by language: the mean of what kept nine in ten of the right
suggestions in each of eight help centres."""

USUAL_ELSEWHERE = 0.17

KEPT = 0.9
"""The share of the right suggestions that a threshold keeps."""

WEIGHT_OF_USUAL = 30
"""Questions that the usual threshold counts for: a help centre of few questions stays near it."""

APART = 20
"""Questions of one article in so many may be left out together: to leave out each by itself takes long, and such few
rivals without one of their questions make no question surer."""

MOST_ASKED = 60
"""Questions that are tried at most, so that building stays quick."""


def threshold_of(shelf: Shelf, lang: str, synonyms: Thesaurus) -> float:
    """The sureness that nine in ten of the right suggestions reach, when each question is left out of its article."""
    usual = USUAL.get(lang, USUAL_ELSEWHERE)
    sure = sorted(_sure_of_right(shelf, synonyms))
    if not sure:
        return usual
    own = sure[int((1 - KEPT) * len(sure))]
    return round((usual * WEIGHT_OF_USUAL + own * len(sure)) / (WEIGHT_OF_USUAL + len(sure)), 4)


def _sure_of_right(shelf: Shelf, synonyms: Thesaurus) -> Iterator[float]:
    """How sure the best article is, for each question tried that finds its own within three: first questions first."""
    asked = [
        (number, document.entry.id, question, document)
        for document in shelf.documents
        if document
        for number, question in enumerate(document.questions)
    ]
    tried = sorted(asked, key=lambda each: each[:2])[:MOST_ASKED]
    together = max(1, sum(document is not None for document in shelf.documents) // APART)
    for _, same_number in groupby(tried, key=lambda each: each[0]):  # so that no article is left out twice at once
        some = iter(same_number)
        while part := list(islice(some, together)):
            without = shelf.replaced(
                [without_question(document, question, synonyms) for *_, question, document in part]
            )
            yield from _sure_of(without, ((article, question) for _, article, question, _ in part))


def _sure_of(shelf: Shelf, asked: Iterable[tuple[str, str]]) -> Iterator[float]:
    for article, question in asked:
        query = read_query(question, shelf)
        found = hits(shelf, query)
        if article in [hit.document.entry.id for hit in found[:3]]:
            yield next(sureness(found))


def without_question(document: Document, question: str, synonyms: Thesaurus) -> Document:
    """A document that doesn't name the question and wasn't asked it before; nor what words of it are also called."""
    questions, confirmed = (
        tuple(each for each in asked if each != question) for asked in (document.questions, document.confirmed)
    )
    named = (document.entry.title, *questions)
    return structs.replace(
        document,
        questions=questions,
        confirmed=confirmed,
        synonyms=synonyms.also(*named),
        related=lexicon().also(*named),
    )
