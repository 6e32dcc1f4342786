"""The owner's Markdown as safe HTML, for pages and for mail."""

import re

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True})
_TAGS = {"a", "blockquote", "br", "code", "em", "h3", "hr", "li", "ol", "p", "pre", "strong", "ul"}
_SCHEMES = {"http", "https", "mailto"}
_OWN_PATH = re.compile(r"(\]\(<?)(?=/(?!/))")


def markdown(text: str) -> Markup:
    """The owner's Markdown as safe HTML: no raw HTML, no images, only http, https and mailto links."""
    return Markup(clean(_MARKDOWN.render(text)))  # noqa: S704


def clean(html: str) -> str:
    """HTML with nothing left in it but a few elements of running text, and the links that Markdown may hold."""
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )


def with_whole_links(text: str, base: str) -> str:
    """Markdown whose links to paths of this site, such as `[fees](/billing/)`, begin with its address."""
    return _OWN_PATH.sub(lambda found: found[1] + base, text)
