"""Who has lost the links of their questions gets them by mail, and nobody else learns anything."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from tests.conftest import ORIGIN, SECRET
from tests.flows.asking import UNKNOWN, ask
from tests.mail.postbox import until
from tests.store.asking import question
from ticket_api.app import create_app
from ticket_api.errors import Invalid
from ticket_api.outgoing import MOST_LINKS, Outgoing
from ticket_api.preferences import CurrentPreferences, Preferences

BOB = "bob@example.org"


@pytest.fixture
def outgoing(settings, store):
    """The mails without a worker."""
    return Outgoing(store, settings, SECRET)


def asked(bob, box, store, clock, number):
    """So many questions, on a day before: their own mail is past."""
    tickets = [ask(bob, UNKNOWN, email=BOB) for _ in range(number)]
    until(lambda: box.got and not store.mails_due(clock() + timedelta(hours=1), limit=5))
    clock.move(days=1)
    return tickets


def test_the_links_come_by_mail(bob, box, store, clock):
    tickets = asked(bob, box, store, clock, 2)
    answer = bob.post("/find", data={"email": f" {BOB.upper()} "}, headers={"accept-language": "zh"})
    assert answer.status_code == 200
    assert "请查收邮件" in answer.text
    until(lambda: len(box.got) == 2)
    mail = box.mails[1]
    text = mail.get_body(("plain",)).get_content()
    assert mail["Subject"] == "你的问题链接"
    assert [text.count(each["link"]) for each in tickets] == [1, 1]
    assert "Zebra" not in text
    until(lambda: not store.mails_due(clock() + timedelta(hours=1), limit=5))  # and nothing is kept of it


def test_everybody_is_told_the_same(bob, box, store, clock):
    asked(bob, box, store, clock, 1)
    pages = [bob.post("/find", data={"email": each}) for each in (BOB, "nobody@example.org", BOB)]
    assert {each.status_code for each in pages} == {200}
    assert len({each.text for each in pages}) == 1
    until(lambda: not store.mails_due(clock() + timedelta(hours=1), limit=5))
    assert [each.rcpt_tos for each in box.envelopes] == [[BOB], [BOB]]


def test_who_has_asked_costs_no_more_until_the_answer(outgoing, store, clock, monkeypatch):
    done = []
    for name in ("add_mail", "tickets_of", "tickets_by_id", "paper", "change_paper", "mails_of"):
        monkeypatch.setattr(store, name, lambda *_, name=name: done.append(name))
    for address in (BOB, "nobody@example.org"):
        outgoing.find(address, "en", clock())
    assert done == ["add_mail", "add_mail"]


@pytest.mark.parametrize("address", ["", "bob", "bob@localhost", "a@b.example, c@d.example", "a@b.example\nBcc: x@y.z"])
def test_what_is_no_address_is_told(bob, address):
    answer = bob.post("/find", data={"email": address})
    assert answer.status_code == 422
    assert "e-mail address" in answer.text


def test_one_that_only_looks_like_it_gets_nothing_of_anothers(outgoing, store, clock):
    for number, address in enumerate(("strasse@example.org", "straße@example.org")):
        store.add_ticket(question(number, email=address))
    assert len(store.tickets_of("strasse@example.org")) == 2  # a list of the owner's may have both
    outgoing.find("straße@example.org", "en", clock())
    (letter,) = outgoing.take(clock(), 9)
    assert [link.ticket for link in letter.links] == [2]


def test_the_newest_links_are_enough(outgoing, store, clock):
    tickets = [store.add_ticket(question(number, email=BOB)) for number in range(MOST_LINKS + 2)]
    outgoing.find(BOB, "en", clock())
    (letter,) = outgoing.take(clock(), 9)
    assert [link.ticket for link in letter.links] == [each.id for each in tickets[:1:-1]]


def test_many_that_nobody_asked_from_hold_up_no_mail(outgoing, store, clock):
    for number in range(30):
        outgoing.find(f"nobody{number}@example.org", "en", clock())
    assert outgoing.take(clock(), 4) == []
    assert store.mails_due(clock(), limit=5) == []


def test_one_client_asks_for_few(settings, store, index, clock):
    with TestClient(create_app(replace(settings, limits=True), store, index, SECRET, clock), ORIGIN) as client:
        for _ in range(9):
            assert client.post("/find", data={"email": "bob"}).status_code == 422  # mistyped ones aren't counted
        answers = [client.post("/find", data={"email": f"bob{each}@example.org"}).status_code for each in range(6)]
    assert answers == [200] * 5 + [429]


def test_it_is_found_from_the_customers_pages(bob):
    ticket = ask(bob, UNKNOWN)
    for path in ("/ask", "/t/" + ticket["link"].rsplit("/", 1)[1], "/t/unknown"):
        assert re.search(r'href="/find\?lang=en"', bob.get(path).text), path
    assert bob.get("/find?lang=zh").status_code == 200


def test_an_address_that_was_taken_before_the_rule_is_refused_again(outgoing, clock):
    with pytest.raises(Invalid):
        outgoing.find("a%b@example.org", "en", clock())


def test_it_comes_in_the_name_that_the_owner_chose(bob, box, store, clock):
    CurrentPreferences(store).save(Preferences(name="Lark & Bill"), clock())
    ask(bob, UNKNOWN, email="bob@example.org")
    until(lambda: box.got)
    assert box.mails[0]["From"].addresses[0].display_name == "Lark & Bill"
