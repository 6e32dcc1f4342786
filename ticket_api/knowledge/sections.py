"""Section: a piece of an article short enough to be an answer."""

import re
from collections.abc import Iterator

from msgspec import Struct

from ticket_api.knowledge.article import Article
from ticket_api.knowledge.markdown import Line, headings, lines, plain_text

SIZE = {"zh": 110}
"""About how many characters a section has, by language."""

USUAL_SIZE = 500

ROW_END = {"zh": "；"}
"""What stands after a row of a table when it becomes plain text, by language; a semicolon usually."""

MARKS = re.compile(r"^(?:!!!|\?\?\?\+?|===[!+]?)\s+[\w-]*\s*|^\[\^?[^\]]+\]:\s*(?:\S+$)?|^:\s+|^\{:?[^}]*\}$")
RULE = re.compile(r"[\s|:=*_-]+")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？；])")


class Section(Struct, frozen=True):
    """Plain text under a heading. Heading and anchor are "" at the top of an article."""

    heading: str
    anchor: str
    text: str


def cut(article: Article) -> Iterator[Section]:
    """The sections of an article in the order of the text: at headings, and at paragraphs when they grow too long."""
    size = SIZE.get(article.lang, USUAL_SIZE)
    for heading, anchor, paragraphs in _chapters(article.body, ROW_END.get(article.lang, ";")):
        for text in _pack(paragraphs, size):
            yield Section(heading, anchor, text)


def _chapters(body: str, row_end: str) -> Iterator[tuple[str, str, list[str]]]:
    """Heading, anchor and paragraphs of what stands under each heading."""
    by_line = {heading.line: heading for heading in headings(body)}
    heading, anchor = "", ""
    block: list[str] = []
    paragraphs: list[str] = []
    for line in lines(body):
        if line.number in by_line:
            yield heading, anchor, _with(paragraphs, block)
            heading, anchor = by_line[line.number].text, by_line[line.number].anchor
            block, paragraphs = [], []
        elif line.text.strip():
            block.append(_clean(line, row_end))
        else:
            block, paragraphs = [], _with(paragraphs, block)
    yield heading, anchor, _with(paragraphs, block)


def _with(paragraphs: list[str], block: list[str]) -> list[str]:
    text = " ".join(plain_text("\n".join(block)).split()).replace("； ", "；").rstrip(";；")
    return [*paragraphs, text] if text else paragraphs


def _clean(line: Line, row_end: str) -> str:
    """A line without the marks of tables, boxes and definitions; code comes as a code span and so stays as it is."""
    if line.code:
        return f"`` {line.text} ``" if "``" not in line.text else line.text
    if RULE.fullmatch(line.text):
        return ""
    text = MARKS.sub("", line.text.strip())
    if text != line.text.strip():
        return text.strip('"')
    if not text.startswith("|"):
        return text
    cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", text) if cell.strip()]
    return " · ".join(cells) + row_end if cells else ""


def _pack(paragraphs: list[str], size: int) -> Iterator[str]:
    """Paragraphs together up to about `size` characters; one that is longer is cut at its sentences."""
    text = ""
    for piece in (piece for paragraph in paragraphs for piece in _pieces(paragraph, size)):
        if text and len(text) + len(piece) > size:
            yield text
            text = ""
        text = f"{text} {piece}".strip()
    if text:
        yield text


def _pieces(paragraph: str, size: int) -> Iterator[str]:
    if len(paragraph) <= size:
        yield paragraph
        return
    for sentence in SENTENCE_END.split(paragraph):
        while len(sentence) > size:
            at = sentence.rfind(" ", size // 2, size)
            at = at if at > 0 else size
            yield sentence[:at]
            sentence = sentence[at:].strip()
        if sentence:
            yield sentence
