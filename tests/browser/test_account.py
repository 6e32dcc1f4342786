"""Alice looks after her account on its pages: nothing is shut out or cut off, in the light and in the dark."""

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.browser.states import findings
from tests.browser.test_axe import CUT_OFF, LOCALES, MAGNIFIED, PHONE
from tests.conftest import PASSWORD
from ticket_api.preferences import CurrentPreferences, SavedReply, read

PAGES = ("/desk/account", "/desk/account/second", "/desk/preferences", "/desk/replies/new", "/desk/audit")


def faults(page: Page, state: str) -> list[str]:
    """What axe-core finds in the light and in the dark, and what a small or magnified window cuts off."""
    found = []
    for scheme, rules in (("light", ()), ("dark", ("color-contrast",))):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += findings(page, *rules)
    for viewport in (PHONE, MAGNIFIED):
        page.set_viewport_size(viewport)
        found += page.evaluate(CUT_OFF)
    return [f"{state}: {fault}" for fault in found]


def test_a_second_step_is_switched_on_asked_for_and_switched_off(alice, server, clock):
    alice.goto("/desk/account")
    alice.get_by_role("link", name="Switch on the second step").click()
    app = pyotp.TOTP(alice.locator(".secret").inner_text().replace(" ", ""))
    expect(alice.get_by_role("img", name="QR code")).to_be_visible()
    alice.get_by_label("Enter the six digits").fill(app.at(clock()))
    alice.keyboard.press("Enter")
    expect(alice.locator(".codes li")).to_have_count(8)
    codes = alice.locator(".codes li").all_inner_texts()
    assert faults(alice, "recovery codes") == []
    alice.get_by_role("link", name="I have kept them").click()
    alice.get_by_role("button", name="Sign out", exact=True).click()
    alice.get_by_label("Password").fill(PASSWORD)
    alice.keyboard.press("Enter")
    expect(alice.get_by_role("textbox", name="Code")).to_be_focused()
    assert faults(alice, "second step") == []
    alice.keyboard.type(codes[0])
    alice.keyboard.press("Enter")
    alice.wait_for_url("**/desk")
    alice.goto("/desk/account")
    expect(alice.get_by_text("Recovery codes left: 7")).to_be_visible()
    assert faults(alice, "account with a second step") == []
    alice.get_by_role("textbox", name="Password", exact=True).fill(PASSWORD)
    alice.get_by_role("button", name="Switch it off").click()
    expect(alice.get_by_role("status")).to_contain_text("The second step is off")
    assert not server.store.owner().second


def test_hours_name_and_logo_are_set_and_shown(alice, server, tmp_path):
    alice.goto("/desk/preferences")
    alice.get_by_label("Saturday", exact=True).check()
    alice.get_by_label("Saturday, to").fill("12:30")
    alice.get_by_label("First answer within").fill("4")
    alice.get_by_role("textbox", name="Name").fill("Lark & Bill")
    picture = alice.screenshot(clip={"x": 0, "y": 0, "width": 40, "height": 40})
    alice.locator("#logo").set_input_files({"name": "l.png", "mimeType": "image/png", "buffer": picture})
    alice.get_by_role("button", name="Save").click()
    expect(alice.get_by_role("status")).to_contain_text("Saved.")
    stored = read(server.store)
    assert (stored.target_hours, len(stored.hours), stored.hours[5].closes) == (4, 6, 750)
    expect(alice.get_by_label("Saturday, to")).to_have_value("12:30")
    alice.goto("/ask")
    expect(alice.locator(".brand")).to_contain_text("Lark & Bill")
    assert alice.locator(".brand img").evaluate("(image) => image.naturalWidth") == 40


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_axe_finds_nothing_and_nothing_is_cut_off(bob, alice, server, clock, lang):
    CurrentPreferences(server.store).put_reply(SavedReply("Hello " * 12, "en", "Hello {name} " * 20), "", clock())
    page = bob("/desk/login", locale=LOCALES[lang])
    page.context.add_cookies(alice.context.cookies())
    found = []
    for path in PAGES:
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("lang", lang)
        expect(page.locator("h1")).to_be_visible()
        found += faults(page, path)
    assert found == []
