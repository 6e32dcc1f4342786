"""Was this helpful?"""

from playwright.sync_api import expect


def test_yes(bob, server):
    page = bob("/billing/charged-twice/")
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_text("Thank you. Good to know.")).to_be_visible()
    assert [vote.helpful for vote in server.store.feedback("billing/charged-twice")] == [True]


def test_no_with_a_sentence_in_chinese(bob, server):
    page = bob("/zh/billing/charged-twice/")
    page.locator("[data-hl-feedback] button[value=no]").click()
    page.locator("#hl-comment").fill("没有说清楚预授权")
    page.locator("[data-hl-feedback]").get_by_role("button", name="发送").click()
    expect(page.locator("[data-hl-feedback]")).to_contain_text("谢谢")
    votes = server.store.feedback("billing/charged-twice")
    assert [(vote.helpful, vote.comment, vote.lang) for vote in votes][-1] == (False, "没有说清楚预授权", "zh")
    assert sum(not vote.helpful for vote in votes) == 1
