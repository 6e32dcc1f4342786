"""Article: one Markdown file with front matter, or every problem found in it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from ticket_api.knowledge import frontmatter
from ticket_api.knowledge.markdown import headings
from ticket_api.knowledge.problem import Problem

KEYS = ("title", "description", "tags", "questions", "updated", "was", "plans")
"""The keys that an article's front matter may have."""

MOST_QUESTIONS = 46
"""Questions of an article that are looked up, beside those that are confirmed for it."""

REMEMBERED = 20_000
"""Articles that a process remembers having read, so that one that builds again reads only what changed."""

RESERVED = frozenset({"api", "ask", "t", "desk", "feedback", "find", "hooks", "static", "assets", "search", "contact"})
"""Folders that the server or the site need for themselves; language codes come on top."""

LANGUAGE_SUFFIX = re.compile(r"(.+)\.([a-z]{2,3}(?:-[A-Za-z]{2,4})?)")
GOOD_SLUG = re.compile(r"[A-Za-z0-9_\-\u3400-\u4dbf\u4e00-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Article:
    """What the owner wrote to answer a question, in one language.

    `id` is the path without suffixes, the same in every language; `path` is relative to the articles' folder; `url` is
    a path from the site's root; `body` is Markdown without the front matter and begins on line `body_line` of the file.
    `was` are the addresses that it had before, as they are written; `plans` those of the customers it is for.
    """

    id: str
    lang: str
    url: str
    path: str
    title: str
    description: str
    category: str
    tags: tuple[str, ...]
    questions: tuple[str, ...]
    updated: date | None
    body: str
    body_line: int
    was: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()

    @property
    def listed(self) -> bool:
        """Whether this is an article proper, and not the owner's own home, category or contact page."""
        return self.id != "contact" and self.id.rpartition("/")[2] != "index"


def url_of(article_id: str, lang: str, default: str) -> str:
    """The address of an article on the site: a folder, under the language's prefix unless it is the default one."""
    prefix = "" if lang == default else f"{lang}/"
    place = re.sub(r"(^|/)index$", r"\1", article_id)
    return f"/{prefix}{place}" + ("/" if place and not place.endswith("/") else "")


def split_path(path: str, languages: Sequence[str]) -> tuple[str, str]:
    """The id and the language that a file's path stands for; a suffix that is no known language stays in the id."""
    stem = path.removesuffix(".md")
    match = LANGUAGE_SUFFIX.fullmatch(stem)
    return (match[1], match[2]) if match and match[2] in languages else (stem, languages[0])


def decode(data: bytes) -> str:
    """A file's text with plain line ends and without a byte order mark. Raises UnicodeDecodeError."""
    return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


@lru_cache(REMEMBERED)
def read_article(path: str, data: bytes, languages: tuple[str, ...]) -> tuple[Article | None, tuple[Problem, ...]]:
    """Read one file: an article if there is enough to make one of, and every problem in the file by itself."""
    problems = list(_path_problems(path, languages))
    try:
        text = decode(data)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return None, (*problems, Problem(path, line, "This isn't UTF-8 text; save the file as UTF-8."))
    parts = frontmatter.split(text)
    if parts is None:
        message = "There is no front matter; begin the file with a line ---, a title: line and another line ---."
        return None, (*problems, Problem(path, 1, message))
    block, body, body_line = parts
    fields, faults = _read_fields(path, block)
    problems += faults
    problems += _body_problems(path, body, body_line)
    if not isinstance(fields.get("title"), str):
        return None, tuple(problems)
    article_id, lang = split_path(path, languages)
    category = article_id.split("/")[0] if "/" in article_id else ""
    url = url_of(article_id, lang, languages[0])
    article = Article(article_id, lang, url, path, category=category, body=body, body_line=body_line, **fields)
    return article, tuple(problems)


def _path_problems(path: str, languages: Sequence[str]) -> Iterator[Problem]:
    article_id, _ = split_path(path, languages)
    first, folder = article_id.partition("/")[:2]
    suffix = LANGUAGE_SUFFIX.fullmatch(article_id)
    if suffix:
        known = ", ".join(languages)
        yield Problem(path, 1, f"{suffix[2]!r} isn't one of the languages ({known}); add it to the settings or rename.")
    if (first in RESERVED or first in languages) and (folder or first != "contact"):
        what = "folder" if folder else "file"
        yield Problem(path, 1, f"The name {first!r} is needed by the site itself; give the {what} another name.")
    if not suffix and not all(GOOD_SLUG.fullmatch(part) for part in article_id.split("/")):
        message = (
            "The path holds more than letters, digits, hyphens and underscores, which makes a poor address; rename it."
        )
        yield Problem(path, 1, message, error=False)


def _body_problems(path: str, body: str, body_line: int) -> Iterator[Problem]:
    if not body.strip():
        yield Problem(path, body_line, "The article has no text; write one below the front matter.")
    for heading in headings(body):
        if heading.level == 1:
            message = "This is a heading of level 1, which the title is already; begin it with ##."
            yield Problem(path, body_line + heading.line - 1, message, error=False)


def _read_fields(path: str, block: str) -> tuple[dict[str, Any], list[Problem]]:
    """The fields of an Article that stand in front matter, defaults filled in; no `title` when it can't be taken."""
    fields: dict[str, Any] = {"description": "", "tags": (), "questions": (), "updated": None}
    try:
        found = frontmatter.entries(block)
    except frontmatter.BadYaml as error:
        return {}, [Problem(path, error.line + 1, error.message)]
    problems = []
    for entry in found:
        message = _fault(entry.key, entry.value)
        if message:
            problems.append(Problem(path, entry.line + 1, message))
        elif entry.value is not None:
            fields[entry.key] = _tidy(entry.value)
        if entry.key == "questions" and len(fields["questions"]) > MOST_QUESTIONS:
            message = (
                f"Of its {len(fields['questions'])} questions the first {MOST_QUESTIONS} are looked up; leave out those"
                " that say the same, or make two articles of it."
            )
            problems.append(Problem(path, entry.line + 1, message, error=False))
    if not any(entry.key == "title" for entry in found):
        problems.append(Problem(path, 1, "There is no title; add a line title: to the front matter."))
    return fields, problems


def _fault(key: str, value: object) -> str:
    """What is wrong with one key of the front matter, or ""."""
    if key not in KEYS:
        return f"{key!r} isn't a key of an article; the keys are {', '.join(KEYS)}."
    if key == "title" and (value is None or (isinstance(value, str) and not value.strip())):
        return "The title is empty; write what the customer wants or sees."
    if value is None:
        return ""
    if key in ("title", "description") and not isinstance(value, str):
        return f"{key} must be text; put it in quotes."
    if key in ("tags", "questions", "was", "plans") and not _is_list_of_text(value):
        return f"{key} must be a list of texts, one on each line after a hyphen; put numbers and yes or no in quotes."
    if key == "updated" and (not isinstance(value, date) or isinstance(value, datetime)):
        return "updated must be a date such as 2026-10-02."
    return ""


def _is_list_of_text(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value)


def _tidy(value: object) -> object:
    if isinstance(value, list):
        return tuple(" ".join(item.split()) for item in value)
    return " ".join(value.split()) if isinstance(value, str) else value
