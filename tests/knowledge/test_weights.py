"""Each weight earns its place: without it the help centre that comes with Helpleaf answers fewer questions.

What each is worth with other help centres' questions stands in docs/architecture.md.
"""

from pathlib import Path
from statistics import fmean

import pytest

from ticket_api.knowledge.confidence import without_question
from ticket_api.knowledge.folder import load_library
from ticket_api.knowledge.index import build_index
from ticket_api.knowledge.query import read_query
from ticket_api.knowledge.scoring import WEIGHTS, hits

OWN = Path(__file__).parents[2] / "kb_articles"


@pytest.fixture(scope="module")
def asked():
    """Every question of the help centre: its language, its article, and the shelf from which it is left out."""
    library = load_library(OWN, ("en", "zh"))
    index = build_index(library.articles, synonyms=library.synonyms)
    return [
        (lang, document.entry.id, question, shelf.replaced([without_question(document, question, index.thesaurus)]))
        for lang, shelf in index.shelves.items()
        for document in shelf.documents
        for question in document.questions
    ]


def answered(asked):
    """The share of questions whose article comes first and that within three, summed: the mean of both languages."""
    found = {"en": [], "zh": []}
    for lang, article, question, shelf in asked:
        best = [hit.document.entry.id for hit in hits(shelf, read_query(question, shelf))[:3]]
        found[lang].append((article in best[:1]) + (article in best))
    return fmean(fmean(each) for each in found.values())


@pytest.fixture(scope="module")
def with_it(asked):
    """What is answered with every part."""
    return answered(asked)


@pytest.mark.parametrize("part", sorted(WEIGHTS))
def test_without_a_part_fewer_questions_are_answered(part, asked, with_it, monkeypatch):
    monkeypatch.setitem(WEIGHTS, part, 0.0)
    assert answered(asked) < with_it
