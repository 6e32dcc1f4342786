"""The index and its file."""

import json

import pytest
from msgspec import structs

from tests.knowledge.library import HELP, index_of, written
from ticket_api.knowledge.index import ArticleIndex, build_index, from_json, to_json
from ticket_api.knowledge.matching import search, suggest


def test_it_counts_articles_and_knows_their_ids():
    index = index_of({**HELP, "index.md": written("Home"), "contact.md": written("Write to us")})
    assert len(index) == len(HELP)
    assert index.has("billing/fapiao")
    assert not index.has("contact")
    assert not index.has("gone")


def test_it_comes_back_from_its_file_as_it_was():
    index = index_of(HELP)
    again = from_json(to_json(index))
    assert again.version == index.version
    assert to_json(again) == to_json(index)
    for question, lang in (("refund", "en"), ("退款", "zh"), ("e1042", "en")):
        assert suggest(again, question, lang) == suggest(index, question, lang) != ()
        assert search(again, question, lang) == search(index, question, lang)


def test_the_same_articles_make_the_same_file_and_others_another():
    assert to_json(index_of(HELP)) == to_json(index_of(dict(reversed(HELP.items()))))
    assert index_of(HELP).version != index_of({**HELP, "billing/new.md": written("New")}).version


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        to_json(index_of(HELP))[:-20],
        to_json(index_of(HELP)).replace(b"refund", b"refunk", 1),
        json.dumps({**json.loads(to_json(index_of(HELP))), "format": 0}).encode(),
    ],
)
def test_a_file_that_is_broken_or_of_another_version_is_refused(data):
    with pytest.raises(ValueError, match="index"):
        from_json(data)


class Forged:
    """A shelf with a file of its own."""

    def __init__(self, file):
        self.file = lambda: file


@pytest.mark.parametrize(
    "forge",
    [
        lambda file: structs.replace(file, documents=file.documents[:3]),
        lambda file: structs.replace(file, vocabulary=("", *file.vocabulary)),
        lambda file: structs.replace(file, postings={"article": file.postings["article"]}),
        lambda file: structs.replace(file, means={}),
        lambda file: with_article(file, starts=b""),
        lambda file: with_article(file, starts=file.postings["article"].starts[:-4]),
        lambda file: with_article(file, places=file.postings["article"].places[:-1]),
        lambda file: with_article(file, places=b"\xff" * len(file.postings["article"].places)),
    ],
)
def test_a_file_whose_parts_do_not_fit_together_is_refused_whoever_sealed_it(forge):
    shelves = {lang: Forged(forge(shelf.file())) for lang, shelf in index_of(HELP).shelves.items()}
    with pytest.raises(ValueError, match=r"."):
        from_json(to_json(ArticleIndex(shelves)))


def with_article(file, **changes):
    return structs.replace(
        file, postings={**file.postings, "article": structs.replace(file.postings["article"], **changes)}
    )


def test_no_articles_are_an_index_too():
    index = from_json(to_json(build_index([])))
    assert len(index) == 0
    assert suggest(index, "refund", "en") == search(index, "refund", "en") == ()
