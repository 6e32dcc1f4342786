"""Just enough Markdown: headings with the anchors that the site gives them, links, and the text without its marks.

The dialect is Python-Markdown's with admonitions, fences, tables and attribute lists, which is what the site renders.
"""

import html
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from ticket_api.knowledge.blocks import COMMENT, Line, code_spans, lines

ATX = re.compile(r"(#{1,6})((?:\\.|[^\\])*+)$")
UNDERLINE = re.compile(r"(=+|-+) *$")
ATTRIBUTES = re.compile(r"(?<![ ])[ ]++\{:?[ ]*+([^}\n]++)\}$")
OWN_ID = re.compile(r"(?:^|\s)(?:#|id=[\"']?)([^\s\"'}]+)")
HTML_ID = re.compile(r"<[a-z][^<>]*\s(?:id|name)\s*=\s*[\"']?([^\s\"'>]+)", re.IGNORECASE)
BY_HAND = re.compile(r"\{:?[ ]*+([^{}\n]++)\}")
COUNTED = re.compile(r"(.*)_([0-9]{1,4000})")

MARKS = re.compile(r"[\\`*_\[<&~=^\ue000\ue001]")
"""What a text has that isn't plain already."""

# Possessive and atomic wherever two ways to match would make hostile text cost more than its length.
ESCAPE = re.compile(r"\\([\\`*_{}\[\]()>#+\-.!|~^=<])")
DESTINATION = r"\(\s*+(<[^<>\n]*+>|(?>[^\s()<\\]|\\.|\([^\s()]*+\))*+)(?:\s++(?:\"[^\"\n]*+\"|'[^'\n]*+'))?+\s*+\)"
INLINE_LINK = re.compile(r"(!?)\[((?>[^\[\]\\]|\\.|\[[^\[\]]*+\])*+)\]" + DESTINATION)
REFERENCE_LINK = re.compile(r"(!?)\[([^\[\]\n]+)\][ ]?\[([^\[\]\n]*)\]")
DEFINITION = re.compile(r"^[ ]{0,3}\[((?!\^)[^\[\]\n]+)\]:[ ]*(<[^<>\n]*>|\S+)(?:[ ]+[\"'(].*)?$", re.MULTILINE)
TAG = re.compile(r"</?[A-Za-z][^<>]*>")
FOOTNOTE = re.compile(r"\[\^[^\[\]\s]+\]")
AUTOLINK = re.compile(r"<((?:https?|mailto):[^\s<>]+|[^\s<>@]+@[^\s<>]+)>")
EMPHASIS = (
    re.compile(r"(\*\*\*|\*\*|\*)(?=\S)(.{1,400}?)(?<=\S)\1", re.DOTALL),
    re.compile(r"(?<!\w)(___|__|_)(?=\S)(.{1,400}?)(?<=\S)\1(?!\w)", re.DOTALL),
    re.compile(r"(~~|==|\^\^)(?=\S)(.{1,400}?)(?<=\S)\1", re.DOTALL),
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of an article: `text` without marks, `anchor` its id on the page, `line` within the body, from 1."""

    level: int
    text: str
    anchor: str
    line: int


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link, an image or a reference definition points; `line` within the body, from 1."""

    target: str
    line: int
    image: bool = False


def anchor(text: str, separator: str = "-") -> str:
    """The id that a heading gets: lower case, Unicode kept. Python-Markdown's toc takes this as its `slugify`."""
    kept = re.sub(r"[^\w\s-]", "", unicodedata.normalize("NFC", text)).strip().lower()
    return re.sub(rf"[{re.escape(separator)}\s]+", separator, kept)


def headings(body: str) -> tuple[Heading, ...]:
    """The headings of a Markdown text with the very ids that Python-Markdown's toc gives them."""
    found = [(line, level, *_split_attributes(text)) for line, level, text in _heading_lines(body)]
    taken = {own: "" for _, _, _, own in found if own}
    result = []
    for line, level, text, own in found:
        plain = plain_text(text, images=False)
        result.append(Heading(level, " ".join(plain.split()), own or _unique(anchor(plain), taken), line))
    return tuple(result)


def anchors(body: str) -> frozenset[str]:
    """Every place on the page that a link may name: headings, and ids given by hand."""
    prose = "\n".join(line.text for line in lines(body) if not line.code)
    by_hand = {match[1] for block in BY_HAND.findall(prose) for match in OWN_ID.finditer(block)}
    return frozenset({heading.anchor for heading in headings(body)} | by_hand | set(HTML_ID.findall(prose)))


def links(body: str) -> tuple[Link, ...]:
    """Every link, image and reference definition outside code, in the order of the text."""
    text, line_of = prose(body)
    places = [
        (match.start(group), target_of(match[group]), match.re is INLINE_LINK and match[1] == "!")
        for match, group in _link_matches(text)
    ]
    return tuple(Link(target, line_of(start), image) for start, target, image in sorted(places))


@lru_cache(maxsize=4)
def prose(body: str) -> tuple[str, Callable[[int], int]]:
    """The text outside code, without the marks of lists and boxes, and what tells the body's line of a place in it.

    Code spans and escaped signs are blanks; an escaped backslash escapes nothing that follows.
    """
    kept = [line for line in lines(body) if not line.code]
    text = _blank("\n".join(line.text for line in kept))
    ends = [match.start() for match in re.finditer("\n", text)]
    return text, lambda place: kept[bisect_left(ends, place)].number


def blanked(body: str, *, across: bool = True) -> str:
    """The body, its code, comments and escaped signs replaced by blanks, so that places in both are the same.

    Code spans that go on over the end of a line count as code only with `across`.
    """
    numbers = {line.number for line in lines(body) if not line.code}
    written = COMMENT.sub(_as_blanks, body).split("\n")
    return _blank("\n".join(x if n in numbers else " " * len(x) for n, x in enumerate(written, 1)), across)


def unlink(body: str, targets: Collection[str]) -> str:
    """The body with links, images and reference definitions to these targets made plain text; code stays as it is."""
    text = blanked(body)
    names = {match[1].lower() for match in DEFINITION.finditer(text) if target_of(match[2]) in targets}
    for _ in range(2):  # an image may stand inside a link
        dead = (match for match in INLINE_LINK.finditer(text) if target_of(match[3]) in targets)
        body = replaced(body, ((*match.span(), body[slice(*match.span(2))]) for match in dead))
        text = blanked(body)
    dead = (match for match in REFERENCE_LINK.finditer(text) if (match[3] or match[2]).lower() in names)
    body = replaced(body, ((*match.span(), body[slice(*match.span(2))]) for match in dead))
    dead = (match for match in DEFINITION.finditer(blanked(body)) if target_of(match[2]) in targets)
    return replaced(body, ((*match.span(), "") for match in dead))


def plain_text(text: str, *, images: bool = True) -> str:
    """A piece of Markdown without its inline marks; with `images` their descriptions stay in the text."""
    if not MARKS.search(text):
        return text
    kept: list[str] = []

    def keep(content: str) -> str:
        kept.append(content)
        return f"\ue000{len(kept) - 1}\ue001"

    text = text.replace("\ue000", "").replace("\ue001", "")
    text = replaced(text, ((start, end, keep(text[start:end].strip("`").strip())) for start, end in code_spans(text)))
    text = ESCAPE.sub(lambda match: keep(match[1]), text)
    for _ in range(2):  # an image may stand inside a link
        text = INLINE_LINK.sub(lambda match: match[2] if images or not match[1] else "", text)
    text = REFERENCE_LINK.sub(lambda match: match[2] if images or not match[1] else "", text)
    text = AUTOLINK.sub(lambda match: match[1], FOOTNOTE.sub("", COMMENT.sub("", text)))
    text = TAG.sub("", text)
    for marks in EMPHASIS:
        text = marks.sub(lambda match: match[2], marks.sub(lambda match: match[2], text))
    text = html.unescape(text)
    return re.sub("\ue000(\\d+)\ue001", lambda match: kept[int(match[1])], text)


def _heading_lines(body: str) -> Iterator[tuple[int, int, str]]:
    """Line, level and Markdown text of each heading. An underlined one must be the first line of its block."""
    first: Line | None = None
    block_begins = True
    for line in lines(body):
        hashes = None if line.code else ATX.match(line.text)
        underline = None if line.code or first is None else UNDERLINE.match(line.text)
        if hashes:
            yield line.number, len(hashes[1]), _without_closing_hashes(hashes[2])
        elif underline and first is not None:
            yield first.number, 1 if line.text[0] == "=" else 2, first.text.strip()
        first = line if block_begins and line.text and not hashes and not line.code else None
        block_begins = not line.text or bool(hashes) or bool(underline)


def _without_closing_hashes(text: str) -> str:
    kept = text.rstrip("#")
    escaped = kept != text and (len(kept) - len(kept.rstrip("\\"))) % 2
    return f"{kept}#".strip() if escaped else kept.strip()


def _split_attributes(text: str) -> tuple[str, str]:
    """A heading's text, and the id that an attribute list at its end gives it, or ""."""
    match = ATTRIBUTES.search(text, text.rfind("}", 0, -1) + 1) if text.endswith("}") else None
    if match is None or not match[1].strip():
        return text, ""
    own = OWN_ID.search(match[1])
    return text[: match.start()], own[1] if own else ""


def _unique(name: str, taken: dict[str, str]) -> str:
    """The name, or the next one that isn't taken; `taken` remembers for each how far that was, if it was asked."""
    passed = []
    while not name or name in taken:
        passed.append(name)
        counted = COUNTED.fullmatch(name)
        name = taken.get(name) or (f"{counted[1]}_{int(counted[2]) + 1}" if counted else f"{name}_1")
    taken[name] = ""
    taken.update(dict.fromkeys(passed, name))
    return name


def _link_matches(text: str) -> Iterator[tuple[re.Match[str], int]]:
    for match in INLINE_LINK.finditer(text):
        yield match, 3
        for inner in INLINE_LINK.finditer(text, match.start(2), match.end(2)):
            yield inner, 3
    for match in DEFINITION.finditer(text):
        yield match, 2


def target_of(written: str) -> str:
    """Where a link leads, of the way it is written in Markdown."""
    return re.sub(r"\\([^a-zA-Z0-9\s])", r"\1", written.strip("<>")).replace("\ue000", "\\")


def _blank(text: str, across: bool = True) -> str:
    spans = (span for span in code_spans(text) if across or "\n" not in text[slice(*span)])
    text = replaced(text, ((start, end, re.sub(r"[^\n]", " ", text[start:end])) for start, end in spans))
    return re.sub(r"\\([\\`\[\]])", lambda match: "\\\ue000" if match[1] == "\\" else "  ", text)


def replaced(text: str, changes: Iterable[tuple[int, int, str]]) -> str:
    """The text with each stretch, given in order, replaced by another."""
    kept, done = [], 0
    for start, end, new in changes:
        kept += [text[done:start], new]
        done = end
    return "".join([*kept, text[done:]])


def _as_blanks(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])
