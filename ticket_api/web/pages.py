"""The pages that the server itself shows: templates with every sentence from words/."""

import calendar
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import nh3
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ticket_api import words
from ticket_api.knowledge.reasons import in_words, marked_by

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


def when(moment: datetime, lang: str, zone: str) -> str:
    """A time as people read it in a time zone, with how far that is from UTC."""
    local = moment.astimezone(ZoneInfo(zone))
    hours, minutes = divmod(abs(local.utcoffset() or timedelta()) // timedelta(minutes=1), 60)
    sign = "-" if (local.utcoffset() or timedelta()) < timedelta() else "+"
    offset = f"{sign}{hours}" + (f":{minutes:02}" if minutes else "") if hours or minutes else ""
    return words.say(
        lang,
        "page.when",
        day=local.day,
        number=local.month,
        month=calendar.month_name[local.month],
        year=local.year,
        time=f"{local:%H:%M}",
        offset=offset,
    )


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters["markdown"] = markdown
_TEMPLATES.filters["marked"] = marked_by


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
        when=partial(when, lang=lang, zone=settings.timezone),
        why=partial(in_words, lang=lang),
        in_language=partial(words.in_language, lang),
        lang=lang,
        home="/" if lang == settings.languages[0] else f"/{lang}/",
        company=settings.company,
        **values,
    )
    # A lone surrogate can be typed back to its sender in a form, and can't be encoded.
    return HTMLResponse(page.encode("utf-8", "replace"), status, headers)
