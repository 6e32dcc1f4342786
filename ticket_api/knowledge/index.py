"""ArticleIndex: the articles made searchable; to and from one JSON file."""

import hashlib
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from ticket_api.knowledge.article import Article
from ticket_api.knowledge.sections import Section, cut
from ticket_api.knowledge.text import grams, phrases, tokens

FORMAT = 2
"""Changes whenever an older index can't be used any more."""

K1 = 1.2
BODY = (1.0, 0.75)
TITLE = (3.0, 0.3)
HEADING = (2.0, 0.3)
QUESTIONS = (1.5, 0.3)
TAGS = (1.5, 0.3)
"""Weight and length normalisation (b) of a field, and k1: the parameters of BM25F (Zaragoza et al., TREC 2004)."""

if TYPE_CHECKING:
    Places = array[int]
else:
    Places = array  # takes no parameter before Python 3.12

Postings = dict[str, Places]
"""Term -> where it stands: place x 256 + impact, the impact being the term's BM25F weight there, 0 to 255."""

Field = tuple[tuple[float, float], Sequence[str]]


class Confirmed(Struct, frozen=True):
    """A question that an article answered, as its customer or the owner confirmed."""

    question: str
    article: str
    lang: str


class Entry(Struct, frozen=True):
    """What is shown of an article."""

    id: str
    lang: str
    url: str
    title: str
    tags: tuple[str, ...]
    questions: tuple[str, ...]


class Shelf(Struct, frozen=True, dict=True):
    """The articles of one language: postings of whole articles, of their sections, of the titles' characters, and of
    the articles' phrases."""

    entries: tuple[Entry, ...]
    sections: tuple[Section, ...]
    by_article: Postings
    by_section: Postings
    by_grams: Postings
    by_phrases: Postings

    @cached_property
    def vocabulary(self) -> tuple[str, ...]:
        """Every term of the articles, sorted."""
        return tuple(sorted(self.by_article))

    @cached_property
    def _beginnings(self) -> dict[int, Section]:
        shown = [section for section in self.sections if not section.asked]
        return {section.article: section for section in reversed(shown)}

    def beginning(self, place: int) -> Section | None:
        """The first section of the article at a place."""
        return self._beginnings.get(place)


class ArticleIndex:
    """Articles of all languages, cut into sections, with the postings of their words; len() counts the articles."""

    def __init__(self, shelves: Mapping[str, Shelf]) -> None:
        self.shelves = shelves
        self._ids = frozenset(entry.id for shelf in shelves.values() for entry in shelf.entries)

    @cached_property
    def version(self) -> str:
        """A hash of the content."""
        return _digest(_encode(self.shelves))

    def __len__(self) -> int:
        return sum(len(shelf.entries) for shelf in self.shelves.values())

    def with_confirmed(self, confirmed: Iterable[Confirmed]) -> "ArticleIndex":
        """A copy in which these questions find their articles as those of the front matter do."""
        return ArticleIndex(self.shelves) if tuple(confirmed) else self

    def has(self, article_id: str) -> bool:
        """Whether there is an article with this id, in any language."""
        return article_id in self._ids


class _File(Struct, forbid_unknown_fields=True):
    format: int
    version: str
    shelves: msgspec.Raw


def build_index(
    articles: Iterable[Article], *, synonyms: Sequence[Sequence[str]] = (), previous: ArticleIndex | None = None
) -> ArticleIndex:
    """Index all articles but the owner's own home, category and contact pages.

    `synonyms` are groups of words that mean the same; with a `previous` index only what changed is read anew.
    """
    by_lang: dict[str, list[Article]] = {}
    for article in articles:
        if article.listed:
            by_lang.setdefault(article.lang, []).append(article)
    return ArticleIndex({lang: _shelf(by_lang[lang]) for lang in sorted(by_lang)})


def to_json(index: ArticleIndex) -> bytes:
    """The index as one JSON file."""
    return msgspec.json.encode(_File(FORMAT, index.version, msgspec.Raw(_encode(index.shelves))))


def from_json(data: bytes) -> ArticleIndex:
    """The index that `to_json` wrote. Raises ValueError when it is broken or of another version."""
    try:
        file = msgspec.json.decode(data, type=_File)
        if file.format != FORMAT or file.version != _digest(bytes(file.shelves)):
            raise ValueError("The index is of another version, or was changed after it was written.")
        return ArticleIndex(msgspec.json.decode(file.shelves, type=dict[str, Shelf], dec_hook=_to_array))
    except (msgspec.MsgspecError, OverflowError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"The index can't be read: {error}") from error


def _encode(shelves: Mapping[str, Shelf]) -> bytes:
    return msgspec.json.encode(shelves, enc_hook=list)


def _to_array(_: type, value: Iterable[int]) -> Places:
    return Places("I", value)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _shelf(articles: Sequence[Article]) -> Shelf:
    ordered = sorted(articles, key=lambda article: article.id)
    entries = tuple(Entry(a.id, a.lang, a.url, a.title, a.tags, a.questions) for a in ordered)
    sections = tuple(section for place, article in enumerate(ordered) for section in _sections(article, place))
    titles = [tokens(article.title) for article in ordered]
    return Shelf(
        entries,
        sections,
        by_article=_postings([_article_fields(article) for article in ordered]),
        by_section=_postings([_section_fields(section, titles[section.article]) for section in sections]),
        by_grams=_postings([((TITLE, grams(article.title)),) for article in ordered]),
        by_phrases=_postings([_phrase_fields(article) for article in ordered]),
    )


def _sections(article: Article, place: int) -> Iterable[Section]:
    yield from cut(article, place) if article.body.strip() else ()
    for question in article.questions:
        yield Section(place, "", "", question, asked=True)


def _article_fields(article: Article) -> tuple[Field, ...]:
    body = [token for section in cut(article, 0) for token in tokens(f"{section.heading}\n{section.text}")]
    questions = [token for question in article.questions for token in tokens(question)]
    about = tokens("\n".join((*article.tags, article.description)))
    return (TITLE, tokens(article.title)), (QUESTIONS, questions), (TAGS, about), (BODY, body)


def _phrase_fields(article: Article) -> tuple[Field, ...]:
    body = [phrase for section in cut(article, 0) for phrase in phrases(f"{section.heading}\n{section.text}")]
    questions = [phrase for question in article.questions for phrase in phrases(question)]
    return (TITLE, phrases(article.title)), (QUESTIONS, questions), (BODY, body)


def _section_fields(section: Section, title: Sequence[str]) -> tuple[Field, ...]:
    return (TITLE, title), (HEADING, tokens(section.heading)), (BODY, tokens(section.text))


def _postings(documents: Sequence[tuple[Field, ...]]) -> Postings:
    """BM25F without its idf: tf in each field over that field's length, weighted, summed, saturated."""
    if not documents:
        return {}
    means = [
        sum(len(document[place][1]) for document in documents) / len(documents) or 1.0
        for place in range(len(documents[0]))
    ]
    postings: Postings = {}
    for number, document in enumerate(documents):
        frequencies: Counter[str] = Counter()
        for ((weight, b), terms), mean in zip(document, means, strict=True):
            for term, count in Counter(terms).items():
                frequencies[term] += weight * count / (1 - b + b * len(terms) / mean)  # type: ignore[assignment]
        for term, frequency in frequencies.items():
            impact = round(255 * frequency / (K1 + frequency))
            if impact:
                postings.setdefault(term, Places("I")).append(number << 8 | impact)
    return postings
