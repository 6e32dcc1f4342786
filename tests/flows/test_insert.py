"""Alice puts an article or a saved reply into her reply, without JavaScript."""

import html

from tests.flows.asking import UNKNOWN, ask
from tests.flows.working import do, field, path_of

LINK = "[Get your money back](http://127.0.0.1:8000/refunds/get-a-refund/"


def put(alice, ticket, what, **fields):
    answer = do(alice, ticket, what, **fields)
    assert answer.status_code == 200
    return html.unescape(field(answer.text, "message"))


def test_a_link(alice, bob, store):
    ticket = ask(bob)
    assert put(alice, ticket, "link:refunds/get-a-refund").startswith(LINK)
    assert put(alice, ticket, "link:refunds/get-a-refund", message="Dear Bob,\n").startswith(f"Dear Bob,\n\n{LINK}")
    assert len(store.ticket(ticket["id"]).messages) == 1


def test_a_section(alice, bob):
    text = put(alice, ask(bob), "section:refunds/get-a-refund")
    assert "within 14 days of the charge" in text
    assert LINK in text


def test_an_article_that_is_not_there(alice, bob):
    assert put(alice, ask(bob), "link:nowhere", message="Dear Bob") == "Dear Bob"


def test_a_saved_reply_in_the_customers_language(alice, bob):
    for title, lang, text in (
        ("Thanks", "en", "Hello {name},\n\nsee {article}. Your number is {number}. {company}"),
        ("谢谢", "zh", "{name}，您好"),
    ):
        fields = {"do": "save", "title": title, "in": lang, "text": text}
        assert alice.post("/desk/replies/new", data=fields).status_code == 303
    ticket = ask(bob, name="Bob <b>")
    page = alice.get(path_of(ticket)).text
    assert '<option value="0" data-put="Hello Bob &lt;b&gt;,' in page
    assert "谢谢" not in page
    text = put(alice, ticket, "saved", saved="0", message="Hi")
    assert text.startswith("Hi\n\nHello Bob <b>,\n\nsee " + LINK)
    assert text.endswith("Your number is 1. Larkbill")
    assert put(alice, ticket, "saved", saved="7", message="Hi") == "Hi"
    assert put(alice, ticket, "saved", saved="", message="Hi") == "Hi"


def test_what_the_matcher_would_answer_now_is_told_with_its_reasons(alice, bob):
    page = alice.get(path_of(ask(bob))).text
    told = page.split("Articles that may answer")[1]
    assert "“refund”" in told
    assert "Insert link: Get your money back" in told
    assert 'value="link:' not in alice.get(path_of(ask(bob, UNKNOWN))).text
