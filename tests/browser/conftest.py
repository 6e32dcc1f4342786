"""A real browser on the real server; what it complains of fails the test."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.chromium import FLAGS, find
from tests.conftest import PASSWORD
from tests.serving import Server, serving
from ticket_api.owner import Owner

TELL_BLOCKED = """addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
  console.error(`blocked: ${violatedDirective} ${blockedURI}`));"""
"""What the site's policy keeps a page from is an error on every page that a test opens."""

expect.set_options(timeout=30_000)  # for a machine that has other things to do as well; what is there is seen at once


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, closed after the last test here: the loop that it runs on would be in the way of other tests' loops."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def patient(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's own help site, whose search waits for the API for as long as a busy machine may take.

    What it does when the API is slow stands in test_search_worker.py, by a clock of its own.
    """
    copy = tmp_path_factory.mktemp("patient") / "built"
    shutil.copytree(built, copy)
    worker = copy / "site" / "assets" / "helpleaf" / "search-worker.js"
    text = worker.read_text(encoding="utf-8")
    assert "const PATIENCE = 300;" in text
    worker.write_text(text.replace("const PATIENCE = 300;", "const PATIENCE = 60000;"), encoding="utf-8")
    return copy


@pytest.fixture
def impatient() -> None:
    """For tests of the search box in which the API is as slow as the test makes it."""


@pytest.fixture
def server(
    request: pytest.FixtureRequest, tmp_path: Path, clock: Callable[[], datetime], limits: bool
) -> Iterator[Server]:
    build = request.getfixturevalue("built" if "impatient" in request.fixturenames else "patient")
    with serving(tmp_path, clock, build=str(build), limits=limits) as running:
        yield running


@pytest.fixture
def open_page(browser: Browser, server: Server) -> Iterator:
    """Open a page of the site in a browser of its own; faults in the console and outside requests fail the test."""
    contexts, faults = [], []

    def make(path: str = "/", *, allow_faults: bool = False, **options) -> Page:
        context = browser.new_context(base_url=server.url, **options)
        contexts.append(context)
        context.add_init_script(TELL_BLOCKED)
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
