"""What visitors search for is counted, without anything about who they are."""

import json
import logging
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from tests.serving import SECRET
from ticket_api import app, searches
from ticket_api.app import create_app
from ticket_api.searches import tidied
from ticket_api.web import bucket
from ticket_api.web.bucket import Bucket

BODY = {"q": "  money\tback ", "lang": "zh", "results": 3, "opened": "refunds/get-a-refund"}
PATH = "/api/searches"


def stored(store):
    with store.snapshot() as snapshot:
        return sorted((each.q, each.lang, each.results, each.opened, each.count) for each in snapshot.searches())


def test_it_works(bob, store, clock):
    for _ in range(2):
        answer = bob.post(PATH, json=BODY)
        assert (answer.status_code, answer.content) == (204, b"")
    assert stored(store) == [("money back", "zh", 3, "refunds/get-a-refund", 2)]
    with store.snapshot() as snapshot:
        (search,) = snapshot.searches()
    assert search.day == clock().date()


@pytest.mark.parametrize("number", ["3.0", "3e0"])
def test_a_whole_number_may_be_written_with_a_point(bob, store, number):
    bob.headers["content-type"] = "application/json"
    assert bob.post(PATH, content=f'{{"q": "x", "results": {number}}}').status_code == 204
    assert [each[2] for each in stored(store)] == [3]
    for other in ("3.5", "1e999"):
        assert bob.post(PATH, content=f'{{"q": "x", "results": {other}}}').status_code == 422


@pytest.mark.parametrize("kind", ["application/json", "text/plain;charset=UTF-8", "text/plain"])
def test_a_beacon_is_taken_from_here_and_from_elsewhere(bob, mallory, store, kind):
    for client in (bob, mallory):
        assert client.post(PATH, content=json.dumps(BODY), headers={"content-type": kind}).status_code == 204
    assert [each[-1] for each in stored(store)] == [2]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({**BODY, "who": "bob"}, 422),
        ({"q": "x"}, 422),
        ({**BODY, "results": -1}, 422),
        ({**BODY, "q": "x" * 2001}, 422),
        ({**BODY, "opened": "x" * 301}, 422),
        ([BODY], 422),
    ],
)
def test_anything_else_is_refused(bob, store, body, status):
    assert bob.post(PATH, json=body).status_code == status
    assert stored(store) == []


def test_other_kinds_of_body_are_refused(bob):
    for kind in ("application/x-www-form-urlencoded", "text/html", "text/plain; charset=latin-1"):
        assert bob.post(PATH, content=json.dumps(BODY), headers={"content-type": kind}).status_code == 415
    plain = {"content-type": "text/plain"}
    assert bob.post("/api/tickets", content='{"message": "x"}', headers=plain).status_code == 415


def test_an_article_that_is_unknown_was_not_opened(bob, store):
    bob.post(PATH, json={**BODY, "opened": "no/such"})
    assert [each[3] for each in stored(store)] == [""]


@pytest.mark.parametrize("q", ["", "  \n", "\u200b\u202e", "\0", "\x07"])
def test_nothing_to_be_seen_is_not_stored(bob, store, q):
    assert bob.post(PATH, json={**BODY, "q": q}).status_code == 204
    assert stored(store) == []


@pytest.mark.parametrize(
    ("q", "kept"),
    [
        ("refund for bob@example.com please", "refund for [email] please"),
        ("我的邮箱是bob.b+1@example.com怎么改密码", "我的邮箱是[email]怎么改密码"),
        ("bob＠example.com", "[email]"),
        ("用户@例子.公司 退款", "[email] 退款"),
        ("bob@exa\u200bmple.com", "[email]"),
        ("ask @bob", "ask @bob"),
        ("card 4111 1111 1111 1111 declined", "card [number] declined"),
        ("call +351 (912) 345-678", "call +[number]"),
        ("订单１２３４５６７", "订单[number]"),
        ("123\u200b456", "[number]"),
        ("order 12345", "order 12345"),
        ("iPhone 15 sync, error 500", "iPhone 15 sync, error 500"),
        ("a\0b\x1b[31m \u2028 c\ud800", "ab[31m c"),
        ("退 " * 150, ("退 " * 100).strip()),
        ("x" * 195 + " bob@example.com", "x" * 195 + " [ema"),
    ],
)
def test_what_tells_who_it_was_is_taken_out(q, kept):
    assert tidied(q) == kept


def test_a_full_day_drops_what_is_new(bob, store, monkeypatch):
    monkeypatch.setattr(searches, "MOST_A_DAY", 2)
    for word in ("a", "b", "c", "a"):
        assert bob.post(PATH, json={**BODY, "q": word}).status_code == 204
    assert [(each[0], each[-1]) for each in stored(store)] == [("a", 2), ("b", 1)]


def test_who_sends_too_many_is_not_counted_and_not_told(bob, store):
    for number in range(app.SEARCHES + 5):
        assert bob.post(PATH, json={**BODY, "q": f"word {number}"}).status_code == 204
    assert len(stored(store)) == app.SEARCHES


@pytest.fixture
def over(settings, store, index, clock):
    """A client of the application under other settings."""
    return lambda **changes: TestClient(
        create_app(replace(settings, **changes), store, index, SECRET, clock), "http://127.0.0.1:8000"
    )


def test_switched_off_it_answers_the_same_and_stores_nothing(over, store):
    client = over(searches=False)
    assert client.post(PATH, json=BODY).status_code == 204
    assert client.post(PATH, json={"q": 1}).status_code == 422
    assert stored(store) == []


def test_a_load_test_is_counted_in_full(over, store):
    client = over(limits=False)
    for number in range(app.SEARCHES + 5):
        client.post(PATH, json={**BODY, "q": f"word {number}"})
    assert len(stored(store)) == app.SEARCHES + 5


def test_the_log_never_holds_the_words(bob, store, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    bob.post(PATH, json={**BODY, "q": "zebra"})
    bob.post(PATH, json={**BODY, "q": "zebra", "who": "zebra"})
    monkeypatch.setattr(type(store), "add_search", lambda *_, **__: 1 / 0)
    assert bob.post(PATH, json={**BODY, "q": "zebra"}).status_code == 500
    assert "zebra" not in caplog.text


def test_a_bucket_fills_again(monkeypatch):
    now = [0.0]
    drops = Bucket(2, 5.0, lambda: now[0])
    assert [drops.take("bob") for _ in range(3)] == [True, True, False]
    assert drops.take("alice")
    now[0] = 5.0
    assert [drops.take("bob") for _ in range(2)] == [True, False]
    monkeypatch.setattr(bucket, "CLIENTS_REMEMBERED", 2)
    for client in ("a", "b", "c"):
        drops.take(client)
    assert len(drops._full_at) == 2
