"""What a question looks like: signs of abuse in its content, each with its points. Pure; no sign refuses anything."""

import re
import unicodedata
from collections.abc import Iterable
from hashlib import blake2b

from ticket_api.question import Question

ENOUGH = 3
"""Points that put a question into quarantine."""

Signs = tuple[tuple[str, int], ...]
"""Reasons with their points."""

READ = 4_000
"""Characters of a message that are looked at."""
LEAST_COMPARED = 60
"""Letters that a text has at least to be compared with others': short questions are often asked in the same words."""

_LINK = re.compile(r"(?:https?://|\bwww\.)([^\s/?#<>\"'()\[\]]{3,})", re.IGNORECASE)
_MARKUP = re.compile(r"<a\s+href|\[url[=\]]", re.IGNORECASE)


def signs(question: Question) -> Signs:
    """What in a question's own text speaks for abuse."""
    text = question.message[:READ]
    found = [("links", _points_of_links(text))] if "://" in text or "www." in text.lower() else []
    if _MARKUP.search(text):
        found.append(("link_markup", 2))
    if _LINK.search(f"{question.name} {question.subject}"):
        found.append(("link_as_name", 2))
    return tuple((reason, points) for reason, points in found if points)


def _points_of_links(text: str) -> int:
    """Many links to many places: a log that names one address fifty times is no advertisement."""
    hosts = [host.lower() for host in _LINK.findall(text)]
    places = len(set(hosts))
    return (places >= 3) + (places >= 5) + (len(hosts) >= 10)


def reasons_of(found: Iterable[tuple[str, int]]) -> tuple[str, ...]:
    """The reasons to put a question into quarantine: all that was found, or none when it isn't enough."""
    listed = tuple(found)
    return tuple(reason for reason, _ in listed) if sum(points for _, points in listed) >= ENOUGH else ()


def likeness(text: str) -> bytes:
    """What texts share that differ in nothing but numbers, signs and spaces; b"" for one too short to tell."""
    letters = "".join(filter(str.isalpha, unicodedata.normalize("NFKC", text[:READ]).casefold()))
    return blake2b(letters.encode(), digest_size=16).digest() if len(letters) >= LEAST_COMPARED else b""
