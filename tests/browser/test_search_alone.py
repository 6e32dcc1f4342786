"""The search box without the API: our own worker, over the built site."""

import re
from collections.abc import Iterator
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.site.built import Site
from tests.site.questions import QUESTIONS

HOST = "http://help.test"


@pytest.fixture
def own(built: Path) -> Site:
    return Site(built / "site")


@pytest.fixture
def page_alone(browser, own: Site) -> Iterator:
    """Open a page of the built site; there is no API, and a request to anywhere else fails the test."""
    context = browser.new_context()
    elsewhere = []

    def serve(route) -> None:
        address = route.request.url.removeprefix(HOST).partition("?")[0].removeprefix("/in/a/folder")
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
        page.goto(HOST + address if address.startswith("/") else address)
        return page

    yield make
    context.close()
    assert elsewhere == []


def results(page: Page, question: str) -> list[str]:
    """Where the results of a question lead, once they are there; the box is emptied first."""
    field = page.locator("[data-md-component=search-query]")
    field.click()
    field.fill("")
    expect(page.locator(".md-search-result__link")).to_have_count(0)
    field.fill(question)
    page.locator(".md-search-result__link").first.wait_for()
    links = page.locator(".md-search-result__link").all()
    return [link.get_attribute("href").removeprefix(HOST) for link in links]


def articles(page: Page, question: str) -> list[str]:
    """The articles that the results are of, without their sections."""
    return [link.partition("#")[0] for link in results(page, question)]


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
def test_it_finds_articles_without_the_api(page_alone, start, question, wanted):
    assert wanted in articles(page_alone(start), question)[:3]


def test_most_customers_find_their_article_first(page_alone):
    """One page a language; each question is asked anew."""
    pages = {lang: page_alone(start) for lang, start in (("en", "/"), ("zh", "/zh/"))}
    wrong = []
    for question, wanted in QUESTIONS:
        found = articles(pages["zh" if wanted.startswith("/zh/") else "en"], question)
        if found[0] != wanted:
            wrong.append((question, found[:3]))
    assert len(QUESTIONS) == 24
    assert len(wrong) <= 24 - 18, wrong


def test_nothing_is_fetched_before_the_first_key_and_no_other_language_before_it_is_needed(page_alone):
    page = page_alone("/")
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url.removeprefix(HOST)))

    def of_the_search() -> list[str]:
        names = (url.rpartition("/")[2].partition("?")[0] for url in asked)
        return [name for name in names if name in ("lunr.js", "search") or name.endswith("en.json") or "-zh" in name]

    page.reload()
    page.wait_for_load_state("networkidle")
    page.locator(".hl-search__input").click()
    assert of_the_search() == []
    results(page, "refund")
    assert of_the_search() == ["search", "search-en.json", "lunr.js"]
    assert "中文" not in page.locator(".hl-search__results").inner_text()
    results(page, "重复扣款")
    assert of_the_search()[3:] == ["search-zh.json"]


def test_another_languages_articles_come_last_and_say_so(page_alone):
    page = page_alone("/zh/")
    found = results(page, "reimbursement")
    assert {link.startswith("/zh/") for link in found} == {False}
    expect(page.locator(".hl-found__where").first).to_contain_text("英文")


def test_a_result_leads_to_the_section_that_answers(page_alone):
    found = results(page_alone("/"), "the code is refused")
    assert found[0].startswith("/account/two-step-verification/#")
    page = page_alone(found[0])
    assert page.locator(":target").count() == 1
    assert "#" not in results(page_alone("/zh/"), "怎么退款")[0]  # its title says it all


def test_it_works_below_a_folder(page_alone):
    page = page_alone("/in/a/folder/billing/charged-twice/")
    found = results(page, "forgotten password")
    assert found[0].startswith("/in/a/folder/account/forgotten-password/")


def test_a_link_opens_the_search_with_its_words(page_alone):
    page = page_alone("/billing/?q=charged%20twice")
    expect(page.locator(".hl-search__input")).to_have_value("charged twice")
    expect(page.locator(".md-search-result__link").first).to_have_attribute("href", re.compile("charged-twice"))


