"""Alice merges two tickets of one customer, and says who asked."""

import pytest

from tests.conftest import SECRET
from tests.flows.asking import UNKNOWN, api_of, ask, token_of
from tests.flows.asking import path_of as link_of
from tests.flows.working import do, path_of
from ticket_api.outgoing import Outgoing

BOB = "bob@example.org"


@pytest.fixture
def two(bob, clock):
    first = ask(bob, f"{UNKNOWN} first", email=BOB)
    clock.move(minutes=1)
    second = ask(bob, f"{UNKNOWN} second", email="Bob@Example.org")
    clock.move(minutes=1)
    bob.post(api_of(first, "messages"), json={"message": "third"})
    return first, second


def test_it_works(alice, bob, store, two):
    first, second = two
    assert f'value="merge:{second["id"]}"' in alice.get(path_of(first)).text
    answer = do(alice, first, "merge", into=f"#{second['id']}")
    assert answer.headers["location"] == path_of(second)
    texts = [message.text.split()[-1] for message in store.ticket(second["id"]).messages]
    assert texts == ["first", "second", "third"]
    gone = store.ticket(first["id"])
    assert (gone.status, gone.merged_into) == ("solved", second["id"])
    assert f'href="{path_of(second)}"' in alice.get(path_of(first)).text


def test_the_link_leads_on(alice, bob, store, two):
    first, second = two
    do(alice, first, f"merge:{second['id']}")
    answer = bob.get(link_of(first))
    assert (answer.status_code, answer.headers["location"]) == (303, link_of(second))
    answer = bob.post(api_of(first, "messages"), json={"message": "fourth"})
    assert answer.json()["link"] == second["link"]
    assert store.ticket(second["id"]).messages[-1].text == "fourth"
    assert bob.post(link_of(first), data={"do": "write", "message": "fifth"}).status_code == 303
    assert store.ticket(second["id"]).messages[-1].text == "fifth"


def test_a_link_leads_through_several_merges(alice, bob, two):
    third = ask(bob, UNKNOWN, email=BOB)
    do(alice, two[0], f"merge:{two[1]['id']}")
    do(alice, two[1], f"merge:{third['id']}")
    assert bob.get(link_of(two[0])).headers["location"] == link_of(third)


def test_another_customers_ticket_is_no_place_to_go_on(alice, bob, store, two):
    carols = ask(bob, UNKNOWN, email="carol@example.org")
    nameless = ask(bob, UNKNOWN)
    for other in (carols, nameless):
        answer = do(alice, two[0], "merge", into=str(other["id"]), message="Half a reply")
        assert answer.status_code == 409
        assert "Change the requester of one of them first" in answer.text
        assert "Half a reply</textarea>" in answer.text
    assert store.ticket(two[0]["id"]).status == "open"
    assert do(alice, two[0], "merge", into=str(two[0]["id"])).status_code == 409
    assert do(alice, two[0], "merge", into="99").status_code == 422


def test_nothing_is_done_to_a_ticket_that_goes_on_elsewhere(alice, store, two):
    first, second = two
    do(alice, first, f"merge:{second['id']}")
    before = store.ticket(first["id"])
    for what, fields in (("reply", {"message": "Hm"}), ("tag", {"tag": "x"}), ("reopen", {}), ("merge:2", {})):
        answer = do(alice, first, what, **fields)
        assert answer.status_code == 409
        assert f"goes on in #{second['id']}" in answer.text
    assert store.ticket(first["id"]) == before


def test_another_customer_has_another_link(alice, bob, store, two):
    """A30: the former one leads nowhere, and nor does the link of a ticket that was merged into it."""
    first, second = two
    do(alice, first, f"merge:{second['id']}")
    former = store.ticket(second["id"])
    do(alice, second, "requester", name="Carol", email="carol@example.org")
    changed = store.ticket(second["id"])
    assert (changed.name, changed.email) == ("Carol", "carol@example.org")
    assert changed.requester != former.requester
    assert changed.link != former.link
    for ticket in (first, second):
        assert bob.get(link_of(ticket)).status_code == 404
        assert bob.post(api_of(ticket, "messages"), json={"message": "Still me"}).status_code == 404


def test_a_name_that_is_set_right_leaves_the_link(alice, bob, two):
    do(alice, two[0], "requester", name="Bob Harris", email=BOB.upper())
    assert bob.get(link_of(two[0])).status_code == 200


def test_a_retry_of_the_former_customer_never_tells_the_new_link(alice, bob, store):
    key = {"idempotency-key": "bobs-very-own-key-1"}
    first = bob.post("/api/tickets", json={"message": UNKNOWN}, headers=key).json()
    do(alice, first, "renew")
    again = bob.post("/api/tickets", json={"message": UNKNOWN}, headers=key).json()
    assert again["id"] != first["id"]
    assert bob.get(link_of(first)).status_code == 404
    assert token_of(again) != token_of(first)


@pytest.mark.parametrize(("name", "email"), [("Carol", "not an address"), ("x" * 201, BOB), ("a\0b", BOB)])
def test_a_requester_that_cannot_be(alice, store, two, name, email):
    before = store.ticket(two[0]["id"])
    assert do(alice, two[0], "requester", name=name, email=email).status_code == 422
    assert store.ticket(two[0]["id"]) == before


def test_a_mail_that_waits_never_takes_the_new_link_to_the_former_customer(alice, store, settings, clock, two):
    """A30."""
    outgoing = Outgoing(store, settings, SECRET)
    do(alice, two[0], "reply", message="For Bob's eyes")
    do(alice, two[0], "requester", name="Carol", email="carol@example.org")
    clock.move(minutes=1)
    told = [letter.to for letter in outgoing.take(clock(), 50) if letter.kind == "reply"]
    assert told == []
