"""Slips of the hand in questions, the same in every run."""

import json
import os
import random
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from ticket_api.knowledge.text import is_han

IN_WORDS, IN_HAN = 0.15, 0.08
"""The share of English words of four letters or more, and of Han characters, with a slip."""

SOUND = 0.6
"""The share of slips in Han characters that are the wrong one of the right sound, where such are known."""

SHORTEST = 4
KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")

Homophones = Mapping[str, Sequence[str]]


@cache
def homophones() -> Homophones:
    """Han character -> others that sound alike, from `homophones.json` beside the questions; none without that file."""
    path = Path(os.environ.get("MATCHING_DATA", ""), "..", "homophones.json")
    if path.exists():
        return dict(json.loads(path.read_text(encoding="utf-8")))
    print(f"There is no {path}: Chinese slips are swapped, dropped and doubled characters only.", file=sys.stderr)
    return {}


def with_slips(question: Mapping[str, Any], sounds: Homophones, draw: int = 0) -> dict[str, Any]:
    """The question as a hurried hand types it, another time for each draw."""
    choose = random.Random(f"slips of {question['id']}, {draw}")
    text = question["text"]
    slipped = _in_han(text, choose, sounds) if question["lang"] == "zh" else _in_words(text, choose)
    return {**question, "text": slipped}


def _in_words(text: str, choose: random.Random) -> str:
    words = text.split(" ")
    for place, word in enumerate(words):
        if len(word) >= SHORTEST and word.isascii() and word.isalpha() and choose.random() < IN_WORDS:
            words[place] = _slip(word, choose)
    return " ".join(words)


def _slip(word: str, choose: random.Random) -> str:
    """Two letters swapped, one dropped, one doubled or the key beside it; the first letter is always right."""
    at = choose.randrange(1, len(word) - 1)
    before, letter, after = word[:at], word[at], word[at + 1 :]
    return choose.choice(
        (
            before + after[0] + letter + after[1:],
            before + after,
            before + 2 * letter + after,
            before + choose.choice(_beside(letter.lower())) + after,
        )
    )


def _beside(letter: str) -> str:
    """The keys that touch a letter's on an English keyboard."""
    row = next(number for number, keys in enumerate(KEYS) if letter in keys)
    column = KEYS[row].index(letter)
    near = [KEYS[row][max(0, column - 1) : column] + KEYS[row][column + 1 : column + 2]]
    if row:
        near.append(KEYS[row - 1][column : column + 2])  # each row of keys stands a little to the right
    if row + 1 < len(KEYS):
        near.append(KEYS[row + 1][max(0, column - 1) : column + 1])
    return "".join(near)


def _in_han(text: str, choose: random.Random, sounds: Homophones) -> str:
    """Mostly the wrong character of the right sound, as one picks it from an input method's list."""
    rest = list(reversed(text))
    typed: list[str] = []
    while rest:
        letter = rest.pop()
        if not is_han(letter) or choose.random() >= IN_HAN:
            typed.append(letter)
        elif sounds.get(letter) and choose.random() < SOUND:
            typed.append(choose.choice(sounds[letter]))
        else:
            slip = choose.choice(("swap", "swap", "drop", "double"))
            typed += {"drop": [], "double": [letter, letter], "swap": [*rest[-1:], letter]}[slip]
            del rest[len(rest) - (slip == "swap") :]
    return "".join(typed) or text
