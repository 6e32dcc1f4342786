"""The command that turns a file into articles: import."""

import argparse
from pathlib import Path

from ticket_api.importing import import_articles
from ticket_api.settings import Settings


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command on the command line's parser."""
    importing = commands.add_parser("import", help="turn a JSONL or CSV file into articles")
    importing.add_argument("file", type=Path, help="{id, title, body, lang, questions} a line, or question,answer")
    importing.add_argument("--into", type=Path, help="the folder to write to; by default the folder of articles")
    importing.set_defaults(command=import_file)


def import_file(settings: Settings, given: argparse.Namespace) -> None:
    """Turn a file into articles and tell what was skipped and why. Raises Stop."""
    into = given.into or settings.articles
    report = import_articles(given.file, into, settings.languages)
    for line, told in sorted([*report.skipped, *report.notes]):
        print(f"{given.file}:{line}: {told}")
    skipped = len(report.skipped)
    print(f"Wrote {len(report.written)} articles into {into}, skipped {skipped} {'line' if skipped == 1 else 'lines'}.")
