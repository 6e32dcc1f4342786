"""Was this helpful?"""

from playwright.sync_api import expect

from tests.browser.test_ask import ask, field, offer, only_ticket
from tests.serving import until

LATER = "That didn’t get through. Please try again later."


def test_yes(bob, server):
    page = bob("/billing/charged-twice/")
    page.get_by_role("button", name="Yes").click()
    thanks = page.get_by_text("Thank you. Good to know.")
    expect(thanks).to_be_visible()
    expect(thanks).to_be_focused()
    assert [vote.helpful for vote in server.store.feedback("billing/charged-twice")] == [True]


def test_no_with_a_sentence_in_chinese(bob, server):
    page = bob("/zh/billing/charged-twice/")
    page.locator("[data-hl-feedback] button[value=no]").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="改为提问")).to_be_in_viewport(ratio=1)
    page.locator("#hl-comment").fill("没有说清楚预授权")
    page.locator("[data-hl-feedback]").get_by_role("button", name="发送").click()
    expect(page.locator("[data-hl-feedback]")).to_contain_text("我们会据此改进")
    votes = server.store.feedback("billing/charged-twice")
    assert [(vote.helpful, vote.comment, vote.lang) for vote in votes][-1] == (False, "没有说清楚预授权", "zh")
    assert sum(not vote.helpful for vote in votes) == 1


def test_a_sentence_that_didnt_get_through_stays_and_can_be_sent_again(bob, server):
    page = bob("/billing/charged-twice/", allow_faults=True)
    box = page.locator("[data-hl-feedback]")
    box.get_by_role("button", name="No").click()
    page.locator("#hl-comment").fill("It never says who to call.")
    page.route("**/api/articles/feedback", lambda route: route.abort(), times=1)
    box.get_by_role("button", name="Send").click()
    expect(box.locator("#hl-comment-error")).to_have_text(LATER)
    expect(page.locator("#hl-comment")).to_have_value("It never says who to call.")
    expect(page.locator("#hl-comment")).to_be_focused()
    box.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you. That helps us")).to_be_focused()
    votes = server.store.feedback("billing/charged-twice")
    assert [(vote.helpful, vote.comment) for vote in votes] == [(False, "It never says who to call.")]


def test_a_yes_that_didnt_get_through_can_be_said_again(bob, server):
    page = bob("/billing/charged-twice/", allow_faults=True)
    page.route("**/api/articles/feedback", lambda route: route.abort(), times=1)
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_text(LATER)).to_be_visible()
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_text("Thank you. Good to know.")).to_be_focused()


def test_a_no_becomes_a_question_and_nothing_is_lost(bob, server):
    page = bob("/billing/update-card/")
    box = page.locator("[data-hl-feedback]")
    field(page).fill("I have a question about my card.")
    box.get_by_role("button", name="No").press("Enter")
    page.locator("#hl-comment").fill("Why was I charged twice this month?")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_accessible_name("Ask it as a question")
    page.keyboard.press("Enter")
    expect(field(page)).to_be_focused()
    both = "I have a question about my card.\n\nWhy was I charged twice this month?"
    expect(field(page)).to_have_value(both)
    expect(box).to_contain_text("Your words stand in the form below")
    page.get_by_role("button", name="Send my question", exact=True).click()
    offer(page)
    assert only_ticket(server).question == both
    page.goto("/billing/")
    (vote,) = until(lambda: server.store.feedback("billing/update-card"))  # the browser sends it by the by
    assert (vote.helpful, vote.comment) == (False, "")


def test_a_no_after_a_question_opens_the_form_again(bob):
    page = bob("/billing/update-card/")
    ask(page)
    offer(page)
    box = page.locator("[data-hl-feedback]")
    box.get_by_role("button", name="No").click()
    page.locator("#hl-comment").fill("And the fee?")
    box.get_by_role("button", name="Ask it as a question").click()
    expect(field(page)).to_be_focused()
    expect(field(page)).to_have_value("And the fee?")
    expect(page.locator("[data-hl-asked]")).to_be_visible()
