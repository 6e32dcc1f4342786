"""The server is away or slow, or something else answers in its place: the text stays, and makes one ticket."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_ask import QUESTION, ask, field, offer, only_ticket

ANSWERS = {
    "a sign-in page": {"status": 200, "content_type": "text/html", "body": "<h1>Wi-Fi</h1>"},
    "another program": {"status": 200, "content_type": "application/json", "body": '{"ok": true}'},
    "nothing": {"status": 201, "content_type": "application/json", "body": "null"},
    "a link that runs": {
        "status": 201,
        "content_type": "application/json",
        "body": '{"id": 1, "status": "open", "link": "javascript:alert(1)", "suggestions": []}',
    },
    "a host of files": {"status": 405, "content_type": "text/html", "body": "Not allowed"},
    "a proxy": {"status": 502, "content_type": "text/html", "body": "Bad gateway"},
}


def trouble(page: Page):
    return page.locator("[data-hl-trouble]")


def test_whatever_answers_the_text_stays_and_one_ticket_is_made(bob, server):
    page = bob("/contact/", allow_faults=True)
    for answer in ANSWERS.values():
        page.route("**/api/tickets", answering(answer), times=1)
        ask(page)
        expect(trouble(page)).to_contain_text("Your text stays in the form")
        expect(field(page)).to_have_value(QUESTION)
        expect(field(page)).to_be_visible()
    page.route("**/api/tickets", stored_and_lost, times=1)
    ask(page)
    expect(trouble(page)).to_contain_text("Your text stays in the form")
    again = page.context.new_page()  # the tab is closed, and the page opened again
    page.close()
    again.goto("/contact/")
    expect(field(again)).to_have_value(QUESTION)
    again.get_by_role("button", name="Send my question", exact=True).click()
    offer(again)
    assert only_ticket(server).question == QUESTION


def answering(answer: dict):
    return lambda route: route.fulfill(**answer)


def stored_and_lost(route) -> None:
    route.fetch()
    route.fulfill(status=504, body="")


def test_a_server_that_is_slow(bob, server):
    page = bob("/contact/", allow_faults=True)
    page.add_init_script(
        "window.waits = []; AbortSignal.timeout = (time) => { const end = new AbortController();"
        "window.waits.push([time, end]); return end.signal; };"
    )
    page.reload()
    page.route("**/api/tickets", lambda route: route.fetch(), times=1)  # stored, and never answered
    ask(page)
    button = page.locator("[data-hl-send]")
    expect(button).to_have_attribute("aria-disabled", "true")
    assert all(1000 < time < 60_000 for time in page.evaluate("waits.map(([time]) => time)"))
    page.evaluate("waits.forEach(([, end]) => end.abort())")  # it has been too long
    expect(trouble(page)).to_contain_text("Your text stays in the form")
    expect(button).to_have_text("Send my question")
    trouble(page).get_by_role("button", name="Try again").click()
    offer(page)
    assert only_ticket(server).question == QUESTION


@pytest.mark.parametrize(
    ("path", "text", "button", "copy"),
    [
        ("/contact/", "What does “two + two & more” cost? " * 40, "Send my question", "Copy the text"),
        ("/zh/contact/", "这个月扣了我两次钱，怎么退？\n" * 30, "发送问题", "复制全文"),
    ],
)
def test_an_e_mail_holds_as_much_as_mail_programs_take(bob, path, text, button, copy):
    page = bob(path, allow_faults=True)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.route("**/api/tickets", lambda route: route.abort())
    ask(page, text[:60].strip(), button)
    mail = trouble(page).locator("a[href^=mailto]")
    parts = urlsplit(mail.get_attribute("href"))
    assert parts.path == "help@larkbill.example"
    assert parse_qs(parts.query)["body"] == [text[:60].strip().replace("\n", "\r\n")]
    expect(trouble(page).get_by_role("button", name=copy)).to_have_count(0)
    ask(page, text, button)
    whole = trouble(page).get_by_role("button", name=copy)
    expect(whole).to_be_visible()
    href = mail.get_attribute("href")
    assert 1500 < len(href) <= 1900
    body = parse_qs(urlsplit(href).query)["body"][0].replace("\r\n", "\n")
    assert text.startswith(body.removesuffix(" …"))
    whole.click()
    page.wait_for_function("(text) => navigator.clipboard.readText().then((found) => found === text)", arg=text)
