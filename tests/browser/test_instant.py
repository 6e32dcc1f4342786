"""A site with Material's instant navigation: pages change without a load, and everything on them works all the same."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_ask import ask, field, heading, offer, only_ticket
from tests.conftest import ARTICLES
from tests.serving import free_port, serving, until
from tests.site.built import CONFIG, settings_for
from ticket_api.site.build import build_site


@pytest.fixture(scope="module")
def instant(tmp_path_factory):
    """A small site with instant navigation: the settings that it was built with and is served with."""
    folder = tmp_path_factory.mktemp("instant")
    for name, text in ARTICLES.items():
        path = folder / "articles" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    config = folder / "mkdocs.yml"
    feature = "theme:\n  features: [navigation.instant]\n"
    config.write_text(CONFIG.read_text(encoding="utf-8").replace("theme:\n", feature), encoding="utf-8")
    port = free_port()
    given = {"build": str(folder / "build"), "port": port, "base_url": f"http://127.0.0.1:{port}"}
    build_site(settings_for(folder, folder / "articles", **given), config_file=config)
    return given


@pytest.fixture
def server(instant, tmp_path, clock):
    with serving(tmp_path, clock, **instant) as running:
        yield running


def loads(page) -> list[str]:
    """The pages that the browser loads from now on, as paths."""
    seen: list[str] = []
    page.on("domcontentloaded", lambda: seen.append(page.evaluate("location.pathname")))
    return seen


def go(page, name: str, title: str) -> None:
    """Follow the link of that name, in the sidebar or in the list of a category's articles."""
    page.locator("[data-md-component=container]").get_by_role("link", name=name).last.click()
    expect(page.locator("main h1")).to_have_text(title)


def test_from_article_to_article_and_asked_on_the_second(bob, server):
    page = bob("/refunds/get-a-refund/")
    page.wait_for_load_state("networkidle")  # Material has read the sitemap
    loaded = loads(page)
    field(page).fill("My half written question")
    page.locator("[data-hl-feedback]").get_by_role("button", name="No").click()
    page.locator("#hl-comment").wait_for()
    go(page, "Account", "Account")
    go(page, "Reset a forgotten password", "Reset a forgotten password")
    (vote,) = until(lambda: server.store.feedback("refunds/get-a-refund"))  # the browser sends it by the by
    assert not vote.helpful
    assert page.locator(".hl-skip").evaluate("(link) => link.pathname") == "/account/forgotten-password/"
    expect(field(page)).to_have_value("")
    posts = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    ask(page, "charged twice, why did you take the money two times")
    offer(page)
    page.get_by_role("button", name="This solved it").first.press("Enter")
    heading(page, "Good to hear")
    assert len(posts) == 2
    ticket = only_ticket(server)
    assert (ticket.page, ticket.status) == ("/account/forgotten-password/", "deflected")
    page.go_back()
    page.go_back()
    expect(field(page)).to_have_value("My half written question")
    expect(page.locator("[data-hl-asked]")).to_contain_text("You asked a question")
    page.locator("[data-hl-feedback]").get_by_role("button", name="Yes").click()
    expect(page.get_by_text("Thank you. Good to know.")).to_be_focused()
    assert [vote.helpful for vote in server.store.feedback("refunds/get-a-refund")] == [False, True]
    assert loaded == []


def test_another_language_and_the_home_page_are_loaded_whole(bob, server):
    page = bob("/refunds/get-a-refund/")
    page.wait_for_load_state("networkidle")
    go(page, "Account", "Account")
    go(page, "Reset a forgotten password", "Reset a forgotten password")
    page.get_by_role("link", name="中文").click()
    page.wait_for_url("**/zh/account/forgotten-password/")
    expect(page.locator("html")).to_have_attribute("lang", "zh")
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelector('main h1').insertAdjacentHTML('beforeend', ' <a href=/>Home</a>')")
    page.locator("main h1 a").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("[data-md-component=search]")).to_have_count(1)
    page.keyboard.press("/")
    page.keyboard.type("refund")
    page.locator(".md-search-result__link").first.click()
    expect(page.locator("main h1")).to_have_text("Get your money back")
    expect(page.locator("header [data-md-component=search]")).to_have_count(1)
