"""The owner sees what waits and what failed, tries it again or gives it up."""

import re
from dataclasses import replace

import pytest

from tests.flows.asking import UNKNOWN, ask
from tests.mail.postbox import until

BOB = "bob@example.org"


@pytest.fixture
def failing(bob, box, store):
    """A mail that the server doesn't take."""
    box.at["rcpt"] = "450 4.2.0 <b>Greylisted</b>"
    ticket = ask(bob, UNKNOWN, email=BOB)
    return until(lambda: next((mail for mail in store.mails_of(ticket["id"]) if mail.error), None))


def test_nothing_waits(alice):
    page = alice.get("/desk/mail?lang=en").text
    assert "No mail waits" in page
    assert "No mail server is set" not in page


def test_what_failed_is_told_with_its_reason(alice, failing):
    page = alice.get("/desk/mail?lang=en").text
    assert BOB in page
    assert "450 4.2.0 &lt;b&gt;Greylisted&lt;/b&gt;" in page
    assert "tried once" in page
    assert f'href="/desk/tickets/{failing.ticket}"' in page
    assert "服务器的回答" in alice.get("/desk/mail?lang=zh").text


def test_it_is_tried_again_at_once(alice, failing, box, store):
    box.at.clear()
    answer = alice.post("/desk/mail?lang=en", data={"mail": failing.id, "do": "retry"})
    assert "tried again now" in answer.text
    until(lambda: box.got)
    until(lambda: store.mails_of(failing.ticket)[0].state == "sent")
    assert "No mail waits" in alice.get("/desk/mail?lang=en").text


def test_it_is_given_up(alice, failing, store):
    for _ in range(2):
        assert "isn&#39;t sent" in alice.post("/desk/mail?lang=en", data={"mail": failing.id, "do": "give_up"}).text
    assert store.mails_of(failing.ticket) == []


@pytest.mark.parametrize(
    "fields", [{"do": "retry"}, {"mail": "1"}, {"mail": "x", "do": "retry"}, {"mail": "1", "do": "drop"}]
)
def test_anything_else_is_refused(alice, fields):
    assert alice.post("/desk/mail", data=fields).status_code == 422


def test_it_is_for_the_owner_alone(bob, mallory):
    assert bob.get("/desk/mail").status_code == 303
    assert mallory.post("/desk/mail", data={"mail": "1", "do": "give_up"}).status_code == 403


def test_without_a_mail_server_the_page_says_so(settings, alice):
    own = alice.app.state.context
    alice.app.state.context = replace(own, settings=replace(settings, smtp_host=""))
    page = alice.get("/desk/mail?lang=en").text
    assert re.search(r"No mail server is set.*/data/mail", page)
    assert "not set up" in alice.get("/desk?lang=en").text


def test_with_one_no_page_says_so(alice):
    assert "not set up" not in alice.get("/desk?lang=en").text
