"""What Alice answers reaches Bob by mail, once it can't be taken back any more."""

from tests.flows.asking import UNKNOWN, ask
from tests.mail.postbox import until

BOB = "bob@example.org"
WORDS = "It is under **Settings**, see [refunds](/refunds/)."


def asked(bob, box, store):
    """A question whose own mail was sent."""
    ticket = ask(bob, UNKNOWN, email=BOB, lang="en")
    until(lambda: [each.state for each in store.mails_of(ticket["id"])] == ["sent"])
    return ticket


def desk(alice, ticket, store, **fields):
    version = store.ticket(ticket["id"]).version
    answer = alice.post(f"/desk/tickets/{ticket['id']}", data={"version": version, **fields})
    assert answer.status_code in (200, 303), answer.text
    return answer


def test_a_reply_reaches_the_customer_in_the_same_thread(alice, bob, box, store, clock):
    ticket = asked(bob, box, store)
    desk(alice, ticket, store, do="reply", message=WORDS)
    assert store.mails_of(ticket["id"])[1].state == "waiting"
    clock.move(seconds=10)
    until(lambda: len(box.got) == 2)
    first, second = box.mails
    assert second["References"] == first["References"] == second["In-Reply-To"]
    assert second["Message-ID"] != first["Message-ID"]
    assert (second["Subject"], second["Reply-To"]) == ("Re: Your question 1", "help@larkbill.example")
    text = second.get_body(("plain",)).get_content()
    assert "[refunds](http://127.0.0.1:8000/refunds/)" in text
    assert ticket["link"] in text
    assert "Zebra" not in text
    until(lambda: store.mails_of(ticket["id"])[1].state == "sent")
    assert store.mails_of(ticket["id"])[1].text == ""


def test_one_that_solves_asks_how_it_was_until_it_is_rated(alice, bob, box, store, clock):
    ticket = asked(bob, box, store)
    desk(alice, ticket, store, do="reply_solve", message=WORDS)
    clock.move(seconds=10)
    until(lambda: len(box.got) == 2)
    assert "tell us" in box.mails[1].get_body(("plain",)).get_content()


def test_what_is_taken_back_is_never_mailed(alice, bob, box, store, clock):
    ticket = asked(bob, box, store)
    desk(alice, ticket, store, do="reply", message=WORDS)
    desk(alice, ticket, store, do="retract")
    assert len(store.mails_of(ticket["id"])) == 1


def test_who_left_no_address_gets_no_mail(alice, bob, store):
    ticket = ask(bob, UNKNOWN)
    desk(alice, ticket, store, do="reply", message=WORDS)
    assert store.mails_of(ticket["id"]) == []


def test_the_link_goes_to_nobody_who_isnt_the_requester_any_more(alice, bob, box, store, clock):
    ticket = asked(bob, box, store)
    desk(alice, ticket, store, do="reply", message=WORDS)
    desk(alice, ticket, store, do="requester", name="Carol", email="carol@example.org")
    assert store.ticket(ticket["id"]).email == "carol@example.org"
    clock.move(seconds=10)
    until(lambda: len(store.mails_of(ticket["id"])) == 1)
    assert len(box.got) == 1
