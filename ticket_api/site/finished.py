"""A built site as a visitor's browser reads it, whoever built it."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

from ticket_api.knowledge.hypertext import Reader
from ticket_api.site.policy import FETCHED, FETCHED_LINKS, Found, Inline

LOST = "404.html"
NOWHERE = "http://site.invalid/"
"""Stands for the address of a site that doesn't say its own."""


@dataclass
class Page(Reader):
    """One page: `path` is its file within the site. `search` is the worker that it names, None without a search; `asks`
    is where our form sends the question."""

    path: str
    held: Found
    lang: str = ""
    title: str = ""
    canonical: str = ""
    generator: str = ""
    search: str | None = None
    is_article: bool = False
    has_form: bool = False
    leads_on: bool = False
    ids: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    asks: str = ""
    fetched_later: set[str] = field(default_factory=set)
    _inside: str = ""
    _text: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    @property
    def address(self) -> str:
        """Its address within the site, such as `billing/refunds/`."""
        return self.path.removesuffix("index.html")

    @property
    def is_lost(self) -> bool:
        """Whether it is the page for addresses that don't exist."""
        return self.path.rpartition("/")[2] == LOST

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what a check asks for."""
        given = {name: value or "" for name, value in reversed(attrs)}
        self.ids |= {given[name] for name in ("id", "name") if given.get(name)}
        self.has_form |= "data-hl-ask" in given
        self.asks = given.get("action", "") if "data-hl-form" in given else self.asks
        classes = given.get("class", "").split()
        self.is_article |= tag == "article" and "md-typeset" in classes
        self._inside, self._text = ("" if tag in ("path", "g", "svg") else tag), ""
        self._inside = "config" if given.get("id") == "__config" else self._inside
        match tag:
            case "html":
                self.lang = given.get("lang", "")
            case "meta":
                self._meta(given)
            case "a" | "area":
                self.links |= {given["href"]} if "href" in given else set()
            case "link":
                self._link(given)
        for name in FETCHED.get(tag, ()):
            values = given.get(name, "").split(",") if name == "srcset" else [given.get(name, "")]
            self.files |= {value.split()[0] for value in values if value.strip()}
        self._later(tag, given, classes)

    def handle_data(self, data: str) -> None:
        """Keep the title and what Material's script is told."""
        if self._inside in ("title", "config"):
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        """Take the title or what Material's script is told as whole."""
        if self._inside == "title" and tag == "title" and not self.title:
            self.title = self._text.strip()
        elif self._inside == "config":
            with suppress(ValueError, AttributeError):
                self.search = str(json.loads(self._text).get("search") or "")
        self._inside = ""

    def _meta(self, given: Mapping[str, str]) -> None:
        if given.get("name", "").lower() == "generator":
            self.generator = given.get("content", "")
        self.leads_on |= given.get("http-equiv", "").lower() == "refresh"

    def _link(self, given: Mapping[str, str]) -> None:
        kinds, href = set(given.get("rel", "").lower().split()), given.get("href", "")
        if "canonical" in kinds:
            self.canonical = href
        elif FETCHED_LINKS & kinds:
            self.files.add(href)
        elif {"alternate", "prev", "next"} & kinds:
            self.links.add(href)

    def _later(self, tag: str, given: Mapping[str, str], classes: list[str]) -> None:
        """What Material's script will fetch from elsewhere when it finds this."""
        if tag == "pre" and "mermaid" in classes:
            self.fetched_later.add("unpkg.com")
        if given.get("data-md-component") == "source" and "github.com/" in given.get("href", ""):
            self.fetched_later.add("api.github.com")


class Finished:
    """A folder that holds a built site. Reading every page takes a while: `progress` is told how many are read."""

    def __init__(self, folder: Path, progress: Callable[[int, int], None] = lambda _done, _total: None) -> None:
        self.folder = folder
        inline, files = Inline(), sorted(folder.rglob("*.html"))
        self.pages: dict[str, Page] = {}
        for file in files:
            path, text = file.relative_to(folder).as_posix(), file.read_text(encoding="utf-8", errors="replace")
            page = self.pages[path] = Page(path, inline.look(text))
            page.read(text)
            progress(len(self.pages), len(files))

    @cached_property
    def base(self) -> str:
        """Where the site stands, as its pages tell: an address with a slash at the end."""
        for page in self.pages.values():
            address = quote(page.address)
            if page.canonical.endswith(f"/{address}") and not page.leads_on:
                return page.canonical.removesuffix(address)
        return NOWHERE

    def style_sheets(self) -> Iterator[tuple[str, str]]:
        """Every style sheet, its path and text."""
        for file in sorted(self.folder.rglob("*.css")):
            yield file.relative_to(self.folder).as_posix(), file.read_text(encoding="utf-8", errors="replace")

    def target(self, page: Page, link: str) -> tuple[str, str] | None:
        """The path within the site that a link on a page leads to, and the anchor; None where it leads elsewhere."""
        whole = urljoin(urljoin(self.base, quote(page.address)), link.strip())
        if not whole.startswith(self.base):
            return None
        parts = urlsplit(whole.removeprefix(self.base))
        path = unquote(urlsplit(whole).path.removeprefix(urlsplit(self.base).path))
        return path, unquote(parts.fragment)

    def file(self, path: str) -> Path:
        """The file that is sent for a path."""
        file = self.folder / path
        return file / "index.html" if file.is_dir() else file
