"""The whole product in a real browser: the repository's own articles, a real server, a clock that tests move."""

import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import FLAGS, find
from tests.conftest import PASSWORD, SECRET, Clock
from ticket_api.app import create_app
from ticket_api.knowledge.folder import read_index
from ticket_api.owner import Owner
from ticket_api.settings import Settings, load_settings
from ticket_api.store import Store, open_store


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's own help site, built once."""
    folder = tmp_path_factory.mktemp("built")
    environ = {"HELPLEAF_BUILD": str(folder), "PATH": "/usr/bin:/bin"}
    subprocess.run(
        [sys.executable, "-m", "ticket_api.cli", "build"], check=True, env=environ, stdout=subprocess.DEVNULL
    )
    return folder


class Server:
    """A server in a thread that can be stopped and started again on the same port."""

    def __init__(self, settings: Settings, store: Store, clock: Clock) -> None:
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
        config = uvicorn.Config(app, port=self.settings.port, log_level="warning", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        deadline = time.monotonic() + 20
        while not self._server.started:
            assert time.monotonic() < deadline, "the server didn't start"
            time.sleep(0.02)
        assert urllib.request.urlopen(f"{self.url}/api/health").status == 200

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(20)
        assert not self._thread.is_alive()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def server(built: Path, tmp_path: Path, clock: Clock) -> Iterator[Server]:
    given = {"data": str(tmp_path), "build": str(built), "port": free_port()}
    settings = load_settings(environ={}, given=given)
    store = open_store(str(tmp_path / "tickets.db"))
    running = Server(replace(settings), store, clock)
    yield running
    running.stop()
    store.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser, server: Server) -> Iterator:
    """Open a page of the site in a browser of its own; faults in the console and outside requests fail the test."""
    contexts, faults = [], []

    def make(path: str = "/", *, allow_faults: bool = False, **options) -> Page:
        context = browser.new_context(base_url=server.url, **options)
        contexts.append(context)
        page = context.new_page()
        if not allow_faults:
            page.on("pageerror", lambda error: faults.append(f"error: {error}"))
            page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.on(
            "request",
            lambda asked: None if asked.url.startswith((server.url, "data:", "blob:")) else faults.append(asked.url),
        )
        page.goto(path)
        return page

    yield make
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def bob(open_page):
    """The customer at a desktop; `bob(path)` opens a page."""
    return open_page


@pytest.fixture
def alice(open_page, server: Server) -> Page:
    """The owner, who has just set up the desk."""
    code = Owner(server.store).new_setup_code()
    page = open_page("/desk")
    page.get_by_label("Set-up code").fill(code)
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Set password").click()
    page.wait_for_url("**/desk")
    return page
