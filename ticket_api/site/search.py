"""What the search box falls back on when the API can't be reached: one small lunr index a language.

A document of the index is an article, found by what it is called, or one of its sections, found by its text; they are
numbered one after another, the sections of an article after itself. Weights are lunr's own, so the file becomes by
`unpacked` just what lunr.py and lunr.js load; see docs/architecture.md.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from math import log
from operator import itemgetter
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ticket_api.knowledge.article import REMEMBERED
from ticket_api.knowledge.document import Document
from ticket_api.knowledge.sections import Section
from ticket_api.knowledge.simplified import changes
from ticket_api.knowledge.text import STOP_WORDS, content, every_word, normalise, split, terms
from ticket_api.knowledge.thesaurus import Thesaurus, lexicon

FORMAT = 1
EXCERPT = 160
BOOSTS = {"title": 2.5, "asked": 1.5, "also": 1.0, "about": 1.0, "heading": 2.0, "text": 1.0}
"""The fields of a document, those of an article before those of a section, with what their words weigh."""

SPARSE = {"about", "heading", "text"}
"""Fields in which a term keeps only the MOST_POSTINGS documents that it tells most of (Carmel et al., SIGIR 2001)."""

MOST_POSTINGS = 250
K1, B = 1.2, 0.75
FINE = 10
"""Weights are whole numbers: so many make 1."""

OWN, ANY = "=", "~"
"""What the term of a group of synonyms begins with, the owner's or those of any company."""

Counts = Mapping[str, Mapping[str, int]]
"""For each field of a document how often its terms stand there."""


class Found(Struct, frozen=True):
    """All that the file has to know of one article: what is shown of it, its sections, and its documents' terms."""

    url: str
    title: str
    excerpt: str
    category: str
    sections: tuple[tuple[str, str], ...]
    documents: tuple[Counts, ...]


class Synonyms:
    """The owner's groups and those of any company; each group is one term of the index."""

    def __init__(self, own: Thesaurus) -> None:
        self._lists = ((OWN, own), (ANY, lexicon()))

    def terms_of(self, *texts: str) -> list[str]:
        """The terms of the groups that have a member in the texts."""
        return [f"{sign}{number}" for sign, each in self._lists for number in each.numbers(*texts)]

    def members(self, wanted: Iterable[str]) -> dict[str, list[str]]:
        """Each word or phrase, as stems, with the terms of its groups, as far as those are wanted."""
        known = set(wanted)
        found: dict[str, list[str]] = defaultdict(list)
        for sign, each in self._lists:
            for member, number in each.members():
                if f"{sign}{number}" in known:
                    found[" ".join(member)].append(f"{sign}{number}")
        return dict(found)


def lunr_script() -> bytes:
    """lunr.js as MkDocs ships it: the half of lunr.py that runs in a browser."""
    return files("mkdocs").joinpath("contrib/search/templates/search/lunr.js").read_bytes()


def read_terms(document: Document, synonyms: Synonyms) -> Found:
    """Read one article: nothing else is needed to tell what it is found by."""
    found = _read(document)
    own, *parts = found.documents
    also = Counter(synonyms.terms_of(document.entry.title, *document.questions))
    return replace(found, documents=({**own, "also": also}, *parts))


@lru_cache(REMEMBERED)
def _read(document: Document) -> Found:
    """What an article is found by, without its synonyms."""
    entry = document.entry
    own = {
        "title": _words(entry.title) or _words(entry.title, filler=True),
        "asked": _words("\n".join(document.questions)),
        "about": _words("\n".join((document.description, *entry.tags))),
    }
    chapters = list(_chapters(document.sections))
    parts = ({"heading": _words(heading), "text": _plain_words(text)} for heading, _, text in chapters)
    excerpt = document.description or (document.sections[0].text[:EXCERPT] if document.sections else "")
    sections = tuple((heading, anchor) for heading, anchor, _ in chapters)
    return Found(entry.url, entry.title, excerpt, entry.category, sections, (own, *parts))


def search_file(found: Sequence[Found], synonyms: Synonyms, categories: Mapping[str, str]) -> bytes:
    """The articles of one language as JSON for search-worker.js; `categories` maps an id to its title."""
    documents = [document for article in found for document in article.documents]
    known, postings = _postings(documents)
    signs = set("".join((*STOP_WORDS, *known)))
    content = {
        "format": FORMAT,
        "articles": [_shown(article, categories.get(article.category, "")) for article in found],
        "stop_words": sorted(STOP_WORDS),
        "simplified": {chr(number): sign for number, sign in changes().items() if sign in signs},
        "synonyms": synonyms.members(term for term in known if term[0] in OWN + ANY),
        "terms": " ".join(known),
        "fields": postings,
    }
    return msgspec.json.encode(content)


