"""Section: a piece of an article short enough to be an answer."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from msgspec import Struct

from ticket_api.knowledge.article import Article
from ticket_api.knowledge.blocks import Line, lines
from ticket_api.knowledge.markdown import headings, plain_text

SIZE = {"zh": 110}
"""About how many characters a section has, by language."""

USUAL_SIZE = 500

Signs = tuple[str, str, str, str]

SIGNS = {"zh": ("：", "，", "。", "——")}
"""What stands behind a name, between the cells of a row of a table, at its end, and behind its name where each cell has
the name of its column, by language."""

USUAL_SIGNS = (":", ",", ".", " –")

BOX = re.compile(r"^(?:!!!|\?\?\?\+?|===[!+]?)\s+[\w-]*\s*")
MARKS = re.compile(r"^\[\^?[^\]]+\]:\s*(?:\S+$)?|^:\s+|^\{:?[^}]*\}$")
BELOW_NAMES = re.compile(r"[\s|:]*-[\s|:-]*")
RULE = re.compile(r"[\s|:=*_-]+")
DASH = re.compile(r"\s*[-–—]*\s*")
CELL_END = re.compile(r"(?<!\\)\|")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？；])")
ENDED = re.compile(r"[.!?:;。！？：；…][*_\"'”’」』)）]*$")
NO_SPACE_AFTER = re.compile(r"(?<=[，。！？：；、）—])\s+")


Paragraph = tuple[str, str]
"""Plain text, and the names of the columns of the table that it was."""


class Section(Struct, frozen=True):
    """Plain text under a heading. Heading and anchor are "" at the top of an article.

    `columns` are the names of its tables' columns: it is found by them, and reads better without.
    """

    heading: str
    anchor: str
    text: str
    columns: str = ""

    @property
    def whole(self) -> str:
        """All that it is found by."""
        return f"{self.heading}\n{self.text}\n{self.columns}"


def cut(article: Article) -> Iterator[Section]:
    """The sections of an article in the order of the text: at headings, and at paragraphs when they grow too long."""
    size = SIZE.get(article.lang, USUAL_SIZE)
    for heading, anchor, paragraphs in _chapters(article.body, SIGNS.get(article.lang, USUAL_SIGNS)):
        for text, columns in _pack(paragraphs, size):
            yield Section(heading, anchor, text, columns)


def _chapters(body: str, signs: Signs) -> Iterator[tuple[str, str, list[Paragraph]]]:
    """Heading, anchor and paragraphs of what stands under each heading."""
    by_line = {heading.line: heading for heading in headings(body)}
    heading, anchor = "", ""
    block: list[Line] = []
    paragraphs: list[Paragraph] = []
    for line in lines(body):
        if line.number in by_line:
            yield heading, anchor, [*paragraphs, *_read(block, signs)]
            heading, anchor = by_line[line.number].text, by_line[line.number].anchor
            block, paragraphs = [], []
        elif line.text.strip():
            block.append(line)
        else:
            paragraphs += _read(block, signs)
            block = []
    yield heading, anchor, [*paragraphs, *_read(block, signs)]


def _read(block: Sequence[Line], signs: Signs) -> Iterator[Paragraph]:
    """The paragraph that a block of lines is, if it says anything; a row of a table becomes a sentence."""
    said, columns = list[str](), list[str]()
    for line, following in zip_longest(block, block[1:]):
        cells = _cells(line)
        if cells and following and BELOW_NAMES.fullmatch(following.text):
            columns = cells
        else:
            said.append(_row(cells, columns, signs) if any(cells) else _clean(line, signs[0]))
    if text := _plain(said):
        yield text, _plain(columns)


def _plain(pieces: Iterable[str]) -> str:
    return " ".join(plain_text("\n".join(pieces)).split())


def _close(text: str) -> str:
    """Without the spaces that no Chinese writer puts."""
    return NO_SPACE_AFTER.sub("", text)


def _cells(line: Line) -> list[str]:
    """The cells of a row of a table, "" for what holds nothing or a dash; none for any other line."""
    text = line.text.strip()
    if line.code or not text.startswith("|") or RULE.fullmatch(text):
        return []
    return ["" if DASH.fullmatch(cell) else cell.strip() for cell in CELL_END.split(text.removesuffix("|")[1:])]


def _row(cells: Sequence[str], columns: Sequence[str], signs: Signs) -> str:
    """A row as a sentence. Where the first column has no name, cells such as "yes" say nothing without theirs."""
    colon, comma, end, dash = signs
    name, *rest = cells
    is_grid = columns[:1] == [""]
    if is_grid:
        named = zip(columns[1:], rest, strict=False)
        rest = [f"{_ended(column, colon)} {cell}" if cell else "" for column, cell in named]
    rest = [cell for cell in rest if cell]
    listed = " ".join([*(_ended(cell, comma) for cell in rest[:-1]), *rest[-1:]])
    before = name + dash if is_grid else _ended(name, colon)
    return _ended(f"{before} {listed}" if name and rest else name or listed, end)


def _ended(text: str, sign: str) -> str:
    return text if ENDED.search(text) else text + sign


def _clean(line: Line, colon: str) -> str:
    """A line without the marks of boxes and definitions; code comes as a code span and so stays as it is."""
    if line.code:
        return f"`` {line.text} ``" if "``" not in line.text else line.text
    text = line.text.strip()
    if RULE.fullmatch(text):
        return ""
    title = BOX.sub("", text)
    if title != text:
        return _ended(title.strip('"'), colon) if title else ""
    return MARKS.sub("", text).strip('"') if MARKS.match(text) else text


def _pack(paragraphs: Iterable[Paragraph], size: int) -> Iterator[Paragraph]:
    """Paragraphs together up to about `size` characters; one that is longer is cut at its sentences.

    The names of columns stay with the beginning of their table.
    """
    text, named = "", ""
    for paragraph, columns in paragraphs:
        for place, piece in enumerate(_pieces(paragraph, size)):
            if text and len(text) + len(piece) > size:
                yield _close(text), named.strip()
                text, named = "", ""
            text = f"{text} {piece}".strip()
            named += "" if place else f" {columns}"
    if text:
        yield _close(text), named.strip()


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
