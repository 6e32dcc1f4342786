"""The site stands in a folder of one address, and its server at another one."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_ask import ask, field, heading, offer, only_ticket, secret_link
from tests.conftest import ARTICLES
from tests.serving import free_port, serving, until
from tests.site.built import CONFIG, settings_for
from ticket_api.site.build import build_site

ARTICLE = "/docs/account/forgotten-password/"
QUESTION = "charged twice, why did you take the money two times"


class Silent(SimpleHTTPRequestHandler):
    """A host of files that keeps its log to itself."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[dict]:
    """The settings of a small site that is served from a folder, by a host of files alone."""
    folder = tmp_path_factory.mktemp("elsewhere")
    for name, text in ARTICLES.items():
        path = folder / "articles" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    host = ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(folder / "host")))
    origin = f"http://127.0.0.1:{host.server_port}"
    config = folder / "mkdocs.yml"
    text = CONFIG.read_text(encoding="utf-8")
    config.write_text(f"site_url: {origin}/docs/\n{text}", encoding="utf-8")
    port = free_port()
    given = {"build": str(folder / "build"), "port": port, "api": f"http://127.0.0.1:{port}", "origins": (origin,)}
    build_site(settings_for(folder, folder / "articles", **given), config_file=config)
    (folder / "host").mkdir()
    (folder / "host" / "docs").symlink_to(folder / "build" / "site")
    threading.Thread(target=host.serve_forever, daemon=True).start()
    yield given
    host.shutdown()
    host.server_close()


@pytest.fixture
def server(site, tmp_path, clock):
    with serving(tmp_path, clock, **site) as running:
        yield running


@pytest.fixture
def visit(browser, server, site):
    """Open a page of the site; whatever the console complains of fails the test."""
    faults: list[str] = []
    contexts = []

    def make(path: str = ARTICLE, **options: object) -> Page:
        contexts.append(browser.new_context(base_url=site["origins"][0], **options))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.goto(path)
        return page

    yield make
    for context in contexts:
        context.close()
    assert faults == []


def test_suggested_offered_solved_and_sent(visit, server, site):
    page = visit()
    field(page).fill(QUESTION)
    suggestion = page.locator("[data-hl-typing] a").first
    expect(suggestion).to_have_attribute("href", f"{site['origins'][0]}/docs/billing/charged-twice/")
    page.get_by_role("button", name="Send my question", exact=True).click()
    offer(page)
    assert (
        page.locator(".hl-offer a").first.get_attribute("href") == f"{site['origins'][0]}/docs/billing/charged-twice/"
    )
    page.get_by_role("button", name="This solved it").first.press("Enter")
    heading(page, "Good to hear")
    assert (only_ticket(server).status, only_ticket(server).page) == ("deflected", "/account/forgotten-password/")
    page.get_by_role("button", name="It isn't solved after all").click()
    heading(page, "Your question is sent")
    assert only_ticket(server).status == "open"
    link = secret_link(page)
    assert link.startswith(f"{site['api']}/t/")
    page.goto(link)
    expect(page.get_by_text(QUESTION).first).to_be_visible()


def test_sent_anyway_and_found_useful_or_not(visit, server):
    page = visit()
    ask(page, QUESTION)
    offer(page)
    page.get_by_role("button", name="Send my question anyway").press("Enter")
    heading(page, "Your question is sent")
    box = page.locator("[data-hl-feedback]")
    box.get_by_role("button", name="Yes").click()
    expect(box).to_contain_text("Thank you. Good to know.")
    page.reload()
    box.get_by_role("button", name="No").click()
    page.locator("#hl-comment").fill("It doesn't say how long.")
    box.get_by_role("button", name="Send").click()
    expect(box).to_contain_text("That helps us")
    page.goto("/docs/billing/charged-twice/")
    box.get_by_role("button", name="No").click()
    page.locator("#hl-comment").wait_for()
    page.goto("/docs/")  # leaves without a word: by a beacon
    (last,) = until(lambda: server.store.feedback("billing/charged-twice"))
    assert not last.helpful
    votes = server.store.feedback("account/forgotten-password")
    assert [(vote.helpful, vote.comment) for vote in votes] == [(True, ""), (False, "It doesn't say how long.")]


def test_without_javascript(visit, server, site):
    page = visit(java_script_enabled=False)
    field(page).fill(QUESTION)
    page.get_by_role("button", name="Send my question", exact=True).click()
    expect(page.get_by_role("heading", name="Does one of these answer it?")).to_be_visible()
    assert page.url.startswith(f"{site['api']}/t/")
    page.goto(ARTICLE)
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert [vote.helpful for vote in server.store.feedback("account/forgotten-password")] == [True]
