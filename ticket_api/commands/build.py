"""The command that builds the help site: build."""

import argparse
import logging
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from ticket_api.errors import Stop
from ticket_api.settings import Settings
from ticket_api.site.build import CONFIG, OVERRIDES, Summary, build_site, rebuild_site, site_settings
from ticket_api.terminal import Progress, counted
from ticket_api.usefulness import usefulness
from ticket_api.watching import build_on_change

log = logging.getLogger(__name__)


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    command = commands.add_parser("build", help="build the help site and the article index")
    command.add_argument("--anew", action="store_true", help="make every page anew, also those that didn't change")
    command.add_argument("--watch", action="store_true", help="and again after each change, until it is stopped")
    command.set_defaults(command=build)


def build(settings: Settings, given: argparse.Namespace) -> None:
    """Build the help site and the article index. Raises Stop with every problem in the articles."""
    if given.watch:
        _watch(settings, given)
    else:
        _build(settings, given)


def _watch(settings: Settings, given: argparse.Namespace) -> None:
    """The first build is always made: the next ones then find everything in memory."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # leaves no half build behind
    parent = os.getppid()
    first, again = partial(_build, settings, given), partial(_build_again, settings)
    build_on_change(partial(_try, first), partial(_try, again), *sources(settings), lambda: os.getppid() == parent)


def _try(build: Callable[[], None]) -> None:
    """Build, or tell why it can't be: what was built before stays."""
    try:
        build()
    except Stop as problems:
        print(problems, file=sys.stderr, flush=True)
    except Exception:  # a template that is half saved, say
        log.exception("The site can't be built; it is tried again after the next change")


def _build(settings: Settings, given: argparse.Namespace) -> None:
    progress = Progress("Building the help site", "pages")
    _print(build_site(settings, anew=given.anew, progress=progress, votes=usefulness(settings)))


def _build_again(settings: Settings) -> None:
    summary = rebuild_site(settings, votes=usefulness(settings))
    if summary:
        _print(summary)


def sources(settings: Settings) -> tuple[list[Path], list[Path]]:
    """The folders and the files that the site is made from, beside this program."""
    return [site_settings(settings).articles, CONFIG.with_name(OVERRIDES)], [CONFIG]


def _print(summary: Summary) -> None:
    print(*summary.warnings, _in_a_line(summary), sep="\n", flush=True)


def _in_a_line(summary: Summary) -> str:
    """What a build made, as the owner reads it."""
    kept = f", {summary.kept} as they were" if summary.kept else ""
    warnings = f", {counted(len(summary.warnings), 'warning')}" if summary.warnings else ""
    languages = ", ".join(summary.languages)
    return f"Built {counted(summary.articles, 'article')} ({languages}{kept}{warnings}) in {summary.seconds:.1f} s."
