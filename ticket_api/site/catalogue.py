"""Catalogue: every page of the site, in every language, and what stands on the shelves of each category."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ticket_api import words
from ticket_api.knowledge.article import url_of
from ticket_api.knowledge.articles import Article, Category, Library
from ticket_api.settings import Settings

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
    """Pages by path and by id and language; `generated` names the paths that no file of the owner stands behind."""

    library: Library
    settings: Settings
    pages: Mapping[str, Article]
    generated: frozenset[str]
    translations: Mapping[str, Mapping[str, Article]]
    shelves: Mapping[str, tuple[Shelf, ...]]
    loose: Mapping[str, tuple[Article, ...]]

    def articles(self, lang: str) -> tuple[Article, ...]:
        """The articles of a language, without home, category and contact pages."""
        return tuple(page for page in self.pages.values() if page.lang == lang and page.listed)

    def newest(self, lang: str, limit: int) -> tuple[Article, ...]:
        """The articles of a language that were updated last."""
        return tuple(sorted(self.articles(lang), key=lambda one: one.updated or NEVER, reverse=True)[:limit])

    def shelf(self, page: Article) -> Shelf | None:
        """The shelf of the category that a page belongs to."""
        return next((shelf for shelf in self.shelves[page.lang] if shelf.id == page.category), None)


def make_catalogue(library: Library, settings: Settings) -> Catalogue:
    """Put the owner's articles on their shelves and add the pages that the owner didn't write."""
    languages = settings.languages
    shelves = {lang: _shelves(library, lang, languages) for lang in languages}
    written = {page.path: page for page in library.articles}
    generated = {page.path: page for lang in languages for page in _generated(shelves[lang], lang, settings)}
    taken = {page.url for page in library.articles}
    missing = {path: page for path, page in generated.items() if page.url not in taken}
    pages = written | missing
    translations: dict[str, dict[str, Article]] = {}
    for page in pages.values():
        translations.setdefault(page.id, {})[page.lang] = page
    loose = {lang: _listed(library, "", lang) for lang in languages}
    return Catalogue(library, settings, pages, frozenset(missing), translations, shelves, loose)


def _listed(library: Library, category: str, lang: str) -> tuple[Article, ...]:
    return tuple(a for a in library.articles if a.listed and a.category == category and a.lang == lang)


def _shelves(library: Library, lang: str, languages: Sequence[str]) -> tuple[Shelf, ...]:
    shelves = (_shelf(library, category, lang, languages) for category in library.categories if category.id)
    return tuple(shelf for shelf in shelves if shelf.articles or shelf.elsewhere)


def _shelf(library: Library, category: Category, lang: str, languages: Sequence[str]) -> Shelf:
    articles = _listed(library, category.id, lang)
    here = {article.id for article in articles}
    others = [_listed(library, category.id, other) for other in languages if other != lang]
    elsewhere = {article.id: article for other in others for article in other if article.id not in here}
    return Shelf(
        category.id,
        category.titles.get(lang) or category.titles.get(languages[0]) or category.id,
        category.descriptions.get(lang, ""),
        category.icon,
        url_of(f"{category.id}/{HOME}", lang, languages[0]),
        articles,
        tuple(elsewhere.values()),
    )


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
