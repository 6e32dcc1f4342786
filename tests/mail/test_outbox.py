"""F10: what is mailed waits on the disk, is tried again for a day, and holds up nobody."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from tests.conftest import ORIGIN, SECRET
from tests.flows.asking import UNKNOWN, ask, path_of
from tests.mail.postbox import mailing, postbox, until
from tests.store.asking import question
from ticket_api.app import create_app
from ticket_api.mail.ids import named_by
from ticket_api.mail.outcome import SENT, failed
from ticket_api.outgoing import TRIES, Outgoing, reply_mail
from ticket_api.settings import load_settings
from ticket_api.store import open_store
from ticket_api.tickets.event import Act

BOB = "bob@example.org"


def received(store, ticket):
    (mail,) = store.mails_of(ticket["id"])
    return mail


@pytest.fixture
def outgoing(settings, store):
    """The mails without a worker: the test takes and settles them."""
    return Outgoing(store, settings, SECRET)


def kept(store, clock):
    """A reply to a new ticket, in the outbox."""
    stored = store.add_ticket(question(email=BOB))
    return store.add_mail(reply_mail(stored, "Yes.", clock()))


def test_who_leaves_an_address_gets_the_link(bob, box, store):
    ticket = ask(bob, UNKNOWN, email=BOB, name="Bob Hope")
    (mail,) = until(lambda: box.mails)
    (envelope,) = box.envelopes
    assert envelope.rcpt_tos == [BOB]
    assert ticket["link"] in mail.get_body(("plain",)).get_content()
    assert named_by(SECRET, mail["Message-ID"]) == received(store, ticket).uid
    for words in ("Zebra", "Bob", "Hope"):
        assert words.encode() not in box.got[0].replace(BOB.encode(), b"")
    noted = until(lambda: received(store, ticket).state == "sent" and received(store, ticket))
    assert (noted.attempts, noted.error) == (1, "")


def test_nobody_is_written_to_before_the_question_is_sent(bob, box, store):
    ticket = ask(bob, email=BOB)
    assert ticket["status"] == "offered"
    assert store.mails_of(ticket["id"]) == []
    assert bob.post(f"{path_of(ticket)}", data={"do": "send"}).status_code == 303
    until(lambda: box.got)


def test_silence_that_opens_a_ticket_mails_too(alice, bob, box, store, clock):
    ticket = ask(bob, email=BOB)
    clock.move(minutes=11)
    assert alice.get("/desk").status_code == 200
    assert bob.get(path_of(ticket)).status_code == 200
    bob.post(path_of(ticket), data={"do": "write", "message": "One more thing"})
    until(lambda: box.got)
    assert len(store.mails_of(ticket["id"])) == 1


def test_a_retry_mails_once(bob, store):
    key = {"idempotency-key": "a-key-of-twenty-chars"}
    for _ in range(3):
        bob.post("/api/tickets", json={"message": UNKNOWN, "email": BOB}, headers=key)
    assert len(store.mails_of(1)) == 1


def test_without_acknowledge_only_the_owner_writes(settings, store, index, clock):
    with TestClient(create_app(replace(settings, acknowledge=False), store, index, SECRET, clock), ORIGIN) as client:
        assert store.mails_of(ask(client, UNKNOWN, email=BOB)["id"]) == []


@pytest.mark.parametrize("step", ["ehlo", "mail", "rcpt", "data", "after data"])
def test_a_question_is_answered_while_the_mail_server_hangs(bob, box, store, step):
    box.at[step] = "hang"
    ticket = ask(bob, UNKNOWN, email=BOB)
    until(lambda: received(store, ticket).state == "sending")
    assert bob.get(path_of(ticket)).status_code == 200
    assert ask(bob, UNKNOWN, email="carol@example.org")["status"] == "open"
    assert received(store, ticket).state == "sending"  # it hangs all the while


def test_a_server_that_is_down_gets_it_when_it_is_back(settings, store, index, clock, box):
    box.stop()
    with TestClient(create_app(settings, store, index, SECRET, clock), ORIGIN) as client:
        ticket = ask(client, UNKNOWN, email=BOB)
        until(lambda: received(store, ticket).error)
        assert received(store, ticket).due_at == clock() + timedelta(minutes=1)
        with postbox(port=settings.smtp_port) as back:
            clock.move(seconds=59)
            clock.move(seconds=1)
            until(lambda: back.got)
            until(lambda: received(store, ticket).state == "sent")


def test_one_that_was_dropped_goes_out_again_with_the_same_id(bob, box, store, clock):
    box.at["after data"] = "drop"
    ticket = ask(bob, UNKNOWN, email=BOB)
    until(lambda: received(store, ticket).error)
    box.at.clear()
    clock.move(minutes=1)
    until(lambda: received(store, ticket).state == "sent")
    first, second = box.got
    assert first == second


def test_pauses_grow_and_after_a_day_it_has_failed(outgoing, store, clock):
    mail = kept(store, clock)
    first = clock.now + timedelta(seconds=10)
    clock.now = first
    pauses = []
    while True:
        (letter,) = outgoing.take(clock(), 5)
        tried = clock()
        outgoing.settle(letter, failed("not_now", "451 Later"), tried)
        (mail,) = store.mails_of(mail.ticket)
        if mail.state == "failed":
            break
        assert outgoing.take(mail.due_at - timedelta(seconds=1), 5) == []
        pauses.append((mail.due_at - tried) // timedelta(minutes=1))
        clock.now = mail.due_at
    assert pauses[:8] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert mail.attempts == TRIES == len(pauses) + 1
    assert timedelta(hours=23) <= clock.now - first <= timedelta(hours=25)
    assert outgoing.failing(10) == [mail]
    assert mail.text == "Yes."


def test_what_is_refused_isnt_tried_again_until_the_owner_says_so(outgoing, store, clock):
    mail = kept(store, clock)
    clock.move(seconds=10)
    (letter,) = outgoing.take(clock(), 5)
    outgoing.settle(letter, failed("recipient_refused", "550 No", final=True), clock())
    clock.move(days=2)
    assert outgoing.take(clock(), 5) == []
    assert outgoing.failing(10)[0].error == "recipient_refused: 550 No"
    outgoing.retry(mail.id, clock())
    (letter,) = outgoing.take(clock(), 5)
    outgoing.settle(letter, SENT, clock())
    (mail,) = store.mails_of(mail.ticket)
    assert (mail.state, mail.text, mail.error, mail.sent_at) == ("sent", "", "", clock())
    outgoing.retry(mail.id, clock())
    outgoing.give_up(mail.id)
    assert store.mails_of(mail.ticket) == [mail]


def test_what_is_given_up_is_gone(outgoing, store, clock):
    mail = kept(store, clock)
    outgoing.give_up(mail.id)
    outgoing.give_up(mail.id)
    outgoing.retry(mail.id, clock())
    assert store.mails_of(mail.ticket) == []


def test_a_reply_waits_until_it_cant_be_taken_back(outgoing, store, clock):
    kept(store, clock)
    clock.move(seconds=9)
    assert outgoing.take(clock(), 5) == []
    clock.move(seconds=1)
    assert len(outgoing.take(clock(), 5)) == 1


def test_one_that_a_kill_interrupted_is_taken_up_again(outgoing, store, clock):
    kept(store, clock)
    clock.move(seconds=10)
    (first,) = outgoing.take(clock(), 5)
    assert outgoing.take(clock(), 5) == []
    clock.move(minutes=2)
    (second,) = outgoing.take(clock(), 5)
    assert (first.id, first.uid) == (second.id, second.uid)


def test_a_ticket_that_was_erased_meanwhile_is_mailed_to_nobody(outgoing, store, clock):
    mail = kept(store, clock)
    clock.move(seconds=10)
    (letter,) = outgoing.take(clock(), 5)
    store.erase_tickets([mail.ticket], Act("owner", "erased", clock()))
    outgoing.settle(letter, SENT, clock())
    assert outgoing.take(clock() + timedelta(days=1), 5) == []


def test_a_restart_goes_on(settings, store, index, clock, box):
    box.at["mail"] = "hang"
    with TestClient(create_app(settings, store, index, SECRET, clock), ORIGIN) as client:
        ticket = ask(client, UNKNOWN, email=BOB)
        until(lambda: received(store, ticket).state == "sending")
        box.at["mail"] = "drop"
        box.stop()  # so that the first server needn't be waited for
    clock.move(minutes=2)
    with postbox(port=settings.smtp_port) as back, TestClient(create_app(settings, store, index, SECRET, clock)):
        until(lambda: back.got)


def test_without_a_mail_server_mails_are_files(tmp_path, index, clock):
    settings = load_settings(tmp_path / "none.toml", {}, {"data": str(tmp_path), "build": str(tmp_path / "build")})
    store = open_store(settings.store_url)
    with TestClient(create_app(settings, store, index, SECRET, clock), ORIGIN) as client:
        ticket = ask(client, UNKNOWN, email=BOB)
        (path,) = until(lambda: list(settings.mail_path.glob("*.eml")))
        until(lambda: received(store, ticket).state == "sent")
        assert path.name == f"20260302-090000-{received(store, ticket).id}.eml"
        assert ticket["link"].encode() in path.read_bytes()
        assert path.stat().st_mode & 0o77 == 0
    store.close()


def test_a_disk_without_room_keeps_the_mail(tmp_path, settings, store, clock):
    own = replace(settings, smtp_host="", data=tmp_path / "taken")
    (tmp_path / "taken").write_text("a file in the place of the folder")
    kept(store, clock)
    outgoing = Outgoing(store, own, SECRET)
    (letter,) = outgoing.take(clock() + timedelta(seconds=10), 5)
    outcome = asyncio.run(outgoing.deliver(letter))
    assert (outcome.state, outcome.code) == ("again", "no_file")


def test_each_of_two_servers_sends_its_own(settings, store, index, clock, box):
    with (
        TestClient(create_app(settings, store, index, SECRET, clock), ORIGIN) as one,
        TestClient(create_app(mailing(settings, box), store, index, SECRET, clock), ORIGIN),
    ):
        tickets = [ask(one, UNKNOWN, email=f"bob{number}@example.org") for number in range(12)]
        until(lambda: all(received(store, each).state == "sent" for each in tickets))
    assert len(box.got) == 12
