"""Alice puts an article or a saved reply into her reply, without JavaScript."""

import html

from tests.flows.asking import UNKNOWN, ask
from tests.flows.asking import path_of as link_of
from tests.flows.working import do, field, path_of

LINK = "[Get your money back](http://127.0.0.1:8000/refunds/get-a-refund/"


def put(alice, ticket, what, **fields):
    answer = do(alice, ticket, what, **fields)
    assert answer.status_code == 200
    return html.unescape(field(answer.text, "message"))


def save(alice, title, lang, text):
    """Save a reply at the desk."""
    fields = {"do": "save", "title": title, "in": lang, "text": text}
    assert alice.post("/desk/replies/new", data=fields).status_code == 303


def fits(alice, ticket):
    """What the page says of the saved reply that fits, as one line; "" where none is marked."""
    marked = alice.get(path_of(ticket)).text.partition('<p class="fits">')[2].partition("</p>")[0]
    return " ".join(html.unescape(marked).split())


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
        save(alice, title, lang, text)
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


def test_the_saved_reply_that_fits_stands_first_says_why_and_is_put_in(alice, bob):
    save(alice, "Aloha", "en", "Have a nice day.")
    save(alice, "Money <b>back</b> {name}", "en", "Hello {name},\n\n<b>refund</b> of your money: {article} {% raw %}")
    save(alice, "退款", "zh", "{name}，您好：款项已经退回。")
    ticket = ask(bob, name="Bob")
    told = fits(alice, ticket)
    assert 'fits: <strong lang="en">Money <b>back</b> {name}</strong>' in told
    assert "“money”, “back” in the title; “refund”, “money” in the text" in told
    assert '<strong lang="en">Money &lt;b&gt;back&lt;/b&gt;' in alice.get(path_of(ticket)).text
    options = alice.get(path_of(ticket)).text.split('<select id="saved"')[1].split("</select>")[0].split("<option")[2:]
    assert [option.split(">")[1].split("<")[0] for option in options] == [
        "Fits: Money &lt;b&gt;back&lt;/b&gt; {name}",
        "Aloha",
    ]
    text = put(alice, ticket, "saved:1", message="Hi")
    assert text.startswith("Hi\n\nHello Bob,\n\n<b>refund</b> of your money: " + LINK)
    assert '<strong lang="zh">退款</strong>' in fits(alice, ask(bob, "我要退款", lang="zh"))


def test_no_saved_reply_is_marked_where_none_surely_fits_or_nothing_waits(alice, bob):
    assert fits(alice, ask(bob)) == ""
    save(alice, "Money back", "en", "You get your money back.")
    assert fits(alice, ask(bob, UNKNOWN)) == ""
    assert fits(alice, ask(bob, "我要退款", lang="zh")) == ""
    ticket = ask(bob)
    assert "Money back" in fits(alice, ticket)
    assert do(alice, ticket, "reply", message="Done.").status_code == 303
    assert fits(alice, ticket) == ""
    answer = bob.post(link_of(ticket), data={"do": "write", "message": "Where is it? I want my money back."})
    assert answer.status_code == 303
    assert "Money back" in fits(alice, ticket)
