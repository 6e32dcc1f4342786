"""The words of a help centre: mistyped ones and half typed ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as some
from rapidfuzz.distance import OSA

from ticket_api.knowledge.vocabulary import SHORTEST_MENDED, Vocabulary

WORDS = ("backup", "cookie", "invoice", "password", "refund", "subscription", "verify")
NEIGHBOURS = {"b": "v", "c": "x", "i": "u", "p": "o", "r": "t", "s": "a", "v": "b"}


def slips(word, place):
    """The four slips of a keyboard at a place."""
    last = place == len(word) - 1
    at = place - 1 if last else place
    yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    yield word[:place] + word[place + 1 :]
    yield word[:place] + word[place] + word[place:]
    yield word[:place] + NEIGHBOURS.get(word[place], "q") + word[place + 1 :]


@pytest.mark.parametrize("word", WORDS)
def test_each_slip_at_each_end_and_in_the_middle_is_mended(word):
    vocabulary = Vocabulary(WORDS)
    for place in (0, len(word) // 2, len(word) - 1):
        for slip in slips(word, place):
            if slip != word and len(slip) >= SHORTEST_MENDED:
                assert vocabulary.near(slip) == [word], slip


def test_two_slips_are_too_many():
    vocabulary = Vocabulary(WORDS)
    for word in ("pssword2", "rfndu", "invvoicce", "xyzzy", "refun4d"):
        assert vocabulary.near(word) == []


def test_short_words_and_codes_are_left_alone():
    vocabulary = Vocabulary(["card", "cards", "cart", "e-1042", "plan", "plans", "word1"])
    for word in ("", "c", "carf", "plan", "plna", "e-1043", "e1042", "10422", "word2"):
        assert vocabulary.near(word) == []
    assert vocabulary.near("carda") == ["card", "cards"]


def test_all_words_that_are_as_near_are_told():
    assert Vocabulary(["charge", "charged", "charger", "chargers"]).near("chargef") == ["charge", "charged", "charger"]


def test_words_of_any_letters_are_mended():
    assert Vocabulary(["возврат", "überweisung"]).near("возрват") == ["возврат"]
    assert Vocabulary(["возврат", "überweisung"]).near("uberweisung") == ["überweisung"]


def test_what_is_half_typed_is_completed_in_the_order_of_the_alphabet():
    vocabulary = Vocabulary(["refill", "refund", "refunded", "refunds", "refuse"])
    assert vocabulary.beginning_with("refund", 9) == ["refund", "refunded", "refunds"]
    assert vocabulary.beginning_with("refund", 2) == ["refund", "refunded"]
    assert vocabulary.beginning_with("z", 9) == vocabulary.beginning_with("refunders", 9) == []
    assert Vocabulary([]).beginning_with("a", 9) == Vocabulary([]).near("refund") == []


def test_further_words_are_sorted_in_and_those_before_stay_as_they_are():
    before = Vocabulary(["backup", "refund"])
    after = before.with_words({"cookie", "refund", "a"})
    assert after.words == ("a", "backup", "cookie", "refund")
    assert (after.near("cokie"), before.near("cokie")) == (["cookie"], [])
    assert before.words == ("backup", "refund")
    assert after.with_words({"refund"}) is after


few_letters = some.text("abcé", max_size=9)


@given(some.sets(few_letters.filter(bool)), few_letters)
def test_looking_in_few_words_finds_what_looking_in_all_does(words, word):
    vocabulary = Vocabulary(sorted(words))
    near = [each for each in sorted(words) if OSA.distance(each, word) <= 1]
    assert vocabulary.near(word) == (near if len(word) >= SHORTEST_MENDED else [])
    assert vocabulary.beginning_with(word, 99) == [each for each in sorted(words) if each.startswith(word)]
    assert all(each in vocabulary for each in words)
    assert (word in vocabulary) is (word in words)
