"""A customer searches the help site."""

import re

import pytest
from playwright.sync_api import expect


def first_result(page, words: str, found: str = ""):
    """The first result, once it leads where it should: each letter typed brings results of its own."""
    page.keyboard.press("/")
    page.keyboard.type(words)
    first = page.locator(".md-search-result__link").first
    expect(first).to_be_visible()
    if found:
        expect(first).to_have_attribute("href", re.compile(re.escape(found)))
    return first


@pytest.mark.parametrize(
    ("start", "words", "found"),
    [
        ("/", "charged twice", "/billing/charged-twice/"),
        ("/", "how do i get a refund", "/refunds/get-a-refund/"),
        ("/account/", "forgot my password", "/account/forgotten-password/"),
        ("/zh/", "扣了两次钱", "/zh/billing/charged-twice/"),
        ("/zh/", "怎么退款", "/zh/refunds/get-a-refund/"),
        ("/zh/account/forgotten-password/", "密码忘了", "/zh/account/forgotten-password/"),
    ],
)
def test_it_works_in_both_languages(bob, server, start, words, found):
    page = bob(start)
    first_result(page, words, found).click()
    page.wait_for_url(f"**{found}**")
    assert page.locator("html").get_attribute("lang") == ("zh" if found.startswith("/zh/") else "en")
    expect(page.locator("main h1").first).to_be_visible()


@pytest.mark.parametrize(
    ("start", "words", "found"),
    [("/", "charged twice", "/billing/charged-twice/"), ("/zh/", "重复扣款", "/zh/billing/charged-twice/")],
)
def test_it_works_without_the_api(bob, server, start, words, found):
    page = bob(start, allow_faults=True)
    page.route("**/api/**", lambda route: route.abort())
    first_result(page, words, found)


def test_nothing_found_leads_to_the_form(bob):
    page = bob("/")
    page.keyboard.press("/")
    page.keyboard.type("xylophonequartz")
    ask = page.locator(".hl-search__ask")
    expect(ask).to_be_visible()
    ask.click()
    page.wait_for_url("**/contact/**")


def test_the_language_switch_stays_on_the_article(bob):
    page = bob("/billing/charged-twice/")
    page.get_by_role("link", name="中文").first.click()
    page.wait_for_url("**/zh/billing/charged-twice/")
    expect(page.locator("main h1")).to_contain_text("重复扣款")
    page.get_by_role("link", name="English").first.click()
    page.wait_for_url("**/billing/charged-twice/")


def test_visitors_get_no_cookie_and_nothing_from_elsewhere(bob):
    page = bob("/")
    for path in ("/billing/", "/billing/charged-twice/", "/contact/", "/zh/"):
        page.goto(path)
    assert page.context.cookies() == []


NARROW = {"viewport": {"width": 700, "height": 800}}


@pytest.mark.parametrize("start", ["/", "/billing/charged-twice/"])
def test_the_magnifier_opens_the_search_by_keyboard(bob, start):
    page = bob(start, **NARROW)
    opener = page.locator("header").get_by_role("button", name="Search", exact=True)
    for _ in range(5):
        page.keyboard.press("Tab")
        if opener.evaluate("(button) => button === document.activeElement"):
            break
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    field = page.get_by_label("Search", exact=True).and_(page.locator("input"))
    expect(field).to_be_focused()
    page.keyboard.type("charged twice")
    expect(page.locator(".md-search-result__link").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".hl-search__output")).to_be_hidden()
    expect(opener).to_be_focused()


