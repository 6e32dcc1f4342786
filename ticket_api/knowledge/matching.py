"""A question and the index -> ranked suggestions, each with its reasons. It abstains when it isn't sure."""

from collections.abc import Iterator
from itertools import islice

from ticket_api.knowledge.asker import Asker, shares_of
from ticket_api.knowledge.confidence import without_question
from ticket_api.knowledge.document import Entry, terms_of
from ticket_api.knowledge.index import ArticleIndex
from ticket_api.knowledge.query import COMPLETED, LONGEST_OWN, Query, read_query
from ticket_api.knowledge.reasons import excerpt, reasons
from ticket_api.knowledge.scoring import Hit, hits, sureness
from ticket_api.knowledge.sections import Section
from ticket_api.knowledge.shelf import Shelf
from ticket_api.knowledge.text import STOP_WORDS, every_word, is_han, normalise
from ticket_api.knowledge.thesaurus import Thesaurus
from ticket_api.suggestion import Reason, Suggestion

RANKED = 10

AKIN = 0.1
"""What a score gains, as a share of itself, for the category of the page that one comes from."""

ALIKE = 0.25
"""The least share of a question's letters, in groups, for a search to find a title by nothing else: two slips in a word
leave more, and a word about something else has less."""

CHINESE = "zh"

SENTENCE = 3
"""Words without a Chinese one that make a sentence in another language; a name or two are typed by everybody."""

Found = tuple[Hit, Query, Shelf, float]
"""A hit, the question as it was read, where it was found, and how sure it is."""


def suggest(
    index: ArticleIndex,
    question: str,
    lang: str,
    *,
    page: str = "",
    asker: Asker | None = None,
    least: float | None = None,
    limit: int = 3,
) -> tuple[Suggestion, ...]:
    """At most `limit` articles that answer the question, best first; none when not sure.

    Articles of `lang` come first, unless the question is plainly in another language; then those of other languages
    that weren't found before. The article at `page` (a path on the site) has been read already and is left out; its
    category makes an article a little likelier, and so may what is known of the `asker`. `least` takes the place of the
    index's thresholds. `score` is from 0 to 1.
    """
    read = next((entry for shelf in index.shelves.values() if (entry := shelf.entry_at(page))), None)
    akin = _Akin(index, read.category if read else "", asker)
    sure = (
        found
        for found in _found(index, question, lang, akin)
        if found[3] >= (found[2].threshold if least is None else least)
        and (read is None or found[0].document.entry.id != read.id)
    )
    return tuple(_suggestion(*found, index.thesaurus, akin) for found in islice(sure, max(0, limit)))


def threshold(index: ArticleIndex, lang: str) -> float:
    """The least score of a suggestion in a language, 0 to 1; 1 when there is no article in it."""
    return index.shelves[lang].threshold if lang in index.shelves else 1.0


def search(index: ArticleIndex, question: str, lang: str, *, limit: int = 10) -> tuple[Suggestion, ...]:
    """Whatever matches at all, best first; the last word may still be half typed. `score` is that of `scoring`.

    An article that shares nothing with the question but a few letters of its title doesn't match.
    """
    found = _found(index, question, lang, typing=True)
    every = (_suggestion(hit, query, shelf, hit.score, index.thesaurus) for hit, query, shelf, _ in found)
    return tuple(islice(filter(_is_meant, every), max(0, limit)))


def _is_meant(suggestion: Suggestion) -> bool:
    in_its_very_words = suggestion.score >= 1  # which may be filler alone, and no reason names that
    return in_its_very_words or any(reason.part != "fuzzy" or reason.weight >= ALIKE for reason in suggestion.why)


def rank(index: ArticleIndex, question: str, lang: str, *, left_out: str = "") -> list[tuple[str, float]]:
    """Article ids with their scores, best first, at most ten, without abstaining.

    The question `left_out`, one that an article names or that was confirmed for it, is as if it weren't there.
    """
    if left_out:
        index = ArticleIndex(
            {lang: _without(shelf, left_out, index.thesaurus) for lang, shelf in index.shelves.items()}
        )
    return [(hit.document.entry.id, sure) for hit, _, _, sure in islice(_found(index, question, lang), RANKED)]


