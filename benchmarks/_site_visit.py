"""What a visitor's browser loads and waits for."""

import gzip
import time
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, Request
from playwright.sync_api import TimeoutError as NeverSeen

ARTICLE = "/topic-001/article-00000/"
WORD = "sensor"
PACE = 60
"""Milliseconds between two keys of a quick hand."""
PATIENCE = 60_000
RESULT = ".md-search-result__link, .md-search-result__item a"
WATCH = """(selector) => {
  const times = window.bench = {};
  document.addEventListener("keydown", () => { times.from ??= performance.now(); }, true);
  const look = () => {
    const found = [...document.querySelectorAll(selector)].some((link) => link.getClientRects().length);
    if (found && times.from) times.to = performance.now();
    else requestAnimationFrame(look);
  };
  look();
}"""


def first_visit(browser: Browser, url: str) -> Mapping[str, int]:
    """Bytes on the wire, gzip, of each address that the home page and one article load; fonts left out."""
    context = browser.new_context()
    page = context.new_page()
    asked: dict[str, None] = {}

    def note(request: Request) -> None:
        if request.resource_type != "font" and request.method == "GET" and request.url.startswith("http"):
            asked[request.url] = None

    page.on("request", note)
    for path in ("/", ARTICLE):
        page.goto(url + path, wait_until="networkidle")
    context.close()
    return {address.removeprefix(url): _transferred(address) for address in asked}


def _transferred(address: str) -> int:
    request = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        body = answer.read()
        return len(body if answer.headers["Content-Encoding"] else gzip.compress(body))


def first_result(browser: Browser, url: str) -> float:
    """Seconds from the first key to the first result, in a browser that has never been here."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(url, wait_until="load")
    page.evaluate(WATCH, RESULT)
    page.locator("[data-md-component=search-query]").click()
    page.keyboard.type(WORD, delay=PACE)
    page.wait_for_function("window.bench.to", timeout=PATIENCE)
    seconds: float = page.evaluate("window.bench.to - window.bench.from") / 1000
    context.close()
    return seconds


def save_to_screen(
    browser: Browser, url: str, articles: Path, saves: int, patience: float, step: Callable[[], None]
) -> float | None:
    """Seconds from the written file of an article to its new words on its open page; None where they don't come."""
    page = browser.new_page()
    page.goto(url + ARTICLE, wait_until="load")
    path = articles / f"{ARTICLE.strip('/')}.md"
    seconds = []
    for save in range(saves):
        took = _save(page, path, f"Thunderbird{save}", patience)
        step()
        if took is None:
            break
        seconds.append(took)
    page.close()
    return median(seconds) if len(seconds) == saves else None


def _save(page: Page, path: Path, word: str, patience: float) -> float | None:
    text = path.read_text(encoding="utf-8")
    started = time.monotonic()
    path.write_text(f"{text}\nNow there is {word}.\n", encoding="utf-8")
    try:
        page.get_by_text(word).wait_for(timeout=1000 * patience)
    except NeverSeen:
        return None
    return time.monotonic() - started
