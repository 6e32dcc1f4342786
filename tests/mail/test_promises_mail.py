"""Alice gets a mail before a promise is missed, and one when it was, through a real mail server."""

from dataclasses import replace

import pytest

from tests.flows.asking import UNKNOWN, ask
from tests.mail.postbox import until
from ticket_api.automation import automation
from ticket_api.tickets.priority import QUADRANTS

TARGETS = {"first_response": dict.fromkeys(QUADRANTS, "4h")}


@pytest.fixture
def settings(settings, monkeypatch):
    monkeypatch.setattr(automation, "PAUSE", 0.02)
    return replace(settings, sections={"targets": TARGETS})


def waiting(store):
    return [mail for mail in store.mails_of(0) if mail.state == "waiting"]


def happened(store, ticket_id, what):
    return [event for event in store.events(ticket_id) if event.what == what]


def test_the_owner_is_warned_and_told_by_mail(bob, box, store, clock):
    ids = [ask(bob, UNKNOWN, lang="zh")["id"] for _ in range(2)]
    clock.move(hours=3)
    until(lambda: all(happened(store, each, "warned") for each in ids))
    clock.move(seconds=30)
    until(lambda: box.got)
    (mail,) = box.mails
    assert mail["To"] == mail["Reply-To"] == "help@larkbill.example"
    assert mail["Subject"] == "2 promises of time are due soon or late"
    assert (mail["Auto-Submitted"], mail["Precedence"]) == ("auto-generated", "bulk")
    assert mail["References"] is None
    text = mail.get_body(("plain",)).get_content()
    for number in ids:
        assert f"#{number}: the first answer is due soon. It was promised by 2 March 2026, 13:00." in text
        assert f"http://127.0.0.1:8000/desk/tickets/{number}" in text.splitlines()
    assert "Zebra" not in text
    assert "/t/" not in text  # the desk's address, and nobody's secret link
    until(lambda: not store.mails_of(0))

    clock.move(hours=1, seconds=1)
    until(lambda: all(happened(store, each, "missed") for each in ids))
    clock.move(seconds=30)
    until(lambda: len(box.got) == 2)
    assert "the first answer is late" in box.mails[1].get_body(("plain",)).get_content()
    until(lambda: not store.mails_of(0))
    assert not [paper for paper in store.papers("mailed:") if paper.content]  # no mail of a customer's is used up


def test_one_that_fails_waits_at_the_desk(alice, bob, box, store, clock):
    box.at["rcpt"] = "550 5.1.1 No such user"
    ask(bob, UNKNOWN)
    clock.move(hours=3)
    until(lambda: waiting(store))
    clock.move(seconds=30)
    until(lambda: [mail for mail in store.mails_of(0) if mail.state == "failed"])
    page = alice.get("/desk/mail?lang=en").text
    assert "A notice to you" in page
    assert "550 5.1.1 No such user" in page
    box.at.clear()
    alice.post("/desk/mail", data={"mail": store.mails_of(0)[0].id, "do": "retry"})
    until(lambda: box.got)
    assert box.mails[0]["Subject"] == "#1: the first answer is due soon."
    until(lambda: not store.mails_of(0))  # the conversation is over
