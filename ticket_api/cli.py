"""The command line: helpleaf serve, build, import, code, and those of the three modules `..._commands`."""

import argparse
import contextlib
import errno
import logging
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import uvicorn

from ticket_api import __version__, archive_commands, check_commands, erase_commands
from ticket_api.app import create_app, utc_now
from ticket_api.archive import place
from ticket_api.archive.opening import opened
from ticket_api.archive.unfinished import require_whole
from ticket_api.chores import chores
from ticket_api.errors import Stop, StoreUnavailable
from ticket_api.importing import import_articles
from ticket_api.keys import KEY, key_mark, load_secret
from ticket_api.knowledge.folder import read_index
from ticket_api.owner import Owner
from ticket_api.settings import LAST_PORT, VARIABLES, Settings, load_settings
from ticket_api.site.build import build_site, is_fresh
from ticket_api.store import Store, open_store
from ticket_api.terminal import Progress, counted, go_on_unheard

SECONDS_TO_FINISH = 10
"""How long requests under way may go on after the server was told to stop."""
BACKLOG = 2048
"""Connections that may wait to be taken up."""

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
    given = _parser().parse_args(arguments)
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
    serve_command = commands.add_parser("serve", help="build what changed and serve the site, the API and the desk")
    serve_command.add_argument("--host", help="the address to listen on")
    serve_command.add_argument("--port", type=int, help="the port to listen on; 0 takes any free one")
    serve_command.add_argument("--data", help="the folder of tickets and secrets")
    serve_command.set_defaults(command=serve)
    build_command = commands.add_parser("build", help="build the help site and the article index")
    build_command.set_defaults(command=build)
    import_command = commands.add_parser("import", help="turn a JSONL or CSV file into articles")
    import_command.add_argument("file", type=Path, help="{id, title, body, lang, questions} a line, or question,answer")
    import_command.add_argument("--into", type=Path, help="the folder to write to; by default the folder of articles")
    import_command.set_defaults(command=import_file)
    code_command = commands.add_parser("code", help="make a one-time code that sets the desk's password anew")
    code_command.add_argument("--data", help="the folder of tickets and secrets")
    code_command.set_defaults(command=code)
    check_commands.add_commands(commands)
    archive_commands.add_commands(commands)
    erase_commands.add_commands(commands)
    return parser


def serve(settings: Settings, _: argparse.Namespace) -> None:
    """Serve everything from one process until it is told to stop. Raises Stop."""
    # uvicorn raises it again when done, and the store is to be closed then
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    listener = _listen(settings)
    settings = replace(settings, port=listener.getsockname()[1])
    _build_if_changed(settings)
    store = _open(settings)
    try:
        secret = _key(settings, store)  # after the store: a key without tickets means that they were lost
        config = uvicorn.Config(
            create_app(settings, store, read_index(settings.index_path), secret),
            access_log=False,  # query strings hold half-written questions
            log_level="warning",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=SECONDS_TO_FINISH,
        )
        server = uvicorn.Server(config)
        signal.signal(signal.SIGTERM, server.handle_exit)  # before the first line is printed, and after uvicorn's own
        listener.listen(BACKLOG)  # from the first printed line on, nobody is turned away
        _greet(settings, store)
        with chores(store, settings.retention_days, utc_now, SECONDS_TO_FINISH):
            POOL_LOG.setLevel(logging.NOTSET)
            server.run(sockets=[listener])
    finally:
        store.close()


def build(settings: Settings, _: argparse.Namespace) -> None:
    """Build the help site and the article index. Raises Stop with every problem in the articles."""
    summary = build_site(settings, progress=Progress("Building the help site", "pages"))
    for warning in summary.warnings:
        print(warning)
    print(f"Built {summary.articles} articles ({', '.join(summary.languages)}) in {summary.seconds:.1f} s.")


def import_file(settings: Settings, given: argparse.Namespace) -> None:
    """Turn a file into articles and tell what was skipped and why. Raises Stop."""
    into = given.into or settings.articles
    report = import_articles(given.file, into, settings.languages)
    for line, told in sorted([*report.skipped, *report.notes]):
        print(f"{given.file}:{line}: {told}")
    skipped = len(report.skipped)
    print(f"Wrote {len(report.written)} articles into {into}, skipped {skipped} {'line' if skipped == 1 else 'lines'}.")


