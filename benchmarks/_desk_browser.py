"""What the owner's browser asks for, shows and takes, and what axe-core finds wrong on every page."""

import json
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import TimeoutError as NeverSeen

from benchmarks._desk_lists import SEARCHES, address
from benchmarks._desk_rounds import ids
from benchmarks._desk_serving import Client
from benchmarks._site_pages import LANGUAGES, SCHEMES
from benchmarks._store_http import Desk
from ticket_api.tickets.row import VIEWS
from ticket_api.web import desk as doors

SCREEN = {"width": 1440, "height": 900}
QUESTION = "I was charged twice this month. Why did you take the money two times?"
LOCALES = {"en": "en-US", "zh": "zh-CN"}
PAGE_PATIENCE = 120_000
PATIENCE = 10_000
"""Milliseconds until what should appear on a page is taken to be missing."""
PLACES = {
    "last message": ".conversation > li:last-child",
    "reply field": "textarea[name=message]",
    "send button": "button[value=reply]",
}
SEEN = """(selector) => {
  const found = document.querySelector(selector);
  if (!found) return false;
  const { left, right, top, bottom } = found.getBoundingClientRect();
  const start = Math.max(top, bottom - 40); // of a long message, its end
  const points = [[left + 4, start + 4], [right - 4, start + 4], [left + 4, bottom - 4], [right - 4, bottom - 4]];
  return points.every(([x, y]) => found.contains(document.elementFromPoint(x, y)));
}"""


def signed_in(browser: Browser, client: Client, **options: Any) -> BrowserContext:
    """A browser of its own with the owner's session."""
    url = f"http://127.0.0.1:{client.port}"
    context = browser.new_context(base_url=url, **options)
    name, _, value = client.cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": url}])
    return context


def requests(browser: Browser, client: Client) -> tuple[list[str], list[str]]:
    """What the queue asks the server for at the first visit, the icon too, and at the one after it."""
    context = signed_in(browser, client)
    page = context.new_page()
    first, after = _requests(page, "/desk"), _requests(page, "/desk?view=waiting")
    icon = page.locator("link[rel=icon]").get_attribute("href") or "/favicon.ico"
    context.close()
    return sorted(first | {icon}), sorted(after)  # not every browser without a window loads the icon


def _requests(page: Page, path: str) -> set[str]:
    """What went out to the server: neither kept by the browser nor made by it."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sent: dict[str, str] = {}

    def note(told: Any) -> None:
        url = urlsplit(told["request"]["url"])
        sent[told["requestId"]] = f"{url.path}?{url.query}" if url.query else url.path

    def drop(told: Any) -> None:
        if told.get("response", {}).get("fromDiskCache", True):
            sent.pop(told["requestId"], None)

    session.on("Network.requestWillBeSent", note)
    session.on("Network.requestServedFromCache", drop)
    session.on("Network.responseReceived", drop)
    page.goto(path, wait_until="networkidle")
    session.detach()
    return set(sent.values())


def off_screen(browser: Browser, client: Client, paths: Sequence[str]) -> list[str]:
    """What of the last message, the reply field and the send button isn't seen when a ticket has opened."""
    context = signed_in(browser, client, viewport=SCREEN)
    page = context.new_page()
    missed = []
    for path in paths:
        page.goto(path, wait_until="networkidle")
        missed += [f"{path}: {name}" for name, selector in PLACES.items() if not page.evaluate(SEEN, selector)]
    context.close()
    return missed


def keys_to_answer(browser: Browser, client: Client) -> int | None:
    """How many keys answer the first ticket of the queue with a link to an article; None where they don't."""
    context = signed_in(browser, client, viewport=SCREEN)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    try:
        keys = _answer(page)
    except NeverSeen:
        return None
    finally:
        context.close()
    return keys


def _answer(page: Page) -> int:
    pressed = ("o", "a", "Control+Enter")
    page.goto("/desk", wait_until="networkidle")
    page.keyboard.press(pressed[0])
    page.wait_for_url("**/desk/tickets/*")
    page.wait_for_load_state("networkidle")
    page.keyboard.press(pressed[1])
    page.wait_for_function("document.querySelector('textarea[name=message]').value.includes('](')")
    page.keyboard.press(pressed[2])
    page.locator(".conversation .owner a").wait_for()
    return sum(len(each.split("+")) for each in pressed)


def ask(desk: Desk, question: str, lang: str, name: str = "Bob") -> tuple[int, str]:
    """Ask, and say that nothing offered helps: the ticket's number and its link's path."""
    told = _post(desk, "/api/tickets", {"message": question, "name": name, "email": "bob@example.org", "lang": lang})
    path = "/" + told["link"].split("/", 3)[3]
    _post(desk, f"/api/tickets/{path.rpartition('/')[2]}/send", {})
    return told["id"], path


def _post(desk: Desk, path: str, body: object) -> Any:
    request = urllib.request.Request(
        f"http://127.0.0.1:{desk.port}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read())


def reply(desk: Desk, ticket: int, how: str) -> None:
    """Answer a ticket as the owner."""
    form = urlencode({"message": "You are right: **one** of both is on its way back.", "do": how})
    desk.post(f"/desk/tickets/{ticket}", form)


def desk_paths(client: Client) -> list[str]:
    """Every page of the desk: what it has a route for, each view, searches, and a ticket of each view."""
    plain = [each.path for each in doors.routes() if "GET" in (each.methods or ()) and "{" not in each.path]
    views = [address(view) for view in (*VIEWS, "all")]
    searches = [address("all", q) for q in (SEARCHES["two"], SEARCHES["Chinese"], "zebra zebra", "is:nonsense")]
    tickets = [f"/desk/tickets/{found[0]}" for view in views if (found := ids(client.get(view)))]
    return list(dict.fromkeys([*plain, *views, *searches, *tickets]))


def findings(
    browser: Browser, client: Client, paths: Sequence[str], guest: bool, step: Callable[[], None]
) -> Iterator[str]:
    """What axe-core finds wrong on these pages, in both languages, light and dark."""
    from tests.browser.states import findings as by_axe

    for lang in LANGUAGES:
        for scheme in SCHEMES:
            url = f"http://127.0.0.1:{client.port}"
            options: dict[str, Any] = {"color_scheme": scheme, "locale": LOCALES[lang]}
            context = browser.new_context(base_url=url, **options) if guest else signed_in(browser, client, **options)
            page = context.new_page()
            page.set_default_timeout(PAGE_PATIENCE)
            for path in paths:
                page.goto(path)
                yield from (f"{path}, {lang}, {scheme}: {each}" for each in by_axe(page))
                step()
            context.close()
