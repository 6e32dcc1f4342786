"""A real browser on the real server; what it complains of fails the test."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.chromium import FLAGS, find
from tests.conftest import PASSWORD
from tests.serving import Server
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
