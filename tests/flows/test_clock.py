"""F9: the clock jumps back a day, and forward ten years; summer time is no jump at all."""

from datetime import timedelta
from itertools import pairwise

import pytest

from tests.conftest import ORIGIN, PASSWORD
from tests.flows.asking import UNKNOWN, ask, path_of, token_of
from ticket_api.owner import LONGEST_SESSION, LONGEST_WAIT

DAY_BACK = {"days": -1}
TEN_YEARS = {"days": 3653}


@pytest.mark.parametrize("jump", [DAY_BACK, TEN_YEARS], ids=["back a day", "forward ten years"])
def test_tickets_stay_in_the_order_they_came_in_and_no_id_comes_twice(unlimited, bob, store, clock, jump):
    given = [ask(bob, f"{UNKNOWN} {number}")["id"] for number in range(3)]
    clock.move(**jump)
    given += [ask(bob, f"{UNKNOWN} {number}")["id"] for number in range(3, 6)]
    clock.move(**{name: -by for name, by in jump.items()})
    given += [ask(bob, f"{UNKNOWN} {number}")["id"] for number in range(6, 9)]
    assert all(later > earlier for earlier, later in pairwise(given))
    listed = store.tickets(["open"], limit=100)
    assert [ticket.question for ticket in listed] == [f"{UNKNOWN} {number}" for number in range(9)]
    with store.snapshot() as snapshot:
        assert [event.seq for event in snapshot.events()] == list(range(1, len(list(snapshot.events())) + 1))
    store.verify()


def test_an_offered_ticket_opens_at_the_latest_ten_minutes_after_the_clock_went_back(bob, alice, clock):
    asked = ask(bob)
    assert asked["status"] == "offered"
    clock.move(**DAY_BACK)
    clock.move(minutes=11)
    _signed_in_again(alice)
    assert "I want my money back" in alice.get("/desk").text


def test_an_offered_ticket_opens_when_the_clock_goes_forward(bob, alice, store, clock):
    number = ask(bob)["id"]
    clock.move(**TEN_YEARS)
    assert _signed_in_again(alice).get("/desk").status_code == 200
    assert store.ticket(number).status == "open"


def _signed_in_again(client):
    assert client.post("/desk/login", data={"password": PASSWORD}).status_code == 303
    return client


def test_a_link_works_whatever_the_clock_says(bob, clock):
    asked = ask(bob)
    for jump in (DAY_BACK, TEN_YEARS):
        clock.move(**jump)
        assert bob.get(path_of(asked)).status_code == 200
        answer = bob.post(f"/api/tickets/{token_of(asked)}/messages", json={"message": "Still twice"})
        assert answer.status_code in (200, 201)


def test_a_session_of_the_far_future_isnt_valid_when_the_clock_is_right_again(alice, visitor, clock):
    clock.move(**TEN_YEARS)
    _signed_in_again(alice)
    assert alice.get("/desk").status_code == 200
    clock.move(days=-3653)
    assert alice.get("/desk").status_code == 303


def test_a_session_never_outlives_its_longest_when_the_clock_went_back(alice, clock):
    """A day back may cost the owner a sign-in; it gives nobody a day more than the longest session and that day."""
    clock.move(**DAY_BACK)
    seen = alice.get("/desk").status_code
    assert seen in (200, 303)
    clock.move(days=1 + LONGEST_SESSION.days, hours=1)
    assert alice.get("/desk").status_code == 303
    assert _signed_in_again(alice).get("/desk").status_code == 200


def test_an_hour_back_signs_nobody_out(alice, clock):
    clock.move(minutes=-59)
    assert alice.get("/desk").status_code == 200


@pytest.mark.parametrize("jump", [DAY_BACK, {"days": -3653}], ids=["a day", "ten years"])
def test_a_pause_after_wrong_passwords_is_never_longer_than_the_longest(alice, visitor, clock, jump):
    mallory = visitor(origin=ORIGIN)
    for _ in range(20):
        mallory.post("/desk/login", data={"password": "guess"})
        clock.move(minutes=5)
    mallory.post("/desk/login", data={"password": "guess"})
    clock.move(**jump)
    paused = mallory.post("/desk/login", data={"password": PASSWORD})
    if paused.status_code == 429:
        assert int(paused.headers["retry-after"]) <= LONGEST_WAIT.total_seconds() + 1
        clock.move(seconds=(LONGEST_WAIT + timedelta(seconds=1)).total_seconds())
        paused = mallory.post("/desk/login", data={"password": PASSWORD})
    assert paused.status_code == 303


def test_a_jump_forward_ends_no_pause_for_good(alice, visitor, clock):
    """Ten years later three tries are free again at most; guesses at once are slowed down as ever."""
    mallory = visitor(origin=ORIGIN)
    for _ in range(4):
        mallory.post("/desk/login", data={"password": "guess"})
    clock.move(**TEN_YEARS)
    statuses = [mallory.post("/desk/login", data={"password": "guess"}).status_code for _ in range(5)]
    assert statuses[3:] == [429, 429]


def test_summer_time_is_no_jump(bob, alice, store, clock):
    """Times are kept in UTC: the hour that comes twice in October is two hours."""
    clock.now = clock.now.replace(month=10, day=25, hour=0, minute=30)
    first = ask(bob, f"{UNKNOWN} 1")["id"]
    clock.move(hours=1)
    second = ask(bob, f"{UNKNOWN} 2")["id"]
    assert store.ticket(second).created_at - store.ticket(first).created_at == timedelta(hours=1)
