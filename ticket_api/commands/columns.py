"""Text as a terminal shows it: none of it moves the cursor, and columns line up however wide the letters are."""

import re
import unicodedata
from collections.abc import Container, Sequence
from itertools import accumulate

ACTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What a terminal would obey (escape sequences among it), what turns the order of letters round, and half letters."""
WIDE = frozenset("WF")
"""The classes of letters that take two cells (Unicode Standard Annex 11)."""
WITHOUT_WIDTH = frozenset(("Mn", "Me", "Cf"))
"""The categories of what is drawn over the letter before it, or not at all."""
MORE = "…"


def plain(text: str) -> str:
    """A text of which a terminal obeys nothing but the ends of its lines: all else that it would is written out."""
    tidy = text.replace("\r\n", "\n").replace("\t", "    ")
    return ACTIVE.sub(lambda found: found[0].encode("unicode_escape").decode(), tidy)


def in_one_line(text: str) -> str:
    """`plain`, with a space for each stretch of white space."""
    return plain(" ".join(text.split()))


def width(text: str) -> int:
    """How many cells of a terminal a plain text takes: two for each Chinese character."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def _cells(letter: str) -> int:
    if unicodedata.category(letter) in WITHOUT_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in WIDE else 1


def cut(text: str, room: int) -> str:
    """A plain text in at most so many cells, one at least; of a longer one the beginning, with an ellipsis."""
    if width(text) <= room:
        return text
    ends = accumulate(map(_cells, text))
    return text[: sum(end < room for end in ends)] + MORE


def padded(text: str, room: int, *, right: bool = False) -> str:
    """A plain text in exactly so many cells: cut, or filled with spaces, before it where it stands on the right."""
    text = cut(text, room)
    spaces = " " * (room - width(text))
    return spaces + text if right else text + spaces


def aligned(
    head: Sequence[str], rows: Sequence[Sequence[str]], widest: Sequence[int], right: Container[int] = ()
) -> list[list[str]]:
    """The head and the rows, of plain cells, each column as wide as its widest cell and at most as its `widest`.

    The columns whose places are in `right` stand on the right, the last column isn't filled, and one that is empty in
    all rows is left out.
    """
    places = [place for place in range(len(head)) if any(row[place] for row in rows)]
    rooms = {place: min(widest[place], max(width(row[place]) for row in (head, *rows))) for place in places}

    def cell(row: Sequence[str], place: int) -> str:
        last = place == places[-1]
        return cut(row[place], rooms[place]) if last else padded(row[place], rooms[place], right=place in right)

    return [[cell(row, place) for place in places] for row in (head, *rows)]