def code(settings: Settings, _: argparse.Namespace) -> None:
    """Print a one-time code for a new password; the present one works until the code is used. Raises Stop."""
    with opened(settings) as store:
        made = Owner(store).new_setup_code()
    print(f"Code: {made}  (works once, at /desk/setup)")


def _open(settings: Settings) -> Store:
    """Open the store. Tickets that are missing while their key is there were lost: they aren't begun anew."""
    path, key = settings.data / "tickets.db", settings.data / KEY
    if settings.store:
        _require_meant(settings.store, path)
    elif not path.exists() and key.exists():
        raise Stop(
            f"{path} is missing, though {key} is there. Put the file back, or a backup in its"
            " place: helpleaf restore ARCHIVE. To begin anew, move the key away as well."
        )
    return open_store(settings.store_url)


def _require_meant(named: str, own: Path) -> None:
    """A mistyped place would begin an empty desk: Stop where its folder isn't there, or `own` has the tickets."""
    path = Path(named)
    if place.is_file(named):
        if not path.parent.is_dir():
            raise Stop(f"HELPLEAF_STORE names {named}, and {path.parent} isn't there. Make it, or correct the path.")
        if own.exists() and path.exists() and path.samefile(own):
            return
    number = _tickets_in(own) if own.is_file() and _is_new(named) else 0
    if number:
        raise Stop(
            f"HELPLEAF_STORE names {place.shown(named)}, which is new, while {own} holds {counted(number, 'ticket')}."
            f" Copy them there first, with helpleaf copy {own} TO, or unset HELPLEAF_STORE."
        )


def _is_new(url: str) -> bool:
    """Whether no server has served it, and no copy to it has come to its end."""
    if place.is_file(url) and not Path(url).exists():
        return True
    with contextlib.closing(open_store(url)) as store, store.snapshot() as snapshot:
        return not snapshot.mark()


def _tickets_in(path: Path) -> int:
    with contextlib.closing(open_store(str(path))) as store:
        return sum(store.count_tickets().values())


def _key(settings: Settings, store: Store) -> bytes:
    """The key, which must be the one that links were made with before. Raises Stop, also for half a store."""
    with store.snapshot() as snapshot:
        known = snapshot.mark()
    require_whole(known, place.shown(settings.store_url))
    secret = load_secret(settings, known)
    with suppress(StoreUnavailable):  # a store that can only be read can't remember it
        known = store.claim(key_mark(secret))
    if known not in ("", key_mark(secret)):
        raise Stop(
            "The key differs from the one that the links of these tickets were made with. Put back secret.key or set"
            " HELPLEAF_SECRET."
        )
    return secret


def _listen(settings: Settings) -> socket.socket:
    """Take the port before the long work, so that a taken one is told at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            other = settings.port + 1 if settings.port < LAST_PORT else 8000
            told = f"Port {settings.port} on {settings.host} is taken. Choose another: make serve PORT={other}."
        else:
            told = (
                f"{settings.host}, port {settings.port}, can't be listened on: {error.strerror}. Change HOST= or PORT=."
            )
        raise Stop(told) from error
    return listener


def _build_if_changed(settings: Settings) -> None:
    """Build in a process of its own, so that the server doesn't keep the site builder in memory."""
    if is_fresh(settings):
        return
    done = subprocess.run([sys.executable, "-m", "ticket_api", "build"], check=False)
    if done.returncode:
        raise Stop("The help site could not be built; the problems are listed above.")


def _greet(settings: Settings, store: Store) -> None:
    """The three lines that say where everything is, after a warning where one is due."""
    if not settings.limits:
        print(
            "helpleaf: HELPLEAF_LIMITS is off, wrong passwords aren't slowed down. For load tests only.",
            file=sys.stderr,
        )
    owner = Owner(store)
    desk = f"{settings.served_url}/desk"
    try:
        if not owner.has_password():
            desk += f"  (set it up with the code {owner.new_setup_code()})"
    except StoreUnavailable:
        desk += "  (tickets can be read and not written)"
    print(f"Site:  {settings.served_url}/")
    print(f"Desk:  {desk}")
    where = Path(settings.store).resolve() if place.is_file(settings.store) else place.shown(settings.store)
    print(f"Data:  {settings.data.resolve()}{f'  (tickets: {where})' if settings.store else ''}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
