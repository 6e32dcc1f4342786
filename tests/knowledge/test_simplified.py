"""Traditional characters meet simplified ones."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.knowledge.library import HELP, index_of, read, told, written
from ticket_api.knowledge.matching import suggest
from ticket_api.knowledge.simplified import changes, simplified
from ticket_api.knowledge.text import HAN, normalise, tokens

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("請問發票上的稅號", "请问发票上的税号"),
        ("帳戶", "账户"),
        ("賬號 帐号 账号", "账号 账号 账号"),
        ("接著註冊，妳甚麼時候回覆？", "接着注册，你什么时候回复？"),
        ("這裡 這裏 臺灣 滙款", "这里 这里 台湾 汇款"),
        ("瞭解後續的隱私設定", "了解后续的隐私设定"),
        ("退款 Refund é 退", "退款 Refund é 退"),
        ("", ""),
    ],
)
def test_traditional_becomes_simplified(text, expected):
    assert simplified(text) == expected


def test_every_character_stays_one_and_is_changed_once_and_for_all():
    everything = "".join(map(chr, (*range(0xD800), *range(0xE000, sys.maxunicode + 1))))
    after = simplified(everything)
    assert len(after) == len(everything)
    assert simplified(after) == after
    changed = {(before, now) for before, now in zip(everything, after, strict=True) if before != now}
    assert len(changed) == len(changes()) > 3000
    assert all(re.fullmatch(f"[{HAN}]{{2}}", before + now) for before, now in changed)
    assert all(normalise(now) == now for _, now in changed)


def test_a_question_in_traditional_characters_finds_the_simplified_article():
    index = index_of(HELP)
    assert suggest(index, "請問怎麼申請退款？", "zh")[0].url == "/zh/refunds/get-a-refund/"
    assert suggest(index, "忘記密碼了，收不到郵件", "zh")[0].url == "/zh/account/forgotten-password/"
    assert tokens("請問怎麼申請退款？") == tokens("请问怎么申请退款？")


def test_a_simplified_question_finds_the_article_in_traditional_characters():
    index = index_of({**HELP, "billing/card.zh.md": written("更換信用卡", "在設定裡更換付款方式。")})
    assert suggest(index, "怎么更换信用卡", "zh")[0].url == "/zh/billing/card/"
    assert read({"a/card.zh.md": written("更換信用卡")}).articles[0].title == "更換信用卡"


def test_the_same_title_in_the_other_characters_is_the_same_title():
    (problem,) = told({"a/one.zh.md": written("更换账户"), "a/two.zh.md": written("更換帳戶")})
    assert problem.startswith("a/two.zh.md:2: a/one.zh.md has the same title")


def test_the_table_is_not_read_for_plain_english():
    program = (
        "from ticket_api.knowledge.simplified import changes\nfrom ticket_api.knowledge.text import tokens\n"
        "tokens('How do I get my money back?')\nassert changes.cache_info().currsize == 0\n"
        "tokens('退款')\nassert changes.cache_info().currsize == 1"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