@pytest.mark.parametrize("width", [390, 700, 1280])
def test_a_slash_opens_it_on_every_width(bob, width):
    page = bob("/billing/charged-twice/", viewport={"width": width, "height": 800})
    page.keyboard.press("/")
    expect(page.locator(".hl-search__input")).to_be_focused()
    expect(page.locator(".hl-search__input")).to_have_value("")
    expect(page.locator(".hl-search__output")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_tab_walks_through_the_results_to_the_form(bob, width):
    page = bob("/billing/charged-twice/", viewport={"width": width, "height": 800})
    first_result(page, "refund", "/refunds/when-the-money-arrives/")
    links = page.locator(".md-search-result__link:visible")
    for place in range(links.count()):
        page.keyboard.press("Tab")
        expect(links.nth(place)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".hl-search__ask")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(links.last).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator(".hl-search__output")).to_be_hidden()


def test_an_answer_that_comes_late_leaves_the_keyboard_where_it_is(impatient, bob):
    page = bob("/")
    late, held = [], []
    page.route(re.compile(r"/api/search\?q=refunds&"), lambda route: late.append(route))
    page.route("**/search-en.json*", lambda route: held.append(route))
    page.keyboard.press("/")
    page.keyboard.insert_text("refund")
    links = page.locator(".md-search-result__link:visible")
    expect(links.nth(1)).to_be_visible()
    page.keyboard.type("s")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(links.nth(1)).to_be_focused()
    links.nth(1).evaluate("(link) => (link.dataset.old = '')")
    for _ in range(1000):
        if late and held:
            break
        page.wait_for_timeout(20)
    held.pop().continue_()
    expect(page.locator("[data-old]")).to_have_count(0)  # searched for by itself meanwhile
    expect(links.nth(1)).to_be_focused()
    assert len(late) == 1


@pytest.mark.parametrize("width", [390, 1280])
def test_escape_closes_it_from_a_result(bob, width):
    page = bob("/billing/charged-twice/", viewport={"width": width, "height": 800})
    first_result(page, "refund")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.locator(".hl-search__output")).to_be_hidden()


def test_a_title_found_is_no_first_heading(bob):
    page = bob("/refunds/")
    first_result(page, "refund")
    expect(page.get_by_role("heading", level=1)).to_have_text(["Refunds"])


def test_a_result_opens_with_enter(bob):
    page = bob("/zh/")
    found = "/zh/refunds/get-a-refund/"
    first_result(page, "怎么退款", found)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{found}**")


def test_without_javascript_the_home_page_speaks_of_no_search(bob):
    page = bob("/", java_script_enabled=False)
    lead = page.locator(".hl-hero__lead:visible")
    expect(lead).to_have_count(1)
    expect(lead).not_to_contain_text("Search")
    lead.get_by_role("link").click()
    page.wait_for_url("**/contact/")


def test_a_search_is_counted_with_what_was_opened(bob, server):
    page = bob("/zh/")
    link = first_result(page, "怎么退款", "/zh/refunds/get-a-refund/")
    count = page.locator(".md-search-result__link").count()
    link.click()
    page.wait_for_url("**/zh/refunds/get-a-refund/**")
    for _ in range(100):  # the browser sends it by the by
        with server.store.snapshot() as snapshot:
            found = list(snapshot.searches())
        if found:
            break
        page.wait_for_timeout(50)
    told = [(each.q, each.lang, each.results, each.opened, each.count) for each in found]
    assert told == [("怎么退款", "zh", count, "refunds/get-a-refund", 1)]


def test_words_without_an_article_go_to_the_form(bob):
    page = bob("/billing/")
    page.keyboard.press("/")
    page.keyboard.type("xylophonequartz")
    expect(page.locator("[role=status].hl-search__found")).to_contain_text("No article matches these words.")
    page.keyboard.press("Tab")
    expect(page.locator("[data-hl-search-ask]")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/contact/")
    message = page.locator("[data-hl-form] [name=message]")
    expect(message).to_have_value("xylophonequartz")
    # and again on the page where the form stands already
    page.keyboard.press("Escape")
    message.fill("")
    page.locator(".hl-search__input").fill("zzyzxqwertz")
    page.locator(".hl-search__ask--only").click()
    expect(message).to_have_value("zzyzxqwertz")
    expect(message).to_be_focused()
