"""Tables of helpleaf.toml beside the settings: each is read, with its own type, by the room that it is for."""

import re
from typing import TypeVar

import msgspec

from ticket_api.errors import Stop
from ticket_api.settings.values import Settings

T = TypeVar("T")

SECTIONS = ("calendar", "hooks", "plans", "priority", "rules", "segments", "targets", "webhooks")
"""The names of these tables."""
SIGNING = re.compile(r"HELPLEAF_(HOOK|WEBHOOK)_([A-Z0-9_]+)_SECRET(_FILE)?")
"""The variables of the environment that hold keys: HELPLEAF_HOOK_SHOP_SECRET, and one with _FILE behind it."""

_AT = re.compile(r"(.*?)(?: - at `(?:key in )?\$(.*)`)?", re.DOTALL)


def section(settings: Settings, name: str, kind: type[T]) -> T | None:
    """The table with this name as `kind` (a Struct, a list or a dict of them); None where the file has none.

    Raises Stop with a sentence that names the file, the place in it and what is wrong there.
    """
    given = settings.sections.get(name)
    if given is None:
        return None
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        raise Stop(f"{settings.file}: {_told(name, str(error))}") from error


def _told(name: str, trouble: str) -> str:
    """What msgspec says, with the place as it stands in the file; entries of a list are counted from 1."""
    found = _AT.fullmatch(trouble)
    what, place = (found[1], found[2] or "") if found else (trouble, "")
    place = re.sub(r"\[(\d+)\]", lambda number: f", number {int(number[1]) + 1}", place).replace("[...]", "")
    return f"in {name}{place}: {what[:1].lower()}{what[1:]}."


def signing_key(variable: str) -> str:
    """What the key in a variable is for, such as "hook:shop", or "" for any other variable."""
    found = SIGNING.fullmatch(variable)
    return f"{found[1].lower()}:{found[2].lower()}" if found else ""
