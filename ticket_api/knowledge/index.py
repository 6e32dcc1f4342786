"""ArticleIndex: the articles made searchable; to and from one JSON file."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, partial

import msgspec
from msgspec import Struct, structs

from ticket_api.errors import Stop
from ticket_api.knowledge.article import Article
from ticket_api.knowledge.confidence import threshold_of
from ticket_api.knowledge.document import document_of, stamp_of
from ticket_api.knowledge.shelf import Shelf, ShelfFile, read_shelf, shelf_of
from ticket_api.knowledge.synonyms import Group
from ticket_api.knowledge.thesaurus import Thesaurus

FORMAT = 8
"""Changes whenever an older index can't be used any more."""

MOST_ARTICLES = 32_768
"""In one language. A posting has room for twice as many places, so that changes find some too."""

CHANGED_SHARE = 10
"""One article in so many may change, in one build or in several, before the whole index is built anew."""


class Confirmed(Struct, frozen=True):
    """A question that an article answered, as its customer or the owner confirmed."""

    question: str
    article: str
    lang: str


class ArticleIndex:
    """Articles of all languages, cut into sections, with the postings of their words; len() counts the articles.

    Never changed: `with_confirmed` and `build_index` give others that share what is the same.
    """

    def __init__(self, shelves: Mapping[str, Shelf], synonyms: Sequence[Group] = ()) -> None:
        self.shelves = shelves
        self.synonyms = tuple(synonyms)

    @cached_property
    def version(self) -> str:
        """A hash of the content."""
        return _digest(_encode(self))

    @cached_property
    def thesaurus(self) -> Thesaurus:
        """The synonyms, to be looked up."""
        return Thesaurus(self.synonyms)

    @cached_property
    def tags(self) -> frozenset[str]:
        """All tags of the articles."""
        every = (document for shelf in self.shelves.values() for document in shelf.documents if document)
        return frozenset(tag for document in every for tag in document.entry.tags)

    @cached_property
    def categories(self) -> frozenset[str]:
        """The names of all categories that articles are in."""
        every = (document for shelf in self.shelves.values() for document in shelf.documents if document)
        return frozenset(document.entry.category for document in every) - {""}

    @cached_property
    def ids(self) -> frozenset[str]:
        """The ids of all articles."""
        return frozenset(each for shelf in self.shelves.values() for each in shelf.places)

    def __len__(self) -> int:
        return sum(len(shelf) for shelf in self.shelves.values())

    def has(self, article_id: str) -> bool:
        """Whether there is an article with this id, in any language."""
        return any(article_id in shelf.places for shelf in self.shelves.values())

    def with_confirmed(self, confirmed: Iterable[Confirmed]) -> "ArticleIndex":
        """A copy in which these questions, and no earlier ones, find their articles as those of the front matter do.

        Questions of articles that aren't there are passed over.
        """
        asked: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for each in confirmed:
            for lang in self._langs(each):
                asked[lang][each.article].append(each.question)
        shelves = {lang: _with_confirmed(shelf, asked[lang]) for lang, shelf in self.shelves.items()}
        changed = any(shelf is not self.shelves[lang] for lang, shelf in shelves.items())
        return ArticleIndex(shelves, self.synonyms) if changed else self

    def with_threshold(self, threshold: float) -> "ArticleIndex":
        """A copy with another threshold in each language."""
        shelves = {lang: shelf.with_threshold(threshold) for lang, shelf in self.shelves.items()}
        return ArticleIndex(shelves, self.synonyms)

    def _langs(self, confirmed: Confirmed) -> list[str]:
        """The language of a question if its article exists in it, else all languages that it exists in."""
        there = [lang for lang, shelf in self.shelves.items() if confirmed.article in shelf.places]
        return [confirmed.lang] if confirmed.lang in there else there


def _with_confirmed(shelf: Shelf, asked: Mapping[str, Sequence[str]]) -> Shelf:
    documents = (document for document in shelf.documents if document)
    wanted = ((document, tuple(asked.get(document.entry.id, ()))) for document in documents)
    changed = [structs.replace(document, confirmed=now) for document, now in wanted if document.confirmed != now]
    return shelf.replaced(changed) if changed else shelf


def build_index(
    articles: Iterable[Article], *, synonyms: Sequence[Group] = (), previous: ArticleIndex | None = None
) -> ArticleIndex:
    """Index all articles but the owner's own home, category and contact pages. Raises Stop for too many.

    `synonyms` are groups of words that mean the same; with a `previous` index only what changed is read anew, unless
    more than a tenth has changed since the last whole build: fields' usual lengths and the thresholds are of that one.
    """
    thesaurus = Thesaurus(synonyms)
    known = previous.with_confirmed(()).shelves if previous and previous.synonyms == tuple(synonyms) else {}
    by_lang: dict[str, list[Article]] = defaultdict(list)
    for article in sorted(articles, key=lambda each: each.id):
        if article.listed:
            by_lang[article.lang].append(article)
    shelves = {lang: _shelf(by_lang[lang], thesaurus, known.get(lang)) for lang in sorted(by_lang)}
    return ArticleIndex(shelves, synonyms)


def _shelf(articles: Sequence[Article], thesaurus: Thesaurus, previous: Shelf | None) -> Shelf:
    if len(articles) > MOST_ARTICLES:
        raise Stop(
            f"There are {len(articles):,} articles in one language, and at most {MOST_ARTICLES:,} can be searched:"
            " leave out those that nobody reads any more."
        )
    read = partial(document_of, synonyms=thesaurus)
    known = {document.entry.id: document for document in previous.documents if document} if previous else {}
    stamps = {id_: document.stamp for id_, document in known.items()}
    changed = [article for article in articles if stamp_of(article) != stamps.get(article.id)]
    gone = known.keys() - {article.id for article in articles}
    count = previous.changed + len(changed) + len(gone) if previous else 0
    if previous and count <= max(1, len(known) // CHANGED_SHARE):
        return previous.replaced(map(read, changed), gone).with_changed(count)
    shelf = shelf_of(list(map(read, articles)))
    return shelf.with_threshold(threshold_of(shelf, articles[0].lang, thesaurus))


class _File(Struct, forbid_unknown_fields=True):
    format: int
    version: str
    index: msgspec.Raw


class _Content(Struct):
    shelves: dict[str, ShelfFile]
    synonyms: tuple[Group, ...]


def to_json(index: ArticleIndex) -> bytes:
    """The index as one JSON file."""
    content = _encode(index)
    return msgspec.json.encode(_File(FORMAT, _digest(content), msgspec.Raw(content)))


def from_json(data: bytes) -> ArticleIndex:
    """The index that `to_json` wrote. Raises ValueError when it is broken or of another version."""
    try:
        file = msgspec.json.decode(data, type=_File)
        if file.format != FORMAT or file.version != _digest(bytes(file.index)):
            raise ValueError("The index is of another version, or was changed after it was written.")
        content = msgspec.json.decode(file.index, type=_Content)
        return ArticleIndex({lang: read_shelf(shelf) for lang, shelf in content.shelves.items()}, content.synonyms)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"The index can't be read: {error}") from error


def _encode(index: ArticleIndex) -> bytes:
    return msgspec.json.encode(_Content({lang: shelf.file() for lang, shelf in index.shelves.items()}, index.synonyms))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
