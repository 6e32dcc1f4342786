"""Document: what the index keeps of an article, and the weights of its words."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import islice

from msgspec import Struct

from ticket_api.knowledge.article import MOST_QUESTIONS, Article
from ticket_api.knowledge.postings import PARTS, PLACE, Bag, put
from ticket_api.knowledge.sections import Section, cut
from ticket_api.knowledge.text import content, every_word, grams, is_han, joined, normalise, pairs, terms, wording
from ticket_api.knowledge.thesaurus import Thesaurus, lexicon

K1 = 1.2
BODY = (1.0, 0.75)
PASSAGE = (1.0, 1.0)
TITLE = (2.5, 0.3)
HEADING = (2.0, 0.3)
QUESTIONS = (0.8, 0.3)
TAGS = (1.5, 0.3)
SYNONYMS = (1.5, 0.3)
RELATED = (0.7, 0.3)
WORDING = (1.0, 0.0)
"""Weight and length normalisation (b) of a field, and k1: the parameters of BM25F (Zaragoza et al., TREC 2004)."""

MOST_SECTIONS = 200
"""Sections of an article that are indexed; what follows them is still found by the article as a whole."""

MOST_ASKED = PARTS - MOST_SECTIONS
"""Questions of an article that are indexed: MOST_QUESTIONS of its own, and the confirmed ones after them."""

KINDS = ("article", "section", "title", "pairs", "wording")
"""What is indexed: whole articles, their sections, the characters of what they are called, their pairs of words, and
their title and questions, each as one term."""

Means = Mapping[str, tuple[float, ...]]
"""For each of KINDS the usual lengths of its fields, in terms."""

Field = tuple[tuple[float, float], Sequence[str]]
Fields = tuple[Field, ...]


class Entry(Struct, frozen=True):
    """What is shown of an article."""

    id: str
    lang: str
    url: str
    title: str
    category: str
    tags: tuple[str, ...]
    plans: tuple[str, ...] = ()


class Document(Struct, frozen=True, dict=True):
    """An article as it is indexed: its entry and sections, and what else it is found by.

    `questions` are those of its front matter, `confirmed` those that it answered before. `synonyms` is what its title
    and questions are also called by the owner's list, `related` by the one for all companies. `stamp` tells whether
    the article has changed.
    """

    entry: Entry
    sections: tuple[Section, ...]
    description: str
    questions: tuple[str, ...]
    synonyms: tuple[str, ...]
    related: tuple[str, ...]
    stamp: str
    confirmed: tuple[str, ...] = ()

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """All questions that the article is known to answer."""
        return (*self.questions, *self.confirmed)[:MOST_ASKED]

    @cached_property
    def shown(self) -> int:
        """How many of its sections are indexed; its questions are the parts that follow them."""
        return min(MOST_SECTIONS, len(self.sections))

    @cached_property
    def parts(self) -> int:
        """How many sections and questions of it are indexed."""
        return self.shown + len(self.asked)


class Words:
    """The words of a text: all of them, and those of its content."""

    def __init__(self, *texts: str) -> None:
        normal = normalise("\n".join(texts))
        self.every = every_word(normal)
        self.content = content(normal, self.every)

    @cached_property
    def terms(self) -> list[str]:
        """What an article is found by."""
        return terms(self.content) + self._names

    @cached_property
    def every_term(self) -> list[str]:
        """What a section is found by: so short a text holds few words of filler, and they tell its meaning."""
        return terms(self.every) + self._names

    @cached_property
    def _names(self) -> list[str]:
        return joined(self.every)

    @property
    def pairs(self) -> list[str]:
        return pairs(self.every, self.content)


@lru_cache(maxsize=4_096)
def terms_of(text: str) -> frozenset[str]:
    """What a text of an article is found by, kept for the next question."""
    return frozenset(Words(text).terms)


class Analysis:
    """The fields of a document, for each of KINDS one for each part that is indexed."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.fields: dict[str, list[Fields]] = {
            "article": [self._article()],
            "section": list(self._parts()),
            "title": [self._characters()],
            "pairs": [self._pairs()],
            "wording": [((WORDING, [wording(words.every) for words in (self._title, *self._questions)]),)],
        }

    @property
    def vocabulary(self) -> set[str]:
        """The words of its content but for those of Han characters, and for what customers wrote: nobody else may read
        that."""
        sections = [words for section in self._sections for words in section]
        questions = map(Words, self._document.questions)
        texts = (self._title, self._synonyms, self._related, self._about, *questions, *sections)
        return {word for words in texts for word in words.content if not is_han(word)}

    @cached_property
    def _title(self) -> Words:
        title = Words(self._document.entry.title)
        title.content = title.content or title.every  # "Thank you" and "About us" can be found only by filler
        return title

    @cached_property
    def _synonyms(self) -> Words:
        return Words(*self._document.synonyms)

    @cached_property
    def _related(self) -> Words:
        return Words(*self._document.related)

    @property
    def _named(self) -> tuple[tuple[tuple[float, float], Words], ...]:
        """What the article is called, by its owner and otherwise."""
        return (TITLE, self._title), (SYNONYMS, self._synonyms), (RELATED, self._related)

    @cached_property
    def _about(self) -> Words:
        return Words(*self._document.entry.tags, self._document.description)

    @cached_property
    def _questions(self) -> list[Words]:
        return [Words(question) for question in self._document.asked]

    def _spelt(self) -> Iterator[list[str]]:
        """The words of its questions by whose characters it is found. Of what customers wrote these are Han alone:
        else anybody could spell it out, trying a few letters after a few others."""
        for number, words in enumerate(self._questions):
            own = number < len(self._document.questions)
            yield words.content if own else [word for word in words.content if is_han(word)]

    @cached_property
    def _sections(self) -> list[tuple[Words, Words]]:
        return [(Words(section.heading), Words(section.text, section.columns)) for section in self._document.sections]

    def _article(self) -> Fields:
        body = [term for section in self._sections for words in section for term in words.terms]
        questions = [term for words in self._questions for term in words.terms]
        named = ((weight, words.terms) for weight, words in self._named)
        return (*named, (QUESTIONS, questions), (TAGS, self._about.terms), (BODY, body))

    def _parts(self) -> Iterator[Fields]:
        """Each section under the article's title, and each question by itself."""
        named = tuple((weight, words.every_term) for weight, words in self._named)
        unnamed: Fields = tuple((weight, ()) for weight, _ in named)
        for heading, text in islice(self._sections, MOST_SECTIONS):
            yield (*named, (HEADING, heading.every_term), (PASSAGE, text.every_term), (QUESTIONS, ()))
        for question in self._questions:
            yield (*unnamed, (HEADING, ()), (PASSAGE, ()), (QUESTIONS, question.every_term))

    def _characters(self) -> Fields:
        questions = [gram for spelt in self._spelt() for gram in grams(spelt)]
        named = ((weight, grams(words.content)) for weight, words in self._named)
        return (*named, (QUESTIONS, questions))

    def _pairs(self) -> Fields:
        body = [pair for section in self._sections for words in section for pair in words.pairs]
        questions = [pair for words in self._questions for pair in words.pairs]
        return (TITLE, self._title.pairs), (QUESTIONS, questions), (BODY, body)

    def add_to(self, bags: Mapping[str, Bag], place: int, means: Means) -> None:
        """Put the postings of the document at a place into the bag of each kind."""
        for kind, parts in self.fields.items():
            for part, fields in enumerate(parts):
                put(bags[kind], place * PLACE + part * PARTS, impacts(fields, means[kind]))


