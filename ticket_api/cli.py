"""The command line: helpleaf import, and the commands of the modules `..._commands`."""

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from ticket_api import (
    __version__,
    archive_commands,
    build_commands,
    check_commands,
    customer_commands,
    erase_commands,
    mail_commands,
    owner_commands,
    priority_commands,
    rules_commands,
    search_commands,
    serve_commands,
    ticket_commands,
    webhook_commands,
)
from ticket_api.errors import Stop
from ticket_api.importing import import_articles
from ticket_api.settings import VARIABLES, Settings, load_settings
from ticket_api.terminal import go_on_unheard

POOL_LOG = logging.getLogger("psycopg.pool")
"""It speaks while the desk is served; else a sentence of ours tells the same."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it did what it should, 1 with one sentence on standard error when it can't."""
    try:
        go_on_unheard()
        _run(arguments)
    except BaseException as error:
        if _interrupted(error):
            return 130
        told = _told(error)
        if not told:
            raise
        *problems, last = told.splitlines()
        print(*problems, f"helpleaf: {last}", sep="\n", file=sys.stderr)
        return 1
    return 0


def _run(arguments: Sequence[str] | None) -> None:
    typed = sys.argv[1:] if arguments is None else arguments
    given = _parser().parse_args(ticket_commands.spelled_out(typed))
    POOL_LOG.setLevel(logging.CRITICAL)
    settings = load_settings(given={name: getattr(given, name, None) for name in ("host", "port", "data")})
    given.command(settings, given)


def _interrupted(error: BaseException | None) -> bool:
    """Whether Ctrl-C began it: what was left half done by that may raise an error of its own."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__context__
    return error is not None


def _told(error: BaseException) -> str:
    """What the owner reads, "" for an error that nobody foresaw."""
    match error:
        case Stop():
            return str(error)
        case PermissionError():
            told = f"{error.filename} can't be used: {error.strerror}. Give this user the right to it and its folder"
            return f"{told}, or run Helpleaf as the user whom they belong to."
        case OSError(filename=name) if name is not None:
            return f"{name} can't be used: {error.strerror}. Name another place."
        case _:
            return ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="helpleaf",
        description="The self-service help desk for a company of one.",
        epilog=f"Settings come from helpleaf.toml and from the environment: {', '.join(VARIABLES)}.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve_commands.add_commands(commands)
    build_commands.add_commands(commands)
    import_command = commands.add_parser("import", help="turn a JSONL or CSV file into articles")
    import_command.add_argument("file", type=Path, help="{id, title, body, lang, questions} a line, or question,answer")
    import_command.add_argument("--into", type=Path, help="the folder to write to; by default the folder of articles")
    import_command.set_defaults(command=import_file)
    ticket_commands.add_commands(commands)
    owner_commands.add_commands(commands)
    check_commands.add_commands(commands)
    archive_commands.add_commands(commands)
    erase_commands.add_commands(commands)
    search_commands.add_commands(commands)
    customer_commands.add_commands(commands)
    priority_commands.add_commands(commands)
    mail_commands.add_commands(commands)
    webhook_commands.add_commands(commands)
    rules_commands.add_commands(commands)
    return parser


def import_file(settings: Settings, given: argparse.Namespace) -> None:
    """Turn a file into articles and tell what was skipped and why. Raises Stop."""
    into = given.into or settings.articles
    report = import_articles(given.file, into, settings.languages)
    for line, told in sorted([*report.skipped, *report.notes]):
        print(f"{given.file}:{line}: {told}")
    skipped = len(report.skipped)
    print(f"Wrote {len(report.written)} articles into {into}, skipped {skipped} {'line' if skipped == 1 else 'lines'}.")


if __name__ == "__main__":
    sys.exit(main())
