"""Pages in a real browser: unknown and former addresses, what leads on from an article, and paper."""

import re

import pytest
from playwright.sync_api import expect


def lost(bob, path: str, **options):
    """A page for an unknown address, on which no script of the address may run."""
    page = bob(allow_faults=True, **options)
    page.on("dialog", lambda dialog: (_ for _ in ()).throw(AssertionError(dialog.message)))
    page.goto(path)
    return page


def test_an_unknown_address_is_looked_for(bob):
    page = lost(bob, "/hc/en-us/articles/360001-You-were-charged_twice.html?utm=1")
    found = page.locator("[data-hl-lost-list] a")
    expect(found.first).to_contain_text("You were charged twice")
    expect(page.get_by_role("heading", name="These may be what you are looking for")).to_be_visible()
    expect(page.get_by_role("textbox", name="Search", exact=True)).to_have_value("You were charged twice")
    assert found.count() <= 5
    found.first.click()
    expect(page).to_have_url(re.compile(r"/billing/charged-twice/(#.*)?$"))


def test_an_unknown_chinese_address_is_looked_for_in_chinese(bob, server):
    page = lost(bob, "/zh/billing/重复扣款")
    expect(page.locator("[data-hl-lost-list] a").first).to_contain_text("被重复扣款了")
    assert page.locator("html").get_attribute("lang") == "zh"
    # a host that knows one page for all unknown addresses shows the first language's
    page.route("**/zh/**/*dup*", lambda route: route.fulfill(path=server.settings.site_path / "404.html", status=404))
    page.goto("/zh/refunds/dup-%E9%80%80%E6%AC%BE")
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.locator("[data-hl-lost-list] a span").first).to_have_attribute("lang", "zh")


def test_an_address_that_holds_a_script_is_text(bob):
    for path in (
        "/%3Cimg%20src=x%20onerror=alert(1)%3E-refund",
        "/refund%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "/refund/%3Csvg%20onload=alert(1)%3E?q=%3Cimg%20src=x%20onerror=alert(1)%3E#<img src=x onerror=alert(1)>",
    ):
        page = lost(bob, path)
        expect(page.locator("[data-hl-lost-list] a").first).to_be_visible()
        assert page.locator("[src='x'], [onload], [onerror]").count() == 0
        assert "<" not in page.get_by_role("textbox", name="Search", exact=True).input_value()


def test_an_address_that_says_nothing_shows_the_ways_on(bob):
    page = lost(bob, "/")
    with page.expect_response("**/api/search*"):
        page.goto("/zzzzqqqq")
    expect(page.locator("[data-hl-lost-found]")).to_be_hidden()
    expect(page.locator(".hl-lost").get_by_role("link", name="Billing")).to_be_visible()
    page = lost(bob, "/nowhere", java_script_enabled=False)
    for name in ("Go to the home page", "Ask a question", "Billing"):
        expect(page.locator(".hl-lost").get_by_role("link", name=name)).to_be_visible()


def test_a_former_address_leads_on_with_its_anchor(bob, server):
    new = f"{server.url}/billing/charged-twice/"
    page = bob("/billing/double-payment#a-reservation")
    expect(page).to_have_url(f"{new}#a-reservation")
    # and the page that stands there for hosts without redirects
    former = server.settings.site_path / "billing" / "double-payment" / "index.html"
    for options, wanted in (({}, f"{new}#a-reservation"), ({"java_script_enabled": False}, new)):
        page = bob(**options)
        page.route("**/billing/double-payment/", lambda route: route.fulfill(path=former))
        page.goto("/billing/double-payment/#a-reservation")
        expect(page).to_have_url(wanted)
        expect(page.get_by_role("heading", name="You were charged twice")).to_be_visible()


def test_the_way_past_the_header_is_seen_only_when_it_is_reached(bob):
    page = bob("/")
    skip = page.locator(".hl-skip")
    shows = "(link) => document.elementFromPoint(40, 30) === link"
    assert not skip.evaluate(shows)
    page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    assert skip.evaluate(shows)
    assert skip.evaluate("(link) => { link.blur(); return getComputedStyle(link).clipPath }") == "inset(50%)"


def test_an_article_leads_on(bob):
    page = bob("/billing/charged-twice/")
    related = page.get_by_role("region", name="Related articles")
    assert 1 <= related.get_by_role("link").count() <= 3
    page.get_by_role("navigation", name="Previous and next article").get_by_role("link", name="Next").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Get an invoice for your plan, and why it is no fapiao")


def test_on_paper_the_article_stands_alone(bob):
    page = bob("/billing/charged-twice/")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print", color_scheme="dark")
    for gone in (".hl-header", ".hl-sidebar", ".hl-ask", ".hl-feedback", ".hl-further", ".hl-turn", ".hl-footer"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    link = page.locator("article").get_by_role("link", name="How long a refund takes to arrive")
    shown = link.evaluate("link => getComputedStyle(link, '::after').content")
    assert "/refunds/when-the-money-arrives/" in shown
    assert shown.startswith('" (http')
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"


SHIFTS = """window.shifts = 0;
new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (window.shifts += value)))
  .observe({ type: "layout-shift", buffered: true });"""


@pytest.mark.parametrize("path", ["/", "/zh/billing/", "/billing/charged-twice/", "/zh/contact/"])
def test_nothing_moves_when_the_scripts_come_late(browser, server, path):
    page = browser.new_page(viewport={"width": 390, "height": 800})
    late, held = [], True
    page.add_init_script(SHIFTS)
    page.route(
        re.compile(r"\.js(\?|$)"),
        lambda route: late.append(route) if held and "early" not in route.request.url else route.continue_(),
    )
    page.goto(server.url + path, wait_until="commit")
    expect(page.locator("h1").first).to_be_visible()
    page.wait_for_timeout(200)  # in which it is drawn
    held = False
    for route in late:
        route.continue_()
    page.wait_for_load_state("load")
    page.wait_for_timeout(200)
    assert (len(late) > 1, page.evaluate("shifts")) == (True, 0)
    page.close()
