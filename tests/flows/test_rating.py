"""Bob says whether it is solved, and how the answer was."""

import pytest

from tests.flows.asking import UNKNOWN, api_of, ask, path_of
from tests.flows.working import do
from tests.flows.working import path_of as desk_path


@pytest.fixture
def ticket(alice, bob, clock):
    asked = ask(bob, UNKNOWN)
    do(alice, asked, "reply", message="It is under Settings.")
    clock.move(seconds=10)
    return asked


@pytest.fixture
def solved(bob, ticket):
    assert bob.post(path_of(ticket), data={"do": "accept"}).status_code == 303
    return ticket


def test_the_customer_says_that_it_is_solved_or_not(bob, store, ticket):
    assert "Did that solve it?" in bob.get(path_of(ticket)).text
    bob.post(path_of(ticket), data={"do": "accept"})
    assert store.ticket(ticket["id"]).status == "solved"
    bob.post(path_of(ticket), data={"do": "decline"})
    assert (store.ticket(ticket["id"]).status, store.ticket(ticket["id"]).solved_at) == ("open", None)
    assert bob.post(path_of(ticket), data={"do": "accept"}).status_code == 409


def test_a_rating_by_the_page_is_asked_for_once(alice, bob, store, solved):
    page = bob.get(path_of(solved)).text
    assert "How was our answer?" in page
    bob.post(path_of(solved), data={"do": "rate", "score": "4", "comment": " Quick & kind "})
    rating = store.ticket(solved["id"]).rating
    assert (rating.score, rating.comment) == (4, "Quick & kind")
    page = bob.get(path_of(solved)).text
    assert "You rated our answer 4 of 5." in page
    assert "Quick &amp; kind" in page
    assert "How was our answer?" not in page
    assert "Quick &amp; kind" in alice.get(desk_path(solved)).text


def test_a_rating_by_the_api(bob, store, solved):
    for _ in range(2):
        answer = bob.post(api_of(solved, "rating"), json={"score": 5})
        assert (answer.status_code, answer.json()["status"]) == (200, "solved")
    assert bob.post(api_of(solved, "rating"), json={"score": 1}).json()["error"]["code"] == "rated_already"
    assert store.ticket(solved["id"]).rating.score == 5
    assert [event.what for event in store.events(solved["id"])].count("rated") == 1


def test_it_is_not_asked_again_when_it_is_solved_again(alice, bob, clock, solved):
    bob.post(api_of(solved, "rating"), json={"score": 5})
    bob.post(path_of(solved), data={"do": "decline"})
    do(alice, solved, "reply_solve", message="Now it is.")
    clock.move(seconds=10)
    assert "How was our answer?" not in bob.get(path_of(solved)).text


@pytest.mark.parametrize("score", [0, 6, -1, 2.5, "5", None, True])
def test_a_score_that_is_none_is_refused(bob, store, solved, score):
    assert bob.post(api_of(solved, "rating"), json={"score": score}).status_code == 422
    assert not store.ticket(solved["id"]).rating


def test_without_a_choice_the_comment_stays(bob, solved):
    answer = bob.post(path_of(solved), data={"do": "rate", "comment": "Quick"})
    assert answer.status_code == 422
    assert "Choose a number from 1 to 5 first." in answer.text
    assert "Quick</textarea>" in answer.text
    for wrong in ("9" * 5000, "²", "x"):
        assert bob.post(path_of(solved), data={"do": "rate", "score": wrong}).status_code == 422


def test_what_is_not_solved_is_not_rated(bob, ticket):
    assert bob.post(api_of(ticket, "rating"), json={"score": 5}).status_code == 409
    assert bob.post("/api/tickets/nowhere/rating", json={"score": 5}).status_code == 404


def test_in_the_customers_language(alice, bob, clock):
    asked = ask(bob, UNKNOWN, lang="zh")
    do(alice, asked, "reply_solve", message="在设置里。")
    clock.move(seconds=10)
    assert "你觉得我们的回答怎么样？" in bob.get(path_of(asked)).text
