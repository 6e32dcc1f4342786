"""Alice notes, tags, presses and puts off."""

import pytest

from tests.flows.asking import UNKNOWN, api_of, ask
from tests.flows.asking import path_of as link_of
from tests.flows.working import do, field, form_of, path_of
from ticket_api.tickets.event import Act
from ticket_api.tickets.ticket import quarantine

SECRET = "Knows our boss"


@pytest.fixture
def ticket(bob):
    return ask(bob, UNKNOWN, email="bob@example.org")


def test_a_note_is_the_owners_alone(alice, bob, store, clock, ticket):
    do(alice, ticket, "reply", message="Please wait.")
    clock.move(minutes=1)
    assert do(alice, ticket, "note", note=f"{SECRET} & **you**").status_code == 303
    page = alice.get(path_of(ticket)).text
    assert f"{SECRET} &amp; <strong>you</strong>" in page
    assert page.index("Please wait.") < page.index(SECRET)
    assert SECRET not in bob.get(link_of(ticket)).text
    assert SECRET not in bob.post(api_of(ticket, "send")).text
    assert store.ticket(ticket["id"]).status == "waiting"


def test_an_empty_note_is_refused_and_a_long_one_stays_in_its_field(alice, ticket):
    assert "Write the note first." in do(alice, ticket, "note", note=" ").text
    answer = do(alice, ticket, "note", note="z" * 10_001)
    assert answer.status_code == 422
    assert field(answer.text, "note") == "z" * 10_001


def test_a_note_beside_half_a_reply_leaves_the_reply(alice, ticket):
    answer = do(alice, ticket, "note", note="A note", message="Dear Bob")
    assert (answer.status_code, field(answer.text, "message"), field(answer.text, "note")) == (200, "Dear Bob", "")


def test_tags_come_and_go_and_are_suggested(alice, bob, store, ticket):
    do(alice, ticket, "tag", tag=" ＶＩＰ ")
    do(alice, ticket, "enter", tag="refund:late", message="")
    assert store.ticket(ticket["id"]).tags == ("refund:late", "vip")
    other = ask(bob, UNKNOWN, email="bob@example.org")
    assert '<option value="refund:late">' in alice.get(path_of(other)).text
    do(alice, ticket, "untag:refund:late")
    assert store.ticket(ticket["id"]).tags == ("vip",)
    refused = do(alice, ticket, "tag", tag="x" * 41)
    assert (refused.status_code, f'value="{"x" * 41}"' in refused.text) == (422, True)


def test_priority(alice, store, ticket):
    do(alice, ticket, "prioritise", priority="5")
    assert store.ticket(ticket["id"]).priority == 5
    assert '<option value="5" selected>' in alice.get(path_of(ticket)).text
    assert do(alice, ticket, "prioritise", priority="6").status_code == 422


def test_a_snoozed_ticket_is_out_of_the_queue_until_its_time(alice, store, clock, ticket):
    do(alice, ticket, "snooze:tomorrow")
    assert "Snoozed until 3 March 2026, 09:00" in alice.get(path_of(ticket)).text
    assert UNKNOWN not in alice.get("/desk").text
    clock.move(days=1)
    assert UNKNOWN in alice.get("/desk").text
    assert "Snoozed" not in alice.get(path_of(ticket)).text


def test_a_snoozed_ticket_is_woken_by_hand_or_by_its_customer(alice, bob, store, ticket):
    do(alice, ticket, "snooze", until="2026-03-09")
    do(alice, ticket, "wake")
    assert not store.ticket(ticket["id"]).snoozed_until
    do(alice, ticket, "snooze:week")
    bob.post(api_of(ticket, "messages"), json={"message": "Hello?"})
    assert not store.ticket(ticket["id"]).snoozed_until


@pytest.mark.parametrize("until", ["", "2026-03-02", "yesterday", "2031-01-01"])
def test_a_time_that_cannot_be_is_refused(alice, ticket, until):
    assert do(alice, ticket, "snooze", until=until).status_code == 422


ACTIONS = {
    "note": {"note": "A long note"},
    "tag": {"tag": "vip"},
    "prioritise": {"priority": "5"},
    "snooze": {"until": "2026-03-09"},
    "merge": {"into": "1"},
    "requester": {"name": "Carol", "email": "carol@example.org"},
    "renew": {},
    "retract": {},
    "wake": {},
    "untag:vip": {},
}


@pytest.mark.parametrize("what", ACTIONS)
def test_what_changed_meanwhile_comes_first_and_nothing_typed_is_lost(alice, bob, store, ticket, what):
    """F19: for everything that the owner does."""
    form = form_of(alice.get(path_of(ticket)).text)
    bob.post(api_of(ticket, "messages"), json={"message": "One thing more"})
    before = store.ticket(ticket["id"])
    answer = alice.post(path_of(ticket), data={**form, **ACTIONS[what], "do": what, "message": "Half a reply"})
    assert answer.status_code == 409
    assert "<mark>New</mark>" in answer.text
    assert field(answer.text, "message") == "Half a reply"
    for value in (value for name, value in ACTIONS[what].items() if name != "priority"):
        assert value in answer.text
    assert store.ticket(ticket["id"]) == before


@pytest.mark.parametrize("what", [*ACTIONS, "reply", "enter", "link:x", "preview", "nonsense", ""])
def test_mallory_does_none_of_it(mallory, store, ticket, what):
    before = store.ticket(ticket["id"])
    assert mallory.post(path_of(ticket), data={**ACTIONS.get(what, {}), "do": what}).status_code == 403
    assert store.ticket(ticket["id"]) == before


def test_a_button_that_is_none(alice, ticket):
    assert do(alice, ticket, "nonsense", message="Words").status_code == 422
    assert do(alice, ticket, "merge:x").status_code == 422


def test_a_quarantined_ticket_says_why_and_is_restored_with_one_click(alice, bob, store, clock, ticket):
    reasons = ("trap", "links")
    act = Act("system", "quarantined", clock())
    store.change_ticket(ticket["id"], lambda stored: quarantine(stored, reasons, clock()), act)
    page = alice.get(path_of(ticket)).text
    assert "A field that people don&#39;t see was filled in." in page
    assert "It holds links to many places." in page
    assert "many places" not in bob.get(link_of(ticket)).text
    assert do(alice, ticket, "reopen").status_code == 303
    assert (store.ticket(ticket["id"]).status, bool(store.ticket(ticket["id"]).quarantined_for)) == ("open", False)
