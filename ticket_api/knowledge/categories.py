"""Category: a folder of articles, and how categories.yml names it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ticket_api.knowledge import frontmatter
from ticket_api.knowledge.article import decode
from ticket_api.knowledge.problem import Problem

FILE = "categories.yml"


@dataclass(frozen=True, slots=True)
class Category:
    """A folder of articles: its name is the `id`; titles and descriptions by language; `icon` may be "".

    There is a title for every language and a description, perhaps "", as well.
    """

    id: str
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    icon: str


def readable(folder: str) -> str:
    """A folder's name as a title: `devices-and-sync` is "Devices and sync"."""
    words = folder.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def read_categories(
    data: bytes | None, folders: Iterable[str], languages: Sequence[str]
) -> tuple[tuple[Category, ...], list[Problem]]:
    """The categories of these folders: in the order of the file (None when there is none), then by name."""
    try:
        named = frontmatter.entries(decode(data)) if data and data.strip() else ()
    except UnicodeDecodeError:
        return _unnamed(folders, languages), [Problem(FILE, 1, "This isn't UTF-8 text; save the file as UTF-8.")]
    except frontmatter.BadYaml as error:
        return _unnamed(folders, languages), [Problem(FILE, error.line, error.message)]
    left = set(folders)
    categories, problems = [], []
    for entry in named:
        problems += _faults(entry, languages, known=entry.key in left)
        if entry.key in left:
            left.remove(entry.key)
            categories.append(_category(entry, languages))
    return (*categories, *_unnamed(left, languages)), problems


def _unnamed(folders: Iterable[str], languages: Sequence[str]) -> tuple[Category, ...]:
    return tuple(_category(frontmatter.Entry(folder, {}, 1), languages) for folder in sorted(set(folders)))


def _category(entry: frontmatter.Entry, languages: Sequence[str]) -> Category:
    fields = entry.value if isinstance(entry.value, dict) else {}
    icon = fields.get("icon")
    titles = {lang: _text(fields, lang, "title") for lang in languages}
    fallback = next(filter(None, titles.values()), readable(entry.key))
    return Category(
        entry.key,
        {lang: title or fallback for lang, title in titles.items()},
        {lang: _text(fields, lang, "description") for lang in languages},
        icon if isinstance(icon, str) else "",
    )


def _text(fields: Mapping[str, object], lang: str, key: str) -> str:
    part = fields.get(lang)
    value = part.get(key) if isinstance(part, dict) else None
    return value.strip() if isinstance(value, str) else ""


def _faults(entry: frontmatter.Entry, languages: Sequence[str], *, known: bool) -> list[Problem]:
    """The problems of one category: errors for what can't be read, warnings for what is missing."""
    name, line = entry.key, entry.line
    if not isinstance(entry.value, dict):
        return [Problem(FILE, line, f"{name} must hold an icon, and a title and description for each language.")]
    faults = []
    for key, value in entry.value.items():
        if key == "icon" and isinstance(value, str):
            continue
        if key == "icon" or key not in languages:
            allowed = ", ".join(("icon", *languages))
            faults.append(Problem(FILE, line, f"{key!r} in {name} can't be read; {allowed} can, and icon is text."))
        elif not _is_naming(value):
            faults.append(Problem(FILE, line, f"{key} in {name} must have a title, may have a description: both text."))
    if not known:
        message = f"There is no article in {name}; write one or take the lines out."
        faults.append(Problem(FILE, line, message, error=False))
    missing = [lang for lang in languages if lang not in entry.value]
    if missing:
        message = f"{name} has no title in {', '.join(missing)}; add one, or another language's is shown."
        faults.append(Problem(FILE, line, message, error=False))
    return faults


def _is_naming(value: object) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("title"), str) or not value["title"].strip():
        return False
    return all(key in ("title", "description") and isinstance(text, str) for key, text in value.items())
