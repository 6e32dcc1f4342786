"""Take the pictures of the README: `python -m tests.browser.pictures FOLDER`, and many more into it with `--all`.

The whole product runs on articles of this repository; Bob asks, Alice has a queue.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import FLAGS, find
from tests.serving import SECRET, free_port, until
from tests.waiting import PATIENCE
from ticket_api.app import create_app
from ticket_api.knowledge.folder import read_index
from ticket_api.owner import Owner
from ticket_api.settings import load_settings
from ticket_api.store import Store, open_store

QUESTION = "I was charged twice this month. Why did you take the money two times?"
QUESTION_ZH = "这个月扣了我两次钱，怎么退？"
PASSWORD = "correct horse battery"
ASKED = (
    ("The PDF of invoice 2026-0042 shows an empty second page. Is that my logo?", "Jonas Weber", "en"),
    ("能不能把发票的默认语言改成中文？每次都要手动选。", "林小雨", "zh"),
    ("Could reminders go out on Mondays only? My clients are off on Fridays.", "", "en"),
    ("I closed my old company. How do I keep its invoices apart from the new one's?", "Amélie Laurent", "en"),
    ("Does the app keep my draft when the battery dies in the middle of writing?", "bob@example.org", "en"),
)
VIEWS = {"wide": {"width": 1280, "height": 860}, "narrow": {"width": 390, "height": 844}}


@contextmanager
def desk() -> Iterator[tuple[str, Store]]:
    """A server in a thread on its own data; its address and its store."""
    with tempfile.TemporaryDirectory() as folder:
        environ = os.environ | {"HELPLEAF_BUILD": folder}
        subprocess.run([sys.executable, "-m", "ticket_api.cli", "build"], check=True, env=environ)
        given = {"data": folder, "build": folder, "port": free_port(), "limits": False}
        settings = load_settings(environ={}, given=given)
        store = open_store(f"{folder}/tickets.db")
        clock = steps(datetime.now(UTC) - timedelta(hours=3), timedelta(minutes=7))
        thread: threading.Thread | None = None

        def now() -> datetime:  # only requests move it on, and not the threads that look at it again and again
            return next(clock) if threading.current_thread() is thread else datetime.now(UTC)

        app = create_app(settings, store, read_index(settings.index_path), SECRET, now)
        server = uvicorn.Server(uvicorn.Config(app, port=settings.port, log_level="warning"))
        thread = threading.Thread(target=server.run)
        thread.start()
        until(lambda: server.started)
        try:
            yield settings.served_url, store
        finally:
            server.should_exit = True
            thread.join(PATIENCE)
            store.close()


def steps(now: datetime, step: timedelta) -> Iterator[datetime]:
    """A clock that goes a few minutes on each time it is read."""
    while True:
        yield now
        now += step / 40


def ask(url: str, message: str, name: str, lang: str) -> dict:
    """Ask and send; the answer of the API."""
    ticket = post(f"{url}/api/tickets", {"message": message, "name": name, "lang": lang, "page": "/contact/"})
    post(f"{url}/api/tickets/{ticket['link'].rsplit('/', 1)[1]}/send", {})
    return ticket


def post(url: str, body: dict) -> dict:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return json.load(answer)


def sign_in(page: Page, code: str) -> None:
    page.goto("/desk/setup")
    page.locator("#code").fill(code)
    page.locator("#password").fill(PASSWORD)
    page.locator("#repeated").fill(PASSWORD)
    page.locator("main button").click()
    page.wait_for_url("**/desk")


def fill(page: Page, path: str, text: str) -> None:
    page.goto(path)
    page.locator("textarea[name=message]").fill(text)


def shoot(browser: Browser, url: str, folder: Path, cookies: list, ticket: str, view: str, scheme: str) -> None:
    """Every page in one size and one scheme, in both languages."""
    context = browser.new_context(base_url=url, viewport=VIEWS[view], color_scheme=scheme)
    page = context.new_page()

    def take(name: str, whole: bool = False) -> None:
        page.wait_for_timeout(250)
        page.screenshot(path=folder / f"{name}-{view}-{scheme}.png", full_page=whole)

    for lang, prefix, question in (("en", "", QUESTION), ("zh", "/zh", QUESTION_ZH)):
        for name, path in (("home", "/"), ("category", "/billing/"), ("article", "/billing/charged-twice/")):
            page.goto(prefix + path)
            take(f"{name}-{lang}", whole=name != "home")
        fill(page, f"{prefix}/contact/", question)
        page.locator("[data-hl-typing] a").first.wait_for()
        take(f"typing-{lang}")
        page.locator("[data-hl-send]").click()
        page.locator(".hl-offer").first.wait_for()
        take(f"offer-{lang}", whole=True)
        page.locator("[data-hl-after] .hl-actions button").first.press("Enter")
        page.locator(".hl-offer").first.wait_for(state="detached")
        take(f"sent-{lang}")
        page.locator("[data-hl-after] .hl-button--plain").press("Enter")
        page.goto(f"{prefix}/")
        page.keyboard.press("/")
        page.keyboard.type("refund" if lang == "en" else "退款")
        page.locator(".md-search-result__link").first.wait_for()
        take(f"search-{lang}")
        page.goto(f"/ask?lang={lang}")
        take(f"ask-{lang}")
    page.goto(ticket)
    take("ticket", whole=True)
    page.goto("/nowhere")
    take("lost")
    context.add_cookies(cookies)
    page.goto("/desk")
    take("queue")
    page.goto("/desk/tickets/1")
    take("desk-ticket", whole=True)
    context.close()


def main(folder: Path, everything: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with desk() as (url, store), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        context = browser.new_context(base_url=url, viewport={"width": 1280, "height": 800})
        page = context.new_page()
        first = ask(url, QUESTION, "Bob", "en")
        for asked in ASKED:
            ask(url, *asked)
        sign_in(page, Owner(store).new_setup_code())
        page.screenshot(path=folder / "queue.png")
        page.goto("/")
        page.screenshot(path=folder / "home.png")
        fill(page, "/contact/", QUESTION)
        page.locator("[data-hl-send]").click()
        page.locator(".hl-offer").first.wait_for()
        page.screenshot(path=folder / "offer.png", full_page=True)
        page.goto("/desk/tickets/1")
        page.locator("#message").fill("One of them is a **reservation** and disappears within 7 days:")
        page.locator("[data-key=a]").click()
        page.screenshot(path=folder / "ticket.png")
        page.locator("button[value=reply]").click()
        cookies = context.cookies()
        for view in VIEWS if everything else ():
            for scheme in ("light", "dark"):
                shoot(browser, url, folder, cookies, first["link"], view, scheme)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--all" in sys.argv)