def impacts(fields: Fields, means: Sequence[float]) -> dict[str, int]:
    """BM25F without its idf, 1 to 255: tf in each field over that field's length, weighted, summed, saturated."""
    frequencies: dict[str, float] = {}
    for ((weight, b), found), mean in zip(fields, means, strict=True):
        if found:
            share = weight / (1 - b + b * len(found) / mean)
            for term in found:
                frequencies[term] = frequencies.get(term, 0.0) + share
    steps = {frequency: round(255 * frequency / (K1 + frequency)) or 1 for frequency in {*frequencies.values()}}
    return {term: steps[frequency] for term, frequency in frequencies.items()}


def document_of(article: Article, synonyms: Thesaurus) -> Document:
    """What the index keeps of an article."""
    questions = article.questions[:MOST_QUESTIONS]
    named = (article.title, *questions)
    return Document(
        Entry(article.id, article.lang, article.url, article.title, article.category, article.tags, article.plans),
        tuple(cut(article)) if article.body.strip() else (),
        article.description,
        questions,
        synonyms.also(*named),
        lexicon().also(*named),
        stamp_of(article),
    )


def stamp_of(article: Article) -> str:
    """A hash of what an article says, and of what it is also called by any company."""
    related = lexicon().also(article.title, *article.questions)
    return hashlib.sha256(repr((article, related)).encode("utf-8", "surrogatepass")).hexdigest()[:16]
