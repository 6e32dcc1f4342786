"""The command that serves everything: serve."""

import argparse
import contextlib
import errno
import logging
import os
import signal
import socket
import subprocess
import sys
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from pathlib import Path

from ticket_api import journal
from ticket_api.archive import place
from ticket_api.archive.beside import Beside
from ticket_api.archive.unfinished import require_whole
from ticket_api.channels import check_channels
from ticket_api.chores import chores
from ticket_api.commands.build import sources
from ticket_api.commands.served import serving
from ticket_api.errors import Stop, StoreUnavailable
from ticket_api.keys import KEY, key_mark, load_secret
from ticket_api.knowledge.folder import read_index
from ticket_api.owner import Owner
from ticket_api.settings import LAST_PORT, PREFIX, Settings
from ticket_api.site.build import is_fresh, site_settings
from ticket_api.store import Store, open_store
from ticket_api.terminal import counted
from ticket_api.usefulness import usefulness
from ticket_api.watching import rebuilding

SECONDS_TO_FINISH = 10
"""How long requests under way may go on after the server was told to stop."""
BACKLOG = 2048
"""Connections that may wait to be taken up."""

POOL_LOG = logging.getLogger("psycopg.pool")
"""It speaks while the desk is served; else a sentence of ours tells the same."""


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    command = commands.add_parser("serve", help="build what changed and serve the site, the API and the desk")
    command.add_argument("--host", help="the address to listen on")
    command.add_argument("--port", type=int, help="the port to listen on; 0 takes any free one")
    command.add_argument("--data", help="the folder of tickets and secrets")
    command.set_defaults(command=serve)


def serve(settings: Settings, _: argparse.Namespace) -> None:
    """Serve everything from one process until it is told to stop. Raises Stop."""
    import uvicorn  # here, so that all other commands start sooner

    from ticket_api.app import create_app, utc_now
    from ticket_api.web.connection import Connection

    # uvicorn raises it again when done, and the store is to be closed then
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    _allow_many_connections()
    journal.begin()
    check_channels(settings)  # before the long work, so that a mistake is told at once
    listener = _listen(settings)
    settings = replace(settings, port=listener.getsockname()[1])
    _build_if_changed(settings)
    settings = site_settings(settings)
    store = _open(settings)
    try:
        secret = _key(settings, store)  # after the store: a key without tickets means that they were lost
        config = uvicorn.Config(
            create_app(settings, store, read_index(settings.index_path), secret, follows=_follows(settings)),
            http=Connection,
            access_log=False,  # query strings hold half-written questions
            log_config=None,  # the journal's
            log_level="warning",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=SECONDS_TO_FINISH,
        )
        server = uvicorn.Server(config)
        signal.signal(signal.SIGTERM, server.handle_exit)  # before the first line is printed, and after uvicorn's own
        listener.listen(BACKLOG)  # from the first printed line on, nobody is turned away
        with serving(settings.data):
            _greet(settings, store)
            clearing = chores(store, settings.retention_days, utc_now, SECONDS_TO_FINISH, Beside.of(settings))
            with clearing, _rebuilding(settings):
                POOL_LOG.setLevel(logging.NOTSET)
                server.run(sockets=[listener])
    finally:
        store.close()


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


def _allow_many_connections() -> None:
    """Open as many files as the system lets us: a thousand slow visitors must not keep the next one out."""
    with suppress(ImportError, OSError, ValueError):  # where there is no such limit, or none to be raised
        import resource

        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


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
    os.environ[f"{PREFIX}DATA"] = str(settings.data)  # where the votes are, if the command line says so
    if not _is_due(settings):
        return
    done = subprocess.run([sys.executable, "-m", "ticket_api", "build"], check=False)
    if done.returncode:
        raise Stop("The help site could not be built; the problems are listed above.")


def _is_due(settings: Settings) -> bool:
    return not is_fresh(settings, votes=usefulness(settings))


def _follows(settings: Settings) -> bool:
    """Whether the owner's own pages show what was just saved."""
    return settings.watch and settings.at_home


def _rebuilding(settings: Settings) -> AbstractContextManager[None]:
    if not settings.watch:
        return contextlib.nullcontext()
    return rebuilding(*sources(settings), lambda: _is_due(settings), at_once=_follows(settings))


def _greet(settings: Settings, store: Store) -> None:
    """The three lines that say where everything is, after a warning where one is due."""
    if not settings.limits:
        print(
            "helpleaf: HELPLEAF_LIMITS is off: wrong passwords aren't slowed down, and floods of questions and searches"
            " aren't held off. For load tests only.",
            file=sys.stderr,
        )
    owner = Owner(store)
    desk = settings.desk_url
    try:
        if not owner.has_password():
            desk += f"  (set it up with the code {owner.new_setup_code()})"
    except StoreUnavailable:
        desk += "  (tickets can be read and not written)"
    print(f"Site:  {settings.served_url}/")
    print(f"Desk:  {desk}")
    where = Path(settings.store).resolve() if place.is_file(settings.store) else place.shown(settings.store)
    print(f"Data:  {settings.data.resolve()}{f'  (tickets: {where})' if settings.store else ''}", flush=True)
