"""Nobody is shut out: axe-core finds nothing, small and magnified windows do, and so does a keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.states import RESULT, findings, walk

PHONE = {"width": 320, "height": 640}
MAGNIFIED = {"width": 640, "height": 400}
"""What is left of a window of 1280 x 800 at a zoom of 200 %."""
LOCALES = {"en": "en-US", "zh": "zh-CN"}
CUT_OFF = """() => {
  const scrolls = (element) => element && (element.scrollWidth > element.clientWidth + 1 &&
    ["auto", "scroll"].includes(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
  const page = document.documentElement.scrollWidth;
  const cut = [...document.querySelectorAll("a, button, input, textarea, h1, h2, h3, p")].filter((element) => {
    const { left, right, width, height } = element.getBoundingClientRect();
    const shown = element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && width > 1 && height;
    const outside = left < -1 || right > innerWidth + 1;
    return shown && outside && !element.matches(".skip, .hl-skip") && !scrolls(element);
  });
  const told = page > innerWidth ? [`the page is ${page} wide`] : [];
  return [...told, ...cut.map((element) => element.outerHTML.slice(0, 120))];
}"""
FOCUS_SHOWS = """() => {
  const here = document.activeElement;
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(here);
  const opensSearch = here.matches(".hl-search__input"); // what was found appears below it
  const shown = boxShadow !== "none" || (outlineStyle !== "none" && outlineWidth !== "0px");
  return here === document.body || opensSearch || shown;
}"""


def faults(page: Page, state: str) -> list[str]:
    """What axe-core finds; in the dark the colours alone are others."""
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    dark = findings(page, "color-contrast")
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return [f"{state}: {each}" for each in findings(page)] + [f"{state} in the dark: {each}" for each in dark]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_axe_finds_nothing_wrong_wherever_a_customer_goes(bob, lang):
    page = bob("/")
    assert [fault for state in walk(page, lang) for fault in faults(page, state)] == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_axe_finds_nothing_wrong_where_something_is_missing_nor_where_the_owner_signs_in(bob, lang):
    page = bob("/desk/login", allow_faults=True, locale=LOCALES[lang])
    found = faults(page, "sign-in")
    page.goto("/nowhere/" if lang == "en" else "/zh/nowhere/")
    assert [*found, *faults(page, "404")] == []
    page.set_viewport_size(PHONE)
    assert page.evaluate(CUT_OFF) == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_nothing_is_cut_off_on_a_small_phone_nor_magnified(bob, lang):
    page = bob("/", viewport=PHONE)
    cut_off = []
    for state in walk(page, lang):
        for viewport in (MAGNIFIED, PHONE):
            page.set_viewport_size(viewport)
            cut_off += [f"{state} at {viewport['width']} px: {each}" for each in page.evaluate(CUT_OFF)]
    assert cut_off == []


def test_search_read_ask_and_send_with_the_keyboard_alone(bob, server):
    page = bob("/")
    page.keyboard.press("/")
    page.keyboard.type("refund yearly plan")
    expect(page.locator(RESULT).first).to_have_attribute("href", re.compile("/refunds/refund-yearly-plan/"))
    tab_to(page, page.locator(RESULT).first)
    page.keyboard.press("Enter")
    page.wait_for_url("**/refunds/refund-yearly-plan/")
    tab_to(page, page.get_by_label("Your question"))
    page.keyboard.type("I was charged twice this month, why did you take the money two times?")
    tab_to(page, page.get_by_role("button", name="Send my question", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Does one of these answer it?")).to_be_focused()
    tab_to(page, page.get_by_role("button", name="Send my question anyway"))
    page.keyboard.press("Space")
    expect(page.get_by_role("heading", name="Your question is sent")).to_be_focused()
    assert server.store.count_tickets() == {"open": 1}


def tab_to(page: Page, wanted) -> None:
    """Press Tab until an element has the focus, which must be seen at every stop.

    Both are looked up at once: a list that is written anew in between is another list.
    """
    focused = wanted.and_(page.locator(":focus"))
    for _ in range(60):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS_SHOWS), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if focused.count():
            return
    pytest.fail(f"Tab doesn't reach {wanted}")
