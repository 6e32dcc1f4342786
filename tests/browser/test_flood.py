"""The form tells the server that somebody begins to write, hides a field from people, and keeps what is refused."""

import json
import urllib.request

from playwright.sync_api import expect

from tests.browser.test_ask import QUESTION, ask, field, offer
from tests.serving import SECRET
from tests.waiting import PATIENCE
from ticket_api.abuse.forms import Forms

ARTICLE = "/account/delete-account/"


def test_a_form_is_begun_when_it_is_touched_and_sent_with_the_question(bob, server, clock):
    page = bob("/contact/")
    sent = []
    page.on("request", lambda asked: sent.append((asked.url.removeprefix(server.url), asked.post_data)))
    page.wait_for_timeout(300)
    assert not any(url == "/api/form" for url, _ in sent), "nobody has touched it"
    with page.expect_response("**/api/form"):
        field(page).focus()
    clock.move(seconds=5)
    ask(page)
    offer(page)
    assert [url for url, _ in sent if url == "/api/form"] == ["/api/form"]
    body = json.loads(next(posted for url, posted in sent if url == "/api/tickets"))
    assert Forms(SECRET).use(body["form"], clock())
    assert "topic" not in body
    with page.expect_response("**/api/form"):
        page.get_by_role("button", name="Ask something else").last.click()


def test_the_field_that_programs_fill_in_is_out_of_peoples_way(bob, server):
    for path in (ARTICLE, "/zh/contact/", "/ask"):
        page = bob(path)
        trap = page.locator("input[name=topic]")
        expect(trap).to_be_hidden()
        assert trap.get_attribute("autocomplete") == "off"
        assert trap.get_attribute("tabindex") == "-1"
        assert page.locator("[aria-hidden=true] input[name=topic]").count() == 1
    page.evaluate("document.querySelector('input[name=topic]').value = 'https://cheap.example'")
    page.get_by_label("Your question").fill(QUESTION)
    page.get_by_role("button", name="Send my question").click()
    page.wait_for_url("**/t/*")
    assert server.store.ticket(1).quarantined_for == ("trap",)


def test_a_program_that_fills_in_the_form_of_an_article_is_quarantined(bob, server):
    page = bob(ARTICLE)
    page.evaluate("document.querySelector('input[name=topic]').value = 'https://cheap.example'")
    ask(page)
    expect(page.get_by_role("heading", name="Your question is sent")).to_be_visible()
    assert server.store.ticket(1).quarantined_for == ("trap",)


def test_what_is_too_much_for_a_day_stays_in_the_form(bob, server):
    for number in range(20):
        body = json.dumps({"message": f"Question {number}"}).encode()
        asked = urllib.request.Request(f"{server.url}/api/tickets", body, {"content-type": "application/json"})
        urllib.request.urlopen(asked, timeout=PATIENCE).close()
    page = bob(ARTICLE, allow_faults=True)
    ask(page)
    expect(page.get_by_role("alert").filter(has_text="from your network today")).to_be_visible()
    expect(page.get_by_role("link", name="Send as e-mail")).to_be_visible()
    expect(field(page)).to_have_value(QUESTION)
    page = bob("/ask", java_script_enabled=False, allow_faults=True)
    page.get_by_label("Your question").fill(QUESTION)
    page.get_by_role("button", name="Send my question").click()
    expect(page.get_by_role("alert")).to_contain_text("from your network today")
    expect(page.get_by_label("Your question")).to_have_value(QUESTION)
