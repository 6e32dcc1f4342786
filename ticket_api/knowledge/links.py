"""Dead links between articles."""

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from urllib.parse import unquote

from ticket_api.knowledge.article import REMEMBERED, RESERVED, Article, url_of
from ticket_api.knowledge.foreign import foreign_links, is_foreign, leads_elsewhere
from ticket_api.knowledge.markdown import Link, anchors, links
from ticket_api.knowledge.problem import Problem

LONGEST = 100
"""Characters of a link that are told."""

FOOTNOTE = re.compile(r"fn(?:ref)?\d*:")


class Site:
    """What links can lead to: files by path, pages by address, and the pages that the site adds by itself."""

    def __init__(
        self, files: Collection[str], articles: Iterable[Article], categories: Iterable[str], languages: Sequence[str]
    ) -> None:
        self.files = files
        self.by_path = {article.path: article for article in articles}
        self.by_url = {article.url: article for article in self.by_path.values()}
        added = ("index", "contact", *(f"{category}/index" for category in categories))
        self.added_files = {f"{page}{suffix}.md" for page in added for suffix in ("", *(f".{x}" for x in languages))}
        self.added_urls = {url_of(page, lang, languages[0]) for page in added for lang in languages}
        self._anchors: dict[str, frozenset[str]] = {}

    def dead_links(self, article: Article) -> Iterator[Problem]:
        """A problem for each link of an article that leads nowhere, or where no link may lead."""
        for link in _links(article.body):
            fault = self.fault(article, link)
            if fault:
                line = article.body_line + link.line - 1
                what = "refused" if leads_elsewhere(link.target) or is_foreign(link.target) else "dead"
                yield Problem(article.path, line, f"The link to {link.target[:LONGEST]!r} is {what}: {fault}")

    def fault(self, article: Article, link: Link) -> str:
        """Why a link in an article leads nowhere, or may not lead there, and what to do; "" when it is alive."""
        target = link.target
        if is_foreign(target):
            return "it must begin with http:, https:, mailto: or tel: to leave the site; correct it or take it out."
        if link.image and leads_elsewhere(target):
            return "a picture from elsewhere tells a stranger who reads here; put the file beside the article."
        if leads_elsewhere(target):
            return ""
        path, _, place = target.partition("#")
        path, place = unquote(path.partition("?")[0]), unquote(place)
        if not path:
            return self._place_fault(article, place) if place else "it names no page; give it one or take it out."
        if path.startswith("/"):
            return self._address_fault(path, place)
        return self._file_fault(posixpath.normpath(posixpath.join(posixpath.dirname(article.path), path)), path, place)

    def _file_fault(self, file: str, written: str, place: str) -> str:
        if file in self.by_path:
            return self._place_fault(self.by_path[file], place)
        if (file in self.files or file in self.added_files) and not written.endswith("/"):
            return ""
        return "there is no such file; name the article's .md file, seen from this one, or take the link out."

    def _address_fault(self, path: str, place: str) -> str:
        first = path.strip("/").partition("/")[0]
        address = path.removesuffix("index.html").rstrip("/") + "/"
        if address in self.by_url:
            return self._place_fault(self.by_url[address], place)
        is_file = path.lstrip("/") in self.files and not path.endswith(".md")
        if is_file or address in self.added_urls or first in RESERVED - {"contact"}:
            return ""
        return "there is no such address on the site; link to the article's .md file instead."

    def _place_fault(self, article: Article, place: str) -> str:
        if not place or FOOTNOTE.match(place):
            return ""
        if article.path not in self._anchors:
            self._anchors[article.path] = anchors(article.body)
        if place in self._anchors[article.path]:
            return ""
        return f"{article.path} has no heading with the anchor #{place}; correct it or take it out."


@lru_cache(REMEMBERED)
def _links(body: str) -> tuple[Link, ...]:
    """The links of an article; those that are foreign only in disguise come last."""
    found = links(body)
    told = {link.line for link in found if is_foreign(link.target)}
    return (*found, *(link for link in foreign_links(body) if link.line not in told))
