"""One normaliser and tokeniser for both languages.

Plain regular expressions, so that the browser can do the same: in JavaScript `\\p{L}\\p{N}` with the flag `u` stands
for `[^\\W_]`, and `toLowerCase()` with ß made ss for casefold. STOP_WORDS are the same in both; so is
Porter's stemmer for words of up to LONGEST_STEMMED letters, but that lunr.js leaves a y after a vowel where this one
makes it i (money, monei).
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from lunr.stemmer import PorterStemmer

from ticket_api.knowledge.simplified import simplified

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
"""The inside of a character class: the Han characters."""

ENGLISH_FILLER = """
a an the this that these those it its i me my we our you your he she they them their im ive id ill
am is are was were be been being do does did doing done have has had having can could may might will would shall
should cant dont doesnt didnt isnt wont couldnt wouldnt havent hasnt what which who whom whose when where why how
and or but if then than so as of at by for from in into on onto to with about there here
please pls plz hi hello hey dear thanks thank want wanna need like just get got help know tell question anyone somebody
"""

CHINESE_FILLER = """
请问一下 请问 你好 您好 谢谢 麻烦 一下 我想问 我想要 我想 我要 想要 想问 想知道 我的 我们 你们 我 你 您
怎么办 怎么样 怎么 怎样 如何 为什么 为何 什么 哪里 哪儿 在哪 是否 能否 可否 能不能 可不可以 可以 是不是
有没有 要不要 会不会 呢 吗 吧 啊 呀 嘛 的 了 帮忙 帮我 告诉 那个 这个
"""

STOP_WORDS: frozenset[str] = frozenset((ENGLISH_FILLER + CHINESE_FILLER).split())
"""What a question may hold without asking for anything: English words whole, Chinese ones wherever they stand."""

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
APOSTROPHES = re.compile("['’ʼ]")
APOSTROPHE = re.compile(r"(?<=[^\W\d_])['’ʼ](?=[^\W\d_])")
FILLER = re.compile("|".join(sorted(CHINESE_FILLER.split(), key=len, reverse=True)))
CODE = r"[a-z]{1,3}-[0-9]+"
HAN_FIRST = re.compile(f"[{HAN}]")
PART = re.compile(rf"(?<![^\W_])(?:{CODE})(?![^\W_])|[{HAN}]+|[^\W_{HAN}]+")
LONGEST_STEMMED = 40
"""Letters of a word that is stemmed. No English word is longer, and the stemmer recurses once for each y in a row."""

LONGEST_NUMBER = 4
"""Digits of a number that belongs to a name, such as that of a version or a year."""

_stem = PorterStemmer().stem


def normalise(text: str) -> str:
    """One way of writing: `unified`, Chinese simplified."""
    return simplified(unified(text))


def unified(text: str) -> str:
    """NFKC, casefolded, without control and zero-width characters."""
    return CONTROL.sub("", unicodedata.normalize("NFKC", text).casefold())


def words(text: str) -> list[str]:
    """Words and runs of Han characters as they stand, filler dropped; codes such as E-1042 and 2FA are whole."""
    normal = normalise(text)
    return content(normal, every_word(normal))


def tokens(text: str) -> list[str]:
    """The words of a text as they are indexed: English stems, Han bigrams, codes whole, question filler dropped."""
    return [token for word in words(text) for token in split(word)]


def every_word(normal: str) -> list[str]:
    """The words of a normalised text, filler included."""
    return PART.findall(APOSTROPHE.sub("", normal) if APOSTROPHES.search(normal) else normal)


def content(normal: str, every: Sequence[str]) -> list[str]:
    """The words of a normalised text but for its filler; `every` are all of them."""
    chinese = not normal.isascii() and any(map(is_han, every))
    kept = every_word(FILLER.sub(" ", normal)) if chinese else every
    return [word for word in kept if word not in STOP_WORDS]


def split(word: str) -> list[str]:
    """The tokens of one of `words`: Han characters fall into pairs, a word becomes its stem, E-1042 is also E1042."""
    if is_han(word):
        return [word[place : place + 2] for place in range(max(1, len(word) - 1))]
    return [stem(word)]


def is_han(word: str) -> bool:
    """Whether a word is a run of Han characters."""
    return word > "\u3000" and HAN_FIRST.match(word) is not None


def stem(word: str) -> str:
    """The stem of an English word, without its hyphen.

    What holds more than the letters a to z, or over LONGEST_STEMMED, stays as it is.
    """
    return _short_stem(word) if len(word) <= LONGEST_STEMMED else word.replace("-", "")


@lru_cache(maxsize=50_000)
def _short_stem(word: str) -> str:
    """The stem, kept: so short that visitors can't fill the memory with words of their own."""
    word = word.replace("-", "")
    return str(_stem(word)) if word.isascii() and word.isalpha() else word


def terms(words: Iterable[str]) -> list[str]:
    """The tokens of words, and beside pairs of Han characters each by itself: what articles are found by."""
    found: list[str] = []
    for word in words:
        if not is_han(word):
            found.append(stem(word))
        else:
            found += split(word)
            found += word if len(word) > 1 else ""
    return found


def joined(every_word: Iterable[str]) -> list[str]:
    """Names with their number in one, as some write them: `iOS 18` is also ios18."""
    return [
        name + number
        for name, number in pairwise(every_word)
        if number.isdigit() and len(number) <= LONGEST_NUMBER and name.isalpha() and name not in STOP_WORDS
    ]


def wording(every_word: Iterable[str]) -> str:
    """A whole text as one term, whatever its signs and endings: two with the same wording ask the same."""
    return " ".join(word if is_han(word) else stem(word) for word in every_word)


def grams(words: Iterable[str]) -> list[str]:
    """Characters of words in groups: 3 and 4 within each word, 1 and 2 of Han; they forgive endings and typing."""
    found: list[str] = []
    for word in words:
        for size in (1, 2) if is_han(word) else (3, 4):
            found += [word[place : place + size] for place in range(max(1, len(word) - size + 1))]
    return found


def pairs(every_word: Iterable[str], content: Iterable[str]) -> list[str]:
    """Neighbouring words, filler included, and words of content in any order with at most one between; not of Han."""
    endings = ["" if is_han(word) else stem(word) for word in every_word]
    found = [f"{first} {second}" for first, second in pairwise(endings) if first and second]
    endings = [stem(word) for word in content if not is_han(word)]
    for gap in (1, 2):
        near = zip(endings, endings[gap:], strict=False)
        found += [f"{first}~{second}" if first < second else f"{second}~{first}" for first, second in near]
    return found
