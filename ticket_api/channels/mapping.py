"""PURE: what stands in a body at a dotted path."""

import json
import re
from typing import Any

INDEX = re.compile(r"[0-9]{1,6}", re.ASCII)
NO = (None, False, 0, "", "no", "false", "0", "none", "off")
"""What means that no program wrote a message; "no" is the word of RFC 3834."""


def found(body: object, path: str) -> object:
    """What stands at a path such as comment.text or lines.0.text, or None.

    A field whose whole name is the path goes before: forms have no fields within fields.
    """
    if isinstance(body, dict) and path in body:
        return body[path]
    here: Any = body
    for part in path.split("."):
        if isinstance(here, dict):
            here = here.get(part)
        elif isinstance(here, list) and INDEX.fullmatch(part) and int(part) < len(here):
            here = here[int(part)]
        else:
            return None
    return here


def text_at(body: object, path: str) -> str:
    """The text at a path, without spaces around it; a number as it is written, "" where there is nothing.

    Raises ValueError for a list, an object, or true and false.
    """
    value = found(body, path) if path else None
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(path)
    return str(value).strip()


def any_at(body: object, path: str) -> str:
    """What stands at a path as a text, in JSON where it is none, and without what no store takes.

    "" for nothing, and for what is empty or false.
    """
    try:
        text = text_at(body, path)
    except ValueError:
        value = found(body, path)
        text = json.dumps(value, ensure_ascii=False) if value else ""
    return text.replace("\0", "\ufffd").encode(errors="replace").decode()


def is_marked(body: object, path: str) -> bool:
    """Whether what stands at a path says yes: anything but nothing, no, false and 0."""
    value = found(body, path) if path else None
    return (value.strip().lower() if isinstance(value, str) else value) not in NO
