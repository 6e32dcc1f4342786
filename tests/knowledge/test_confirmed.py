"""Questions that articles answered before, as their customers or the owner confirmed."""

import pytest

from tests.knowledge.library import HELP, index_of, read, written
from ticket_api.knowledge.index import Confirmed, build_index, from_json, to_json
from ticket_api.knowledge.matching import rank, search, suggest, threshold

INDEX = index_of(HELP)
QUESTIONS = [
    ("refund", "en"),
    ("my dog ate the zitherlike card", "en"),
    ("how do I log in", "en"),
    ("cookies and data of the payment", "en"),
    ("退款", "zh"),
    ("收据上的公司", "zh"),
    ("狗把卡吃了", "zh"),
]
DOG = Confirmed("my dog ate the zitherlike card", "billing/payment-failed", "en")
CHINESE_DOG = Confirmed("狗把卡吃了", "billing/payment-failed", "zh")


def answers(index):
    return [(rank(index, *each), suggest(index, *each), search(index, *each)) for each in QUESTIONS]


def score(index, question, lang, article):
    return dict(rank(index, question, lang)).get(article, 0.0)


def test_a_confirmed_question_raises_its_article_in_its_language():
    question = "i ordered twice and cant pay for the shoes"
    learned = INDEX.with_confirmed([Confirmed(question, "billing/payment-failed", "en")])
    assert suggest(INDEX, question, "en") == ()
    (offered,) = suggest(learned, question, "en")
    assert (offered.id, offered.why[0].part) == ("billing/payment-failed", "confirmed")
    assert score(learned, "ordered shoes twice", "en", "billing/payment-failed") > 0
    assert learned.shelves["zh"] is INDEX.shelves["zh"]


def test_only_the_article_in_the_language_of_the_question_learns():
    learned = INDEX.with_confirmed([Confirmed("狗吃了", "refunds/get-a-refund", "zh")])
    assert learned.shelves["en"] is INDEX.shelves["en"]
    assert [(each.id, each.lang) for each in suggest(learned, "狗吃了", "zh")] == [("refunds/get-a-refund", "zh")]


def test_a_chinese_question_may_name_an_article_that_is_only_in_english():
    learned = INDEX.with_confirmed([CHINESE_DOG])
    (offered,) = suggest(learned, "狗把卡吃了怎么办", "zh")
    assert (offered.id, offered.lang) == ("billing/payment-failed", "en")


def test_taking_it_back_brings_the_former_answers_back_exactly():
    learned = INDEX.with_confirmed([DOG, CHINESE_DOG, Confirmed("退不了", "refunds/get-a-refund", "zh")])
    assert answers(learned) != answers(INDEX)
    assert answers(learned.with_confirmed([])) == answers(INDEX)
    assert to_json(learned.with_confirmed([])) == to_json(INDEX)
    assert answers(learned.with_confirmed([DOG])) == answers(INDEX.with_confirmed([DOG]))


def test_the_order_in_which_articles_learn_makes_no_difference():
    other = Confirmed("where do the crumbs go", "privacy/cookies", "en")
    assert answers(INDEX.with_confirmed([DOG, other])) == answers(INDEX.with_confirmed([other, DOG]))


def test_nothing_new_changes_nothing():
    assert INDEX.with_confirmed([]) is INDEX
    learned = INDEX.with_confirmed([DOG])
    assert learned.with_confirmed(iter([DOG])) is learned
    unknown = Confirmed("where are you", "about/gone", "en")
    assert INDEX.with_confirmed([unknown]) is INDEX
    assert learned.with_confirmed([unknown, DOG]) is learned


def test_thresholds_and_the_index_before_stay_as_they_were():
    before = to_json(INDEX)
    learned = INDEX.with_confirmed([DOG])
    assert to_json(INDEX) == before
    assert learned.version != INDEX.version
    assert threshold(learned, "en") == threshold(INDEX, "en")


def test_it_goes_into_the_file_and_comes_back():
    learned = INDEX.with_confirmed([DOG, CHINESE_DOG])
    assert answers(from_json(to_json(learned))) == answers(learned)
    assert answers(from_json(to_json(learned)).with_confirmed([])) == answers(INDEX)


