"""The commands that try the articles as they stand, without a build: check."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from ticket_api.errors import Stop
from ticket_api.knowledge.articles import Library, read_library
from ticket_api.knowledge.checking import Figures, Finding, ask_each, figures, to_ask
from ticket_api.knowledge.checking import check as findings_of
from ticket_api.knowledge.folder import read_folder
from ticket_api.knowledge.index import ArticleIndex, build_index
from ticket_api.settings import Settings
from ticket_api.terminal import Progress, counted
from ticket_api.words import load

VERSION = 1
"""Of the JSON that is printed; changes when a script that reads it would have to."""


def add_commands(commands: Any) -> None:
    """Tell the parser of the command."""
    check_command = commands.add_parser("check", help="try every question of the articles, and tell what to mend")
    check_command.add_argument("--json", action="store_true", help="print one JSON object for scripts")
    check_command.set_defaults(command=check)


def check(settings: Settings, given: argparse.Namespace) -> None:
    """Tell everything that is to be mended in the articles. Raises Stop where there are errors."""
    files = read_folder(settings.articles)
    library = read_library(files, settings.languages)
    index = _index(library)
    progress, asked = Progress("Asking", "questions", sys.stderr), []
    total = len(to_ask(library.articles))
    for each in ask_each(library.articles, index):
        asked.append(each)
        progress(len(asked), total)
    today = datetime.now(ZoneInfo(settings.timezone)).date()
    found = [
        _placed(finding, settings.articles) for finding in findings_of(library, files, asked, settings.languages, today)
    ]
    told = figures(library.articles, asked, index, settings.languages)
    errors = sum(finding.level == "error" for finding in found)
    if given.json:
        _print_json(found, told, errors)
    else:
        _print(found, told)
    if errors:
        warned = len(found) - errors
        raise Stop(f"{counted(errors, 'error')} and {counted(warned, 'warning')}: mend the errors, then check again.")
    if not given.json:
        print(f"No errors, {counted(len(found), 'warning')}." if found else "All is well.")


def _index(library: Library) -> ArticleIndex:
    return build_index(library.articles)


def _placed(finding: Finding, folder: Path) -> Finding:
    """A finding with paths that an editor opens."""
    path, *others = ((folder / file).as_posix() for file in (finding.path, *finding.others))
    return msgspec.structs.replace(finding, path=path, others=tuple(others))


def _print_json(found: Sequence[Finding], told: Mapping[str, Figures], errors: int) -> None:
    whole = {
        "version": VERSION,
        "errors": errors,
        "warnings": len(found) - errors,
        "findings": found,
        "questions": told,
    }
    print(json.dumps(msgspec.to_builtins(whole), indent=2))  # in ASCII, which every terminal and script can take


def _print(found: Sequence[Finding], told: Mapping[str, Figures]) -> None:
    for finding in found:
        level = "" if finding.level == "error" else "warning: "
        print(f"{finding.path}:{finding.line}: {level}{finding.message}")
    if found:
        print()
    for lang, each in told.items():
        print(_in_words(load("en")["language"].get(lang, lang), each))


def _in_words(language: str, told: Figures) -> str:
    """The figures of a language as a few lines."""
    begin = f"{language}: {counted(told.articles, 'article')}"
    if not told.asked:
        advice = "; give each a few under questions:, to see whether customers find it" if told.articles else ""
        return f"{begin}, no questions to try{advice}."
    return (
        f"{begin}, {counted(told.asked, 'question')}, each asked as if its article didn't name it\n"
        f"  {_share(told.first, told)} find their article first, {_share(told.within_three, told)} within three\n"
        f"  {_share(told.offered, told)} would be offered it, with a score of {told.threshold:g} or more\n"
        f"  {_share(told.silent, told)} would be offered nothing if the article weren't there"
    )


def _share(number: int, told: Figures) -> str:
    return f"{number:,} ({100 * number // told.asked} %)"
