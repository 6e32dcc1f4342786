"""A rendered page of any MkDocs site, read as an article."""

import html
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from urllib.parse import unquote

from ticket_api.knowledge.article import Article
from ticket_api.knowledge.hypertext import Reader

HOME = "index"
SKIPPED = frozenset({"button", "iframe", "nav", "noscript", "object", "script", "select", "style", "svg", "template"})
SKIPPED_CLASSES = frozenset({"footnote-backref", "footnote-ref", "headerlink", "linenos"})
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())  # noqa: SIM905
INLINE = frozenset(
    "a abbr b bdi bdo cite code del dfn em font i img ins kbd mark".split()  # noqa: SIM905
    + "q s samp small span strong sub sup time u var wbr".split()  # noqa: SIM905
)
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
SIGNS = re.compile(r"([\\`*_{}\[\]()>#+\-.!|~^=<])")
"""Everything that `knowledge.markdown` could take for a mark."""

GOOD_ID = re.compile(r"[^\s\"'{}]+")
LISTING = re.compile(r"<h\d[^<>]*>\s*<span class=\"md-tag\b")
"""How Material's page of all tags names them; what stands there are the titles of other pages."""


@dataclass(frozen=True, slots=True)
class PageArticle(Article):
    """A page of a site that has no home, category and contact pages of ours: each one is an article."""

    @property
    def listed(self) -> bool:
        """Always: what isn't to be found is left out by the site's own front matter."""
        return True


def read_page(
    address: str, prefix: str, lang: str, path: str, title: str, content: str, meta: Mapping[str, Any]
) -> PageArticle | None:
    """The article that a page holds, or None for one without text and for lists of tags.

    `address` is the page's, relative to the site's root, `prefix` what its language puts before it; `title` is for a
    page that has none itself. `content` is the rendered HTML and `meta` the front matter, in which nothing is refused:
    what can't be used is passed over.
    """
    heading, body = read_body(content)
    if LISTING.search(content) or not body:
        return None
    own = _plain(meta.get("title"))
    article_id = page_id(address.removeprefix(prefix))
    return PageArticle(
        article_id,
        lang,
        f"/{address}",
        path,
        own or heading or _plain(title),
        _plain(meta.get("description")),
        article_id.split("/")[0] if "/" in article_id else "",
        _texts(meta.get("tags")),
        _texts(meta.get("questions")),
        _day(meta.get("updated")),
        f"{_escaped(heading)}\n\n{body}" if own and heading not in ("", own) else body,
        1,
        plans=_texts(meta.get("plans")),
    )


def page_id(address: str) -> str:
    """The id of the page at an address below its language's prefix: the address without its end, or "index"."""
    return re.sub(r"(/|\.html)$", "", unquote(address)) or HOME


def read_body(content: str) -> tuple[str, str]:
    """Rendered HTML as its first heading of level 1 and, without it, the plain Markdown that articles are read from.

    Headings keep the ids that they have there; one without an id is a paragraph, since no link can name it.
    """
    reader = _PageReader()
    reader.read(content)
    return reader.title, "\n\n".join(reader.end())


def _plain(value: object) -> str:
    """A value of front matter, or a title that may hold markup, as text in one line."""
    return " ".join(html.unescape(re.sub(r"<[^<>]*>", "", "" if value is None else str(value))).split())


def _texts(value: object) -> tuple[str, ...]:
    """The texts of a list, or of one value that should have been a list."""
    items = value if isinstance(value, list) else [value]
    return tuple(filter(None, (_plain(item) for item in items if isinstance(item, str | int | float))))


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        return None


def _escaped(text: str) -> str:
    return SIGNS.sub(r"\\\1", text).replace("&", "&amp;")


class _PageReader(Reader):
    """Collects blocks of Markdown: paragraphs, headings, rows of tables, code."""

    def __init__(self) -> None:
        super().__init__()
        self.title = ""
        self._blocks: list[str] = []
        self._text: list[str] = []
        self._cells: list[str] | None = None
        self._names = False
        self._anchor = ""
        self._code = 0
        self._skipped: list[str] = []
        self._opened = Counter[str]()

    def end(self) -> list[str]:
        """All blocks, once everything was read; rows that follow each other are one."""
        self._flush()
        together = groupby(self._blocks, key=lambda block: block.startswith("| "))
        tables = (["\n".join(blocks)] if is_table else blocks for is_table, blocks in together)
        return [block for blocks in tables for block in blocks if block]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if self._skipped or self._is_skipped(tag, attributes):
            if tag not in VOID:
                self._skipped.append(tag)
                self._opened[tag] += 1
        elif tag == "img":
            self._text.append(attributes.get("alt") or "")
        elif tag not in INLINE and not self._code:
            self._begin(tag, attributes)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:  # elsewhere a browser takes the slash for nothing
            self.handle_starttag(tag, attrs)
        elif not self._skipped and tag not in INLINE:
            self._flush()

    def handle_endtag(self, tag: str) -> None:
        if self._skipped:
            self._end_skipped(tag)
        elif tag == "pre":
            self._end_code()
        elif tag in HEADINGS:
            self._end_heading(int(tag[1]))
        elif tag in ("td", "th") and self._cells is not None:
            self._cells.append(self._taken())
            self._names &= tag == "th"
        elif tag == "tr":
            self._end_row()
        elif tag not in INLINE and not self._code:
            self._break()

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self._text.append(data)

    def _end_skipped(self, tag: str) -> None:
        """Leave an element within what is skipped, and what was left open in it."""
        ended = ""
        while self._opened[tag] and ended != tag:
            ended = self._skipped.pop()
            self._opened[ended] -= 1

    def _is_skipped(self, tag: str, attributes: Mapping[str, str | None]) -> bool:
        classes = set((attributes.get("class") or "").split())
        return tag in SKIPPED or "data-search-exclude" in attributes or bool(classes & SKIPPED_CLASSES)

    def _begin(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        if tag not in ("tr", "pre", *HEADINGS):
            self._break()
            return
        self._flush()
        if tag == "pre":
            self._code = 1
        elif tag == "tr":
            self._cells, self._names = [], True
        elif tag in HEADINGS:
            self._anchor = attributes.get("id") or ""

    def _break(self) -> None:
        """End a paragraph; within a cell of a table it only parts words."""
        if self._cells is None:
            self._flush()
        else:
            self._text.append(" ")

    def _taken(self) -> str:
        text, self._text = " ".join("".join(self._text).split()), []
        return _escaped(text)

    def _flush(self) -> None:
        if text := self._taken():
            self._blocks.append(text)

    def _end_heading(self, level: int) -> None:
        plain = " ".join("".join(self._text).split())
        text, anchor = self._taken(), self._anchor
        if text and (level > 1 and GOOD_ID.fullmatch(anchor)):
            self._blocks.append(f"{'#' * level} {text} {{#{anchor}}}")
        elif level == 1 and not self.title:
            self.title = plain
        elif text:
            self._blocks.append(text)
        self._anchor = ""

    def _end_row(self) -> None:
        cells, self._cells = self._cells, None
        self._flush()
        if cells and any(cells):
            row = f"| {' | '.join(cells)} |"
            # what names columns begins a table of its own
            self._blocks += ["", row, f"|{' - |' * len(cells)}"] if self._names else [row]

    def _end_code(self) -> None:
        code, self._text, self._code = "".join(self._text).strip("\n"), [], 0
        fence = "~" * max([4, *(len(run) + 1 for run in re.findall("~+", code))])
        if code.strip():
            self._blocks.append(f"{fence}\n{code}\n{fence}")
