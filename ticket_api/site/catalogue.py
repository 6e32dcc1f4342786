"""Catalogue: every page of the site, in every language, and what stands on the shelves of each category."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ticket_api import words
from ticket_api.knowledge.article import url_of
from ticket_api.knowledge.articles import Article, Category, Library
from ticket_api.settings import Settings
from ticket_api.site.further import NOWHERE, Further, Places, find_further

HOME = "index"
CONTACT = "contact"
NEVER = date.min


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category in one language; `elsewhere` are the articles that exist only in other languages."""

    id: str
    title: str
    description: str
    icon: str
    url: str
    articles: tuple[Article, ...]
    elsewhere: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Pages by path and by id and language; `generated` names the paths that no file of the owner stands behind.

    `votes` is how useful readers found an article, by its id, whatever its language; `loose` and `foreign` are the
    articles of no category: those of a language, and those that exist only in others. `dated` are the languages that
    have an article which says when it changed.
    """

    library: Library
    settings: Settings
    pages: Mapping[str, Article]
    generated: frozenset[str]
    translations: Mapping[str, Mapping[str, Article]]
    shelves: Mapping[str, tuple[Shelf, ...]]
    loose: Mapping[str, tuple[Article, ...]]
    foreign: Mapping[str, tuple[Article, ...]]
    votes: Mapping[str, float]
    dated: frozenset[str]
    _articles: Mapping[str, tuple[Article, ...]]
    _shelf: Mapping[tuple[str, str], Shelf]
    _further: Mapping[str, Further]

    def articles(self, lang: str) -> tuple[Article, ...]:
        """The articles of a language, without home, category and contact pages."""
        return self._articles[lang]

    def newest(self, lang: str, limit: int) -> tuple[Article, ...]:
        """The articles of a language that were updated last."""
        return tuple(sorted(self.articles(lang), key=_day, reverse=True)[:limit])

    def useful(self, lang: str, limit: int) -> tuple[Article, ...]:
        """The articles of a language that readers found most useful; without votes, those that were updated last."""
        by_votes = sorted(self.articles(lang), key=lambda one: (self._score(one), _day(one)), reverse=True)
        return tuple(by_votes[:limit])

    def _score(self, article: Article) -> float:
        return max(0.0, self.votes.get(article.id, 0.0))

    def shelf(self, page: Article) -> Shelf | None:
        """The shelf of the category that a page belongs to."""
        return self._shelf.get((page.lang, page.category))

    def further(self, page: Article) -> Further:
        """Where a reader of an article may go next; nowhere from any other page."""
        return self._further.get(page.path, NOWHERE)


def make_catalogue(library: Library, settings: Settings, votes: Mapping[str, float] | None = None) -> Catalogue:
    """Put the owner's articles on their shelves and add the pages that the owner didn't write."""
    languages = settings.languages
    by_place = _by_place(library.articles)
    shelves = {lang: _shelves(library, by_place, lang, languages) for lang in languages}
    written = {page.path: page for page in library.articles}
    generated = {page.path: page for lang in languages for page in _generated(shelves[lang], lang, settings)}
    taken = {page.url for page in library.articles}
    missing = {path: page for path, page in generated.items() if page.url not in taken}
    pages = written | missing
    translations: dict[str, dict[str, Article]] = {}
    for page in pages.values():
        translations.setdefault(page.id, {})[page.lang] = page
    return Catalogue(
        library,
        settings,
        pages,
        frozenset(missing),
        translations,
        shelves,
        loose={lang: by_place.get(("", lang), ()) for lang in languages},
        foreign={lang: _elsewhere(by_place, "", lang, languages) for lang in languages},
        votes=votes or {},
        dated=frozenset(a.lang for a in library.articles if a.listed and a.updated),
        _articles={lang: tuple(a for a in library.articles if a.listed and a.lang == lang) for lang in languages},
        _shelf={(lang, shelf.id): shelf for lang in languages for shelf in shelves[lang]},
        _further=find_further(by_place, translations),
    )


def _day(article: Article) -> date:
    return article.updated or NEVER


def _by_place(articles: Iterable[Article]) -> Places:
    found: dict[tuple[str, str], list[Article]] = {}
    for article in articles:
        if article.listed:
            found.setdefault((article.category, article.lang), []).append(article)
    return {place: tuple(there) for place, there in found.items()}


def _shelves(library: Library, by_place: Places, lang: str, languages: Sequence[str]) -> tuple[Shelf, ...]:
    shelves = (_shelf(by_place, category, lang, languages) for category in library.categories if category.id)
    return tuple(shelf for shelf in shelves if shelf.articles or shelf.elsewhere)


def _shelf(by_place: Places, category: Category, lang: str, languages: Sequence[str]) -> Shelf:
    return Shelf(
        category.id,
        category.titles.get(lang) or category.titles.get(languages[0]) or category.id,
        category.descriptions.get(lang, ""),
        category.icon,
        url_of(f"{category.id}/{HOME}", lang, languages[0]),
        by_place.get((category.id, lang), ()),
        _elsewhere(by_place, category.id, lang, languages),
    )


def _elsewhere(by_place: Places, category: str, lang: str, languages: Sequence[str]) -> tuple[Article, ...]:
    """The articles of a category that exist only in other languages, each in the first of them."""
    here = {article.id for article in by_place.get((category, lang), ())}
    others = [by_place.get((category, other), ()) for other in reversed(languages) if other != lang]
    return tuple({article.id: article for other in others for article in other if article.id not in here}.values())


def _generated(shelves: Sequence[Shelf], lang: str, settings: Settings) -> list[Article]:
    def page(page_id: str, title: str, description: str, category: str = "") -> Article:
        suffix = "" if lang == settings.languages[0] else f".{lang}"
        url = url_of(page_id, lang, settings.languages[0])
        path = f"{page_id}{suffix}.md"
        return Article(page_id, lang, url, path, title, description, category, (), (), None, "", 1)

    def say(key: str) -> str:
        return words.say(lang, f"site.{key}", company=settings.company)

    home = page(HOME, say("name"), say("home_description"))
    contact = page(CONTACT, say("contact_title"), say("contact_description"))
    return [home, contact, *(page(f"{s.id}/{HOME}", s.title, s.description, s.id) for s in shelves)]
