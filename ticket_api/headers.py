"""The file `_headers` of a built site: which headers go with which paths, as Netlify and others read it."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

NAME = "_headers"
"""Where it lies in the site's folder; it isn't published itself."""

POLICY = "Content-Security-Policy"


class Rule(NamedTuple):
    """Headers for one path, or for all that begin alike where the path ends with a star."""

    path: str
    headers: Mapping[str, str]


def write(rules: Iterable[Rule]) -> str:
    """The text of the file."""
    return "\n".join(
        "".join((f"{rule.path}\n", *(f"  {name}: {value}\n" for name, value in rule.headers.items()))) for rule in rules
    )


def read(text: str) -> tuple[Rule, ...]:
    """The rules of a file; lines that say nothing are passed over."""
    rules: list[tuple[str, dict[str, str]]] = []
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if line.startswith("/"):
            rules.append((line.strip(), {}))
        elif rules and colon and line[:1].isspace():
            rules[-1][1][name.strip()] = value.strip()
    return tuple(Rule(*rule) for rule in rules)


def of(rules: Iterable[Rule], path: str) -> dict[str, str]:
    """What the answer for a path carries, by names in small letters; of two of a name the last counts."""
    return {
        name.lower(): value
        for rule in rules
        if path == rule.path or (rule.path.endswith("*") and path.startswith(rule.path[:-1]))
        for name, value in rule.headers.items()
    }
