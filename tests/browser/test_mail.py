"""Bob finds his questions again; Alice sees what failed, and tries it again: in a browser, for everybody."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_axe import CUT_OFF, LOCALES, PHONE, faults
from tests.mail.postbox import until
from tests.store.asking import question
from ticket_api.mail.outcome import failed
from ticket_api.outgoing import Outgoing, reply_mail

WHY = "550 5.1.1 <bob@example.org>: Recipient address rejected: User unknown in virtual mailbox table"


def looked_at(page, state):
    """What is wrong with a page, on a telephone too."""
    found = faults(page, state)
    size = page.viewport_size
    page.set_viewport_size(PHONE)
    found += [f"{state} cut off: {each}" for each in page.evaluate(CUT_OFF)]
    page.set_viewport_size(size)
    return found


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_bob_finds_his_questions(bob, server, lang):
    page = bob("/ask", locale=LOCALES[lang], allow_faults=True)  # the refusal of an address is one
    page.get_by_role("link", name={"en": "Find my questions", "zh": "找回我的问题"}[lang]).click()
    found = looked_at(page, "empty")
    page.keyboard.press("Tab")
    page.locator("#email").fill("bob")
    page.keyboard.press("Enter")
    expect(page.locator("#problem")).to_be_visible()
    expect(page.locator("#email")).to_be_focused()
    found += looked_at(page, "mistyped")
    page.locator("#email").fill("bob@example.org")
    page.keyboard.press("Enter")
    expect(page.locator("#email")).to_have_count(0)
    assert [*found, *looked_at(page, "sent")] == []


@pytest.fixture
def failing(server, clock):
    """A reply that was refused, and one that waits after a failure."""
    outgoing = Outgoing(server.store, server.settings, b"")
    for number in range(2):
        ticket = server.store.add_ticket(question(number, email="bob@example.org", lang="en"))
        server.store.add_mail(reply_mail(ticket, "Yes.", clock()))
    outcomes = failed("recipient_refused", WHY, final=True), failed("login_refused", "535 No")
    for mail, outcome in zip(server.store.mails_due(clock.now.replace(year=2099), limit=2), outcomes, strict=True):
        claimed = outgoing._claim(mail.id, mail.due_at)
        outgoing.settle(outgoing._letter(claimed), outcome, mail.due_at)
    return outgoing


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_alice_sees_what_failed_and_tries_it_again(alice, server, failing, clock, lang):
    alice.goto(f"/desk/mail?lang={lang}")
    expect(alice.locator(".mails > li")).to_have_count(2)
    expect(alice.locator(".mails")).to_contain_text(WHY)
    alice.locator(".note").evaluate("note => note.append('/data/' + 'folder'.repeat(20))")  # however long its path is
    found = looked_at(alice, "failed")
    first = alice.locator(".mails > li").last.get_by_role("button").first
    first.focus()
    alice.keyboard.press("Enter")
    expect(alice.get_by_role("status")).to_be_visible()
    until(lambda: server.store.mails_of(1)[0].state == "sent")  # into a file
    alice.locator(".mails > li").first.get_by_role("button").last.click()
    until(lambda: server.store.mails_of(2) == [])
    alice.goto(f"/desk/mail?lang={lang}")
    expect(alice.locator(".mails")).to_have_count(0)
    assert [*found, *looked_at(alice, "empty")] == []
