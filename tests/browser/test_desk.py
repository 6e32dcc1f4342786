"""Alice reads why an article was offered, and says that it answers the question."""

import re

from playwright.sync_api import expect

from tests.browser.pictures import QUESTION, ask


def test_it_works_and_a_reply_that_is_half_written_stays(alice, server):
    ask(server.url, QUESTION, "Bob", "en")
    alice.goto("/desk/tickets/1")
    first = alice.locator(".offered > li").first
    expect(first).to_contain_text(re.compile("“charged”.* in the title"))
    alice.locator("#message").fill("Dear Bob")
    first.get_by_role("button", name="This answers it: You were charged twice").click()
    expect(first).to_contain_text("You said this answers it")
    expect(alice.locator("#message")).to_have_value("Dear Bob")
    assert server.store.ticket(1).answered_by == "billing/charged-twice"
    alice.locator("#message").fill("")
    first.get_by_role("button", name="Take back").click()
    expect(first).not_to_contain_text("You said")
    assert not server.store.ticket(1).answered_by
    assert (server.store.ticket(1).status, len(server.store.ticket(1).messages)) == ("open", 1)


def test_nothing_is_wider_than_a_narrow_screen(alice, server):
    ask(server.url, f"Was I charged twice for {'invoice' * 30}?", "Bob", "en")
    alice.set_viewport_size({"width": 320, "height": 700})
    alice.goto("/desk/tickets/1")
    assert alice.evaluate("document.documentElement.scrollWidth") == 320
