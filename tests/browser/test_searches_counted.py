"""What visitors search for is told to the API, once each and without a word about who; or not at all."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_search_alone import HOST, own, page_alone  # noqa: F401

# The browser's own call, written down on its way: what it sends can't be read from outside.
WRITTEN_DOWN = """
window.told = [];
window.Blob = class extends Blob {
  constructor(parts, options) {
    super(parts, options);
    this.parts = parts;
  }
};
const send = Navigator.prototype.sendBeacon;
Navigator.prototype.sendBeacon = function (address, body) {
  window.told.push([String(new URL(address, location)), body.type]);
  const all = JSON.parse(localStorage.getItem("told") ?? "[]");
  localStorage.setItem("told", JSON.stringify([...all, body.parts.join("")]));
  return send.call(this, address, body);
};
"""


@pytest.fixture
def bob(page_alone):  # noqa: F811
    def make(start: str = "/", before: str = "") -> Page:
        page = page_alone("about:blank")
        page.add_init_script(WRITTEN_DOWN + before)
        page.goto(HOST + start)
        return page

    return make


def told(page: Page) -> list[dict]:
    return [json.loads(text) for text in page.evaluate("JSON.parse(localStorage.getItem('told') ?? '[]')")]


def type_in(page: Page, words: str) -> None:
    page.locator(".hl-search__input").fill(words)
    expect(page.locator(".hl-search__found")).not_to_be_empty()


def test_nothing_found_is_told_as_soon_as_nothing_more_is_typed(bob):
    page = bob()
    type_in(page, "xylophonequartz")
    page.wait_for_function("told.length")
    assert page.evaluate("told") == [[f"{HOST}/api/searches", "application/json"]]
    assert told(page) == [{"q": "xylophonequartz", "lang": "en", "results": 0}]
    page.keyboard.press("Escape")
    page.goto(HOST + "/billing/")
    assert len(told(page)) == 1


def test_what_was_opened_is_told_with_it(bob):
    page = bob("/zh/")
    type_in(page, "重复扣款")
    link = page.locator(".md-search-result__link", has_text="被重复扣款了").first
    count = page.locator(".md-search-result__link").count()
    link.click()
    page.wait_for_url("**/zh/billing/charged-twice/**")
    assert told(page) == [{"q": "重复扣款", "lang": "zh", "results": count, "opened": "billing/charged-twice"}]


def test_a_question_that_stood_still_is_told_when_another_follows_or_the_page_is_left(bob):
    page = bob("/", "Performance.prototype.now = () => window.hour ?? 0;")
    type_in(page, "refund")
    page.evaluate("window.hour = 1600")  # it has stood still
    page.locator(".hl-search__input").press_sequentially("s inv")
    expect(page.locator(".hl-search__results mark", has_text="inv").first).to_be_visible()
    page.goto(HOST + "/billing/")
    assert [each["q"] for each in told(page)] == ["refund", "refunds inv"]


@pytest.mark.parametrize(
    "before",
    [
        "Object.defineProperty(Navigator.prototype, 'doNotTrack', { get: () => '1' });",
        "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true });",
    ],
)
def test_who_does_not_want_to_be_tracked_is_not_counted(bob, before):
    page = bob("/", before)
    type_in(page, "xylophonequartz")
    page.goto(HOST + "/billing/")
    assert told(page) == []


def test_an_owner_may_switch_it_off(bob, own):  # noqa: F811
    page = bob("/billing/")
    assert '"searches": true' in own.text("/index.html")
    off = own.text("/index.html").replace('"searches": true', '"searches": false')
    page.route(HOST + "/", lambda route: route.fulfill(body=off, content_type="text/html"))
    page.goto(HOST + "/")
    type_in(page, "xylophonequartz")
    page.goto(HOST + "/billing/")
    assert told(page) == []