class _Akin:
    """The category of the page that the customer comes from, and what is known of who they are."""

    def __init__(self, index: ArticleIndex, category: str, asker: Asker | None) -> None:
        self._category = category
        self._asker = asker
        self._shares = shares_of(_category_of(index, each) for each in asker.articles) if asker else {}

    def __bool__(self) -> bool:
        return bool(self._category or (self._asker and self._asker.weight))

    def gain(self, entry: Entry) -> float:
        """What the score of an article is multiplied by."""
        here = AKIN if self._category and entry.category == self._category else 0.0
        return 1 + here + sum(reason.weight for reason in self.reasons(entry))

    def reasons(self, entry: Entry) -> tuple[Reason, ...]:
        """Why the asker makes an article likelier."""
        return tuple(self._asker.reasons(entry, self._shares)) if self._asker else ()


def _category_of(index: ArticleIndex, article: str) -> str:
    """The category of an article (its id); "" for one that isn't there any more."""
    for shelf in index.shelves.values():
        document = shelf.documents[shelf.places[article]] if article in shelf.places else None
        if document:
            return document.entry.category
    return ""


def _found(
    index: ArticleIndex, question: str, lang: str, akin: _Akin | None = None, *, typing: bool = False
) -> Iterator[Found]:
    """All that matches, articles of `lang` first; none twice in several languages."""
    seen: set[str] = set()
    written = _written_in(question, lang, index)
    for shelf_lang in sorted(index.shelves, key=lambda other: (other != written, other != lang, other)):
        shelf = index.shelves[shelf_lang]
        query = read_query(question, shelf, typing=typing)
        # what stands in a language before is no rival in this one
        found = [hit for hit in hits(shelf, query) if hit.document.entry.id not in seen]
        if akin:
            found.sort(key=lambda hit: -hit.score * akin.gain(hit.document.entry))
            for hit in found:
                hit.score = min(1.0, hit.score * akin.gain(hit.document.entry))
        for hit, sure in zip(found, sureness(found), strict=True):
            yield hit, query, shelf, sure
        seen.update(hit.document.entry.id for hit in found)


def _written_in(question: str, lang: str, index: ArticleIndex) -> str:
    """The language that a question is plainly in, else `lang`: Chinese words decide, and a sentence without them."""
    if lang != CHINESE and question.isascii():
        return lang
    every = every_word(normalise(question[:LONGEST_OWN]))
    if any(map(is_han, every)):
        return CHINESE if CHINESE in index.shelves else lang
    others = [other for other in index.shelves if other != CHINESE]
    return others[0] if lang == CHINESE and len(every) >= SENTENCE and others else lang


def _without(shelf: Shelf, question: str, synonyms: Thesaurus) -> Shelf:
    asked = [each for each in shelf.documents if each and question in each.asked]
    return shelf.replaced([without_question(each, question, synonyms) for each in asked]) if asked else shelf


def _section(hit: Hit, query: Query) -> Section | None:
    """Where an article answers: at its top, unless its best section holds something asked for that its title doesn't.

    Of Chinese words the characters count, in whatever order.
    """
    top = next(iter(hit.document.sections), None)
    typed = [term for term, weight in query.terms.items() if weight > COMPLETED and not is_han(term[1:])]
    asked = {term for term in typed if query.words.get(term, term) not in STOP_WORDS}
    unsaid = asked - terms_of(hit.document.entry.title)
    return hit.section if hit.section and unsaid & terms_of(hit.section.whole) else top


def _suggestion(
    hit: Hit, query: Query, shelf: Shelf, score: float, synonyms: Thesaurus, akin: _Akin | None = None
) -> Suggestion:
    entry, section = hit.document.entry, _section(hit, query)
    return Suggestion(
        id=entry.id,
        lang=entry.lang,
        url=entry.url + (f"#{section.anchor}" if section and section.anchor else ""),
        title=entry.title,
        excerpt=excerpt(section.text, query) if section else "",
        section=section.heading if section else "",
        score=round(score, 4),
        why=reasons(hit.document, section, query, shelf, synonyms) + (akin.reasons(entry) if akin else ()),
    )
