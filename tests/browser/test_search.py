"""A customer searches the help site."""

import pytest
from playwright.sync_api import expect


def first_result(page, words: str):
    page.keyboard.press("/")
    page.keyboard.type(words)
    first = page.locator(".md-search-result__link").first
    expect(first).to_be_visible()
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
    link = first_result(page, words)
    link.click()
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
    link = first_result(page, words)
    assert found in link.get_attribute("href")


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
