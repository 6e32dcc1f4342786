"""The articles' folder and the index file: the only I/O of this room."""

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from ticket_api.errors import Stop
from ticket_api.knowledge.articles import Library, read_library
from ticket_api.knowledge.categories import FILE, read_categories
from ticket_api.knowledge.index import ArticleIndex, build_index, from_json, to_json

REBUILD = "Build it with `make serve` or `helpleaf build`."


def read_folder(path: Path) -> dict[str, bytes]:
    """All files of a folder by posix path, hidden ones skipped.

    Raises Stop when it is missing or empty, or when links in it lead to what wasn't put there to be published.
    """
    if not path.is_dir():
        raise Stop(f"There is no folder of articles at {path}; make it, or name another in the setting articles.")
    try:
        found = [file for file in sorted(path.rglob("*")) if not _is_hidden(file.relative_to(path))]
        _refuse_links(path, [file for file in found if file.is_symlink()])
        files = {file.relative_to(path).as_posix(): file.read_bytes() for file in found if file.is_file()}
    except OSError as error:
        raise Stop(f"{error.filename} can't be read: {error.strerror}.") from error
    if not files:
        raise Stop(f"The folder of articles {path} is empty; write an article, such as {path / 'account/sign-in.md'}.")
    return files


def _is_hidden(name: Path) -> bool:
    return any(part.startswith(".") for part in name.parts)


def _refuse_links(folder: Path, links: Sequence[Path]) -> None:
    """Only links to files within the folder are good: others may come with a commit and publish what is secret."""
    inside = folder.resolve()
    told = [_wrong_link(link, inside) for link in links]
    if any(told):
        raise Stop("\n".join(filter(None, told)))


def _wrong_link(link: Path, inside: Path) -> str:
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):  # a ring of links is the one or the other
        return f"{link} is a link to nothing; take it out, or put the file in its place."
    if target.is_file() and target.is_relative_to(inside):
        return ""
    if target.is_dir():
        return f"{link} is a link to a folder, which isn't followed; put the folder itself in its place."
    return f"{link} is a link to a file outside of the articles, which would be published; put a copy in its place."


def load_library(path: Path, languages: Sequence[str]) -> Library:
    """Read the articles' folder. Raises Stop as `read_folder` does."""
    return read_library(read_folder(path), languages)


def category_titles(path: Path, names: Iterable[str], languages: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    """The titles of categories by language, by name, in the order of the owner's file; without one, of their names."""
    try:
        data = (path / FILE).read_bytes()
    except OSError:  # a server may have nothing but the index
        data = None
    return _titles(data, frozenset(names), tuple(languages))


@lru_cache(maxsize=4)  # YAML takes longer than the rest of a page
def _titles(data: bytes | None, names: frozenset[str], languages: tuple[str, ...]) -> Mapping[str, Mapping[str, str]]:
    return {category.id: category.titles for category in read_categories(data, names, languages)[0]}


def updated_index(library: Library, path: Path) -> ArticleIndex:
    """The index of all that the owner wrote; of an index that lies at the path only what changed is made anew."""
    try:
        previous = from_json(path.read_bytes())
    except (OSError, ValueError):
        previous = None
    return build_index(library.articles, synonyms=library.synonyms, previous=previous)


def write_index(index: ArticleIndex, path: Path) -> None:
    """Write the index, replacing an older one in one step. Raises Stop when it can't be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, to_json(index))
    except OSError as error:
        raise Stop(f"The article index {path} can't be written: {error.strerror}.") from error


def _replace(path: Path, data: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        unfinished = Path(file.name)
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            unfinished.chmod(0o644)
            unfinished.replace(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise


def read_index(path: Path) -> ArticleIndex:
    """Read the index. Raises Stop when it is missing, broken or of another version."""
    try:
        return from_json(path.read_bytes())
    except FileNotFoundError as error:
        raise Stop(f"There is no article index at {path}. {REBUILD}") from error
    except OSError as error:
        raise Stop(f"The article index {path} can't be read: {error.strerror}. {REBUILD}") from error
    except ValueError as error:
        raise Stop(f"The article index {path} is broken or of another version. {REBUILD}") from error
