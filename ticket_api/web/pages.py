"""The pages that the server itself shows: templates with every sentence from words/."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

import nh3
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ticket_api import words

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True})
_TAGS = {"a", "blockquote", "br", "code", "em", "h3", "hr", "li", "ol", "p", "pre", "strong", "ul"}
_SCHEMES = {"http", "https", "mailto"}


def markdown(text: str) -> Markup:
    """The owner's Markdown as safe HTML: no raw HTML, no images, only http, https and mailto links."""
    clean = nh3.clean(
        _MARKDOWN.render(text),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(clean)  # noqa: S704


def when(moment: datetime, lang: str) -> str:
    """A time as people read it, in UTC."""
    if lang == "zh":
        return f"{moment.year} 年 {moment.month} 月 {moment.day} 日 {moment:%H:%M} UTC"
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters["markdown"] = markdown


def render(
    request: Request,
    name: str,
    lang: str,
    values: Mapping[str, object],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A template as a page in a language. The templates say `t("section.key")` for a sentence."""
    settings = request.app.state.context.settings
    page = _TEMPLATES.get_template(name).render(
        t=partial(words.say, lang),
        when=partial(when, lang=lang),
        lang=lang,
        home="/" if lang == settings.languages[0] else f"/{lang}/",
        languages=settings.languages,
        company=settings.company,
        path=request.url.path,
        **values,
    )
    # A lone surrogate can be typed back to its sender in a form, and can't be encoded.
    return HTMLResponse(page.encode("utf-8", "replace"), status, headers)
