"""The file that the search box falls back on, and that it is an index of lunr's."""

import json
from collections import defaultdict

import pytest
from lunr.builder import Builder
from lunr.field_ref import FieldRef
from lunr.index import Index

from tests.site.built import ROOT
from ticket_api.knowledge.document import document_of
from ticket_api.knowledge.folder import load_library
from ticket_api.knowledge.thesaurus import Thesaurus
from ticket_api.site import search
from ticket_api.site.search import BOOSTS, FINE, Synonyms, read_terms, search_file, unpacked

WORDS = ("refund", "invoic", "card", "monei", "payment", "e1042", "退款", "发票", "账户")


@pytest.fixture(scope="module")
def synonyms():
    return Synonyms(Thesaurus([("refund", "money back", "退款")]))


@pytest.fixture(scope="module", params=["en", "zh"])
def found(request, synonyms):
    """What is known of the repository's own articles in one language."""
    library = load_library(ROOT / "kb_articles", ("en", "zh"))
    articles = [article for article in library.articles if article.listed and article.lang == request.param]
    return [read_terms(document_of(article, Thesaurus([])), synonyms) for article in articles]


def written(found, synonyms) -> dict:
    return json.loads(search_file(found, synonyms, {"billing": "Billing"}))


def documents(found) -> list:
    return [counts for article in found for counts in article.documents]


def built_by_lunr(found) -> Index:
    """The same words in lunr.py's own builder, which counts and weighs them."""
    builder = Builder()
    for field, boost in BOOSTS.items():
        builder.field(field, boost=boost)
    for number, counts in enumerate(documents(found)):
        ref = str(number)
        builder._documents[ref] = {}
        builder.document_count += 1
        for field, terms in counts.items():
            field_ref = str(FieldRef(ref, field))
            builder.field_term_frequencies[field_ref] = terms
            builder.field_lengths[field_ref] = sum(terms.values())
            for term in terms:
                if term not in builder.inverted_index:
                    posting = {"_index": builder.term_index, **{name: {} for name in BOOSTS}}
                    builder.inverted_index[term] = posting
                    builder.term_index += 1
                builder.inverted_index[term][field][ref] = defaultdict(list)
    return builder.build()


def scores(index: Index, word: str) -> dict[str, float]:
    query = index.create_query()
    query.term(word, use_pipeline=False)
    return {hit["ref"]: hit["score"] for hit in index.query(query)}


def test_the_search_file_is_one_a_language(own):
    for lang in ("en", "zh"):
        file = json.loads(own.text(f"/assets/helpleaf/search-{lang}.json"))
        assert file["articles"]
        assert {url.startswith("/zh/") for url, *_ in file["articles"]} == {lang == "zh"}
        assert Index.load(json.dumps(unpacked(file))).fields == list(BOOSTS)


def test_lunr_loads_it_and_gives_the_scores_of_its_own_builder(found, synonyms, monkeypatch):
    monkeypatch.setattr(search, "MOST_POSTINGS", 10_000)
    ours, theirs = Index.load(json.dumps(unpacked(written(found, synonyms)))), built_by_lunr(found)
    compared = 0
    for word in WORDS:
        wanted, given = scores(theirs, word), scores(ours, word)
        assert given.keys() == wanted.keys()
        for ref, score in given.items():
            # A whole number may be off by a half in each field, and a weight is never nothing.
            assert score / FINE == pytest.approx(wanted[ref], abs=len(BOOSTS) / FINE)
        compared += len(wanted)
    assert compared > 50


def test_a_common_word_keeps_the_places_it_tells_most_of(found, synonyms, monkeypatch):
    word = "invoic" if found[0].url.startswith("/account") else "发票"
    everywhere = scores(Index.load(json.dumps(unpacked(written(found, synonyms)))), word)
    monkeypatch.setattr(search, "MOST_POSTINGS", 3)
    kept = scores(Index.load(json.dumps(unpacked(written(found, synonyms)))), word)
    assert len(kept) < len(everywhere)
    titles = {str(number) for number, counts in enumerate(documents(found)) if word in counts.get("title", ())}
    assert titles <= kept.keys()


def test_sections_name_their_heading_and_their_anchor(found, synonyms):
    for article, [_, _, _, _, sections] in zip(found, written(found, synonyms)["articles"], strict=True):
        told = [one if isinstance(one, list) else [one, one.lower().replace(" ", "-")] for one in sections]
        assert [tuple(one) for one in told] == list(article.sections)


def test_terms_stand_in_the_order_of_javascript(synonyms):
    """lunr.js refuses any other; Python sorts characters beyond the first plane last."""
    library = load_library(ROOT / "kb_articles", ("en",))
    article = next(one for one in library.articles if one.listed)
    document = document_of(article, Thesaurus([]))
    rare = read_terms(document, synonyms).documents[0] | {"title": {"𠮷": 1, "﨎": 1}}
    file = written([type_with(read_terms(document, synonyms), rare)], synonyms)
    known = file["terms"].split(" ")
    assert known.index("𠮷") < known.index("﨎")


def type_with(found, own):
    return search.Found(found.url, found.title, found.excerpt, found.category, (), (own,))


def test_a_group_of_synonyms_is_one_term_and_only_where_it_is_needed(found, synonyms):
    members = written(found, synonyms)["synonyms"]
    assert members["refund"][0] == members["monei back"][0] == members["退 款"][0] == "=0"
    assert written([], synonyms)["synonyms"] == {}


def test_without_articles_there_is_a_file_as_well(build):
    site = build({"billing/refund.md": "Refunds\nAsk."})
    assert json.loads(site.text("/assets/helpleaf/search-zh.json"))["articles"] == []
