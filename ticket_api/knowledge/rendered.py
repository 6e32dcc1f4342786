"""A page as the site renders it, to see that Markdown from elsewhere does nothing in a reader's browser."""

import markdown  # type: ignore[import-untyped]

from ticket_api.knowledge.foreign import harmless, is_foreign
from ticket_api.knowledge.hypertext import Reader

EXTENSIONS = (
    "admonition",
    "attr_list",
    "def_list",
    "footnotes",
    "md_in_html",
    "sane_lists",
    "tables",
    "toc",
    "pymdownx.details",
    "pymdownx.highlight",
    "pymdownx.inlinehilite",
    "pymdownx.superfences",
    "pymdownx.tabbed",
)
OPTIONS = {"pymdownx.tabbed": {"alternate_style": True}, "tables": {"use_align_attribute": True}}
"""What the site's own mkdocs.yml switches on."""

TAGS = {
    *("a", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5"),
    *("h6", "hr", "img", "input", "label", "li", "ol", "p", "pre", "span", "strong", "sub", "summary", "sup", "table"),
    *("tbody", "td", "th", "thead", "tr", "ul"),
}
ATTRIBUTES = {"align", "alt", "checked", "class", "for", "href", "id", "name", "open", "src", "start", "title", "type"}
"""What Markdown itself makes; whatever else stands on the page came through it."""


def runs(body: str) -> bool:
    """Whether a page of this Markdown holds what Markdown itself doesn't make; one that can't be made counts, too."""
    if harmless(body, code=False)[0] == body:
        return False  # no sign of HTML in it, not even in code
    try:
        page = markdown.markdown(body, extensions=EXTENSIONS, extension_configs=OPTIONS)
    except Exception:  # whatever a renderer raises would fail the build
        return True
    found = _Found()
    found.read(page)
    return found.anything


class _Found(Reader):
    anything = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        strange = tag not in TAGS or any(name not in ATTRIBUTES and not name.startswith("data-") for name, _ in attrs)
        links = (value or "" for name, value in attrs if name in ("href", "src"))
        self.anything = self.anything or strange or any(is_foreign(link) for link in links)

    def handle_comment(self, _data: str) -> None:
        self.anything = True

    def handle_decl(self, _decl: str) -> None:
        self.anything = True

    def handle_pi(self, _data: str) -> None:
        self.anything = True

    def unknown_decl(self, _data: str) -> None:
        self.anything = True
