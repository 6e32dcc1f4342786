"""The form keeps what was typed, says what is wrong where it is wrong, and never gets in the way."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_ask import QUESTION, ask, field, heading, offer, only_ticket, secret_link

ARTICLE = "/account/delete-account/"
OTHER = "How do I close my account, and what happens to my invoices?"
NO_STORAGE = """
for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { get() { throw new DOMException("refused", "SecurityError"); } });
"""


def kept(page: Page) -> str:
    """Everything that the browser keeps."""
    return page.evaluate("() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")


def test_a_draft_outlives_its_tab_for_a_week_and_is_forgotten_when_sent(bob, server):
    page = bob(ARTICLE)
    field(page).fill(QUESTION)
    page.get_by_label("Your name").fill("Bob")
    again = page.context.new_page()
    page.close()
    again.goto(ARTICLE)
    expect(field(again)).to_have_value(QUESTION)
    expect(again.get_by_label("Your name")).to_have_value("Bob")
    again.evaluate(
        "() => { const name = Object.keys(localStorage).find((each) => each.startsWith('helpleaf.draft:'));"
        "const draft = JSON.parse(localStorage[name]);"
        "localStorage[name] = JSON.stringify({ ...draft, at: draft.at - 8 * 86400000 }); }"
    )
    again.goto("/contact/")
    assert "Bob" not in kept(again)
    again.goto(ARTICLE)
    expect(field(again)).to_have_value("")
    ask(again)
    offer(again)
    assert "money two times" not in kept(again)
    assert again.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('helpleaf.'))") == []
    again.reload()
    offer(again)
    later = again.context.new_page()
    later.goto(ARTICLE)
    expect(field(later)).to_have_value("")
    expect(later.locator("[data-hl-asked]")).to_be_hidden()


def test_a_browser_that_keeps_nothing(bob, server):
    page = bob("about:blank")
    page.add_init_script(NO_STORAGE)
    page.goto(ARTICLE)
    field(page).fill(QUESTION)
    page.wait_for_timeout(400)
    ask(page)
    offer(page)
    page.get_by_role("button", name="Send my question anyway").press("Enter")
    heading(page, "Your question is sent")
    assert only_ticket(server).status == "open"


GARBAGE = ("{", "7", "null", "[]", '"x"', "{}", '{"at":1}', '{"ticket":7}', "x" * 300_000)
QUESTIONS = (
    {"ticket": {"link": "https://a.test/", "status": "offered", "suggestions": [None, 7]}, "place": ARTICLE},
    {"ticket": {"link": "https://a.test/", "status": "offered", "suggestions": [{"id": 1}]}, "place": ARTICLE},
    {"ticket": {"link": "javascript:alert(1)", "status": "open", "suggestions": []}, "place": ARTICLE},
)
LEAVE = """(given) => {
  for (const storage of [localStorage, sessionStorage]) storage.clear();
  for (const [name, value] of Object.entries(given)) localStorage[name] = sessionStorage[name] = value;
}"""
NAMES = ("helpleaf.scheme", "helpleaf.sent", "helpleaf.words", "helpleaf.question", f"helpleaf.draft:{ARTICLE}")
MATERIALS = ("/.__palette", "/.__search", "/.__outdated", "/.__tabs", "/.__announce", "/.__source", "/.__cookies")


def test_what_others_left_in_the_browser_breaks_nothing(bob, server):
    page = bob(ARTICLE)
    drafts = [{"message": {}, "at": 9e15, "sent": {"print": 1}}, {"message": [1], "name": 7, "at": 9e15}]
    left = [dict.fromkeys((*NAMES, *MATERIALS), value) for value in GARBAGE]
    left += [{NAMES[3]: json.dumps(each)} for each in QUESTIONS] + [{NAMES[4]: json.dumps(each)} for each in drafts]
    for given in left:
        page.evaluate(LEAVE, given)
        page.reload()
        expect(field(page)).to_be_visible()
        expect(page.locator(".hl-after")).to_be_hidden()
        assert field(page).input_value() in ("", "7")
        assert page.locator("html").get_attribute("data-scheme") is None
    page.evaluate(LEAVE, {NAMES[1]: "{}", NAMES[3]: "{}", NAMES[4]: '{"sent": 7}'})
    page.goto("/contact/")
    ask(page)
    offer(page)


def test_a_storage_that_is_full_shows_what_was_asked_last(bob, server):
    page = bob(ARTICLE)
    ask(page)
    offer(page)
    first = secret_link(page)
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError') } }")
    page.get_by_role("button", name="Ask something else").last.click()
    ask(page, OTHER)
    page.locator(".hl-link").wait_for()
    assert secret_link(page) != first


def test_every_fault_stands_beside_its_field_and_the_first_has_the_focus(bob, server):
    page = bob(ARTICLE, allow_faults=True)
    message, email = field(page), page.get_by_label("Your e-mail address")
    message.fill(" \n\u00a0\u3000")
    email.fill("bob at example.org")
    page.get_by_role("button", name="Send my question", exact=True).click()
    expect(message).to_be_focused()
    for place, sentence in ((message, "Please write your question first."), (email, "doesn't look like an e-mail")):
        expect(place).to_have_attribute("aria-invalid", "true")
        expect(place).to_have_accessible_description(re.compile(re.escape(sentence)))
    message.fill(QUESTION)
    expect(page.locator("#hl-message-error")).to_be_hidden()
    expect(message).not_to_have_attribute("aria-invalid", "true")
    expect(email).to_have_attribute("aria-invalid", "true")
    email.fill("bob.@example.org")  # fine for a browser
    assert email.evaluate("(input) => input.validity.valid")
    page.keyboard.press("Enter")
    expect(page.locator("#hl-email-error")).to_contain_text("“bob.@example.org” doesn't look like")
    expect(email).to_be_focused()
    email.fill("bob@example.org")
    message.fill("too long " * 1200)
    page.get_by_role("button", name="Send my question", exact=True).click()
    expect(message).to_have_accessible_description(re.compile("10800 characters long; at most 10000"))
    expect(message).to_be_focused()
    assert server.store.count_tickets() == {}
    ask(page)
    offer(page)
    assert only_ticket(server).email == "bob@example.org"


def test_by_keyboard_alone(bob, server):
    page = bob(ARTICLE)
    page.locator("[data-hl-feedback]").get_by_role("button", name="Yes").focus()
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_accessible_name("No")
    between = page.locator(".hl-content a").count()  # articles that are named between the two
    order = ["Your question", "Your name (optional)", "Your e-mail address (optional)", "Send my question"]
    for name in order:
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        while name == order[0] and between and focused.evaluate("(element) => element.tagName") == "A":
            page.keyboard.press("Tab")
            between -= 1
        expect(focused).to_have_accessible_name(name)
        style = focused.evaluate("(element) => getComputedStyle(element).outlineStyle")
        assert style != "none", f"{name} doesn't show the focus"
        if name == "Your question":
            page.keyboard.type(QUESTION)
            expect(page.locator("[data-hl-typing]").get_by_role("link").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("[data-hl-typing] a").first).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(offer(page)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".hl-offer a").first).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(heading(page, "Good to hear")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(heading(page, "Your question is sent")).to_be_focused()
    for _ in range(40):  # and out of it again, to the end of the page
        page.keyboard.press("Tab")
        if page.evaluate("!document.activeElement || document.activeElement === document.body"):
            break
    else:
        raise AssertionError("Tab never leaves the page")


# A desktop of 1280 pixels at 200 and 400 %, and small phones.
@pytest.mark.parametrize("width", [320, 360, 640])
@pytest.mark.parametrize("path", ["/contact/", "/zh/account/delete-account/"])
def test_small_screens_and_zoom(bob, server, path, width):
    page = bob(path, viewport={"width": width, "height": 640}, has_touch=True, is_mobile=width < 640)
    send = page.locator("[data-hl-send]")
    field(page).fill(QUESTION if path == "/contact/" else "这个月扣了我两次钱，怎么退？")
    expect(page.locator("[data-hl-typing] a").first).to_be_visible()
    fits(page)
    page.locator("#hl-email").fill("bob")
    send.tap()
    expect(page.locator("#hl-email-error")).to_be_visible()
    fits(page)
    page.locator("#hl-email").fill("")
    send.tap()
    page.locator(".hl-offer").first.wait_for()
    fits(page)
    page.wait_for_timeout(3_100)  # a tap where the last one was would be one of somebody impatient
    page.locator(".hl-offer button").first.tap()
    page.locator(".hl-offer").first.wait_for(state="detached")
    fits(page)
    assert only_ticket(server).status == "deflected"


def fits(page: Page) -> None:
    """Nothing is wider than the screen, fields don't make a phone zoom in, and buttons are large enough for a thumb."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{wide} pixels stick out"
    for each in page.locator("[data-hl-ask] :is(button, input:not([type=hidden]), textarea)").all():
        if not each.is_visible():
            continue
        box = each.bounding_box()
        assert box["height"] >= 44, f"{each} is {box['height']} pixels high"
        assert 0 <= box["x"] <= page.viewport_size["width"] + 0.5 - box["width"]
        if each.evaluate("(element) => element.tagName") != "BUTTON":
            assert each.evaluate("(element) => parseFloat(getComputedStyle(element).fontSize)") >= 16


