"""Bob asks without JavaScript."""

import re

import pytest

from tests.flows.asking import REFUND, UNKNOWN


def test_it_works(bob, store):
    answer = bob.post("/ask", data={"message": REFUND, "name": "Bob", "email": "", "lang": "en", "page": "/billing/"})
    assert answer.status_code == 303
    page = bob.get(answer.headers["location"]).text
    assert page.count(">This solved it<") == len(store.ticket(1).offers) >= 1
    assert "Send my question anyway" in page
    assert REFUND in page


def test_in_chinese(bob):
    answer = bob.post("/ask", data={"message": "怎么退款？", "lang": "zh"})
    page = bob.get(answer.headers["location"]).text
    assert '<html lang="zh">' in page
    assert "申请退款" in page
    assert "还是发送我的问题" in page


def test_with_nothing_to_offer(bob):
    answer = bob.post("/ask", data={"message": UNKNOWN})
    page = bob.get(answer.headers["location"]).text
    assert "Waiting for our answer" in page
    assert "Keep this link" in page


def test_the_form_sent_twice_gives_one_ticket(bob, store):
    key = re.search(r'name="key" value="(\w+)"', bob.get("/ask").text).group(1)
    places = {bob.post("/ask", data={"message": REFUND, "key": key}).headers["location"] for _ in range(2)}
    assert len(places) == 1
    assert sum(store.count_tickets().values()) == 1


def test_spaces_around_an_address_are_taken_off(bob, store):
    assert bob.post("/ask", data={"message": REFUND, "email": " bob@example.com\t"}).status_code == 303
    assert store.ticket(1).email == "bob@example.com"


def test_line_ends_are_kept_as_typed(bob, store):
    bob.post("/ask", data={"message": "first\r\nsecond"})
    assert store.ticket(1).question == "first\nsecond"


@pytest.mark.parametrize("text", ["a\u202eb", "zero\u200b\u200d\ufeffwidth", "𠮷野家 🍰", "e\u0301 é \U0010ffff"])
def test_words_come_back_as_they_were_written(bob, store, text):
    """F18."""
    bob.post("/ask", data={"message": text})
    assert store.ticket(1).question == text


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"message": "  ", "email": "bob@example.org"}, "Please write your question first."),
        ({"message": "Where is it?", "email": "not an address"}, "“not an address” doesn’t look like"),
        ({"message": "x" * 10_001, "email": ""}, "10001 characters"),
        ({"message": "Where is it?", "name": "n" * 201}, "at most 200"),
        ({"message": " ", "subject": "About my invoice"}, "Please write your question first."),
        ({"message": "a\0b", "name": "Bob"}, "can’t be stored"),
    ],
)
def test_the_form_comes_back_as_it_was_filled(bob, store, fields, told):
    answer = bob.post("/ask", data=fields)
    assert answer.status_code == 422
    page = answer.text.replace("&#39;", "’")
    assert told in page
    for value in fields.values():
        assert value in page
    assert store.count_tickets() == {}


def test_a_refused_form_keeps_its_key_so_that_a_retry_is_one(bob):
    answer = bob.post("/ask", data={"message": "", "key": "a-key-of-twenty-chars"})
    assert 'value="a-key-of-twenty-chars"' in answer.text


def test_a_key_that_others_could_have_is_not_taken(bob, mallory):
    fields = {"message": REFUND, "key": "1"}
    assert bob.post("/ask", data=fields).headers["location"] != mallory.post("/ask", data=fields).headers["location"]


def test_in_chinese_the_sentence_is_chinese(bob):
    answer = bob.post("/ask", data={"message": "", "lang": "zh"})
    assert "请先写下你的问题" in answer.text


def test_words_of_a_search_stand_in_the_form(bob):
    assert "refund &lt;b&gt;" in bob.get("/ask?message=refund+%3Cb%3E").text
