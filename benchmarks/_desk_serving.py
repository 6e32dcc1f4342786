"""The servers of the desk's benchmark in processes of their own, and a client that keeps its connection."""

import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from benchmarks._desk_bare import TOKEN
from benchmarks._measure import Progress
from benchmarks._process import process
from benchmarks._site_builds import ROOT, environment
from benchmarks._store_data import batches, with_events
from benchmarks._store_http import KEPT_SECONDS, Desk, desk
from ticket_api.store import open_store
from ticket_api.store.records import Batch
from ticket_api.tickets.ticket import Ticket

STEP = 2_000
PATIENCE = 60

OFFER_MINUTES = 2 * 24 * 60
"""So that what is offered stays so while it is measured."""
ROWS = 50


class Client:
    """One connection to a server, with the cookie of its owner."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port, self.cookie = port, cookie
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self._used = 0.0

    def wake(self) -> None:
        """Connect anew where the server may have closed the connection, as uvicorn does after five seconds."""
        if time.monotonic() - self._used > KEPT_SECONDS:
            self._connection.close()
            self._connection.connect()
        self._used = time.monotonic()

    def get(self, path: str) -> str:
        """A page, which must be one."""
        self.wake()
        self._connection.request("GET", path, headers={"Cookie": self.cookie})
        answer = self._connection.getresponse()
        told = answer.read().decode()
        if answer.status != 200:
            raise SystemExit(f"{path} on port {self.port} gave {answer.status}: {told[:300]}")
        return told

    def seconds(self, *paths: str) -> float:
        """How long it takes to get these, one after the other."""
        self.wake()
        started = time.perf_counter()
        for path in paths:
            self.get(path)
        return time.perf_counter() - started


class Peer(Client):
    """django-helpdesk: its list comes in two answers, the page and the rows that a script of it asks for."""

    def rows_of(self, page: str) -> str:
        """The address of the rows of a list, as its page asks for them when it shows as many as ours."""
        found = re.search(r'"url": "(/datatables_ticket_list/[^"]+)"', self.get(page))
        assert found
        return f"{found[1]}?draw=1&start=0&length={ROWS}&order%5B0%5D%5Bcolumn%5D=5&order%5B0%5D%5Bdir%5D=asc"


def write_desk(folder: Path, tickets: Iterator[Ticket], progress: Progress) -> None:
    """A data folder of ours with these tickets, each with the event that it came by."""
    folder.mkdir()
    store = open_store(str(folder / "tickets.db"))
    for batch in batches(with_events(tickets), STEP):
        chunk, events = zip(*batch, strict=True)
        store.load(Batch(tickets=chunk, events=events))
        progress.step(len(batch))
    store.close()


@contextmanager
def ours(data: Path, build: Path) -> Iterator[tuple[Desk, Client]]:
    """`helpleaf serve`, its owner signed in; its queue has followed all tickets, and it is at rest."""
    with desk(data, build, offer_minutes=str(OFFER_MINUTES)) as server:
        server.sign_in()
        while is_behind(server.get("/desk?view=all")):
            time.sleep(1)
        server.rest()
        yield server, Client(server.port, server.cookie)


def is_behind(page: bytes) -> bool:
    """Whether a page of the queue says that it hasn't followed all tickets yet."""
    return re.search(rb'data-known="\d+\.0\.', page) is None


@contextmanager
def bare(folder: Path) -> Iterator[Client]:
    """The bare page."""
    command = ("benchmarks._desk_bare", str(folder))
    with process(command, _environment(folder, {})) as server:
        assert server.stdout
        yield Client(int(server.stdout.readline()), f"session={TOKEN}")


@contextmanager
def peer(folder: Path, session: str) -> Iterator[Peer]:
    """django-helpdesk behind gunicorn, one worker that keeps connections."""
    options = ("--workers=1", "--worker-class=gthread", "--threads=1", "--keep-alive=300", "--bind=127.0.0.1:0")
    command = ("gunicorn", *options, "benchmarks._desk_peer:application")
    with process(command, _environment(folder, {"DESK_FOLDER": str(folder)})) as server:
        assert server.stdout
        port = next(int(found[1]) for line in server.stdout if (found := re.search(r"127\.0\.0\.1:(\d+)", line)))
        yield Peer(port, f"sessionid={session}")


def write_peer(folder: Path, count: int, now: datetime) -> "subprocess.Popen[str]":
    """Make its database, in a process of its own that prints the owner's session."""
    command = [sys.executable, "-m", "benchmarks._desk_peer", str(count), now.isoformat()]
    return subprocess.Popen(
        command, cwd=ROOT, env=_environment(folder, {"DESK_FOLDER": str(folder)}), stdout=subprocess.PIPE, text=True
    )


def _environment(folder: Path, environ: Mapping[str, str]) -> Mapping[str, str]:
    return {**environment(folder), **environ, "HOME": os.environ.get("HOME", str(folder))}
