"""Shelf: the articles of one language, ready to be searched."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from statistics import fmean

from msgspec import Struct

from ticket_api.knowledge.document import KINDS, Analysis, Document, Entry, Fields, Means
from ticket_api.knowledge.postings import Bag, Packed, Postings, new_bag, pack
from ticket_api.knowledge.vocabulary import Vocabulary


class ShelfFile(Struct, frozen=True):
    """A shelf as it lies in the index file."""

    documents: tuple[Document | None, ...]
    postings: Mapping[str, Packed]
    means: Means
    vocabulary: tuple[str, ...]
    threshold: float
    changed: int


class Shelf:
    """Documents by place, and for each of KINDS the postings of what they hold. A place may have become empty.

    Never changed: `replaced` gives a copy. `threshold` is the least sureness of what is offered, 0 to 1; `changed`
    counts the articles that builds replaced since the last whole one.
    """

    def __init__(
        self,
        documents: Sequence[Document | None],
        postings: Mapping[str, Postings],
        means: Means,
        vocabulary: Vocabulary,
        threshold: float = 0.0,
        changed: int = 0,
    ) -> None:
        self.documents = tuple(documents)
        self.postings = postings
        self.means = means
        self.vocabulary = vocabulary
        self.threshold = threshold
        self.changed = changed

    def __len__(self) -> int:
        return len(self.places)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where each article stands, by its id."""
        return {document.entry.id: place for place, document in enumerate(self.documents) if document}

    @cached_property
    def _by_url(self) -> Mapping[str, Entry]:
        return {document.entry.url: document.entry for document in self.documents if document}

    def entry_at(self, url: str) -> Entry | None:
        """The article at an address, a path on the site."""
        return self._by_url.get(url) if url else None

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many things of each kind are indexed."""
        parts = sum(document.parts for document in self.documents if document)
        return {kind: parts if kind == "section" else len(self) for kind in KINDS}

    def replaced(self, documents: Iterable[Document], gone: Iterable[str] = ()) -> "Shelf":
        """A copy with these documents, each in the place of the one with the same id or in a new one, without `gone`.

        Only they are read, and the usual lengths of fields stay as they are.
        """
        places = dict(self.places)
        changed: list[Document | None] = [*self.documents]
        for document in documents:
            place = places.setdefault(document.entry.id, len(changed))
            changed[place : place + 1] = [document]
        for article in gone:
            changed[places[article]] = None
        touched = [place for place, document in enumerate(changed) if document is not self._document(place)]
        old = {place: self._analysis(self._document(place)) for place in touched}
        new = {place: self._analysis(changed[place]) for place in touched}
        before = {place: _postings(old[place], place, self.means) for place in touched}
        after = {place: _postings(new[place], place, self.means) for place in touched}
        postings = {
            kind: self.postings[kind].replaced({place: (before[place][kind], after[place][kind]) for place in touched})
            for kind in KINDS
        }
        words = {word for analysis in new.values() if analysis for word in analysis.vocabulary}
        return Shelf(changed, postings, self.means, self.vocabulary.with_words(words), self.threshold, self.changed)

    def with_threshold(self, threshold: float) -> "Shelf":
        """A copy with another threshold."""
        return Shelf(self.documents, self.postings, self.means, self.vocabulary, threshold, self.changed)

    def with_changed(self, changed: int) -> "Shelf":
        """A copy with another count of changed articles."""
        return Shelf(self.documents, self.postings, self.means, self.vocabulary, self.threshold, changed)

    def _document(self, place: int) -> Document | None:
        return self.documents[place] if place < len(self.documents) else None

    @staticmethod
    def _analysis(document: Document | None) -> Analysis | None:
        return Analysis(document) if document else None

    def file(self) -> ShelfFile:
        """The shelf as it is written."""
        packed = {kind: postings.packed() for kind, postings in self.postings.items()}
        return ShelfFile(self.documents, packed, self.means, self.vocabulary.words, self.threshold, self.changed)


def shelf_of(documents: Sequence[Document]) -> Shelf:
    """A shelf of at least one document; its threshold is not set."""
    analyses = [Analysis(document) for document in documents]
    means = {kind: _means([fields for each in analyses for fields in each.fields[kind]]) for kind in KINDS}
    bags = _bags()
    for place, analysis in enumerate(analyses):
        analysis.add_to(bags, place, means)
    vocabulary = Vocabulary(sorted({word for each in analyses for word in each.vocabulary}))
    return Shelf(documents, {kind: Postings(pack(bags[kind])) for kind in KINDS}, means, vocabulary)


def read_shelf(file: ShelfFile) -> Shelf:
    """The shelf that was written. Raises ValueError when its parts don't fit together."""
    postings = {kind: Postings(packed) for kind, packed in file.postings.items()}
    kinds = file.postings.keys() == file.means.keys() == {*KINDS}
    if not kinds or not all(each.fit(len(file.documents)) for each in postings.values()) or "" in file.vocabulary:
        raise ValueError("The parts of the index don't fit together.")
    return Shelf(file.documents, postings, file.means, Vocabulary(file.vocabulary), file.threshold, file.changed)


def _bags() -> dict[str, Bag]:
    return {kind: new_bag() for kind in KINDS}


def _postings(analysis: Analysis | None, place: int, means: Means) -> dict[str, Bag]:
    bags = _bags()
    if analysis:
        analysis.add_to(bags, place, means)
    return bags


def _means(parts: Sequence[Fields]) -> tuple[float, ...]:
    """The mean length of each field over the parts of all documents; 1 where a field is always empty."""
    return tuple(fmean(len(found) for _, found in field) or 1.0 for field in zip(*parts, strict=True)) or (1.0,)
