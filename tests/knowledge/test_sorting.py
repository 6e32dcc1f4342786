"""What a question is about, learned from others; what the sorter was not told, and what it is not sure of."""

import pytest

from ticket_api.knowledge.sorting import HANDFUL, SURE, Example, Sorter, terms_of

SAID = {
    "billing": (
        "The card was charged {n} times",
        "Invoice {n} has the wrong amount",
        "My payment {n} failed",
        "扣款失败，卡里有钱 {n}",
        "发票 {n} 的金额不对",
    ),
    "devices": (
        "Phone {n} does not sync",
        "The tablet {n} shows old notes",
        "Sync on computer {n} stopped",
        "手机 {n} 不能同步",
        "电脑 {n} 上的笔记是旧的",
    ),
}


def examples(count: int) -> list[Example]:
    """So many questions of each kind, the kinds in turn."""
    return [
        Example(terms_of(asked[number % len(asked)].format(n=number)), category)
        for number in range(count)
        for category, asked in SAID.items()
    ]


@pytest.fixture(scope="module")
def sorter() -> Sorter:
    return Sorter(examples(30))


@pytest.mark.parametrize(
    ("question", "category", "words"),
    [
        ("Why was my card charged again?", "billing", {"card", "charged"}),
        ("My new phone doesn't sync", "devices", {"phone", "sync"}),
        ("扣款失败了", "billing", {"扣款"}),
        ("新电脑同步不了", "devices", {"电脑", "同步"}),
    ],
)
def test_a_question_is_sorted_by_words_that_are_named(sorter, question, category, words):
    verdict = sorter.judge(question)
    assert (verdict.category, verdict.sure) == (category, True)
    assert words <= set(verdict.words)
    assert all(word in question.casefold() for word in verdict.words)


def test_words_of_the_other_kind_speak_for_the_other_kind(sorter):
    assert sorter.words_for("The card on my phone", "billing") == ("card",)
    assert sorter.words_for("The card on my phone", "devices") == ("phone",)
    assert sorter.words_for("The card on my phone", "nowhere") == ()


def test_it_abstains_where_both_are_as_likely_or_hardly_a_word_is_known(sorter):
    assert not sorter.judge("card phone").sure
    assert not sorter.judge("Would elephants and other animals of Africa like a card of the zoological garden?").sure
    assert sorter.judge("Elephants!") is None
    assert sorter.judge("") is None


def test_with_less_than_a_handful_it_always_abstains():
    few = Sorter(examples(HANDFUL)[: HANDFUL - 1])
    assert few.judge("The card was charged twice").category == "billing"
    assert few.judge("The card was charged twice").confidence == 0
    assert Sorter(examples(HANDFUL)[:HANDFUL]).judge("The card was charged twice").sure


def test_one_category_alone_is_never_sure():
    billing = [each for each in examples(60) if each.category == "billing"]
    assert not Sorter(billing).judge("The card was charged twice").sure


def test_articles_speak_before_anybody_asked_but_make_nothing_sure():
    articles = [Example(terms_of("Cards and invoices"), "billing"), Example(terms_of("Phones and tablets"), "devices")]
    assert Sorter([], articles).judge("my tablet").category == "devices"
    assert Sorter([], articles).judge("my tablet").confidence == 0
    assert Sorter([]).judge("my tablet") is None


def test_what_it_would_have_got_wrong_makes_it_less_sure():
    """Held out, a question of nonsense labels is sorted right as often as a coin falls: it is sure of none."""
    mixed = [Example(each.terms, ("billing", "devices")[number // 2 % 2]) for number, each in enumerate(examples(100))]
    sorter = Sorter(mixed)
    assert not any(sorter.judge(question).sure for question in ("The card was charged twice", "Phone does not sync"))


def test_of_those_that_are_as_sure_so_many_were_right():
    """Every fifth was called the other thing: four in five is not nine in ten."""
    other = {"billing": "devices", "devices": "billing"}
    noisy = [
        Example(each.terms, other[each.category] if number // 10 % 5 == 0 else each.category)
        for number, each in enumerate(examples(200))
    ]
    for question in ("The card was charged 77 times", "Phone 77 does not sync"):
        assert 0.7 < Sorter(noisy).judge(question).confidence < SURE


def test_the_surer_the_more_were_right(sorter):
    asked = ("card phone", "card sync charged", "card charged", "The card was charged 3 times")
    confidences = [sorter.judge(question).confidence for question in asked]
    assert confidences == sorted(confidences)
    assert confidences[-1] >= SURE


def test_holding_out_leaves_everything_as_it_was():
    """What a question adds is taken away and put back; else the last ones would be judged by other weights."""
    every = examples(40)
    tried, untried = Sorter(every), Sorter(every)
    untried._tried(every, lambda: None)
    assert tried.best(every[0].terms) == pytest.approx(untried.best(every[0].terms))


def test_learning_can_be_ended():
    class EndedError(Exception):
        pass

    def end() -> None:
        raise EndedError

    with pytest.raises(EndedError):
        Sorter(examples(60), go_on=end)


def test_a_very_long_question_costs_no_more_than_its_beginning(sorter):
    assert sorter.judge("card " * 500 + "phone " * 100_000).words == ("card",)
