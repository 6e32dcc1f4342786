"""The words of an excerpt that a question shares with it are marked, as matching itself reads words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.knowledge.library import HELP, index_of, read, written
from ticket_api.knowledge.index import build_index
from ticket_api.knowledge.matching import search, suggest
from ticket_api.knowledge.reasons import ONE_FOR_ONE, marked, marked_by
from ticket_api.knowledge.text import normalise, tokens

INDEX = index_of(HELP)
HOSTILE = st.text(
    st.one_of(
        st.sampled_from("abe E1é\u0301'’-. ﬁ½①㍿ﷺß\u200b\u00ad\ud800\0退款申請的了①Ⅳ２ａＡ\u1100\u1161\u11a8ｶﾞİ<>&"),
        st.characters(codec=None),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("text", "words", "pieces"),
    [
        ("A refund is paid back.", ["refunds"], ("A ", "refund", " is paid back.")),
        ("Refunds, REFUNDED", ["refund"], ("", "Refunds", ", ", "REFUNDED")),
        ("Cards take 5 days", ["refnud", "refund"], ("Cards take 5 days",)),
        ("扣款后可以申请退款。", ["申請"], ("扣款后可以", "申请", "退款。")),
        ("扣款後可以申請退款。", ["申请退款"], ("扣款後可以", "申請退款", "。")),
        ("申请表和退款单", ["申请退款"], ("", "申请", "表和", "退款", "单")),
        ("退回的钱", ["退"], ("", "退", "回的钱")),
        ("款退 款", ["退款"], ("款退 款",)),
        ("At five o’clock", ["oclock"], ("At five ", "o’clock")),
        ("one of us, on it", ["on"], ("one of us, on it",)),
        ("the how of it", ["how"], ("the how of it",)),
        ("what it is", ["refund"], ("what it is",)),
        ("Code E-1042 or e1042", ["e1042"], ("Code ", "E-1042", " or ", "e1042")),
        ("On iOS 18 and iOS 17", ["ios18"], ("On ", "iOS 18", " and iOS 17")),
        ("ﬁle, cafe\u0301s, ｒｅｆｕｎｄ", ["file", "café", "refund"], ("", "ﬁle", ", cafe\u0301s, ", "ｒｅｆｕｎｄ")),
        ("cafe\u0301 re\u200bfund.", ["café", "refund"], ("", "cafe\u0301", " ", "re\u200bfund", ".")),
        ("½ of ①", ["1"], ("", "½", " of ", "①")),
        ("", ["refund"], ()),
        ("refund", [], ("refund",)),
    ],
)
def test_words_are_marked_as_matching_reads_them(text, words, pieces):
    assert marked(text, words) == pieces


@settings(max_examples=400)
@given(HOSTILE, st.lists(HOSTILE, max_size=4))
def test_the_pieces_are_the_text(text, words):
    pieces = marked(text, words)
    assert "".join(pieces) == text
    assert all(pieces[1:])
    assert all(not set(tokens(piece)) & {token for word in words for token in tokens(word)} for piece in pieces[::2])


@given(st.from_regex(rf"[{ONE_FOR_ONE}]{{1,50}}", fullmatch=True))
def test_what_is_taken_to_stay_as_many_characters_does(text):
    assert len(normalise(text)) == len(text)


@pytest.mark.parametrize(
    ("question", "lang", "held"),
    [
        ("when do refunds arrive on cards", "en", ["Cards"]),
        ("my bankk declined the card", "en", ["bank", "declined", "card"]),
        ("退款要幾個工作日到賬", "zh", ["个工作日"]),
    ],
)
def test_an_excerpt_is_marked_by_its_reasons(question, lang, held):
    best = suggest(INDEX, question, lang, least=0)[0]
    pieces = marked_by(best.excerpt, best.why)
    assert "".join(pieces) == best.excerpt
    assert [*pieces[1::2]] == held


@pytest.mark.parametrize(
    ("question", "lang", "pieces"),
    [
        ("登陆", "zh", ("", "登录", "页打不开")),
        ("登路", "zh", ("", "登", "录页打不开")),
        ("portal", "zh", ("", "登录页", "打不开")),
        ("a quid", "en", ("", "Money", " back")),
        ("logon", "en", ("", "Sign", " in with a key")),
    ],
)
def test_what_means_the_same_and_what_is_right_in_a_slip_are_marked(question, lang, pieces):
    files = {
        "a/page.zh.md": written("登录页打不开"),
        "a/b.md": written("Money back"),
        "a/c.md": written("Sign in with a key"),
    }
    index = build_index(read(files).articles, synonyms=[("portal", "登录页"), ("quid", "money")])
    best = search(index, question, lang)[0]
    assert marked_by(best.title, best.why) == pieces


def test_a_long_text_comes_to_an_end():
    marks = "a" + "\u0301\u0323" * 2_000
    for text in ("退" * 20_000, "a" * 20_000, "é" * 20_000, "a\u0301" * 10_000, marks, "'a" * 10_000):
        assert "".join(marked(text, ["退款", "a", "é"])) == text


def test_half_typed_words_are_marked_in_a_search():
    (found,) = search(INDEX, "decli", "en")
    assert marked_by(found.excerpt, found.why)[1::2] == ("declined",)
