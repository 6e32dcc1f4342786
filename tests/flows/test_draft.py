"""A reply is kept on the server while Alice writes it."""

import pytest

from tests.flows.asking import UNKNOWN, ask
from tests.flows.working import do, field, path_of


@pytest.fixture
def ticket(bob):
    return ask(bob, UNKNOWN)


def keep(alice, ticket, message, number=0):
    return alice.post(f"{path_of(ticket)}/draft", data={"message": message, "number": str(number)})


def test_it_works(alice, ticket):
    answer = keep(alice, ticket, "Dear <Bob>")
    assert (answer.status_code, answer.json()) == (200, {"number": 1})
    page = alice.get(path_of(ticket)).text
    assert field(page, "message") == "Dear &lt;Bob&gt;"
    assert 'data-draft="1"' in page
    assert keep(alice, ticket, "Dear Bob,", 1).json() == {"number": 2}


def test_of_two_windows_none_overwrites_the_other(alice, ticket):
    """F19, for a draft: both versions come back, and what was kept stays."""
    keep(alice, ticket, "From the first window")
    answer = keep(alice, ticket, "From the second", 0)
    assert answer.status_code == 409
    assert (answer.json()["text"], answer.json()["number"]) == ("From the first window", 1)
    assert field(alice.get(path_of(ticket)).text, "message") == "From the first window"
    assert keep(alice, ticket, "From the second", 1).status_code == 200


def test_sending_clears_it_and_what_comes_late_is_none(alice, store, ticket):
    keep(alice, ticket, "Here it is")
    do(alice, ticket, "reply", message="Here it is")
    assert keep(alice, ticket, "Here it is", 1).json() == {"number": 0}
    assert field(alice.get(path_of(ticket)).text, "message") == ""
    assert store.papers("draft:") == []


def test_an_emptied_field_leaves_no_draft(alice, store, ticket):
    keep(alice, ticket, "Hm")
    keep(alice, ticket, "  \n", 1)
    assert store.papers("draft:") == []


def test_a_refused_reply_leaves_the_draft(alice, store, ticket):
    keep(alice, ticket, "Half a sentence")
    answer = alice.post(path_of(ticket), data={"version": "99", "do": "reply", "message": "Half a sentence and more"})
    assert answer.status_code == 409
    assert field(answer.text, "message") == "Half a sentence and more"
    assert field(alice.get(path_of(ticket)).text, "message") == "Half a sentence"


@pytest.mark.parametrize("number", ["x", "-1", "9" * 30])
def test_made_up_numbers_do_no_harm(alice, ticket, number):
    assert keep(alice, ticket, "Words", number).status_code == 200


def test_what_is_refused(alice, mallory, ticket):
    assert keep(alice, ticket, "x" * 10_001).status_code == 422
    assert keep(alice, 99, "Words").status_code == 404
    assert alice.post("/desk/tickets/x/draft", data={"message": "Words"}).status_code == 404
    assert keep(mallory, ticket, "Words").status_code == 403


def test_the_preview_is_what_the_customer_will_see(alice, mallory, ticket):
    words = {"message": "**bold** <script>alert(1)</script> [x](javascript:alert(1))"}
    shown = alice.post("/desk/preview", data=words).text
    assert "<strong>bold</strong>" in shown
    assert "<script" not in shown
    assert "href" not in shown
    page = alice.post(path_of(ticket), data={**words, "do": "preview"})
    assert shown.strip() in page.text
    assert field(page.text, "message").startswith("**bold** &lt;script")
    assert mallory.post("/desk/preview", data=words).status_code == 403
