"""Alice works the queue in a real browser: by keys, with ticks, kept up to date, in both languages and all widths."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pictures import ask
from tests.browser.test_axe import CUT_OFF, LOCALES, PHONE, faults

WORDS = "Zebra xylophone quartz"


@pytest.fixture
def asked(server):
    """Three tickets that wait, the second in Chinese."""
    ask(server.url, f"{WORDS} one", "Bob", "en")
    ask(server.url, "斑马木琴石英，第二个", "王芳", "zh")
    ask(server.url, f"{WORDS} three", "Carol", "en")


def subjects(page):
    return page.locator(".row > a")


def test_the_keys(alice, server, asked):
    alice.goto("/desk")
    press, chosen = alice.keyboard.press, alice.locator(".row.chosen > a")
    press("j")
    expect(chosen).to_have_text(f"{WORDS} one")
    press("j")
    press("j")
    press("j")
    expect(chosen).to_have_text(f"{WORDS} three")
    press("k")
    expect(chosen).to_have_text("斑马木琴石英，第二个")
    expect(chosen).to_be_focused()
    press("x")
    expect(alice.locator(".bulk")).to_be_visible()
    with alice.expect_navigation():
        press("s")
    expect(alice.get_by_role("status")).to_have_text("Marked solved: 1.")
    expect(subjects(alice)).to_have_count(2)
    assert server.store.ticket(2).status == "solved"
    press("?")
    expect(alice.get_by_role("heading", name="Keys")).to_be_visible()
    press("j")
    press("Escape")
    expect(alice.locator(".row.chosen")).to_have_count(0)
    press("/")
    alice.keyboard.type("three js")
    expect(alice.locator("#q")).to_have_value("three js")
    press("Escape")
    press("j")
    press("r")
    alice.wait_for_url("**/desk/tickets/1#reply")


def test_new_tickets_come_by_themselves_and_disturb_nothing(alice, server, asked):
    alice.goto("/desk")
    expect(alice).to_have_title(re.compile(r"^\(3\) "))
    alice.keyboard.press("j")
    alice.keyboard.press("x")
    alice.keyboard.press("j")
    ask(server.url, f"{WORDS} four", "Dan", "en")
    alice.evaluate("dispatchEvent(new Event('helpleaf:look'))")
    expect(subjects(alice)).to_have_count(4)
    expect(alice).to_have_title(re.compile(r"^\(4\) "))
    expect(alice.locator(".views [aria-current] span")).to_have_text("4")
    expect(alice.locator(".row input").nth(0)).to_be_checked()
    expect(alice.locator(".row.chosen > a")).to_be_focused()
    alice.locator("#q").fill("half typ")
    ask(server.url, f"{WORDS} five", "Eve", "en")
    alice.evaluate("dispatchEvent(new Event('helpleaf:look'))")
    expect(subjects(alice)).to_have_count(5)
    expect(alice.locator("#q")).to_have_value("half typ")
    expect(alice.locator("#q")).to_be_focused()


def test_a_search_stands_in_the_address_and_is_left_with_one_press(alice, asked):
    alice.goto("/desk?view=waiting")
    alice.locator("#q").fill("木琴 lang:zh")
    alice.keyboard.press("Enter")
    expect(subjects(alice)).to_have_text(["斑马木琴石英，第二个"])
    assert "view=all&q=" in alice.url
    alice.get_by_role("link", name="English", exact=True).click()
    expect(subjects(alice)).to_have_count(2)
    alice.get_by_role("link", name="English", exact=True).click()
    expect(subjects(alice)).to_have_count(3)


def test_without_javascript(alice, server, asked):
    context = alice.context.browser.new_context(
        base_url=server.url, storage_state=alice.context.storage_state(), java_script_enabled=False
    )
    page = context.new_page()
    page.goto("/desk")
    expect(page.locator(".bulk")).to_be_hidden()
    page.locator(".row input").nth(0).check()
    page.locator(".row input").nth(2).check()
    page.get_by_role("button", name="Mark solved").click()
    expect(page.get_by_role("status")).to_have_text("Marked solved: 2.")
    expect(subjects(page)).to_have_count(1)
    context.close()


def test_few_requests_are_made_and_fewer_afterwards(alice, server, asked):
    context = alice.context.browser.new_context(base_url=server.url, storage_state=alice.context.storage_state())
    page, made = context.new_page(), []
    page.on("request", lambda request: made.append(request.url))
    page.goto("/desk", wait_until="networkidle")
    assert len(made) <= 6, made
    made.clear()
    page.goto("/desk?view=all", wait_until="networkidle")
    from_net = [url for url in made if "/static/" not in url]
    assert len(from_net) <= 3, made
    context.close()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_axe_finds_nothing_and_nothing_is_cut_off(alice, server, asked, lang):
    context = alice.context.browser.new_context(
        base_url=server.url, storage_state=alice.context.storage_state(), locale=LOCALES[lang]
    )
    page = context.new_page()
    for path in ("/desk", "/desk?view=quarantined", "/desk?q=is:never"):
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(path)
        assert faults(page, path) == []
        for viewport in ({"width": 768, "height": 900}, PHONE):
            page.set_viewport_size(viewport)
            assert page.evaluate(CUT_OFF) == [], path
    page.goto("/desk")
    page.locator(".row input").first.check()
    page.keyboard.press("?")
    assert faults(page, "ticked, with the keys open") == []
    context.close()
