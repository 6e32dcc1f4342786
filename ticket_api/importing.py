"""Articles from elsewhere: JSONL or CSV into Markdown files with front matter."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from ticket_api.errors import Stop
from ticket_api.import_rows import Row, read_rows
from ticket_api.knowledge.article import RESERVED, decode
from ticket_api.knowledge.articles import Article, read_library
from ticket_api.knowledge.folder import read_folder
from ticket_api.knowledge.foreign import harmless
from ticket_api.knowledge.links import Site
from ticket_api.knowledge.markdown import links, unlink
from ticket_api.knowledge.rendered import runs
from ticket_api.knowledge.text import normalise

FOLDER = "imported"
"""The category of an article that has no id."""

LONGEST_NAME = 60
"""Characters of one part of a path."""

NO_SLUG = re.compile(r"[^A-Za-z0-9_\u3400-\u4dbf\u4e00-\u9fff]+")


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did: files written, and lines of the source (from 1) that were skipped or changed, and why."""

    written: list[Path] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)

    def skip(self, line: int, reason: str) -> None:
        """Tell that a line of the source was left out."""
        self.skipped.append((line, reason))

    def note(self, line: int, what: str) -> None:
        """Tell that a line of the source was taken with a change."""
        self.notes.append((line, what))


def import_articles(source: Path, into: Path, languages: Sequence[str]) -> ImportReport:
    """Turn a JSONL file ({id, title, body, lang, questions?}) or a CSV file (question, answer) into articles.

    Never overwrites a file, and writes nothing that would fail the build. Raises Stop when the source can't be read at
    all or a file can't be written.
    """
    report = ImportReport()
    text, there = _read(source), _there(into)
    rows = read_rows(text, source, languages, skip=report.skip, note=report.note)
    new = _fresh(_placed(rows, languages, report), there, languages, report)
    for path, content in _sound(new, there, languages, report).items():
        _write(into / path, content)
        report.written.append(into / path)
    report.skipped.sort()
    report.notes.sort()
    return report


