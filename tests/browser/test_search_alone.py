"""The search box without the API: our own worker, over the built site."""

from collections.abc import Iterator
from mimetypes import guess_type
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.site.built import Site
from ticket_api.knowledge.simplified import changes
from ticket_api.knowledge.text import STOP_WORDS, tokens

HOST = "http://help.test"
TEXTS = [
    "How do I get my money back?",
    "charged twice, charges, charging; the CHARGE",
    "I can't sign in — don't know why",
    "y" * 60 + "ness and " + "x" * 45 + "ings",
    "error E-1042 and e-2203, see e-invoice",
    "2FA codes, 2fa",
    "Ünïcödé naïve café STRASSE Straße ΣΊΣΥΦΟΣ",
    "ｆｕｌｌ　ｗｉｄｔｈ １２３",
    "zero\u200bwidth soft\u00adhyphen",
    "snake_case and_more __init__",
    "a/b\\c.d,e;f:g(h)[i]{j}",
    "organization organisations generalizations relational conditional",
    "money pay pays paid paying payment days delayed delaying cry crying dry sky by employer eyes reply replies easily",
    "flies dies mules denied died agreed owned humbled sized meeting stating",
    "10,000.50 EUR 14-day ISO-8601",
    "我想问一下怎么退款？",
    "被重复扣款了怎么办",
    "密码忘了",
    "退",
    "款 退",
    "我的发票上的地址写错了，能不能改",
    "請問發票上的帳戶寫錯了，怎麼更改？",
    "设置 > 账单 > 付款记录",
    "Larkbill 的 VAT 发票 2026 年",
    "𠮷野家 㐀 豈",
    "ひらがな カタカナ 한국어",
    "emoji 😀 flag 🇵🇹 done",
    "½ ² ① Ⅳ ٣",
    "rock'n'roll o’clock ʼtwas",
    "",
    "   \n\t ",
    "的了吗",
    "the and of",
]


@pytest.fixture
def own(built: Path) -> Site:
    return Site(built / "site")


@pytest.fixture
def open_alone(browser, own: Site) -> Iterator:
    """Open a page of the built site; there is no API, and a request to anywhere else fails the test."""
    context = browser.new_context()
    elsewhere = []

    def serve(route) -> None:
        address = route.request.url.removeprefix(HOST).partition("?")[0]
        if address.startswith("/zh/nowhere/"):
            return route.fulfill(status=404, body=own.text("/zh/404.html"), content_type="text/html")
        if route.request.url.startswith(HOST) and own.has(address):
            path = own.file(address)
            kind = guess_type(path.name)[0] or "application/octet-stream"
            return route.fulfill(body=path.read_bytes(), content_type=kind)
        if not route.request.url.startswith(HOST):
            elsewhere.append(route.request.url)
        return route.fulfill(status=404, body="")

    context.route("**/*", serve)

    def make(address: str) -> Page:
        page = context.new_page()
        page.goto(HOST + address)
        return page

    yield make
    context.close()
    assert elsewhere == []


def results(page: Page, question: str) -> list[str]:
    page.locator("[data-md-component=search-query]").click()
    page.locator("[data-md-component=search-query]").fill(question)
    page.locator(".md-search-result__link").first.wait_for()
    links = page.locator(".md-search-result__link").all()
    return [link.get_attribute("href").removeprefix(HOST) for link in links]


def test_the_browser_cuts_words_as_we_do(open_alone, own):
    """F18, in the search."""
    page = open_alone("/")
    page.add_script_tag(content=own.text("/assets/helpleaf/lunr.js"))
    page.add_script_tag(content=own.text("/assets/helpleaf/search-worker.js"))
    given = [sorted(STOP_WORDS), {chr(number): sign for number, sign in changes().items()}, TEXTS]
    there = page.evaluate("([words, signs, texts]) => texts.map(makeTokeniser(words, signs).tokens)", given)
    for text, found in zip(TEXTS, there, strict=True):
        assert found == tokens(text), text


@pytest.mark.parametrize(
    ("start", "question", "wanted"),
    [
        ("/", "charged twice", "/billing/charged-twice/"),
        ("/billing/charged-twice/", "forgotten password", "/account/forgotten-password/"),
        ("/", "backu", "/privacy/backups/"),
        ("/zh/", "重复扣款", "/zh/billing/charged-twice/"),
        ("/zh/", "導出數據", "/zh/privacy/export-data/"),
        ("/zh/account/forgotten-password/", "忘记密码", "/zh/account/forgotten-password/"),
    ],
)
def test_it_finds_articles_without_the_api(open_alone, start, question, wanted):
    assert wanted in results(open_alone(start), question)[:3]


def test_the_other_languages_articles_come_after_the_pages_own(open_alone):
    found = results(open_alone("/zh/"), "SEPA")
    langs = ["zh" if link.startswith("/zh/") else "en" for link in found]
    assert langs == sorted(langs, reverse=True)
    assert set(langs) == {"en", "zh"}


def test_the_fallback_is_fetched_only_when_needed(open_alone):
    page = open_alone("/")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "lunr.js" in url or "search-en.json" in url]


def test_what_is_found_is_text_and_marked(open_alone):
    page = open_alone("/")
    results(page, "refund <img src=x>")
    assert page.locator(".hl-search__results mark").first.inner_text().lower() == "refund"
    assert page.locator(".hl-search__results img").count() == 0


def test_a_page_that_isnt_there_says_so_in_its_language_at_any_depth(open_alone):
    page = open_alone("/zh/nowhere/at/all/")
    assert page.title().startswith("这里没有这一页")
    assert page.locator("h1").evaluate("(title) => getComputedStyle(title).fontWeight") == "700"
    assert "/zh/billing/charged-twice/" in results(page, "重复扣款")[:3]
    page.locator(".hl-search__ask").click()
    page.wait_for_url("**/zh/contact/")
    page.go_back()
    page.get_by_role("link", name="English").click()
    page.wait_for_url(HOST + "/")
