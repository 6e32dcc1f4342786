"""View: what the templates of one page draw from."""

import calendar
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlencode

from ticket_api import words
from ticket_api.knowledge.article import Article, url_of
from ticket_api.settings import Settings
from ticket_api.site.catalogue import CONTACT, HOME, Catalogue, Shelf
from ticket_api.site.further import Further
from ticket_api.site.votes import USEFUL

SIDEBAR_LIMIT = 20
FOOTER_LIMIT = 8
# What the browser's code says, from sections that the server's own pages use too: no sentence stands twice.
SCRIPT_WORDS = {
    "offer": ("title", "lead", "solved", "solved_by", "send", "new_tab"),
    "ticket": ("undo",),
    "errors": ("missing", "bad_email"),
}


@dataclass(frozen=True, slots=True)
class Switch:
    """A link to another language: the same page there, or with `home` that language's home page."""

    lang: str
    label: str
    url: str
    home: bool


@dataclass(frozen=True, slots=True)
class View:
    """One page as its template sees it; `page` is None on the page for addresses that don't exist."""

    lang: str
    page: Article | None
    catalogue: Catalogue
    versions: Mapping[str, str]

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.catalogue.settings

    @property
    def generated(self) -> bool:
        """Whether the page is one that the owner didn't write."""
        return self.page is not None and self.page.path in self.catalogue.generated

    def say(self, key: str, **values: object) -> str:
        """The sentence for `section.key` in the page's language."""
        return words.say(self.lang, key, company=self.settings.company, **values)

    @property
    def spoken(self) -> str:
        """The language of our own words on the page: English where we have none in the page's."""
        return words.spoken_for(self.lang)

    def language(self, lang: str) -> str:
        """What the page's language calls a language; its code where it has no name for it."""
        return words.load(self.lang)["language"].get(lang, lang)

    def counted(self, number: int) -> str:
        """How many articles, as people write it."""
        return self.say("site.count_one" if number == 1 else "site.count_many", count=number)

    def shelved(self, shelf: Shelf) -> str:
        """How many articles a category has, and how many more it has in other languages alone."""
        parts = [self.counted(len(shelf.articles))] if shelf.articles else []
        for lang, number in Counter(article.lang for article in shelf.elsewhere).items():
            parts.append(self.say("site.count_elsewhere", articles=self.counted(number), language=self.language(lang)))
        return " · ".join(parts)

    def day(self, day: date) -> str:
        """A date as people write it."""
        month = calendar.month_name[day.month]
        return self.say("site.date", day=day.day, number=day.month, month=month, year=day.year)

    def asset(self, name: str) -> str:
        """The address of a file of ours, relative to the root, changing with its content."""
        return f"assets/helpleaf/{name}?v={self.versions[name]}"

    def at(self, path: str) -> str:
        """A path from the site's root as MkDocs's filter `url` wants it; whole where the page may stand anywhere."""
        return (path.lstrip("/") or ".") if self.page else path

    def whole(self, path: str) -> str:
        """The whole address of a path, or "" where the site doesn't know its own."""
        return f"{self.settings.base_url.rstrip('/')}{quote(path)}" if self.settings.base_url else ""

    def api(self, path: str) -> str:
        """The address of a path of the server, which may stand elsewhere."""
        return self.settings.api.rstrip("/") + path

    def admonition(self, kind: str) -> str | None:
        """The title of an admonition that has none of its own."""
        return words.load(self.lang)["admonition"].get(kind)

    @property
    def name(self) -> str:
        """The site's name."""
        return self.say("site.name")

    @property
    def home(self) -> str:
        """The path of the home page."""
        return url_of(HOME, self.lang, self.settings.languages[0])

    @property
    def contact(self) -> str:
        """The path of the contact page."""
        return url_of(CONTACT, self.lang, self.settings.languages[0])

    @property
    def is_article(self) -> bool:
        """Whether an article stands on the page, and not a home, category or contact page."""
        return self.page is not None and self.page.listed

    @property
    def shelves(self) -> tuple[Shelf, ...]:
        """The categories of the page's language."""
        return self.catalogue.shelves[self.lang]

    @property
    def main_shelves(self) -> tuple[Shelf, ...]:
        """The categories that every page names at its end."""
        return self.shelves[:FOOTER_LIMIT]

    @property
    def shelf(self) -> Shelf | None:
        """The category that the page belongs to."""
        return self.catalogue.shelf(self.page) if self.page else None

    @property
    def introduced(self) -> tuple[Article, ...]:
        """The other articles of the category whose own page this article is; none for any other page."""
        shelf = self.shelf
        if not self.page or not shelf or self.page.url != shelf.url:
            return ()
        return tuple(article for article in shelf.articles if article.id != self.page.id)

    @property
    def beside(self) -> tuple[Article, ...]:
        """The articles of the open category that the sidebar names: all, or those around the page."""
        articles = self.shelf.articles if self.shelf else ()
        place = next((n for n, one in enumerate(articles) if self.page and one.id == self.page.id), 0)
        start = max(0, min(place - SIDEBAR_LIMIT // 2, len(articles) - SIDEBAR_LIMIT))
        return articles[start : start + SIDEBAR_LIMIT]

    @property
    def further(self) -> Further:
        """Where a reader of the page may go next."""
        return self.catalogue.further(self.page) if self.page else Further()

    @property
    def useful(self) -> tuple[Article, ...]:
        """The most useful articles; without votes, those that were updated last."""
        return self.catalogue.useful(self.lang, USEFUL)

    @property
    def chosen_by(self) -> str:
        """What the most useful articles are called: readers may have chosen them, or their dates, or nobody."""
        if any(self.catalogue.votes.get(article.id, 0.0) > 0 for article in self.useful):
            return "site.useful"
        return "site.newest" if self.lang in self.catalogue.dated else "site.articles"

    @property
    def has_feed(self) -> bool:
        """Whether there is a feed of what changed: its addresses must be whole, and dates known."""
        return bool(self.settings.base_url) and self.lang in self.catalogue.dated

    @property
    def total(self) -> int:
        """How many articles there are in the page's language."""
        return len(self.catalogue.articles(self.lang))

    @property
    def translations(self) -> Mapping[str, Article]:
        """The page in each language in which it exists, itself included."""
        return self.catalogue.translations[self.page.id] if self.page else {}

    @property
    def alternates(self) -> list[tuple[str, str]]:
        """The whole addresses of the page's versions by language, and of the one for all others; none for one alone."""
        versions = {lang: self.whole(there.url) for lang, there in self.translations.items()}
        if len(versions) < 2:
            return []
        usual = versions.get(self.settings.languages[0]) or next(iter(versions.values()))
        return [*versions.items(), ("x-default", usual)]

    @property
    def switches(self) -> tuple[Switch, ...]:
        """Where the language switch leads, one for each other language."""
        return tuple(self._switch(lang) for lang in self.settings.languages if lang != self.lang)

    @property
    def script_words(self) -> dict[str, object]:
        """Everything that the browser's code says or needs to know, placeholders for its own values left in."""
        spoken = dict(words.load(self.lang)["script"])
        for section, keys in SCRIPT_WORDS.items():
            spoken |= {f"{section}_{key}": words.load(self.lang)[section][key] for key in keys}
        settings = self.settings
        known = {"company": settings.company, "mail_address": settings.mail, "minutes": settings.offer_minutes}
        return {**spoken, **known, **self.search_words, "spoken": self.spoken}

    @property
    def search_words(self) -> dict[str, object]:
        """The same for a page without the form: what its search says and needs to know."""
        spoken = {"search_ask": words.load(self.lang)["script"]["search_ask"]}
        known = {"api": self.api(""), "searches": self.settings.searches, "lang": self.lang}
        return {**spoken, **known, "in_language": dict(self._in_languages)}

    @property
    def search_options(self) -> str:
        """What the search worker is told in its address: the page's language, what it says beside each, and the API."""
        told = {"lang": self.lang, "names": json.dumps(self._in_languages), "api": self.api("")}
        return "&" + urlencode(told)

    @property
    def _in_languages(self) -> list[tuple[str, str]]:
        return [(lang, words.in_language(self.lang, lang)) for lang in self.settings.languages]

    def in_language(self, lang: str) -> str:
        """What the page says beside a title in another language."""
        return words.in_language(self.lang, lang)

    def language_name(self, lang: str) -> str:
        """What a language calls itself."""
        return words.say(lang, "site.language") if lang in words.spoken() else lang

    def _switch(self, lang: str) -> Switch:
        name = self.language_name(lang)
        if lang in self.translations:
            return Switch(lang, name, self.translations[lang].url, False)
        label = words.say(lang, "site.switch_home", language=name)
        return Switch(lang, label, url_of(HOME, lang, self.settings.languages[0]), True)
