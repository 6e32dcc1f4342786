"""The same flow in a browser without JavaScript."""

from playwright.sync_api import expect

QUESTION = "I was charged twice this month, why did you take the money two times?"


def test_ask_and_solve(bob, server):
    page = bob("/billing/update-card/", java_script_enabled=False)
    page.locator("textarea[name=message]").fill(QUESTION)
    page.get_by_role("button", name="Send my question", exact=True).click()
    expect(page.get_by_role("heading", name="Does one of these answer it?")).to_be_visible()
    page.get_by_role("button", name="This solved it: You were charged twice").click()
    expect(page.get_by_text("Solved by an article")).to_be_visible()
    (ticket,) = server.store.tickets(("deflected",), limit=9)
    assert (ticket.solved_by, ticket.page) == ("billing/charged-twice", "/billing/update-card/")
    page.get_by_role("button", name="It isn't solved after all").click()
    expect(page.get_by_text("Waiting for our answer")).to_be_visible()


def test_ask_and_send_anyway_in_chinese(bob, server):
    page = bob("/zh/contact/", java_script_enabled=False)
    page.locator("textarea[name=message]").fill("这个月扣了我两次钱，怎么退？")
    page.get_by_role("button", name="发送问题", exact=True).click()
    expect(page.get_by_role("heading", name="下面有你要的答案吗？")).to_be_visible()
    page.get_by_role("button", name="还是发送我的问题").click()
    expect(page.get_by_text("等待我们回复")).to_be_visible()
    assert server.store.count_tickets() == {"open": 1}


def test_a_bad_address_brings_the_form_back_as_it_was(bob, server):
    page = bob("/ask", java_script_enabled=False, allow_faults=True)
    page.get_by_label("Your question").fill(QUESTION)
    page.get_by_label("Your e-mail address").fill("not an address")
    page.get_by_role("button", name="Send my question").click()
    expect(page.get_by_role("alert")).to_contain_text("doesn't look like")
    expect(page.get_by_label("Your question")).to_have_value(QUESTION)
    assert server.store.count_tickets() == {}


def test_was_this_helpful(bob, server):
    page = bob("/billing/charged-twice/", java_script_enabled=False)
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    page.get_by_role("link", name="Back to the article").click()
    page.wait_for_url("**/billing/charged-twice/")
    assert [vote.helpful for vote in server.store.feedback("billing/charged-twice")] == [True]


def test_a_no_says_what_was_missing_or_asks_it(bob, server):
    page = bob("/billing/charged-twice/", java_script_enabled=False)
    page.get_by_role("button", name="No").click()
    page.get_by_label("One sentence helps us most").fill("Which of the two is mine?")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Your answer helps to make this article better.")).to_be_visible()
    page.get_by_role("link", name="Back to the article").click()
    page.get_by_role("button", name="No").click()
    page.get_by_label("One sentence helps us most").fill("Which of the two is mine?")
    page.get_by_role("button", name="Ask it as a question").click()
    expect(page.get_by_label("Your question")).to_have_value("Which of the two is mine?")
    page.get_by_role("button", name="Send my question").click()
    page.wait_for_url("**/t/*")
    votes = server.store.feedback("billing/charged-twice")
    assert [vote.comment for vote in votes] == ["", "Which of the two is mine?", ""]
    assert server.store.votes() == {"billing/charged-twice": (0, 2)}
    assert sum(server.store.count_tickets().values()) == 1
