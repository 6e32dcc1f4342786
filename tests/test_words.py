"""Both languages say the same things."""

import re
import string
from pathlib import Path

import pytest

from ticket_api import words


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_both_languages_have_the_same_sentences():
    english, chinese = words.load("en"), words.load("zh")
    assert {section: set(keys) for section, keys in english.items()} == {
        section: set(keys) for section, keys in chinese.items()
    }


def test_both_languages_fill_in_the_same_values():
    english, chinese = words.load("en"), words.load("zh")
    for section, sentences in english.items():
        for key, sentence in sentences.items():
            if (section, key) in (("site", "date"), ("page", "when")):
                continue  # a month has a name in one language and a number in the other
            assert placeholders(sentence) == placeholders(chinese[section][key]), f"{section}.{key}"


def test_every_chinese_sentence_is_chinese():
    for section, sentences in words.load("zh").items():
        for key, sentence in sentences.items():
            spoken = any("\u4e00" <= character <= "\u9fff" for character in sentence)
            assert spoken or key in ("between", "comma", "in_language", "lang_en", "line", "quoted"), f"{section}.{key}"


def test_chinese_has_one_word_for_you():
    said = [(section, key) for section, each in words.load("zh").items() for key in each if "您" in each[key]]
    assert said == []


def test_every_sentence_is_said_somewhere():
    package = Path(words.__file__).parents[1]
    said = "".join(
        path.read_text(encoding="utf-8")
        for path in package.rglob("*")
        if path.suffix in (".py", ".html", ".js") and "__pycache__" not in path.parts
    )
    made = {
        "days",
        "variables",
        "acts",
        "admonition",
        "fields",
        "keys",
        "kind_why",
        "language",
        "parts",
        "priority",
        "queue",
        "rule_form",
        "rule_hours",
        "rule_promise",
        "rule_then",
        "rule_unsent",
        "rule_when",
        "rule_wrong",
        "status",
    }  # said by a key that is put together
    for section, sentences in words.load("en").items():
        for key in sentences.keys() - words.load("en")["status"].keys():
            stem = re.sub(r"_(one|many)$", "", key)
            assert section in made or re.search(rf"\b{stem}\b|\b{key}\b", said), f"{section}.{key}"


@pytest.mark.parametrize(
    ("wishes", "lang"),
    [
        (("zh",), "zh"),
        (("zh-CN",), "zh"),
        (("ZH_tw",), "zh"),
        (("", "zh-Hans-CN,zh;q=0.9,en;q=0.8"), "zh"),
        (("en;q=0.3,zh;q=0.9",), "zh"),
        (("fr,de;q=0.5",), "en"),
        (("fr,de;q=0.5,zh;q=0.1",), "zh"),
        (("zh;q=nonsense,en",), "en"),
        ((), "en"),
        (("x" * 10_000,), "en"),
    ],
)
def test_choose(wishes, lang):
    assert words.choose(*wishes) == lang
