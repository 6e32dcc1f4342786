"""MkDocs run from Python: configured from our settings, its log kept off the terminal."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, ConfigurationError
from mkdocs.utils.yaml import yaml_load
from yaml import YAMLError

from ticket_api.errors import Stop
from ticket_api.settings import Settings
from ticket_api.site.plugin import HelpleafPlugin, is_help_centre
from ticket_api.site.way import Given, Way


def run_mkdocs(given: Given, settings: Settings, config_file: Path, folder: Path) -> Way:
    """Build the pages of the library that is given into a folder; without one, the site's own pages.

    Gives back the way in which they were built. Raises Stop with what MkDocs couldn't do.
    """
    config = _configure(config_file, folder, settings.articles if given.library else None)
    plugin = config.plugins.get("helpleaf")
    if not isinstance(plugin, HelpleafPlugin):
        raise Stop(f"{config_file} doesn't name the plugin helpleaf; add it under plugins.")
    plugin.given = given
    with _quiet() as said:
        config.plugins.on_startup(command="build", dirty=False)
        try:
            build(config)
        except Abort as error:
            raise Stop(f"The site can't be built: {said[0] if said else error}") from error
        except (OSError, Stop):
            raise
        except Exception as error:  # whatever a renderer, a template or another's plugin raises
            raise Stop(_failed(plugin.page, error)) from error
        finally:
            config.plugins.on_shutdown()
    return plugin.way


def _failed(page: str, error: Exception) -> str:
    where = f"{page} makes the site builder fail with" if page else "the site builder fails with"
    told = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}".rstrip(".")
    return f"The site can't be built: {where} {told}. Undo what was changed last; the command mkdocs build tells more."


def builds_articles(settings: Settings, config_file: Path) -> bool:
    """Whether mkdocs.yml is that of a help centre. One that can't be read is taken for it, and told when it is used."""
    try:
        with config_file.open(encoding="utf-8") as file:
            told = yaml_load(file)
    except (OSError, ValueError, YAMLError, ConfigurationError):
        return True
    docs_dir = told.get("docs_dir") if isinstance(told, dict) else None
    return is_help_centre(Path(str(docs_dir or "docs")), settings.articles.resolve(), config_file.parent)


def _configure(config_file: Path, folder: Path, articles: Path | None) -> MkDocsConfig:
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    with _quiet() as said:
        try:
            docs_dir = str(articles.resolve()) if articles else None  # as mkdocs.yml says
            return load_config(str(config_file), docs_dir=docs_dir, site_dir=str(folder))
        except (Abort, ConfigurationError) as error:
            raise Stop(f"{config_file} can't be used: {said[0] if said else error}") from error


@contextmanager
def _quiet() -> Iterator[list[str]]:
    """Keep MkDocs's log off the terminal; what it calls an error is in the list."""
    said: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    log, keep = logging.getLogger("mkdocs"), Keep(logging.ERROR)
    before = log.propagate, log.level
    log.propagate = False
    log.setLevel(logging.ERROR)
    log.addHandler(keep)
    try:
        yield said
    finally:
        log.removeHandler(keep)
        log.propagate = before[0]
        log.setLevel(before[1])
