"""The lines of a Markdown text, without the marks of the lists and boxes that they stand in; which of them are code."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

FENCE = re.compile(r"\s*(`{3,}|~{3,})(.*)")
CONTAINER = re.compile(r"(?:!!!|\?\?\?\+?|===[!+]?)[ ]|\[\^[^\]]+\]:|:[ ]{1,3}(?=\S)|([-*+]|\d{1,9}[.)])[ ]+(?=\S)")
QUOTE = re.compile(r"(?:[ ]{0,3}>[ ]?)+")
COMMENT = re.compile(r"<!--(?:(?!<!--).)*?-->", re.DOTALL)
# Possessive wherever two ways to match would make hostile text cost more than its length.
TICKS = re.compile(r"(?<!\\)(\\*+)(`++)|\n[ ]*+(?=\n)")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the body, number from 1, without the indentation and marks of the lists and boxes that it stands in."""

    number: int
    text: str
    code: bool = False


@lru_cache(maxsize=4)
def lines(body: str) -> tuple[Line, ...]:
    """The lines of a body, those of code marked as such; the marks of a fence belong to neither and are left out."""
    return tuple(_lines(body))


def _lines(body: str) -> Iterator[Line]:
    depth, after_blank, fence = 0, True, ""
    for number, raw in enumerate(_without_comments(body).split("\n"), 1):
        line = raw.expandtabs(4)
        if fence:
            fence, closed = ("", True) if _closes(fence, line) else (fence, False)
            if not closed:
                yield Line(number, line.strip(), code=True)
            continue
        if not line.strip():
            after_blank = True
            yield Line(number, "")
            continue
        level = min((len(line) - len(line.lstrip(" "))) // 4, depth)
        depth = level if after_blank else depth
        text = QUOTE.sub("", line[4 * level :], count=1) if QUOTE.match(line[4 * level :]) else line[4 * level :]
        opening = FENCE.match(text)
        if opening and not (opening[1][0] == "`" and "`" in opening[2]):
            fence = opening[1]
        elif after_blank and text.startswith("    "):
            yield Line(number, text.strip(), code=True)
            continue
        else:
            container = CONTAINER.match(text)
            depth = level + 1 if container else depth
            yield Line(number, text[container.end() :] if container and container[1] else text)
        after_blank = False


def code_spans(text: str) -> list[tuple[int, int]]:
    """Where code between backticks begins and ends: at the next run of as many of them in the same block of text."""
    runs = list(TICKS.finditer(text))
    partner: list[int | None] = []
    next_of_size: dict[int, int] = {}
    for number in range(len(runs) - 1, -1, -1):
        size = len(runs[number][2] or "")
        partner.append(next_of_size.get(size) if size else None)
        if size:
            next_of_size[size] = number
        else:
            next_of_size.clear()
    return list(_paired(runs, partner[::-1]))


def _paired(runs: Sequence[re.Match[str]], partner: Sequence[int | None]) -> Iterator[tuple[int, int]]:
    number = 0
    while number < len(runs):
        closing = partner[number]
        if closing is None or len(runs[number][1]) % 2:
            number += 1
        else:
            yield runs[number].start(2), runs[closing].end(2)
            number = closing + 1


def _closes(fence: str, line: str) -> bool:
    mark = line.strip(" >")
    return len(mark) >= len(fence) and set(mark) == {fence[0]}


def _without_comments(text: str) -> str:
    return COMMENT.sub(lambda match: "\n" * match[0].count("\n"), text)
