"""Row: one article of a file from elsewhere, JSONL or CSV, checked."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ticket_api.errors import Stop
from ticket_api.knowledge.foreign import harmless
from ticket_api.knowledge.markdown import headings
from ticket_api.knowledge.text import CONTROL, HAN, normalise

FIELDS = ("id", "title", "body", "lang", "questions")
"""What is read of a line of JSONL."""

COLUMNS = {"question": "title", "answer": "body", "id": "id", "lang": "lang"}
"""What is read of a CSV file; only the first two columns are needed."""

LONGEST_TITLE = 200

Tell = Callable[[int, str], None]
"""Takes a line of the source, from 1, and a sentence about it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One article of the source. `id` is the one given there, or ""."""

    line: int
    id: str
    title: str
    body: str
    lang: str
    questions: tuple[str, ...]


class BadRow(Exception):
    """A line that can't become an article; the text is a sentence that says why."""


def read_rows(text: str, source: Path, languages: Sequence[str], *, skip: Tell, note: Tell) -> Iterator[Row]:
    """The rows of a text in either format; `source` is its name. Each line that is no article is told to `skip`.

    Raises Stop for a text that is in neither format.
    """
    is_jsonl = source.suffix.lower() in (".jsonl", ".ndjson") or text.lstrip().startswith("{")
    unknown: set[str] = set()
    for line, given in _jsonl(text, skip) if is_jsonl else _csv(text, source, skip):
        for name in given.keys() - set(FIELDS) - unknown:
            unknown.add(name)
            note(line, f"{name!r} is not read, here and wherever else it stands.")
        try:
            yield _row(line, given, languages, note)
        except BadRow as bad:
            skip(line, str(bad))


def _jsonl(text: str, skip: Tell) -> Iterator[tuple[int, Mapping[str, object]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
        except (ValueError, RecursionError):
            skip(number, "This isn't JSON; each line must be one object in braces.")
            continue
        if isinstance(given, dict):
            yield number, given
        else:
            skip(number, "This is JSON but no object; each line must be one object in braces.")


def _csv(text: str, source: Path, skip: Tell) -> Iterator[tuple[int, Mapping[str, object]]]:
    header = text.lstrip("\n").split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    names: list[str] = []
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            skip(begins, f"This row can't be read as CSV: {error}.")
            continue
        if cells is None:
            return
        if not any(cell.strip() for cell in cells):
            continue
        if not names:
            names = _column_names(cells, source)
        elif len(cells) != len(names):
            skip(begins, f"This row has {len(cells)} cells, the header {len(names)}; see its quotes.")
        else:
            yield begins, dict(zip(names, cells, strict=True))


def _column_names(header: Iterable[str], source: Path) -> list[str]:
    names = [name.strip().casefold() for name in header]
    if not {"question", "answer"} <= set(names):
        raise Stop(
            f"{source} is neither JSONL, one object in braces on each line, "
            "nor CSV with the columns question and answer."
        )
    return [COLUMNS.get(name, name or "a column without a name") for name in names]


def _row(line: int, given: Mapping[str, object], languages: Sequence[str], note: Tell) -> Row:
    """Check one line's fields, and tell `note` what was taken out of the body. Raises BadRow."""
    title = " ".join(_text(given, "title").split())
    title = title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1].rstrip() + "…"
    body, tamed = harmless(_text(given, "body"))
    body = _with_lower_headings(body.strip("\n"), title).strip("\n")
    if not body.strip():
        raise BadRow("'body' holds nothing but the title; an article needs a text.")
    questions = given.get("questions") or []
    if not isinstance(questions, list) or not all(isinstance(question, str) for question in questions):
        raise BadRow("'questions' must be a list of texts.")
    asked = (" ".join(_clean("questions", question).split()) for question in questions)
    lang = _lang(given, title + body, languages)
    row = Row(line, _id(given), title, body, lang, tuple(dict.fromkeys(filter(None, asked))))
    for sentence in tamed:
        note(line, sentence)
    return row


def _text(given: Mapping[str, object], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) and value is not None:
        raise BadRow(f"{name!r} must be text.")
    text = _clean(name, value or "")
    if not text.strip():
        raise BadRow(f"{name!r} is missing or empty.")
    return text


def _clean(name: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadRow(f"{name!r} holds half of a character (a lone surrogate).") from error
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _id(given: Mapping[str, object]) -> str:
    value = given.get("id")
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        raise BadRow("'id' must be text.")
    return _clean("id", str(value)) if value is not None else ""


def _lang(given: Mapping[str, object], text: str, languages: Sequence[str]) -> str:
    """The language given, `zh-CN` being zh, or else the one that the text is written in."""
    value = given.get("lang")
    if value is None or value == "":
        chinese = len(re.findall(f"[{HAN}]", text)) * 4 > len(text)
        return "zh" if chinese and "zh" in languages else languages[0]
    lang = re.split("[-_]", value)[0].casefold().strip() if isinstance(value, str) else ""
    if lang not in languages:
        raise BadRow(f"'lang' is {str(value)[:20]!r}, which is not one of the languages ({', '.join(languages)}).")
    return lang


def _with_lower_headings(body: str, title: str) -> str:
    """The body without a first heading that repeats the title, its other headings of level 1 made level 2."""
    lines = body.split("\n")
    first = next((number for number, line in enumerate(lines, 1) if line.strip()), 0)
    for heading in headings(body):
        if heading.level != 1:
            continue
        at = heading.line - 1
        underlined = "#" not in lines[at][:12].lstrip(" >-*+0123456789.)")[:1]
        if heading.line == first and normalise(heading.text) == normalise(title):
            lines[at] = ""
            lines[at + 1 : at + 2] = [""] if underlined else lines[at + 1 : at + 2]
        elif underlined:
            lines[at + 1] = lines[at + 1].replace("=", "-")
        else:
            lines[at] = lines[at].replace("#", "##", 1)
    return "\n".join(lines)
