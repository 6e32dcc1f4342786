"""A question made ready to be looked up: bounded, and read as its customer meant it."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.knowledge.library import HELP, index_of, read, written
from ticket_api.knowledge.index import build_index
from ticket_api.knowledge.matching import rank, search, suggest
from ticket_api.knowledge.query import (
    CODES,
    LONGEST,
    LONGEST_OWN,
    MENDED,
    MOST,
    MOST_COMPLETED,
    MOST_LETTERS,
    MOST_MENDED,
    MOST_WORDS,
    read_query,
)

INDEX = index_of(HELP)

EMAIL = """From: Ana Pereira <ana@example.com>
To: help@example.com
Subject: Re: Re: question

Hello,

I asked for my money back two weeks ago, and the refund of the payment has not arrived on my card.
When does it arrive?

Kind regards / Mit freundlichen Grüßen
Ana Pereira
--
Studio Pereira · Rua das Flores 12 · Lisboa
Tel. +351 912 345 678 · https://example.com/
This message is confidential. If you are not the person it is meant for, please delete it.

On Mon, 2 Nov 2026 at 10:14, Helpleaf <help@example.com> wrote:
> Hello Ana,
> to reset a forgotten password, choose the reset link on the sign-in page.
> Your cookies and trackers, your devices and the reverse charge of VAT are told apart here.
>> I forgot my password and can't sign in
>> -- forgotten password, password, reset
"""

LONG = {
    "one letter": "a" * 10_000,
    "one character": "退" * 10_000,
    "different words": " ".join(f"word{number}" for number in range(2_500))[:10_000],
    "different letters": " ".join(map(chr, range(0xE0, 0x600))) * 4,
    "different characters": "".join(map(chr, range(0x4E00, 0x4E00 + 10_000))),
    "mistyped words": "refundd passwordd verificationn declinedd synchronisedd " * 180,
    "every word mistyped": " ".join(f"{word}{word[-1]}" for word in INDEX.shelves["en"].vocabulary.words),
    "beginnings": "re " * 3_000 + "re",
    "emoji": "🙈👩‍👩‍👧💳" * 1_500,
    "punctuation": "?!.,;:…()[]{}<>/\\|*+-_=~`'\"" * 400,
    "right to left": "كيف يمكنني استرداد أموالي؟ איך מקבלים החזר " * 230,
    "mixed": "refund退款возврат返金환불คืนเงิน💳٣ﬁ" * 300,
    "quoted": "> refund\n" * 1_100,
    "lines": "\n" * 10_000,
    "spaces": " \t\u3000" * 3_300,
    "e-mail": EMAIL * 10,
    "accents": "a" + "\u0301\u0327" * 5_000,
    "growing": "\ufdfa" * 10_000,
}


def shelf_with(files, lang="en"):
    return index_of({**HELP, **files}).shelves[lang]


def test_a_word_that_stands_only_in_tags_or_the_description_is_no_mistake():
    front = "tags: [chargeback]\ndescription: Ask the ombudsman.\n"
    index = index_of({**HELP, "a/dispute.md": written("Dispute", "Ask your bank.", front)})
    assert read_query("chargeback ombudsman", index.shelves["en"]).mended == {}
    assert read_query("chargebak", index.shelves["en"]).mended == {"chargebak": "chargeback"}
    assert [why.part for why in search(index, "chargeback", "en")[0].why] == ["tags"]


def test_a_word_that_stands_nowhere_any_more_is_not_what_another_is_read_as():
    articles = read({**HELP, "a/zither.md": written("Zithers")}).articles
    before = build_index(articles)
    now = build_index([each for each in articles if each.id != "a/zither"], previous=before)
    assert read_query("zithars", before.shelves["en"]).mended == {"zithars": "zithers"}
    assert read_query("zithars zithers", now.shelves["en"]).mended == {}


def test_an_error_code_is_not_read_as_another():
    shelf = shelf_with({})
    for code in ("E-1043", "E-10422", "10001 99999", "2FAs12"):
        assert read_query(code, shelf).mended == {}
    assert suggest(index_of(HELP), "E-1043", "en") == ()


def test_filler_is_asked_for_where_a_title_is_made_of_it():
    assert read_query("I need help, thank you", INDEX.shelves["en"]).words == {}
    index = index_of({**HELP, "a/thanks.md": written("Thank you"), "a/xie.zh.md": written("谢谢")})
    assert read_query("I need help, thank you", index.shelves["en"]).words == {"thank": "thank", "you": "you"}
    assert "谢谢" in read_query("谢谢", index.shelves["zh"]).words
    assert [each.id for each in suggest(index, "thank you", "en")] == ["a/thanks"]


def test_the_last_word_is_completed_beside_a_title_of_filler_too():
    index = index_of({**HELP, "a/thanks.md": written("Thank you")})
    for question in ("forgotten passwo", "Thank you, I have forgotten my passwo"):
        assert "password" in read_query(question, index.shelves["en"], typing=True).asked["article"]


def test_quoted_lines_are_passed_over_unless_all_that_is_asked_stands_there():
    shelf = index_of(HELP).shelves["en"]
    assert "cookies" not in read_query("Where is my refund?\n> About the cookies,\n > you asked", shelf).words.values()
    assert "cookies" in read_query("> what about the cookies", shelf).words.values()
    assert "cookies" in read_query("Please help me with this:\n> cookies\nThanks!", shelf).words.values()


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_however_long_it_is_little_is_looked_up(text):
    for lang in ("en", "zh"):
        assert_bounded(text, INDEX.shelves[lang])
        assert len(suggest(INDEX, text, lang)) <= 3


@given(some.text(max_size=5_000))
def test_whatever_it_is_little_is_looked_up(text):
    assert_bounded(text, INDEX.shelves["en"])


def assert_bounded(text, shelf):
    query, typing = read_query(text, shelf), read_query(text, shelf, typing=True)
    assert query.asked.keys() == {*MOST, "wording"}
    assert all(len(query.asked[kind]) <= MOST[kind] for kind in MOST)
    assert all(len(typing.asked[kind]) <= MOST[kind] + MOST_COMPLETED for kind in MOST)
    assert len(query.asked["wording"]) <= 1
    assert all(0 < weight <= CODES for asked in typing.asked.values() for weight in asked.values())
    assert len(query.mended) <= MOST_MENDED
    assert len(query.text) == len(query.typed) <= LONGEST_OWN
    assert set(typing.terms) <= set(typing.words)
    assert len(set(query.words.values())) <= MOST_WORDS
    assert sum(map(len, set(query.words.values()))) <= MOST_LETTERS


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n",
        "?!",
        "🙈",
        "🙈👩‍👩‍👧",
        "-",
        "_",
        "'",
        "\ud800",
        "\u202e",
        "\0",
        "how do I",
        "怎么",
        "请问一下",
        "~ ~",
        "- -",
    ],
)
def test_what_asks_for_nothing_finds_nothing(text):
    for lang in ("en", "zh"):
        assert read_query(text, INDEX.shelves[lang]).terms == {}
        assert rank(INDEX, text, lang) == []
        assert search(INDEX, text, lang) == suggest(INDEX, text, lang, least=0) == ()


def test_a_title_or_question_of_signs_alone_is_not_what_an_empty_question_asks():
    index = index_of({**HELP, "a/a.md": written("'?!'", front="questions: ['???']\n")})
    for text in ("", "?!", "???", "🙈"):
        assert search(index, text, "en") == suggest(index, text, "en") == ()


def test_a_whole_email_finds_first_what_its_own_text_asks_for():
    assert rank(INDEX, EMAIL, "en")[0][0] == "refunds/get-a-refund"
    own = EMAIL.partition("Hello,")[2].partition("Kind regards")[0]
    assert suggest(INDEX, own, "en")[0].id == "refunds/get-a-refund"
    assert not {"cookies", "trackers", "forgotten"} & set(read_query(EMAIL, INDEX.shelves["en"]).words.values())


@pytest.mark.parametrize(
    ("question", "lang"),
    [
        ("how do I get my money back", "en"),
        ("I forgot my password, how can I reset it?", "en"),
        ("E-1042", "en"),
        ("forgoten pasword", "en"),
        ("请问怎么申请退款？", "zh"),
        ("密码忘了", "zh"),
    ],
)
@pytest.mark.parametrize("between", [" ", "\n", "\n\n---\n", "! "])
def test_a_question_pasted_ten_times_finds_what_it_finds_once(question, lang, between):
    alone, pasted = rank(INDEX, question, lang), rank(INDEX, between.join([question] * 10), lang)
    assert pasted[0][0] == alone[0][0]
    assert suggest(INDEX, between.join([question] * 10), lang)[0].id == suggest(INDEX, question, lang)[0].id


def test_words_are_told_in_the_customers_own_characters():
    query = read_query("請問怎麼申請退款？ＰＡＹＰＡＬ", INDEX.shelves["zh"])
    assert {"申请", "退款", "paypal"} <= set(query.terms)
    assert [query.as_typed(word) for word in ("申请退款", "退款", "paypal")] == ["申請退款", "退款", "paypal"]
    assert query.as_typed("nowhere") == "nowhere"
    assert suggest(INDEX, "怎麼申請退款", "zh")[0].why[0].words == ("申請退款",)


def test_a_mistyped_word_counts_less_than_a_right_one():
    shelf = INDEX.shelves["en"]
    assert read_query("forgotten pasword", shelf).terms == {"forgotten": 1.0, "password": MENDED}
    assert score("forgotten password") > score("forgotten pasword") > score("forgotten xyzzy")


def score(question):
    return dict(rank(INDEX, question, "en"))["account/forgotten-password"]


def test_a_slip_is_read_as_the_word_that_most_articles_have():
    files = {"a/a.md": written("Planes"), "a/b.md": written("Planet"), "a/c.md": written("Planets")}
    assert read_query("planex", index_of(files).shelves["en"]).mended == {"planex": "planet"}


def test_only_the_last_word_is_completed_and_only_while_it_is_typed():
    shelf = INDEX.shelves["en"]
    for question in ("passwo", "my passwo"):
        assert "password" in read_query(question, shelf, typing=True).terms
        assert "password" not in read_query(question, shelf).terms
    for question in ("passwo ", "passwo my", "passwo?", "p", "密"):
        assert "password" not in read_query(question, shelf, typing=True).terms
    assert read_query("password", shelf, typing=True).terms["password"] == 1.0


def test_what_stands_behind_the_end_of_what_is_read_is_not_asked():
    shelf = INDEX.shelves["en"]
    assert "refund" in read_query("x " * 50 + "refund", shelf).terms
    assert "refund" not in read_query(" " * LONGEST_OWN + "refund", shelf).terms
    assert "refund" in read_query("> quoted\n" * (LONGEST_OWN // 8) + "refund", shelf).terms
    assert "refund" not in read_query("> quoted\n" * (LONGEST // 8) + "refund", shelf).terms
    assert "refund" not in read_query("x " * MOST_WORDS + "refund", shelf).terms
