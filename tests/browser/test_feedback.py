"""Was this helpful?"""

from playwright.sync_api import expect

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
    page.locator("[data-hl-feedback] button[value=no]").click()
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
