"""The owner's synonyms, looked up in what an article is called."""

from importlib.resources import files

import pytest

from tests.knowledge.library import HELP, index_of, read, written
from ticket_api.knowledge import thesaurus as thesaurus_module
from ticket_api.knowledge.index import build_index
from ticket_api.knowledge.matching import rank, search, suggest
from ticket_api.knowledge.synonyms import read_synonyms
from ticket_api.knowledge.thesaurus import Thesaurus

REFUND = ("refund", "money back", "退款")
SIGN_IN = ("sign in", "log in", "登录")
SIGN = ("sign", "autograph")


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("Ask for a refund", [REFUND]),
        ("Refunded", [REFUND]),
        ("REFUNDS: what to know", [REFUND]),
        ("Get my money back!", [REFUND]),
        ("Get back my money", []),
        ("Money-back", [REFUND]),
        ("我要申请退款。", [REFUND]),
        ("我要退錢", []),
        ("登錄", [SIGN_IN]),
        ("I can't sign in", [SIGN_IN, SIGN]),
        ("Signing in", [SIGN_IN, SIGN]),
        ("Sign the contract", [SIGN]),
        ("Log into it", []),
        ("login", []),
        ("Refund: log in", [REFUND, SIGN_IN]),
        ("refunds, money back, 退款", [REFUND]),
        ("", []),
        ("?! 。", []),
    ],
)
def test_what_stands_there_word_for_word_is_also_called_otherwise(text, groups):
    thesaurus = Thesaurus([REFUND, SIGN_IN, SIGN])
    assert thesaurus.also(text) == tuple(member for group in groups for member in group)


def test_groups_that_overlap_are_all_found():
    payment_method, method, in_two = ("payment method", "way to pay"), ("method", "manner"), ("way to pay", "cash")
    thesaurus = Thesaurus([payment_method, method, in_two])
    assert thesaurus.also("Change the payment method") == payment_method + method
    assert thesaurus.also("Another way to pay") == payment_method + in_two
    assert thesaurus.also("取消套餐") == ()
    chinese = Thesaurus([("取消", "停止"), ("消套", "x"), ("取消套餐", "退订")])
    assert Thesaurus([("找", "搜索")]).also("查找文件") == ("找", "搜索")
    assert chinese.also("怎么取消套餐") == ("取消", "停止", "消套", "x", "取消套餐", "退订")


def test_texts_are_looked_at_one_by_one_and_a_group_is_told_once():
    thesaurus = Thesaurus([REFUND, SIGN_IN])
    assert thesaurus.also("sign", "in") == ()
    assert thesaurus.also("sign in", "a refund", "refunds") == REFUND + SIGN_IN
    assert thesaurus.also() == Thesaurus([]).also("refund") == ()


def with_synonyms(files, *groups):
    return build_index(read(files).articles, synonyms=groups)


def test_a_chinese_question_finds_an_english_article_and_the_other_way_round():
    files = {
        **{path: text for path, text in HELP.items() if path != "refunds/get-a-refund.zh.md"},
        "billing/stamp.zh.md": written("电子印章", "账单上的印章。"),
    }
    index = with_synonyms(files, REFUND, ("电子印章", "electronic seal"))
    (offered,) = suggest(index, "请问怎么退款", "zh")
    assert (offered.id, offered.lang, offered.url.split("#")[0]) == (
        "refunds/get-a-refund",
        "en",
        "/refunds/get-a-refund/",
    )
    assert [(why.part, why.words) for why in offered.why] == [("synonym", ("退款",))]
    (offered,) = suggest(index, "the electronic seal", "en")
    assert (offered.id, offered.lang) == ("billing/stamp", "zh")
    without = build_index(read(files).articles)
    assert suggest(without, "请问怎么退款", "zh") == suggest(without, "the electronic seal", "en") == ()


def test_an_article_with_the_customers_own_words_comes_before_one_that_is_only_called_so():
    files = {"a/own.md": written("Get your money back"), "a/called.md": written("Get your refund now")}
    index = with_synonyms({**files, "b/b.md": written("Cookies"), "b/c.md": written("Devices")}, REFUND)
    assert [each for each, _ in rank(index, "money back", "en")] == ["a/own", "a/called"]
    best = {found.id: [why.part for why in found.why] for found in search(index, "money back", "en")}
    assert best["a/own"][0] == "title"
    assert "synonym" not in best["a/own"]
    assert best["a/called"] == ["synonym"]


def test_questions_bring_synonyms_as_titles_do_and_texts_do_not():
    files = {
        "a/asked.md": written("Returning things", front="questions: [can I have a refund]\n"),
        "a/said.md": written("Sending things", "You get a refund."),
    }
    index = with_synonyms({**files, "b/b.md": written("Cookies"), "b/c.md": written("Devices")}, REFUND)
    assert [each for each, _ in rank(index, "退款", "zh")] == ["a/asked"]
    assert [each for each, _ in rank(index, "money back", "en")] == ["a/asked"]


def test_a_group_helps_a_mistyped_and_a_half_typed_word_too():
    index = with_synonyms(HELP, ("refund", "reimbursement"))
    assert suggest(index, "reimbursment", "en")[0].id == "refunds/get-a-refund"
    assert search(index, "reimburs", "en")[0].id == "refunds/get-a-refund"


def test_the_general_list_is_read_whole():
    groups, problems = read_synonyms(files("ticket_api.knowledge").joinpath("lexicon.yml").read_bytes())
    assert [problem for problem in problems if problem.error] == []
    assert len(groups) > 300


def test_a_customers_question_leaves_no_trace_in_memory():
    index = index_of({"a.md": written("Get a refund"), "b.md": written("Sign in")})
    search(index, "reimburse me", "en")
    kept = thesaurus_module._sequence.cache_info().currsize
    assert [reason.part for reason in search(index, "reimburse me, said the walrus", "en")[0].why] == ["synonym"]
    assert thesaurus_module._sequence.cache_info().currsize == kept
