"""What is known of a customer is used at the desk alone, and only when the owner wishes it."""

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from tests.conftest import ORIGIN
from tests.flows.asking import ask
from tests.serving import SECRET
from tests.store.asking import question
from ticket_api.app import create_app
from ticket_api.knowledge.asker import Asker
from ticket_api.personal import EARLIER, asker_of
from ticket_api.tickets.customers import NOBODY, Profile

KNOWN = {"email": "bob@customer.example"}
TEXT = "how do i get a refund"


def test_each_ticket_says_what_it_was_about():
    others = [
        question(1, answered_by="a/owner", solved_by="a/customer"),
        question(2, solved_by="a/customer"),
        question(3),
        question(4, offers=()),
    ]
    profile = Profile(plan="pro", tags=("vip",))
    asked = ("a/owner", "a/customer", "billing/charged-3")
    assert asker_of(others, profile, 20) == Asker(weight=0.2, plan="pro", tags=("vip",), articles=asked)
    assert len(asker_of([question()] * 99, NOBODY, 20).articles) == EARLIER


@pytest.fixture
def per_cent() -> int:
    return 20


@pytest.fixture
def visitor(settings, store, index, clock, per_cent):
    app = create_app(replace(settings, personal=per_cent), store, index, SECRET, clock)
    with TestClient(app, base_url=ORIGIN):
        yield lambda **headers: TestClient(app, base_url=ORIGIN, follow_redirects=False, headers=headers)


TOLD = "in the category “refunds”, which this customer asked about before"


def test_the_desk_tells_it_and_the_public_is_offered_the_same_whoever_asks(bob, alice):
    first = ask(bob, TEXT, **KNOWN)
    known, unknown = ask(bob, TEXT, **KNOWN), ask(bob, TEXT, email="nobody@customer.example")
    assert known["suggestions"] == unknown["suggestions"] == first["suggestions"]
    assert TOLD in alice.get(f"/desk/tickets/{known['id']}").text
    assert TOLD not in alice.get(f"/desk/tickets/{unknown['id']}").text


def test_off_by_default(settings):
    assert settings.personal == 0


@pytest.mark.parametrize("per_cent", [0])
def test_nothing_of_it_where_the_owner_does_not_wish_it(bob, alice):
    asked = [ask(bob, TEXT, **KNOWN) for _ in range(2)]
    assert TOLD not in alice.get(f"/desk/tickets/{asked[-1]['id']}").text
