"""The owner's preferences: opening hours, the target, name and logo."""

import re
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ticket_api import words
from ticket_api.errors import HelpleafError, Invalid
from ticket_api.preferences import LARGEST_LOGO, LONGEST_TITLE, MOST_HOURS, Preferences, logo_of
from ticket_api.question import check_characters
from ticket_api.tickets.hours import MINUTES, Opening
from ticket_api.web.context import context_of
from ticket_api.web.desk.page import REFUSALS, is_id, page
from ticket_api.web.desk.promises import shown
from ticket_api.web.desk.upload import read_upload
from ticket_api.web.intake import language

DAYS = range(7)
USUAL = ("09:00", "17:00")
"""What stands in the fields of a day that is closed."""

Fields = Mapping[str, str]


async def show(request: Request) -> Response:
    """All of them as they are stored."""
    preferences = await context_of(request).read(context_of(request).preferences.stored)
    return await _show(request, preferences, _as_fields(preferences))


async def save(request: Request) -> Response:
    """Store what the form holds; when that can't be, it comes back as it was filled."""
    fields, files = await read_upload(request)
    context = context_of(request)
    present = await context.read(context.preferences.stored)
    try:
        logo = logo_of(files["logo"]) if "logo" in files else None
        wanted = _wanted(fields, present, language(request))
        context.promised.check_hours(wanted.hours, context.clock())
        await context.write(context.preferences.save, wanted, context.clock(), logo)
    except REFUSALS as error:
        return await _show(request, present, {**fields, "version": str(present.version)}, error, chosen="logo" in files)
    await context.read(context.preferences.stored)
    return RedirectResponse("/desk/preferences?done=1", 303)


async def show_logo(request: Request) -> Response:
    """The picture that customers see. Its address changes with it, so browsers may keep it."""
    context = context_of(request)
    logo = await context.read(context.preferences.logo, request.path_params["name"])
    headers = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(logo.data, headers=headers, media_type=logo.kind)


async def _show(
    request: Request,
    preferences: Preferences,
    fields: Fields,
    error: HelpleafError | None = None,
    *,
    chosen: bool = False,
) -> Response:
    """The page with what stands in the form; `chosen`: a picture was, which a browser can't show again."""
    context, lang = context_of(request), language(request)
    settings, now = context.settings, context.clock()
    done = "done" in request.query_params and not error
    return page(
        request,
        "desk_preferences.html",
        error,
        preferences=preferences,
        fields=fields,
        days=[(str(day), words.say(lang, f"days.{day}")) for day in DAYS],
        usual=USUAL,
        zone=settings.timezone,
        settings_name=settings.company,
        languages=settings.languages,
        largest=LARGEST_LOGO // 1000,
        promised=await context.read(shown, context, preferences, now, lang),
        done=done,
        chosen=chosen,
    )


def _as_fields(preferences: Preferences) -> dict[str, str]:
    """What the form holds of preferences."""
    fields = {
        "version": str(preferences.version),
        "target": f"{preferences.target_hours:g}",
        "name": preferences.name,
    }
    for opening in preferences.hours:
        fields[f"open_{opening.day}"] = "on"
        fields[f"opens_{opening.day}"] = _time(opening.opens)
        fields[f"closes_{opening.day}"] = _time(opening.closes)
    return fields


def _wanted(fields: Fields, present: Preferences, lang: str) -> Preferences:
    """The preferences that a form holds. Raises Invalid with the field that is wrong."""
    version, name = fields.get("version", ""), fields.get("name", "").strip()
    if not is_id(version):
        raise Invalid("wrong_value", field="version", name="version")
    check_characters("name", name)
    if len(name) > LONGEST_TITLE:
        raise Invalid("long_name", field="name", limit=LONGEST_TITLE)
    return Preferences(
        version=int(version),
        hours=tuple(_opening(fields, day, lang) for day in DAYS if f"open_{day}" in fields),
        target_hours=_target(fields.get("target", "")),
        name=name,
        logo="" if "no_logo" in fields else present.logo,
    )


def _opening(fields: Fields, day: int, lang: str) -> Opening:
    opens, closes = (_minutes(fields.get(f"{which}_{day}", "")) for which in ("opens", "closes"))
    if opens is None or closes is None or opens >= (closes or MINUTES):
        raise Invalid("bad_opening", field=f"closes_{day}", day=words.say(lang, f"days.{day}"))
    return Opening(day, opens, closes or MINUTES)


def _minutes(text: str) -> int | None:
    """The minutes after midnight, or None for what isn't a time."""
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", text.strip(), re.ASCII)
    return int(found[1]) * 60 + int(found[2]) if found else None


def _time(minutes: int) -> str:
    """A time as a browser's field holds it; the end of a day is midnight."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _target(text: str) -> float:
    """Hours, with a point or a comma."""
    written = text.strip().replace(",", ".")
    hours = float(written) if re.fullmatch(r"\d{1,4}(\.\d{1,4})?", written, re.ASCII) else 0
    if not 0 < hours <= MOST_HOURS:
        raise Invalid("bad_target", field="target", limit=int(MOST_HOURS))
    return hours