def test_nothing_pops_up_and_nothing_lies_over_the_article(bob):
    page = bob(ARTICLE)
    dialogs = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    field(page).fill(QUESTION)
    expect(page.locator("[data-hl-typing] a").first).to_be_visible()
    positions = page.locator("[data-hl-ask], [data-hl-ask] *, [data-hl-feedback], [data-hl-feedback] *").evaluate_all(
        "(all) => all.map((each) => getComputedStyle(each).position)"
    )
    assert not {"fixed", "sticky"} & set(positions)
    article = page.locator("article").bounding_box()
    assert page.locator("[data-hl-ask]").bounding_box()["y"] >= article["y"] + article["height"]
    page.goto("/")
    assert dialogs == []


def test_words_of_a_search_stand_in_the_contact_form_and_overwrite_nothing(bob):
    page = bob("/")
    hand_over = "sessionStorage['helpleaf.words'] = JSON.stringify('charged twice this month')"
    page.evaluate(hand_over)
    page.goto(ARTICLE)
    expect(field(page)).to_have_value("")
    page.goto("/contact/")
    expect(field(page)).to_have_value("charged twice this month")
    expect(page.locator("[data-hl-typing] a").first).to_be_visible()
    field(page).fill(OTHER)
    page.evaluate(hand_over)
    page.goto("/contact/")
    expect(field(page)).to_have_value(OTHER)
    field(page).fill("")
    page.reload()
    expect(field(page)).to_have_value("")
