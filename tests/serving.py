"""The whole product on a real port: the repository's own articles and a clock that tests move."""

import os
import random
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

import pytest
import uvicorn

from tests.waiting import PATIENCE
from ticket_api.app import create_app
from ticket_api.knowledge.folder import read_index
from ticket_api.settings import Settings, load_settings
from ticket_api.store import Store, open_store
from ticket_api.web.connection import Connection

SECRET = b"0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's own help site, built once."""
    folder = tmp_path_factory.mktemp("built")
    environ = os.environ | {"HELPLEAF_BUILD": str(folder)}
    command = [sys.executable, "-m", "ticket_api.cli", "build"]
    subprocess.run(command, check=True, env=environ, stdout=subprocess.DEVNULL, timeout=PATIENCE)
    return folder


@pytest.fixture
def unlimited() -> None:
    """For tests in which one client asks or looks up more than a person would."""


@pytest.fixture
def limits(request: pytest.FixtureRequest) -> bool:
    """Whether floods are held off: always, but with `unlimited`."""
    return "unlimited" not in request.fixturenames


class Server:
    """A server in a thread that can be stopped and started again on the same port."""

    def __init__(self, settings: Settings, store: Store, clock: Callable[[], datetime]) -> None:
        self.settings = settings
        self.store = store
        self.clock = clock
        self.start()

    @property
    def url(self) -> str:
        return self.settings.served_url

    def start(self) -> None:
        index = read_index(self.settings.index_path)
        app = create_app(self.settings, self.store, index, SECRET, self.clock)
        config = uvicorn.Config(
            app, port=self.settings.port, http=Connection, log_level="warning", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        deadline = time.monotonic() + 20
        while not self._server.started:
            assert time.monotonic() < deadline, "the server didn't start"
            time.sleep(0.02)
        with urllib.request.urlopen(f"{self.url}/api/health", timeout=PATIENCE) as answer:
            assert answer.status == 200

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(20)
        assert not self._thread.is_alive()


def free_port() -> int:
    """One that no client gets for its end of a connection: a server that is stopped needs its port again.

    Even a client that looks for the server could get it, and be connected to itself.
    """
    for port in random.sample(range(12_000, 32_000), 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError("no port is free")


def until(happened: Callable[[], object], seconds: float = 30.0) -> object:
    """Wait until something has happened, and return it."""
    deadline = time.monotonic() + seconds
    while not (found := happened()):
        assert time.monotonic() < deadline, "it didn't happen"
        time.sleep(0.02)
    return found


@contextmanager
def serving(
    data: Path,
    clock: Callable[[], datetime],
    sections: Mapping[str, object] = MappingProxyType({}),
    signing: Mapping[str, str] = MappingProxyType({}),
    **given: object,
) -> Iterator[Server]:
    """A server on tickets of its own, with these settings; `build` is a folder with a site and an index.

    `sections` are more tables of helpleaf.toml, `signing` the keys of hooks and webhooks.
    """
    settings = load_settings(environ={}, given={"data": str(data), "port": free_port(), **given})
    settings = replace(settings, sections={**settings.sections, **sections}, signing={**settings.signing, **signing})
    store = open_store(settings.store_url)
    running = Server(settings, store, clock)
    try:
        yield running
    finally:
        running.stop()
        store.close()


@pytest.fixture
def server(built: Path, tmp_path: Path, clock: Callable[[], datetime], limits: bool) -> Iterator[Server]:
    with serving(tmp_path, clock, build=str(built), limits=limits) as running:
        yield running
