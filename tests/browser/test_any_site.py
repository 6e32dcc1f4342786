"""Visitors of other people's MkDocs Material sites: with a server, without one, in a folder, in two languages."""

import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_ask import ask, field, heading, only_ticket
from tests.browser.test_elsewhere import Silent
from tests.serving import free_port, serving
from tests.site.installed import Installed, installed
from tests.site.sites import ODD, PLAIN, TWO_LANGUAGES, Files

__all__ = ["installed"]  # a fixture
MANUAL = "/handbook/billing/refunds/"


@pytest.fixture(scope="module")
def host(tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """The address of a host of files alone, and the folder that it shows."""
    folder = tmp_path_factory.mktemp("host")
    host = ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(folder)))
    threading.Thread(target=host.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{host.server_port}", folder
    host.shutdown()
    host.server_close()


def owned(installed: Installed, folder: Path, files: Files) -> Path:
    """A site as `helpleaf build` leaves it; gives back the folder that it is built in."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")
    installed.run(folder, "ticket_api", "build")
    return folder / "build"


@pytest.fixture(scope="module")
def plain(installed, tmp_path_factory, host) -> dict[str, object]:
    """The settings of a server for a site that stands in a folder of the host of files."""
    (origin, shown), port = host, free_port()
    config = PLAIN["mkdocs.yml"].replace("https://docs.larkbill.example", origin)
    config = config.replace("- helpleaf", f"- helpleaf: {{api: 'http://127.0.0.1:{port}'}}")
    build = owned(installed, tmp_path_factory.mktemp("plain"), {**PLAIN, "mkdocs.yml": config})
    (shown / "handbook").symlink_to(build / "site")
    return {"build": str(build), "port": port, "languages": ("en",), "origins": (origin,)}


@pytest.fixture
def visit(browser, host) -> Iterator:
    """Open a page; faults in the console, cookies and requests to addresses that aren't named fail the test."""
    contexts, faults = [], []

    def make(address: str, *others: str, allow_faults: bool = False, **options: object) -> Page:
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        own = (re.match(r"https?://[^/]+", address)[0], *others, "data:", "blob:")
        page.on("request", lambda asked: None if asked.url.startswith(own) else faults.append(asked.url))
        if not allow_faults:
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.goto(address)
        page.wait_for_load_state("networkidle")
        return page

    yield make
    cookies = [cookie for context in contexts for cookie in context.cookies()]
    for context in contexts:
        context.close()
    assert (faults, cookies) == ([], [])


def results(page: Page, question: str, found: str):
    """The link of that address among what the search finds."""
    page.keyboard.press("/")
    expect(page.locator("[data-md-component=search-query]")).to_be_focused()
    page.keyboard.type(question)
    path, _, anchor = found.partition("#")
    ends = f"[href$='#{anchor}']" if anchor else ""
    link = page.locator(f".md-search-result__link[href*='{path}']{ends}").first
    expect(link).to_be_visible()
    return link


def votes(server, article: str) -> list[tuple[bool, str]]:
    return [(vote.helpful, vote.comment) for vote in server.store.feedback(article)]


def test_searched_asked_and_voted_across_instant_navigation(visit, host, plain, tmp_path, clock):
    with serving(tmp_path, clock, **plain) as server:
        page = visit(f"{host[0]}/handbook/", server.url)
        assert [asked for asked in requested(page) if "search-en.json" in asked or "lunr.js" in asked] == []
        page.evaluate("window.stays = true")  # until a page is loaded
        results(page, "fourteen working days", "/handbook/billing/refunds/#how-long-it-takes").click()
        page.wait_for_url("**/handbook/billing/refunds/**")
        expect(page.locator("article mark[data-md-highlight]").first).to_have_text("fourteen")
        page.get_by_role("button", name="Yes").click()
        expect(page.get_by_text("Thank you. Good to know.")).to_be_visible()
        page.locator(".md-sidebar--primary").get_by_role("link", name="Invoices").click()
        expect(page.locator("main h1")).to_contain_text("Invoices")
        expect(page.locator("[data-hl-form]")).to_have_count(1)
        page.get_by_role("button", name="No", exact=True).click()
        page.locator("#hl-comment").fill("Where is the number?")
        page.locator("[data-hl-feedback]").get_by_role("button", name="Send", exact=True).click()
        expect(page.get_by_text("Thank you. That helps us")).to_be_visible()
        ask(page, "xylophone quartz, please")
        heading(page, "Your question is sent")
        assert page.evaluate("window.stays")
        assert (only_ticket(server).page, only_ticket(server).lang) == ("/billing/invoices/", "en")
        assert votes(server, "billing/refunds") == [(True, "")]
        assert votes(server, "billing/invoices") == [(False, "Where is the number?")]


def requested(page: Page) -> list[str]:
    """What the page has fetched so far, by its own account."""
    return page.evaluate("performance.getEntriesByType('resource').map((each) => each.name)")


def test_without_its_server(visit, host, plain):
    origin, _ = host
    page = visit(origin + MANUAL, f"http://127.0.0.1:{plain['port']}", allow_faults=True)
    results(page, "quokka", f"{origin}/handbook/billing/invoices/").click()
    page.wait_for_url("**/handbook/billing/invoices/**")
    field(page).fill("Where do I find the number?")
    page.get_by_role("button", name="Send my question").click()
    expect(page.locator(".hl-trouble")).to_contain_text("We can’t be reached at the moment")
    expect(field(page)).to_have_value("Where do I find the number?")
    assert page.locator("a[href^=mailto]").count() == 0
    assert "help@larkbill.example" not in page.content()


def test_addresses_that_end_in_html(visit, installed, tmp_path_factory, tmp_path, clock):
    config = ODD["mkdocs.yml"].replace("    api: https://desk.odd.example\n", "").replace("helpleaf:", "helpleaf: {}")
    build = owned(installed, tmp_path_factory.mktemp("odd"), {**ODD, "mkdocs.yml": config})
    with serving(tmp_path, clock, build=str(build), languages=("en",)) as server:
        page = visit(f"{server.url}/widgets/prices.html")
        expect(page.locator(".theirs")).to_be_visible()
        results(page, "we sell widgets", "/widgets/index.html").click()
        page.wait_for_url("**/widgets/index.html*")
        ask(page, "xylophone quartz, please")
        heading(page, "Your question is sent")
        assert only_ticket(server).page == "/widgets/index.html"


def test_each_page_speaks_its_language(visit, installed, tmp_path_factory, tmp_path, clock):
    config = re.sub(r"    - \{name: Deutsch.*\n", "", TWO_LANGUAGES["mkdocs.yml"])
    build = owned(installed, tmp_path_factory.mktemp("both"), {**TWO_LANGUAGES, "mkdocs.yml": config})
    with serving(tmp_path, clock, build=str(build), languages=("zh", "en")) as server:
        page = visit(f"{server.url}/billing/refunds/", allow_faults=True)  # Material looks for a sitemap of English
        results(page, "多少天到账", "/billing/refunds/#_2")
        page.keyboard.press("Escape")
        ask(page, "木琴石英", "发送问题")
        heading(page, "问题已经发出")
        assert (only_ticket(server).page, only_ticket(server).lang) == ("/billing/refunds/", "zh")
        page.goto(f"{server.url}/en/billing/refunds/")
        expect(page.locator(".hl-feedback__question")).to_have_text("Was this helpful?")
        results(page, "fourteen working days", "/en/billing/refunds/#how-long-it-takes")


def test_every_colour_of_the_theme_can_be_read(visit, host, plain):
    page = visit(host[0] + MANUAL)
    page.add_style_tag(content="* { transition: none !important }")
    for scheme, primary in product(("default", "slate"), ("yellow", "lime", "indigo", "teal", "white", "black")):
        page.evaluate(
            "(wanted) => { [document.body.dataset.mdColorScheme, document.body.dataset.mdColorPrimary] = wanted }",
            [scheme, primary],
        )
        for selector in (".hl-button--primary", ".hl-ask__lead", ".hl-feedback__question", ".hl-form__end .hl-small"):
            contrast = page.locator(selector).first.evaluate(CONTRAST)
            assert contrast >= 4.5, (scheme, primary, selector, contrast)


CONTRAST = """(element) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  function over(...colours) {
    context.clearRect(0, 0, 1, 1);
    for (const colour of colours) {
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
    }
    const [red, green, blue] = [...context.getImageData(0, 0, 1, 1).data].slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }
  const behind = [];
  for (let each = element; each; each = each.parentElement) behind.unshift(getComputedStyle(each).backgroundColor);
  const ground = over("white", ...behind);
  const text = over("white", ...behind, getComputedStyle(element).color);
  return (Math.max(ground, text) + 0.05) / (Math.min(ground, text) + 0.05);
}"""