def unpacked(content: Mapping[str, Any]) -> dict[str, Any]:
    """The index of such a file in lunr's own serialised form, documents by their numbers.

    search-worker.js does the same with the terms of a question alone.
    """
    known = content["terms"].split(" ")
    inverted: list[tuple[str, dict[str, Any]]] = [
        (term, {"_index": number} | {field: {} for field in content["fields"]}) for number, term in enumerate(known)
    ]
    vectors: dict[str, list[int]] = defaultdict(list)
    for field, row in content["fields"].items():
        numbers, term = iter(row), 0
        for step in numbers:
            term, document = term + step, 0
            for _ in range(next(numbers)):
                document += next(numbers)
                inverted[term][1][field][str(document)] = {}
                vectors[f"{field}/{document}"] += (term, next(numbers))
    pairs, fields = list(vectors.items()), list(content["fields"])
    return {"version": "2.3.9", "fields": fields, "fieldVectors": pairs, "invertedIndex": inverted, "pipeline": []}


def _words(text: str, *, filler: bool = False) -> Mapping[str, int]:
    """The terms of something short: beside pairs of Han characters each by itself."""
    normal = normalise(text)
    every = every_word(normal)
    return _counted(every if filler else content(normal, every), singles=True)


def _plain_words(text: str) -> Mapping[str, int]:
    normal = normalise(text)
    return _counted(content(normal, every_word(normal)))


def _counted(words: Iterable[str], *, singles: bool = False) -> Mapping[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for word, times in Counter(words).items():
        for term in terms((word,)) if singles else split(word):
            counts[term] += times
    return counts


def _chapters(sections: Iterable[Section]) -> Iterator[tuple[str, str, str]]:
    """Heading, anchor and text of what stands under one heading, however long it is, names of columns at its end."""
    for (heading, anchor), pieces in groupby(sections, lambda each: (each.heading, each.anchor)):
        found = [*pieces]
        texts = [piece.text for piece in found]
        yield heading, anchor, "\n".join((*texts, *dict.fromkeys(piece.columns for piece in found)))


def _postings(documents: Sequence[Counts]) -> tuple[list[str], dict[str, list[int]]]:
    """All terms in lunr's order, and for each field one row of numbers.

    For each term that stands in the field: steps from the term before, how many documents, and for each the steps from
    the document before and the term's weight there.
    """
    by_field = {field: _weighed(documents, field) for field in BOOSTS}
    having: Counter[str] = Counter()
    for weighed in by_field.values():
        having.update({term: len(found) for term, found in weighed.items()})
    known = sorted(having, key=_utf16)
    places = {term: place for place, term in enumerate(known)}
    idf = {term: _idf(len(documents), count) for term, count in having.items()}
    rows: dict[str, list[int]] = {}
    for field, weighed in by_field.items():
        row, before = list[int](), 0
        for term in sorted(weighed, key=places.__getitem__):
            row += (places[term] - before, *_packed(weighed[term], idf[term] * FINE * BOOSTS[field], field in SPARSE))
            before = places[term]
        rows[field] = row
    return known, rows


def _weighed(documents: Sequence[Counts], field: str) -> dict[str, list[tuple[float, int]]]:
    """For each term its documents, each with lunr's weight but for idf and boost: BM25 without its idf."""
    lengths = {number: sum(counts[field].values()) for number, counts in enumerate(documents) if field in counts}
    mean = sum(lengths.values()) / len(lengths) if any(lengths.values()) else 1.0
    found: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for number, length in lengths.items():
        share = K1 * (1 - B + B * length / mean)
        once = (K1 + 1) / (share + 1), number
        for term, times in documents[number][field].items():
            found[term].append(once if times == 1 else ((K1 + 1) * times / (share + times), number))
    return found


def _packed(found: Sequence[tuple[float, int]], scale: float, sparse: bool) -> list[int]:
    if sparse and len(found) > MOST_POSTINGS:
        found = sorted(sorted(found, reverse=True)[:MOST_POSTINGS], key=itemgetter(1))
    packed, before = [len(found)], 0
    for weight, number in found:
        packed += (number - before, round(weight * scale) or 1)
        before = number
    return packed


def _idf(documents: int, having: int) -> float:
    """lunr's: a term counts once for each field of a document that it stands in."""
    return log(1 + abs((documents - having + 0.5) / (having + 0.5)))


def _utf16(term: str) -> bytes:
    """The order in which JavaScript sorts: lunr.js takes no other."""
    return term.encode("utf-16-be")


def _shown(article: Found, category: str) -> tuple[object, ...]:
    sections = [_section(heading, anchor) for heading, anchor in article.sections]
    return article.url, article.title, article.excerpt, category, sections


def _section(heading: str, anchor: str) -> str | tuple[str, str]:
    """A heading, alone where its anchor is told by it: most of them are plain words."""
    return heading if anchor == heading.lower().replace(" ", "-") else (heading, anchor)
