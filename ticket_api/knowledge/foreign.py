"""What a text may not bring along: links that do more than lead to a page, and HTML that runs in a reader's browser."""

import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

from ticket_api.knowledge.markdown import INLINE_LINK, Link, blanked, links, prose, replaced, target_of, unlink

SCHEMES = ("http", "https", "mailto", "tel")
"""The schemes that a link may have."""

SCHEME = re.compile(r"([a-z][a-z0-9+.\-]*):", re.IGNORECASE)
UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\xad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ue000\ufeff]")

# Wider than the links of markdown.py: whatever any Markdown might take for the beginning of a link.
OPENING = re.compile(r"\](\()\s*+<?([^)\"'<>]*+)")
DEFINITION = re.compile(r"^[ \t>]*+\[[^\[\]]*+\](:)\s*+<?([^\s<>]*+)", re.MULTILINE)
AUTOLINK = re.compile(r"(<)([a-z][a-z0-9+.\-]*+:[^<>]*+)>", re.IGNORECASE)

LONGEST_SCHEME = 300
"""Characters of a link that are looked at; `javascript:` in entities of the longest usual kind has 110."""

GOOD_AUTOLINK = r"(?:https?://|mailto:)[^\s<>\"'`{}]+>|[\w.+-]+@[\w-]+(?:\.[\w-]+)+>"
OPENING_TAG = re.compile(rf"<(?!{GOOD_AUTOLINK})(?=[A-Za-z/!?\ue000])", re.IGNORECASE)
ATTRIBUTES = re.compile(r"(?<!\\)\{(?!:?[ ]*#[\w-]+[ ]*\}[ ]*$)", re.MULTILINE)
FENCE_HEAD = re.compile(
    r"^((?:[ \t>]|[-*+][ ]|\d{1,9}[.)][ ])*+(?:`{3,}+|~{3,}+))[ \t]*+([\w#.+-]*+)([^`\n]*+)$", re.MULTILINE
)


def leads_elsewhere(target: str) -> bool:
    """Whether a link's target has a scheme, of any kind."""
    return SCHEME.match(_as_browsers_read(target)) is not None


def is_foreign(target: str) -> bool:
    """Whether a link's target has a scheme that isn't one of SCHEMES, however it is disguised, or none before `//`."""
    read = _as_browsers_read(target)
    scheme = SCHEME.match(read)
    return scheme[1].lower() not in SCHEMES if scheme else read.startswith("//")


def foreign_links(body: str) -> tuple[Link, ...]:
    """The foreign links, images, reference definitions and autolinks outside code, in the order of the text."""
    text, line_of = prose(body)
    found = sorted((match.start(2), match[2].strip()) for match in _foreign_places(text))
    return tuple(Link(target, line_of(start)) for start, target in found)


def harmless(body: str, *, code: bool = True) -> tuple[str, list[str]]:
    """Markdown from elsewhere with nothing in it that runs in a reader's browser, and what was changed for that.

    HTML shows as text, foreign links lose their target, and attribute lists but for a heading's id show as text as
    well; code stays as it is unless `code` is false. Whole sentences tell what was changed.
    """
    steps = (
        (_without_options, "The options of code blocks are gone, but for the language."),
        (_without_foreign_links, "Links with another scheme than http, https, mailto and tel are plain text now."),
        (_without_html, "HTML shows as text now."),
        (_without_attributes, "What stands in braces shows as text and gives nothing attributes."),
    )
    told = []
    tamed = body.replace("\ue000", "").replace("<!--", "<\ue000!--")  # else what stands in a comment is no code
    for step, sentence in steps:
        before, tamed = tamed, step(tamed, code)
        told += [sentence] if tamed != before else []
    return tamed.replace("\ue000", ""), told


def _as_browsers_read(target: str) -> str:
    decoded = unquote(html.unescape(target[:LONGEST_SCHEME]))
    return UNSEEN.sub("", decoded).replace("\\", "/")


def _foreign_places(text: str) -> Iterator[re.Match[str]]:
    for pattern in (OPENING, DEFINITION, AUTOLINK):
        yield from (match for match in pattern.finditer(text) if is_foreign(match[2]))


def _without_options(body: str, _code: bool) -> str:
    return FENCE_HEAD.sub(lambda match: f"{match[1]}{match[2]}" if match[3].strip() else match[0], body)


def _without_foreign_links(body: str, code: bool) -> str:
    if not any(_foreign_places(_looked_at(body, code))):
        return body
    body = unlink(body, {link.target for link in links(body) if is_foreign(link.target)})
    places = {match.start(1) for match in _foreign_places(_looked_at(body, code))}
    return replaced(body, ((at, at + 1, f"&#{ord(body[at])};") for at in sorted(places)))


def _without_html(body: str, code: bool) -> str:
    if "<" not in body:
        return body
    in_brackets = (match for match in INLINE_LINK.finditer(blanked(body)) if match[3].startswith("<"))
    body = replaced(body, ((*match.span(3), target_of(match[3]).replace(" ", "%20")) for match in in_brackets))
    places = [match.start() for match in OPENING_TAG.finditer(_looked_at(body, code))]
    return replaced(body, ((at, at + 1, "&lt;") for at in places))


def _without_attributes(body: str, code: bool) -> str:
    if "{" not in body:
        return body
    places = [match.start() for match in ATTRIBUTES.finditer(_looked_at(body, code))]
    return replaced(body, ((at, at + 1, "\\{") for at in places))


def _looked_at(body: str, code: bool) -> str:
    """The body, with blanks for what is code beyond doubt."""
    return blanked(body, across=False) if code else body
