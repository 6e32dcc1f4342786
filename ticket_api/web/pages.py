"""The pages that the server itself shows: templates with every sentence from words/."""

import calendar
import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache, lru_cache, partial
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ticket_api import tokens, words
from ticket_api.knowledge.reasons import in_words, marked_by
from ticket_api.prose import markdown
from ticket_api.web.static_files import FOLDER


@lru_cache(maxsize=4096)  # a list is looked at again and again
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


@cache
def static(name: str) -> str:
    """The address of a file that pages load, which changes with what is in it: so browsers may keep it."""
    path = tokens.PATH if name == tokens.PATH.name else FOLDER / name
    return f"/static/{name}?v={hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,  # code isn't read anew either, and a template of another version may not fit it
)
_TEMPLATES.globals["static"] = static
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
    preferences = request.app.state.context.preferences.now
    page = _TEMPLATES.get_template(name).render(
        t=partial(words.say, lang),
        when=partial(when, lang=lang, zone=settings.timezone),
        why=partial(in_words, lang=lang),
        in_language=partial(words.in_language, lang),
        lang=lang,
        home="/" if lang == settings.languages[0] else f"/{lang}/",
        company=preferences.name or settings.company,
        logo=preferences.logo,
        **values,
    )
    # A lone surrogate can be typed back to its sender in a form, and can't be encoded.
    return HTMLResponse(page.encode("utf-8", "replace"), status, headers)