def _read(source: Path) -> str:
    try:
        text = decode(source.read_bytes())
    except OSError as error:
        raise Stop(f"{source} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Stop(f"{source} isn't UTF-8 text; save it as UTF-8 and try again.") from error
    if not text.strip():
        raise Stop(f"{source} is empty.")
    return text


def _there(into: Path) -> Mapping[str, bytes]:
    if into.exists() and not into.is_dir():
        raise Stop(f"{into} is a file; name a folder for the articles.")
    return read_folder(into) if into.exists() and any(into.iterdir()) else {}


def _placed(rows: Iterable[Row], languages: Sequence[str], report: ImportReport) -> Iterator[Row]:
    """Rows with a safe path for an id, the same for all languages of one id and never one for two ids."""
    given_by_path: dict[str, str] = {}
    first: dict[tuple[str, str], int] = {}
    for row in rows:
        given = row.id or f"{FOLDER}/{_slug(row.title).lower()}"
        path = wanted = _safe_path(given, languages) or f"{FOLDER}/article-{row.line}"
        number = 1
        # Some disks hold A.md and a.md for the same file.
        while given_by_path.setdefault(path.lower(), given) != given:
            number += 1
            path = f"{wanted}-{number}"
        if (path, row.lang) in first:
            line = first[path, row.lang]
            report.skip(row.line, f"{given!r} in {row.lang!r} stands on line {line} already.")
            continue
        first[path, row.lang] = row.line
        if path != wanted:
            report.note(row.line, f"The id {given!r} makes the path of another one; this is {path}.")
        yield replace(row, id=path)


def _safe_path(given: str, languages: Sequence[str]) -> str:
    """An id as a path below the articles' folder: no way up, only letters, digits, hyphens, underscores and Han."""
    parts = [_slug(part) for part in re.split(r"[/\\]", given)]
    parts = [part for part in parts if part]
    if not parts:
        return ""
    if parts[0].lower() in RESERVED or parts[0] in languages:
        parts[0] += "-articles" if len(parts) > 1 else "-article"
    if parts[-1].lower() == "index":
        parts[-1] += "-page"
    return "/".join((*parts[:-1][:4], parts[-1]))


def _slug(part: str) -> str:
    return NO_SLUG.sub("-", unicodedata.normalize("NFKC", part)).strip("-")[:LONGEST_NAME].strip("-")


def _path(row: Row, default: str) -> str:
    return f"{row.id}.md" if row.lang == default else f"{row.id}.{row.lang}.md"


def _fresh(
    rows: Iterable[Row], there: Mapping[str, bytes], languages: Sequence[str], report: ImportReport
) -> dict[str, Row]:
    """The rows that take no other article's file, address or title, by the path of their file."""
    articles = read_library(there, languages).articles
    ids = {(article.id.removesuffix("/index"), article.lang) for article in articles}
    titles = {_title_key(article.title, article.category, article.lang) for article in articles}
    fresh: dict[str, Row] = {}
    for row in rows:
        path, category = _path(row, languages[0]), row.id.rpartition("/")[0].split("/")[0]
        if path in there or (row.id, row.lang) in ids:
            report.skip(row.line, f"{path} is there already and stays as it is.")
        else:
            fresh[path] = _entitled(row, category, titles, report)
    return fresh


def _entitled(row: Row, category: str, taken: set[tuple[str, str, str]], report: ImportReport) -> Row:
    """The row with a title that no other article of its category and language has."""
    title, number = row.title, 1
    while _title_key(title, category, row.lang) in taken:
        number += 1
        title = f"{row.title} ({number})"
    taken.add(_title_key(title, category, row.lang))
    if number > 1:
        report.note(row.line, f"Another article beside it has the title {row.title!r}; this one is {title!r}.")
    return replace(row, title=title)


def _title_key(title: str, category: str, lang: str) -> tuple[str, str, str]:
    return normalise(title), category, lang


def _sound(
    rows: Mapping[str, Row], there: Mapping[str, bytes], languages: Sequence[str], report: ImportReport
) -> dict[str, str]:
    """The files to write, by path, with nothing in them that would fail the build."""
    rows = dict(rows)
    for article, dead in _dead_links({path: _markdown(row) for path, row in rows.items()}, there, languages):
        row = rows[article.path]
        rows[article.path] = replace(row, body=unlink(row.body, dead))
        report.note(row.line, f"These links lead to nothing here and are plain text now: {', '.join(sorted(dead))}.")
    texts = {path: _markdown(row) for path, row in _tamed(rows, report)}
    while bad := _errors(texts, there, languages):
        for path, message in bad.items():
            del texts[path]
            report.skip(rows[path].line, f"It would fail the build. {message}")
    return texts


def _tamed(rows: Mapping[str, Row], report: ImportReport) -> Iterator[tuple[str, Row]]:
    """The rows that do nothing in a reader's browser; where the code isn't code after all, HTML in it shows as well."""
    for path, row in rows.items():
        if not runs(row.body):
            yield path, row
            continue
        shown = replace(row, body=harmless(row.body, code=False)[0])
        if runs(shown.body):
            report.skip(row.line, "Its body holds something that runs in a browser and can't be made plain text.")
        else:
            report.note(row.line, "HTML shows as text now, in code as well.")
            yield path, shown


def _dead_links(
    texts: Mapping[str, str], there: Mapping[str, bytes], languages: Sequence[str]
) -> Iterator[tuple[Article, set[str]]]:
    files = {**there, **{path: text.encode() for path, text in texts.items()}}
    articles = read_library(files, languages).articles
    site = Site(files, articles, {article.category for article in articles}, languages)
    for article in articles:
        dead = {link.target for link in links(article.body) if site.fault(article, link)}
        if dead and article.path in texts:
            yield article, dead


def _errors(texts: Mapping[str, str], there: Mapping[str, bytes], languages: Sequence[str]) -> dict[str, str]:
    """What is wrong with the new files, by path."""
    files = {**there, **{path: text.encode() for path, text in texts.items()}}
    errors = read_library(files, languages).errors
    return {problem.path: problem.message for problem in errors if problem.path in texts}


def _markdown(row: Row) -> str:
    matter: dict[str, object] = {"title": row.title}
    if row.questions:
        matter["questions"] = list(row.questions)
    front = yaml.safe_dump(matter, allow_unicode=True, sort_keys=False, width=10_000)
    return f"---\n{front}---\n\n{row.body}\n"


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise Stop(f"{path} can't be written: {error.strerror}.") from error