PAYLOADS = (
    "<img src=x onerror=document.title='ran'>",
    "<script>document.title='ran'</script>",
    "\"><svg onload=document.title='ran'>",
    "javascript:document.title='ran'",
    "refund <details open ontoggle=document.title='ran'>refund</details>",
    "{{constructor.constructor('document.title=1')()}} refund' onmouseover='document.title=`ran`",
    "<mark>refund</mark><iframe srcdoc='<script>top.document.title=`ran`</script>'>",
    "$& $1 \\ [ ( * + ? refund",
)


def test_what_a_link_says_is_text_and_nothing_of_it_runs(page_alone):
    """A6."""
    page = page_alone("/")
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: faults.append(dialog.message))
    for payload in PAYLOADS:
        for start in ("/", "/billing/charged-twice/"):
            page.goto(f"{HOST}{start}?{urlencode({'q': payload, 'h': payload})}#{quote(payload)}")
            expect(page.locator(".hl-search__input")).to_have_value(payload)
            expect(page.locator("[role=status].hl-search__found")).not_to_be_empty()
            assert "ran" not in page.title()
            assert page.locator(".hl-search :is(img, script, iframe, details, [onload], [onmouseover])").count() == 0
            assert page.evaluate("document.querySelectorAll('iframe, [onerror], [ontoggle]').length") == 0
    assert faults == []


def test_nothing_found_hands_the_words_to_the_form(page_alone):
    page = page_alone("/zh/")
    page.locator(".hl-search__input").fill("xylophonequartz <b>")
    expect(page.locator("[role=status].hl-search__found")).to_contain_text("没有找到相关的文章")
    ask = page.locator("[data-hl-search-ask]")
    expect(ask).to_contain_text("xylophonequartz <b>")
    ask.click()
    page.wait_for_url(HOST + "/zh/contact/")
    assert "xylophone" not in page.url
    expect(page.locator("[data-hl-form] [name=message]")).to_have_value("xylophonequartz <b>")


def test_half_a_chinese_word_asks_for_nothing(page_alone):
    """With an input method letters are spelt out first, and keys are let go meanwhile."""
    page = page_alone("/zh/")
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url) if "/api/search" in request.url else None)
    page.locator(".hl-search__input").click()
    keyboard = page.context.new_cdp_session(page)
    for half in ("t", "tu", "tui", "tui'k"):
        keyboard.send("Input.imeSetComposition", {"text": half, "selectionStart": len(half), "selectionEnd": len(half)})
        page.keyboard.up("t")
    assert page.locator(".hl-search__input").input_value() == "tui'k"
    keyboard.send("Input.insertText", {"text": "退款"})
    page.locator(".md-search-result__link").first.wait_for()
    assert [parse_qs(urlsplit(url).query)["q"] for url in asked] == [["退款"]]


def test_what_is_found_is_text_and_marked(page_alone):
    page = page_alone("/")
    results(page, "refund <img src=x>")
    assert page.locator(".hl-search__results mark").first.inner_text().lower() == "refund"
    assert page.locator(".hl-search__results img").count() == 0
    page = page_alone("/zh/")
    results(page, "登陆")
    expect(page.locator(".hl-found__title mark").first).to_have_text("登录")  # which means the same
    results(page, "退宽")
    assert {*page.locator(".hl-search__results mark").all_inner_texts()} == {"退"}


def test_a_page_that_isnt_there_says_so_in_its_language_at_any_depth(page_alone):
    page = page_alone("/zh/nowhere/at/all/")
    assert page.title().startswith("这里没有这一页")
    assert page.locator("h1").evaluate("(title) => getComputedStyle(title).fontWeight") == "700"
    assert "/zh/billing/charged-twice/" in articles(page, "重复扣款")[:3]
    page.locator(".hl-search__ask").click()
    page.wait_for_url("**/zh/contact/")
    page.go_back()
    page.get_by_role("link", name="English").click()
    page.wait_for_url(HOST + "/")
