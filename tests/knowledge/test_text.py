"""The normaliser and the tokeniser."""

import json

import pytest

from ticket_api.knowledge import text as text_room
from ticket_api.knowledge.text import STOP_WORDS, every_word, grams, joined, normalise, pairs, terms, tokens, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How do I reset my passwords?", ["reset", "password"]),
        ("charged charging charges", ["charg", "charg", "charg"]),
        ("I can't log in, please help!", ["log"]),
        ("error E-1042", ["error", "e1042"]),
        ("E1042 2FA", ["e1042", "2fa"]),
        ("two-step sign-in", ["two", "step", "sign"]),
        ("5-10 days", ["5", "10", "dai"]),
        ("密码忘了怎么办", ["密码", "码忘"]),
        ("请问退款多久到账？", ["退款", "款多", "多久", "久到", "到账"]),
        ("我想申请退款", ["申请", "请退", "退款"]),
        ("iPhone 支持吗", ["iphon", "支持"]),
        ("钱", ["钱"]),
        ("ＰａｙＰａｌ", ["paypal"]),
        ("", []),
        ("?! 怎么", []),
        ("\ud800 refund\0s", ["refund"]),
    ],
)
def test_tokens(text, expected):
    assert tokens(text) == expected


def test_normalise_folds_and_drops_what_is_not_seen():
    assert normalise("Ｓtraße\u200b\x07 ﬁ") == "strasse fi"
    assert normalise("a\nb\tc") == "a\nb\tc"


def test_the_stop_words_can_be_handed_to_a_browser():
    words = json.loads(json.dumps(sorted(STOP_WORDS)))
    assert {"the", "how", "怎么", "请问"} <= set(words)
    assert all(word == normalise(word) and word.strip() for word in words)


def test_grams_are_taken_within_words():
    assert grams(["refund", "vat"]) == ["ref", "efu", "fun", "und", "refu", "efun", "fund", "vat", "vat"]
    assert grams(["退款"]) == ["退", "款", "退款"]


def test_a_name_and_its_number_are_one_word_too():
    assert joined(every_word(normalise("On iOS 18, within 14 days, in 2026, code 123456"))) == ["ios18", "within14"]


def test_terms_are_tokens_and_single_han_characters():
    assert terms(["refunds", "申请退款", "钱"]) == ["refund", "申请", "请退", "退款", "申", "请", "退", "款", "钱"]


def test_words_of_visitors_cannot_fill_the_memory():
    kept = text_room._short_stem.cache_info().currsize
    tokens("𐐀" * 500 + " " + "refund" * 80)
    assert text_room._short_stem.cache_info().currsize == kept


def test_only_words_of_a_possible_length_are_stemmed():
    assert tokens("y" * 990 + "ness") == ["y" * 990 + "ness"]
    assert tokens("bake" + "s" * 35 + "ing") == ["bake" + "s" * 35 + "ing"]
    assert tokens("b" * 33 + "akening") == ["b" * 33 + "aken"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How do I pay?", ["how do", "do i", "i pai"]),
        ("Pay", []),
        ("请问怎么退款", []),
        ("Pay with 微信 on iOS 18", ["pai with", "on io", "io 18", "io~pai", "18~io", "18~pai"]),
        (
            "cancel my yearly plan",
            ["cancel my", "my yearli", "yearli plan", "cancel~yearli", "plan~yearli", "cancel~plan"],
        ),
    ],
)
def test_pairs_are_of_neighbours_and_of_content_in_any_order(text, expected):
    assert pairs(every_word(normalise(text)), words(text)) == expected