@pytest.mark.parametrize("said", ["", "?!", "how do I", "\ud800", "a" * 100_000, "退" * 5_000, "> quoted"])
def test_whatever_was_confirmed_makes_no_error(said):
    learned = INDEX.with_confirmed([Confirmed(said, "billing/payment-failed", "en")] * 2)
    assert len(rank(learned, said, "en")) <= 10
    assert rank(learned, "refund", "en")[0][0] == "refunds/get-a-refund"
    assert answers(learned.with_confirmed([])) == answers(INDEX)


def test_more_questions_than_an_article_can_hold_are_passed_over():
    many = [Confirmed(f"question number{each}", "privacy/cookies", "en") for each in range(1_000)]
    learned = INDEX.with_confirmed([*many, DOG])
    assert suggest(learned, "number3", "en", least=0)[0].id == "privacy/cookies"
    assert score(learned, "number999", "en", "privacy/cookies") < score(learned, "number3", "en", "privacy/cookies")
    assert rank(learned, "refund", "en")[0][0] == "refunds/get-a-refund"


SECRET = "zitherlike"


def test_nobody_else_reads_what_a_customer_wrote():
    learned = INDEX.with_confirmed([DOG])
    for question in (f"{SECRET}x", SECRET[:-1], "zitherlkie", "my dog ate the card", "dog card declined", "zi", "dog"):
        for found in (*search(learned, question, "en"), *suggest(learned, question, "en", least=0)):
            assert SECRET not in [word for reason in found.why for word in reason.words]
            assert SECRET not in f"{found.excerpt} {found.section} {found.title} {found.url}"
    assert suggest(learned, "my dog ate", "en", least=0)[0].excerpt.startswith("Code E-1042")


def test_nobody_can_spell_out_what_a_customer_wrote():
    learned = INDEX.with_confirmed([Confirmed("take zanzibarcode away", "privacy/cookies", "en")])
    for letters in ("zanz", "anzi", "zanzibar", "barcode"):
        found, before = ({each.id: each.score for each in search(index, letters, "en")} for index in (learned, INDEX))
        assert found == before


def test_it_never_reaches_the_file_that_a_build_writes():
    learned = INDEX.with_confirmed([DOG])
    changed = HELP | {"billing/payment-failed.md": written("Your payment failed again")}
    for files in (HELP, changed, HELP | {"a/new.md": written("New")}):
        data = to_json(build_index(read(files).articles, previous=learned))
        assert SECRET.encode() not in data
        assert from_json(data).with_confirmed([]).version == from_json(data).version


def test_a_question_left_out_is_as_if_it_had_never_been_confirmed():
    other = Confirmed("where do the crumbs go", "privacy/cookies", "en")
    both, one = INDEX.with_confirmed([DOG, other]), INDEX.with_confirmed([other])
    for question, lang in (*QUESTIONS, ("where do the crumbs go", "en")):
        assert rank(both, question, lang, left_out=DOG.question) == rank(one, question, lang)
    assert rank(both, DOG.question, "en", left_out=DOG.question) != rank(both, DOG.question, "en")


def test_a_question_left_out_is_as_if_the_article_had_never_named_it():
    path = "account/forgotten-password.md"
    without = HELP | {path: HELP[path].replace("i cant log in", "")}
    index = build_index(read(without).articles, previous=INDEX)
    for question, lang in (*QUESTIONS, ("i cant log in", "en")):
        assert rank(INDEX, question, lang, left_out="i cant log in") == rank(index, question, lang)
    whole = index_of(without)
    assert [each for each, _ in rank(INDEX, "i cant log in", "en", left_out="i cant log in")] == [
        each for each, _ in rank(whole, "i cant log in", "en")
    ]


def test_a_question_that_nobody_asked_leaves_nothing_out():
    assert rank(INDEX, "refund", "en", left_out="nobody asked this") == rank(INDEX, "refund", "en")


def test_a_question_left_out_takes_what_it_is_also_called_with_it():
    files = HELP | {"a/a.md": written("Brushes", front="questions: [the zebra needs a wash]\n")}
    index = build_index(read(files).articles, synonyms=[("zebra", "striped horse")])
    for question in ("the zebra needs a wash", "a striped horse"):
        assert rank(index, question, "en")[0][0] == "a/a"
        left_out = rank(index, question, "en", left_out="the zebra needs a wash")
        assert "a/a" not in dict(left_out)
