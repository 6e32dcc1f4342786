"""The command line: all commands, and what is told when one can't be done."""

import argparse
import logging
import sys
from collections.abc import Sequence

from ticket_api import __version__
from ticket_api.commands import (
    archive,
    articles,
    build,
    check,
    customers,
    erase,
    mail,
    owner,
    priority,
    rules,
    searches,
    serve,
    tickets,
    webhooks,
)
from ticket_api.errors import Stop
from ticket_api.settings import VARIABLES, load_settings
from ticket_api.terminal import go_on_unheard

COMMANDS = (
    serve,
    build,
    articles,
    tickets,
    owner,
    check,
    archive,
    erase,
    searches,
    customers,
    priority,
    mail,
    webhooks,
    rules,
)
"""In the order in which they are listed."""

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
    given = _parser().parse_args(tickets.spelled_out(typed))
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
    for each in COMMANDS:
        each.add_commands(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
