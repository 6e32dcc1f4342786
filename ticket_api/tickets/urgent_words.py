"""Words by which customers say that it presses, or that it doesn't, in both languages."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

URGENT = (
    *("urgent", "urgently", "asap", "as soon as possible", "emergency", "immediately", "right away", "at once"),
    *("critical", "outage", "is down", "are down", "not working at all", "deadline", "end of today", "by tonight"),
    *("hacked", "stolen", "fraud", "data loss", "lost all", "chargeback", "lawyer", "legal action"),
    *("紧急", "緊急", "急需", "急用", "加急", "很急", "着急", "著急", "尽快", "盡快", "马上", "馬上", "立刻", "立即"),
    *("赶紧", "趕緊", "今天之内", "截止", "宕机", "崩溃", "用不了", "无法使用", "被盗", "盗刷", "诈骗", "数据丢失"),
    *("投诉", "起诉", "律师"),
)
CALM = (
    *("not urgent", "isn't urgent", "nothing urgent", "no rush", "no hurry", "not in a hurry", "take your time"),
    *("when you have time", "whenever you have time", "not critical"),
    *("不急", "不着急", "不著急", "不紧急", "不緊急", "不是很急", "不是很着急", "不用急", "不用着急", "不用马上"),
    *("不用尽快", "有空再", "有空的时候", "方便的时候", "慢慢来"),
)
_WIDE = re.compile("[\uff21-\uff3a\uff41-\uff5a]")
"""Latin letters as wide as Chinese ones: looking for them costs less than folding what has none."""
LONGEST = 10_000
"""Characters of what was written that are looked through."""


class Tone(NamedTuple):
    """The first word found of either kind, "" for none."""

    urgent: str = ""
    calm: str = ""


class _Lists(NamedTuple):
    urgent: tuple[str, ...]
    calm: tuple[str, ...]


class Words:
    """What is looked for: ours, and the owner's. Letters of one width, without case."""

    def __init__(self, urgent: Iterable[str] = (), calm: Iterable[str] = ()) -> None:
        self._all = _Lists(_prepared((*URGENT, *urgent)), _prepared((*CALM, *calm)))
        self._latin = _Lists(*(tuple(filter(str.isascii, each)) for each in self._all))

    def tone(self, text: str) -> Tone:
        """What a text says. A word within one that says the opposite ("not urgent") isn't counted."""
        plain, calm = _plain(text[:LONGEST]), ""
        lists = self._latin if plain.isascii() else self._all  # nothing else can be in it
        for word in lists.calm:
            if word in plain and (found := _whole(word).search(plain)):
                calm = calm or word
                plain = f"{plain[: found.start()]} {plain[found.end() :]}"
        there = [word for word in lists.urgent if word in plain]
        return Tone(next((word for word in there if _whole(word).search(plain)), ""), calm)


def _prepared(words: Sequence[str]) -> tuple[str, ...]:
    """The longest first: "不着急" before "着急"."""
    return tuple(sorted({_plain(word) for word in words}, key=lambda word: (-len(word), word)))


def _plain(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text) if _WIDE.search(text) else text
        text = text.replace("’", "'")
    return text.casefold()


@lru_cache(maxsize=4096)
def _whole(word: str) -> re.Pattern[str]:
    """The word where no other Latin letter or digit goes on with it; Chinese has no spaces between words."""
    return re.compile(rf"(?<!\w){re.escape(word)}(?!\w)" if word.isascii() else re.escape(word), re.ASCII)
