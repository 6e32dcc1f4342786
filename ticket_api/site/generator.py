"""MkDocs run from Python: configured from our settings, its log kept off the terminal."""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, ConfigurationError

from ticket_api.errors import Stop
from ticket_api.knowledge.articles import Library
from ticket_api.settings import Settings
from ticket_api.site.plugin import HelpleafPlugin


def run_mkdocs(
    settings: Settings,
    config_file: Path,
    folder: Path,
    library: Library,
    progress: Callable[[int, int], None] | None,
) -> None:
    """Build the pages of a library into a folder, and the article index. Raises Stop with what MkDocs couldn't do."""
    config = _configure(settings, config_file, folder)
    plugin = config.plugins.get("helpleaf")
    if not isinstance(plugin, HelpleafPlugin):
        raise Stop(f"{config_file} doesn't name the plugin helpleaf; add it under plugins.")
    plugin.settings, plugin.library, plugin.progress = settings, library, progress
    with _quiet() as said:
        config.plugins.on_startup(command="build", dirty=False)
        try:
            build(config)
        except Abort as error:
            raise Stop(f"The site can't be built: {said[0] if said else error}") from error
        finally:
            config.plugins.on_shutdown()


def _configure(settings: Settings, config_file: Path, folder: Path) -> MkDocsConfig:
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    with _quiet() as said:
        try:
            return load_config(str(config_file), docs_dir=str(settings.articles.resolve()), site_dir=str(folder))
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
