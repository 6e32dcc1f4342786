"""Alice works a ticket in a real browser: by keys, with drafts, in two windows, and without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pictures import QUESTION, ask, post
from tests.browser.test_axe import CUT_OFF, LOCALES, MAGNIFIED, PHONE, faults
from ticket_api.tickets.ticket import Category

DESKTOP = {"width": 1440, "height": 900}
SEEN = """(element) => {
  const { top, bottom, height } = element.getBoundingClientRect();
  return height > 0 && top >= 0 && bottom <= innerHeight;
}"""

LEFT_AFTER = """(bar, times) => {
  const [shrinking] = bar.getAnimations();
  shrinking.pause();
  return times.map((time) => ((shrinking.currentTime = time), bar.getBoundingClientRect().width));
}"""
SHOWS_AT = """(element, times) => {
  const [going] = element.getAnimations();
  going.pause();
  return times.map((time) => ((going.currentTime = time), getComputedStyle(element).visibility));
}"""


def second_window(alice: Page, path: str) -> Page:
    window = alice.context.new_page()
    window.goto(path)
    return window


def api(ticket: dict, action: str) -> str:
    return ticket["link"].replace("/t/", "/api/tickets/") + f"/{action}"


def test_a_ticket_is_answered_with_an_article_in_six_keys(alice, server):
    ask(server.url, QUESTION, "Bob", "en")
    alice.goto("/desk")
    pressed = ["o", "a", "Control", "Enter"]
    alice.keyboard.press(pressed[0])
    alice.wait_for_url("**/desk/tickets/1")
    alice.keyboard.press(pressed[1])
    expect(alice.locator("#message")).to_have_value(re.compile(r"^\[You were charged twice\]\(http.*/billing/charged"))
    with alice.expect_navigation():
        alice.keyboard.press("+".join(pressed[2:]))
    expect(alice.locator(".message.owner a")).to_have_text("You were charged twice")
    assert len(pressed) <= 6
    assert server.store.ticket(1).status == "waiting"


def test_the_keys(alice, server):
    for number in range(3):
        ask(server.url, f"{QUESTION} {number}", "Bob", "en")
    for title, text in (("Thanks", "Hello {name}"), ("Charged twice", "One of the two charges disappears.")):
        fields = {"do": "save", "title": title, "in": "en", "text": text}
        alice.request.post(f"{server.url}/desk/replies/new", form=fields, headers={"origin": server.url})
    alice.goto("/desk")
    alice.goto("/desk/tickets/1")
    field, press = alice.locator("#message"), alice.keyboard.press
    press("r")
    expect(field).to_be_focused()
    press("s")
    expect(field).to_have_value("s")
    press("Escape")
    press("i")
    expect(field).to_have_value(re.compile(r"^s\n\n.*\[You were charged twice\]", re.DOTALL))
    press("Escape")
    press("f")
    expect(field).to_have_value(re.compile(r"\n\nOne of the two charges disappears\.$"))
    press("Escape")
    press("m")
    expect(alice.locator("#saved")).to_be_focused()
    alice.locator("#saved").select_option("Thanks")
    expect(field).to_have_value(re.compile(r"Hello Bob$"))
    press("Escape")
    press("n")
    expect(alice.locator("#note")).to_be_focused()
    alice.keyboard.type("For me")
    with alice.expect_navigation():
        press("Control+Enter")
    expect(alice.locator(".note")).to_contain_text("For me")
    expect(field).to_have_value(re.compile("Hello Bob"))
    press("?")
    expect(alice.locator("#keys")).to_be_visible()
    press("Escape")
    press("j")
    alice.wait_for_url("**/desk/tickets/2")
    press("k")
    alice.wait_for_url("**/desk/tickets/1")
    field.fill("Done.")
    with alice.expect_navigation():
        field.press("Control+Shift+Enter")
    assert server.store.ticket(1).status == "solved"
    with alice.expect_navigation():
        press("u")
    expect(field).to_have_value("Done.")
    assert server.store.ticket(1).status == "open"
    with alice.expect_navigation():
        press("s")
    assert server.store.ticket(1).status == "solved"
    with alice.expect_navigation():
        alice.locator("#category").select_option("billing")
    assert server.store.ticket(1).category == Category("billing", "owner")
    press("/")
    alice.wait_for_url("**/desk#q")
    expect(alice.locator("#q")).to_be_focused()


def test_the_reply_and_the_last_message_are_in_sight(alice, server):
    ticket = ask(server.url, QUESTION, "Bob", "en")
    for number in range(30):
        post(api(ticket, "messages"), {"message": f"Message {number}\n" + "and more of it. " * 30})
    alice.set_viewport_size(DESKTOP)
    alice.goto("/desk/tickets/1")
    for wanted in ("#message", "button[value=reply]", ".message:last-child .byline", ".message:last-child .text"):
        assert alice.locator(wanted).evaluate(SEEN), wanted
    above = alice.locator(".message").last.bounding_box()
    field = alice.locator("#message").bounding_box()
    assert above["y"] + above["height"] <= field["y"]
    assert alice.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_a_draft_is_kept_while_one_types_and_two_windows_lose_nothing(alice, bob, server):
    ask(server.url, QUESTION, "Bob", "en")
    page = bob("/desk/login", allow_faults=True)  # Chromium tells of each 409
    page.context.add_cookies(alice.context.cookies())
    alice = page
    alice.goto("/desk/tickets/1")
    alice.locator("#message").type("Dear Bob")
    expect(alice.locator("[data-kept]")).to_have_text("Draft kept")
    other = second_window(alice, "/desk/tickets/1")
    expect(other.locator("#message")).to_have_value("Dear Bob")
    other.locator("#message").fill("Dear Bob, from the other one")
    expect(other.locator("[data-kept]")).to_have_text("Draft kept")
    alice.locator("#message").type(" Hope")
    expect(alice.locator("[data-other]")).to_contain_text("Dear Bob, from the other one")
    expect(alice.locator("#message")).to_have_value("Dear Bob Hope")
    alice.get_by_role("button", name="Take the other one").click()
    expect(alice.locator("#message")).to_have_value("Dear Bob, from the other one")
    with alice.expect_navigation():
        alice.locator("button[value=reply]").click()
    expect(alice.locator("#message")).to_have_value("")
    other.locator("#message").fill("Something else")
    with other.expect_navigation():
        other.locator("button[value=reply]").click()
    expect(other.get_by_role("alert")).to_contain_text("changed meanwhile")
    expect(other.locator("#message")).to_have_value("Something else")
    expect(other.locator(".message.new")).to_contain_text("from the other one")


def test_the_reply_is_shown_as_it_will_look(alice, server):
    ask(server.url, QUESTION, "Bob", "en")
    alice.goto("/desk/tickets/1")
    alice.get_by_role("button", name="Preview").click()
    alice.locator("#message").type("It is **here**")
    expect(alice.locator("#preview strong")).to_have_text("here")


def test_undo_counts_down_and_brings_the_words_back(alice, server):
    ask(server.url, QUESTION, "Bob", "en")
    alice.goto("/desk/tickets/1")
    alice.locator("#message").fill("Too early")
    with alice.expect_navigation():
        alice.locator("button[value=reply]").click()
    left = alice.locator(".time-left").evaluate(LEFT_AFTER, [0, 5000, 9000, 10_000])
    assert left == [pytest.approx(left[0] * share, abs=1) for share in (1, 0.5, 0.1, 0)]
    assert alice.locator(".undo").evaluate(SHOWS_AT, [0, 9999, 10_000]) == ["visible", "visible", "hidden"]
    alice.evaluate("document.getAnimations().forEach((one) => (one.currentTime = 0))")
    with alice.expect_navigation():
        alice.get_by_role("button", name="Undo").click()
    expect(alice.locator("#message")).to_have_value("Too early")
    assert len(server.store.ticket(1).messages) == 1


def test_all_but_keys_works_without_javascript(alice, bob, server):
    ask(server.url, QUESTION, "Bob", "en")
    page = bob("/desk/login", java_script_enabled=False)
    page.context.add_cookies(alice.context.cookies())
    page.goto("/desk/tickets/1")
    page.locator("#message").fill("Dear Bob")
    page.get_by_role("button", name="Insert link: You were charged twice").click()
    expect(page.locator("#message")).to_have_value(re.compile(r"^Dear Bob\n\n\[You were"))
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview a")).to_have_text("You were charged twice")
    page.get_by_label("Add a tag").fill("vip")
    page.get_by_label("Add a tag").press("Enter")
    expect(page.locator(".tags")).to_contain_text("vip")
    expect(page.locator("#message")).to_have_value(re.compile(r"^Dear Bob"))
    page.get_by_label("Priority").select_option("5")
    page.get_by_role("button", name="Set").click()
    page.get_by_label("Category").select_option("billing")
    page.get_by_role("button", name="Choose").click()
    expect(page.locator("#category option[selected]")).to_have_attribute("value", "billing")
    page.locator("summary", has_text="Note").click()
    page.get_by_label("A note that only you see").fill("Mine")
    page.get_by_role("button", name="Keep note").click()
    expect(page.locator(".conversation .note")).to_contain_text("Mine")
    page.locator("summary", has_text="Snooze").click()
    page.get_by_role("button", name="Tomorrow at nine").click()
    expect(page.locator("h1")).to_contain_text("Snoozed until")
    page.get_by_role("button", name="Send and mark solved").click()
    expect(page.locator(".message.owner a")).to_have_text("You were charged twice")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#message")).to_have_value(re.compile(r"^Dear Bob"))
    stored = server.store.ticket(1)
    assert (stored.tags, stored.priority, stored.notes[0].text, stored.status) == (("vip",), 5, "Mine", "open")
    assert stored.category == Category("billing", "owner")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_axe_finds_nothing_and_nothing_is_cut_off(alice, bob, server, clock, lang):
    def asked(words: str) -> dict:
        message = {"message": words, "name": "Bob", "lang": lang, "email": "bob@example.org"}
        ticket = post(f"{server.url}/api/tickets", message)
        post(api(ticket, "send"), {})
        return ticket

    fields = {"do": "save", "title": f"{QUESTION} {'W' * 28}", "in": lang, "text": "It disappears."}
    alice.request.post(f"{server.url}/desk/replies/new", form=fields, headers={"origin": server.url})
    ticket = asked(QUESTION)
    asked(f"Another question about {'invoice' * 20}?")
    page = bob("/desk/login", allow_faults=True, locale=LOCALES[lang])
    page.context.add_cookies(alice.context.cookies())
    found = []

    def look(state: str) -> None:
        found.extend(faults(page, state))
        for viewport in (MAGNIFIED, PHONE):
            page.set_viewport_size(viewport)
            found.extend(f"{state} at {viewport['width']} px: {each}" for each in page.evaluate(CUT_OFF))
        page.set_viewport_size(DESKTOP)

    def press(value: str) -> None:
        with page.expect_navigation():
            page.locator(f"button[value='{value}']").evaluate("(button) => button.click()")

    page.goto("/desk/tickets/1")
    expect(page.locator(".fits strong")).to_have_text(fields["title"])
    look("ticket")
    page.locator("#tag").fill("vip")
    press("tag")
    page.locator(".drop").nth(1).evaluate("(menu) => { menu.open = true; }")
    look("ticket with a note being written")
    page.locator("#note").fill("Mine")
    press("note")
    page.locator("details").evaluate_all(
        "(all) => all.filter((one) => !one.matches('.drop')).forEach((one) => { one.open = true; })"
    )
    look("ticket with all that is folded")
    press("reply")
    look("ticket with a refused reply")
    page.locator("#message").fill("**Here** it is:\n\n- one\n- two")
    press("reply")
    look("ticket with a reply that may be taken back")
    clock.move(minutes=1)
    page.goto(ticket["link"])
    look("the customer's, answered")
    press("accept")
    look("the customer's, solved")
    press("rate")
    look("the customer's, with a refused rating")
    page.locator("[name=score]").nth(3).evaluate("(radio) => radio.click()")
    press("rate")
    look("the customer's, rated")
    page.goto("/desk/tickets/2")
    press("merge:1")
    page.goto("/desk/tickets/2")
    look("ticket that was merged")
    assert found == []
