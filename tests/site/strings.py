"""Strings in which two tokenisers may differ: the same ones each time."""

import unicodedata
from itertools import islice
from random import Random

from tests.site.built import ROOT
from ticket_api.knowledge.folder import load_library
from ticket_api.knowledge.sections import SENTENCE_END
from ticket_api.knowledge.simplified import changes

MANY = 500
BY_HAND = (
    "charged twice, charges, charging; the CHARGE",
    "I can't sign in — don't know why",
    "y" * 60 + "ness and " + "x" * 45 + "ings",
    "y" * 41 + " " + "by" * 20 + " sky cry dry",
    "error E-1042 and e-2203, see e-invoice, ABCD-12, e-12-34, x_e-1",
    "Ünïcödé naïve café STRASSE Straße GROẞ ΣΊΣΥΦΟΣ Οδυσσεύς ΐ ΰ ᾳ ǰ ŉ İstanbul ılık ſ K Å µ",
    "ᏣᎳᎩ ꭰꭱ Ꮳ ᏸ",
    "ｆｕｌｌ　ｗｉｄｔｈ １２３ ＡＢＣ－１２ ﾊﾝｶｸ ｶﾞ",
    "zero\u200bwidth soft\u00adhyphen \ufeffmark \u202eturned\u202c \u2060joined",
    "\0nul \x07bell \x1b[31mred \x7f \x85next \u2028line \u2029paragraph",
    "snake_case and_more __init__ a/b\\c.d,e;f:g(h)[i]{j}",
    "money pay pays paid paying payment days delayed delaying cry crying dry sky by employer eyes reply replies easily",
    "flies dies mules denied died agreed owned humbled sized meeting stating",
    "10,000.50 EUR 14-day ISO-8601 2FA codes, 2fa ½ ² ① Ⅳ ٣ ৪ ໓ ㊿ ㈠ ㍻",
    "請問發票上的帳戶寫錯了，怎麼更改？ 瞭解 試著 甚麼 回覆 乾 后 裡",
    "𠮷野家 㐀 豈 﨎 \U00030000 々 〇 〡",
    "ひらがな カタカナ ｶﾀｶﾅ 한국어 ᄒ",
    "😀 👩‍👩‍👧‍👦 🇵🇹 #️⃣ ©®™ done",
    "rock'n'roll o’clock ʼtwas 'quoted' x’ ’x 5'6 it''s",
    "e\u0301te\u0301 e\u0301\u0323 a\u20dd \u0345",
    "",
    "   \n\t ",
    "的了吗",
    "the and of",
    "退",
    "款 退",
    "能不能能否可不可以怎么怎么办",
)
SCRIPTS = (
    *("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "HEBREW", "ARABIC", "DEVANAGARI", "BENGALI", "TAMIL", "THAI", "LAO"),
    *("TIBETAN", "GEORGIAN", "HANGUL", "ETHIOPIC", "CHEROKEE", "KHMER", "MONGOLIAN", "HIRAGANA", "KATAKANA"),
    *("BOPOMOFO", "YI", "FULLWIDTH", "CJK", "MATHEMATICAL", "ROMAN", "CIRCLED", "SUPERSCRIPT", "COMBINING"),
)


def strings() -> list[str]:
    """Sentences of our own articles in both languages, words of all scripts, and what we thought of."""
    draw = Random(5)
    found = [*BY_HAND, *_of_all_scripts(draw), *_traditional(draw)]
    sentences = [one for article in _articles() for one in SENTENCE_END.split(article.body) if one.strip()]
    draw.shuffle(sentences)
    return [*found, *islice(sentences, MANY - len(found))]


def _articles():
    return load_library(ROOT / "kb_articles", ("en", "zh")).articles


def _of_all_scripts(draw: Random) -> list[str]:
    by_script: dict[str, list[str]] = {script: [] for script in SCRIPTS}
    for number in range(0x20000):
        name = unicodedata.name(chr(number), "")
        for script in by_script.keys() & set(name.replace("-", " ").split()):
            by_script[script].append(chr(number))
    return [_text(draw, by_script[script]) for script in SCRIPTS for _ in range(5)]


def _text(draw: Random, letters: list[str]) -> str:
    """A few words of such letters, some of them with a sign of another kind in between."""
    words = ["".join(draw.choices(letters, k=draw.randint(1, 9))) for _ in range(6)]
    return draw.choice((" ", "-", "'", "'s ", "1", "_", "，", "\u200d", "x")).join(words)


def _traditional(draw: Random) -> list[str]:
    signs = list(map(chr, changes()))
    return ["".join(draw.choices(signs, k=12)) + draw.choice("的了吗的是否") for _ in range(40)]
