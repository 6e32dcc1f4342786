"""What the tab remembers of a question: its link, its state, its text; and asking something else."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_ask import QUESTION, ask, field, heading, offer, only_ticket, secret_link
from ticket_api.tickets.event import Act
from ticket_api.tickets.ticket import close, send

OTHER = "xylophone quartz zebra"
SENT = "Your question is sent"
SOLVED = "Good to hear"


def another(page) -> None:
    page.get_by_role("button", name="Ask something else").click()
    expect(field(page)).to_be_focused()
    expect(field(page)).to_have_value("")


def test_the_link_stands_in_every_panel(bob, server):
    page = bob("/contact/")
    ask(page)
    offer(page)
    links = [secret_link(page)]
    page.get_by_role("button", name="This solved it").first.press("Enter")
    heading(page, SOLVED)
    links.append(secret_link(page))
    page.get_by_role("button", name="It isn't solved after all").click()
    heading(page, SENT)
    links.append(secret_link(page))
    assert len(set(links)) == 1
    expect(page.get_by_text("Keep this link")).to_be_visible()
    expect(page.get_by_role("button", name="Copy the link")).to_be_visible()
    page.goto(links[0])
    expect(page.get_by_text(QUESTION).first).to_be_visible()


@pytest.mark.parametrize(("button", "title"), [("This solved it", SOLVED), ("Send my question anyway", SENT)])
def test_the_choice_is_still_there_after_a_reload(bob, button, title):
    page = bob("/billing/payment-failed/")
    ask(page)
    offer(page)
    page.get_by_role("button", name=button).first.click()
    heading(page, title)
    link = secret_link(page)
    for path in ("/billing/payment-failed/", "/contact/", "/zh/billing/payment-failed/"):
        page.goto(path)
        assert secret_link(page) == link, path
        expect(field(page)).to_be_hidden()


def test_undo_is_still_there_after_a_reload(bob, server):
    page = bob("/contact/")
    ask(page)
    offer(page)
    page.get_by_role("button", name="This solved it").first.press("Enter")
    heading(page, SOLVED)
    page.reload()
    page.get_by_role("button", name="It isn't solved after all").click()
    heading(page, SENT)
    assert only_ticket(server).status == "open"


def test_other_pages_forms_stay_open_with_a_quiet_line(bob):
    page = bob("/contact/")
    ask(page)
    offer(page)
    link = secret_link(page)
    page.goto("/billing/payment-failed/")
    expect(field(page)).to_be_visible()
    reminder = page.locator("[data-hl-asked]")
    expect(reminder).to_contain_text("You asked a question in this tab.")
    assert reminder.get_by_role("link").get_attribute("href") == link


def test_an_offer_outlives_a_reload_but_not_its_minutes(bob):
    page = bob("/contact/")
    ask(page)
    offer(page)
    page.reload()
    offer(page)
    page.evaluate(
        "() => { const kept = JSON.parse(sessionStorage['helpleaf.question']);"
        "sessionStorage['helpleaf.question'] = JSON.stringify({ ...kept, at: kept.at - 600000 }); }"
    )
    page.reload()
    heading(page, SENT)
    assert page.get_by_role("button", name="This solved it").count() == 0


def test_the_panel_says_what_the_api_says(bob, server):
    """Bob presses "Send" on an offer that the owner has settled meanwhile."""
    page = bob("/contact/")
    ask(page)
    offer(page)
    now = server.clock()
    act = Act("owner", "closed", now)
    server.store.change_ticket(only_ticket(server).id, lambda ticket: close(send(ticket, now), now), act)
    page.get_by_role("button", name="Send my question anyway").press("Enter")
    heading(page, SOLVED)


def test_something_else_can_always_be_asked(bob, server):
    page = bob("/contact/")
    ask(page)
    offer(page)
    link = secret_link(page)
    another(page)
    page.reload()
    expect(field(page)).to_be_visible()
    assert page.locator("[data-hl-asked] a").get_attribute("href") == link
    ask(page, OTHER)
    heading(page, SENT)
    assert secret_link(page) != link
    another(page)
    assert sum(server.store.count_tickets().values()) == 2


def test_back_and_the_same_text_again_is_the_same_question(bob, server):
    page = bob("/contact/")
    ask(page)
    offer(page)
    link = secret_link(page)
    page.get_by_role("button", name="Send my question anyway").press("Enter")
    heading(page, SENT)
    page.locator(".hl-link a").click()
    page.wait_for_url("**/t/**")
    page.go_back()
    heading(page, SENT)
    another(page)
    ask(page)
    heading(page, SENT)
    assert secret_link(page) == link
    assert only_ticket(server).status == "open"


def test_the_same_text_from_another_page_is_the_same_question(bob, server):
    page = bob("/contact/")
    ask(page)
    offer(page)
    page.goto("/zh/billing/payment-failed/")
    ask(page, button="发送问题")
    heading(page, "下面有你要的答案吗？")
    assert only_ticket(server).page == "/contact/"


def test_a_draft_survives_the_switch_of_language(bob):
    page = bob("/billing/payment-failed/")
    field(page).fill(QUESTION)
    page.get_by_role("link", name="中文").first.click()
    page.wait_for_url("**/zh/billing/payment-failed/")
    expect(field(page)).to_have_value(QUESTION)


def test_errors_speak_the_pages_language(bob):
    page = bob("/zh/contact/", allow_faults=True, locale="en-US")
    asked = []
    page.on("request", lambda request: asked.append(request) if request.method == "POST" else None)
    page.get_by_label("电子邮箱").fill("bob.@example.org")
    ask(page, "怎么退款？", "发送问题")
    expect(page.locator("#hl-email-error")).to_contain_text("不像是电子邮箱地址")
    assert asked[0].all_headers()["accept-language"] == "zh"


def test_each_button_of_the_offer_says_which_article(bob):
    page = bob("/contact/")
    ask(page)
    offer(page)
    first = page.locator(".hl-offer").first
    expect(first.get_by_role("button", name="This solved it: You were charged twice", exact=True)).to_be_visible()
    expect(first.get_by_role("link")).to_have_accessible_description("opens in a new tab")
    expect(page.locator("#hl-new-tab")).to_be_hidden()
    page.goto("/zh/contact/")
    expect(page.get_by_role("button", name="已经解决：You were charged twice", exact=True)).to_be_visible()


def test_a_retry_that_fails_leaves_the_focus_on_the_next_one(bob, server):
    page = bob("/contact/", allow_faults=True)
    server.stop()
    ask(page)
    retry = page.get_by_role("button", name="Try again")
    retry.evaluate("(button) => button.setAttribute('data-first', '')")
    retry.press("Enter")
    expect(page.locator("[data-hl-trouble] button:not([data-first])")).to_be_focused()
    server.start()
    page.keyboard.press("Enter")
    offer(page)
