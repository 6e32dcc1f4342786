"""Alice's reply and its mail are one: stored together, and taken back together."""

import pytest
from msgspec.structs import replace

from tests.flows.asking import UNKNOWN, ask
from ticket_api.errors import StoreUnavailable

BOB = "bob@example.com"


@pytest.fixture
def asked(bob):
    """The id of a ticket from an address."""
    return ask(bob, UNKNOWN, email=BOB)["id"]


def reply(alice, number, version=0, do="reply", message="It is under **Settings**."):
    fields = {"do": do, "message": message, "version": str(version)}
    return alice.post(f"/desk/tickets/{number}", data=fields)


def replies(store, number):
    return [mail for mail in store.mails_of(number) if mail.kind == "reply"]


def test_it_works(alice, asked, store, clock):
    assert reply(alice, asked).status_code == 303
    (mail,) = replies(store, asked)
    assert (mail.to, mail.text, mail.state) == (BOB, "It is under **Settings**.", "waiting")
    assert (mail.due_at - clock()).total_seconds() == 10


def test_without_an_address_there_is_no_mail(alice, bob, store):
    number = ask(bob, UNKNOWN)["id"]
    reply(alice, number)
    assert store.ticket(number).status == "waiting"
    assert store.mails_of(number) == []


def test_a_second_click_mails_nothing_more(alice, asked, store):
    reply(alice, asked)
    reply(alice, asked)
    assert len(replies(store, asked)) == 1


def test_taken_back_within_ten_seconds_nothing_is_mailed(alice, asked, store, clock):
    reply(alice, asked)
    clock.move(seconds=9)
    assert reply(alice, asked, version=1, do="retract", message="").status_code == 303
    assert replies(store, asked) == []
    assert store.ticket(asked).status == "open"
    assert "It is under **Settings**." in alice.get(f"/desk/tickets/{asked}").text


def test_what_is_being_sent_cant_be_taken_back(alice, asked, store, clock):
    reply(alice, asked)
    (mail,) = replies(store, asked)
    store.change_mail(mail.id, lambda each: replace(each, state="sending"))
    refused = reply(alice, asked, version=1, do="retract", message="")
    assert refused.status_code == 409
    assert len(store.ticket(asked).messages) == 2


def test_a_reply_whose_mail_cant_be_stored_isnt_stored_either(alice, asked, store, monkeypatch):
    def full(_):
        raise StoreUnavailable("store_unavailable")

    monkeypatch.setattr(store, "add_mail", full)
    answer = reply(alice, asked)
    assert answer.status_code == 503
    assert "It is under **Settings**." in answer.text
    assert store.ticket(asked).status == "open"
    assert len(store.ticket(asked).messages) == 1
