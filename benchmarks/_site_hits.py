"""How many of the questions find their article in the first place of the search box."""

from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page
from playwright.sync_api import TimeoutError as NothingFound

from benchmarks._site_questions import QUESTIONS

RESULT = ".md-search-result__link:visible"
PATIENCE = 5_000
SETTLED = 500
"""Milliseconds in which a first result may still be replaced."""


def missed(browser: Browser, url: str, *, api: bool, step: Callable[[], None]) -> list[tuple[str, str, str]]:
    """Each question whose article isn't first: the question, its article and what was first."""
    context = browser.new_context()
    page = context.new_page()
    if not api:
        page.route("**/api/**", lambda route: route.abort())
    wrong = []
    for question, right in QUESTIONS:
        page.goto(url + ("/zh/" if right.startswith("/zh/") else "/"))
        found = _first(page, question)
        step()
        if found != right:
            wrong.append((question, right, found))
    context.close()
    return wrong


def _first(page: Page, question: str) -> str:
    """The path of the first result; "" where there is none."""
    page.locator("[data-md-component=search-query]").click()
    page.locator("[data-md-component=search-query]").fill(question)
    try:
        page.locator(RESULT).first.wait_for(timeout=PATIENCE)
    except NothingFound:
        return ""
    page.wait_for_timeout(SETTLED)
    return urlsplit(page.locator(RESULT).first.evaluate("(link) => link.href")).path
