"""Alice takes a reply back within ten seconds."""

import pytest
from msgspec.structs import replace

from tests.flows.asking import UNKNOWN, api_of, ask
from tests.flows.asking import path_of as link_of
from tests.flows.working import do, field, form_of, path_of

WORDS = "It is under **Settings** & nowhere else."


@pytest.fixture
def ticket(bob):
    return ask(bob, UNKNOWN)


@pytest.fixture
def sent(alice, ticket):
    assert do(alice, ticket, "reply_solve", message=WORDS).status_code == 303
    return ticket


def test_it_works(alice, bob, store, clock, sent):
    clock.move(seconds=9)
    page = alice.get(path_of(sent)).text
    assert 'data-left="1"' in page
    assert do(alice, sent, "retract").status_code == 303
    stored = store.ticket(sent["id"])
    assert (stored.status, len(stored.messages), stored.first_reply_at, stored.solved_at) == ("open", 1, None, None)
    assert field(alice.get(path_of(sent)).text, "message") == "It is under **Settings** &amp; nowhere else."
    assert [event.what for event in store.events(sent["id"])] == ["asked", "replied", "retracted"]


def test_nobody_sees_the_reply_before_its_ten_seconds_are_over(bob, clock, sent):
    assert "Settings" not in bob.get(link_of(sent)).text
    assert bob.post(api_of(sent, "send")).json()["status"] == "open"
    clock.move(seconds=10)
    page = bob.get(link_of(sent)).text
    assert "<strong>Settings</strong>" in page
    assert "This is solved." in page


def test_after_ten_seconds_it_stays(alice, store, clock, sent):
    clock.move(seconds=10)
    page = alice.get(path_of(sent)).text
    assert 'value="retract"' not in page
    answer = alice.post(path_of(sent), data={**form_of(page), "do": "retract"})
    assert answer.status_code == 409
    assert "can&#39;t be taken back any more" in answer.text
    assert store.ticket(sent["id"]).status == "solved"


def test_what_happened_meanwhile_is_never_undone(alice, bob, store, ticket):
    do(alice, ticket, "reply", message=WORDS)
    old = form_of(alice.get(path_of(ticket)).text)
    bob.post(api_of(ticket, "messages"), json={"message": "One thing more"})
    for form in (old, form_of(alice.get(path_of(ticket)).text), {}):
        assert alice.post(path_of(ticket), data={**form, "do": "retract"}).status_code == 409
    assert [message.text for message in store.ticket(ticket["id"]).messages][1:] == [WORDS, "One thing more"]


def test_a_second_click_takes_nothing_more_back(alice, store, ticket, clock):
    do(alice, ticket, "reply", message="First")
    clock.move(minutes=1)
    do(alice, ticket, "reply", message="Second")
    form = form_of(alice.get(path_of(ticket)).text)
    statuses = [alice.post(path_of(ticket), data={**form, "do": "retract"}).status_code for _ in range(2)]
    assert statuses == [303, 409]
    assert [message.text for message in store.ticket(ticket["id"]).messages][1:] == ["First"]


def test_what_was_written_since_stays_behind_the_words_that_come_back(alice, sent):
    alice.post(f"{path_of(sent)}/draft", data={"message": "And more", "number": "0"})
    do(alice, sent, "retract")
    assert field(alice.get(path_of(sent)).text, "message").endswith("nowhere else.\n\nAnd more")


def test_mallory_takes_nothing_back(mallory, store, sent):
    assert mallory.post(path_of(sent), data={"do": "retract"}).status_code == 403
    assert len(store.ticket(sent["id"]).messages) == 2


def test_the_mail_waits_for_ten_seconds_and_is_taken_back_with_the_reply(alice, bob, store, clock):
    ticket = ask(bob, UNKNOWN, email="bob@example.org")
    do(alice, ticket, "reply", message=WORDS)
    (mail,) = [mail for mail in store.mails_of(ticket["id"]) if mail.kind == "reply"]
    assert (mail.to, mail.text, (mail.due_at - clock()).seconds) == ("bob@example.org", WORDS, 10)
    do(alice, ticket, "retract")
    assert [mail.kind for mail in store.mails_of(ticket["id"]) if mail.kind == "reply"] == []


def test_a_mail_that_is_on_its_way_keeps_its_reply(alice, bob, store, clock):
    ticket = ask(bob, UNKNOWN, email="bob@example.org")
    do(alice, ticket, "reply", message=WORDS)
    (mail,) = [mail for mail in store.mails_of(ticket["id"]) if mail.kind == "reply"]
    store.change_mail(mail.id, lambda each: replace(each, state="sending"))
    assert do(alice, ticket, "retract").status_code == 409
    assert len(store.ticket(ticket["id"]).messages) == 2


def test_a_second_click_on_send_mails_once(alice, bob, store):
    ticket = ask(bob, UNKNOWN, email="bob@example.org")
    form = form_of(alice.get(path_of(ticket)).text)
    for _ in range(2):
        alice.post(path_of(ticket), data={**form, "do": "reply", "message": WORDS})
    assert [mail.kind for mail in store.mails_of(ticket["id"])].count("reply") == 1
