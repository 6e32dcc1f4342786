"""Query: a question made ready to be looked up, in a bounded amount of work whatever its length."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice

from msgspec import Struct

from ticket_api.knowledge.shelf import Shelf
from ticket_api.knowledge.simplified import simplified
from ticket_api.knowledge.text import (
    STOP_WORDS,
    content,
    every_word,
    grams,
    is_han,
    joined,
    pairs,
    split,
    stem,
    terms,
    unified,
    wording,
)
from ticket_api.knowledge.text import words as words_of

LONGEST = 4_000
"""Characters of a question that are read; whoever writes more has said it by then."""

LONGEST_OWN = 1_000
"""Characters of it that are normalised once quoted lines are out: for one in eighteen parts, or for a letter under a
thousand accents, that takes longer than all the rest."""

MOST_WORDS, MOST_LETTERS, MOST_MENDED, MOST_COMPLETED = 100, 500, 8, 12
"""How many words of it are looked at, and letters of them, how many are mended, and how many completions taken."""

MOST = {"article": 40, "section": 60, "title": 100, "pairs": 48}
"""How many different things of each kind are looked up."""

MENDED, COMPLETED = 0.8, 0.4
"""What a mended or a completed word weighs beside one that stands as it was typed."""

CODE = re.compile(r"[a-z]{1,3}[0-9]{3,}")
"""E-1042, as a term."""

CODES = 3.0
"""What a code weighs beside a word: "error E-1042, what now?" asks for the code."""

QUOTED = re.compile(r"^[ \t]*>.*$", re.MULTILINE)

SIGNATURE = re.compile(r"^-- ?\r?$", re.MULTILINE)
"""The line that a mail's signature begins with (RFC 3676, section 4.3)."""


def is_code(term: str) -> bool:
    """Whether a term is a code such as E-1042."""
    return term[-1:].isdigit() and CODE.fullmatch(term) is not None


class Query(Struct, frozen=True):
    """What is looked up in each kind of postings, with its weight.

    `words` maps a term to the word it was made of; `mended` a word to the one it was read as. `typed` is the question
    in the customer's own characters, `text` the same length of it in simplified ones.
    """

    asked: Mapping[str, Mapping[str, float]]
    words: Mapping[str, str]
    mended: Mapping[str, str]
    typed: str
    text: str

    def as_typed(self, word: str) -> str:
        """A word in the customer's own characters."""
        at = self.text.find(word)
        return self.typed[at : at + len(word)] if at >= 0 else word

    @property
    def codes(self) -> list[str]:
        """The codes such as E-1042 that it names."""
        return [term for term in self.terms if is_code(term)]

    @property
    def terms(self) -> Mapping[str, float]:
        """The terms that articles are found by."""
        return self.asked["article"]


def read_query(question: str, shelf: Shelf, *, typing: bool = False) -> Query:
    """Read a question against a shelf; `typing` completes its last word."""
    typed = unified(_own(question[:LONGEST]))[:LONGEST_OWN]  # one character may become eighteen
    text = simplified(typed)
    every = every_word(text)
    said = content(text, every)
    kept = _bounded([*said, *_telling_filler(every, shelf)])
    mended = _mended(kept, shelf)
    read, every = ([mended.get(word, word) for word in words] for words in (kept, _bounded(every)))
    names = [name for name in joined(every) if shelf.postings["article"].of(name)]
    slips = {term for word in mended.values() for term in split(word)}
    asked = {
        "article": _weighed("article", [*names, *terms(read)], slips),
        "section": _weighed("section", [*names, *terms(every)], slips),
        "title": _first("title", grams(read)),
        "pairs": _first("pairs", pairs(every, read)),
        "wording": {wording(every): 1.0} if every else {},
    }
    words = dict(zip(names, names, strict=True)) | {
        term: word for word in reversed(kept) for term in terms([mended.get(word, word)])
    }
    for word in _completed(said, text, shelf) if typing else ():
        for kind in ("article", "section"):
            asked[kind].setdefault(stem(word), COMPLETED)
        words.setdefault(stem(word), word)
    return Query(asked, words, mended, typed, text)


def _own(question: str) -> str:
    """A question without the lines that it quotes and without a signature, unless it asks for nothing without them."""
    own = QUOTED.sub("", question[: signed.start()] if (signed := SIGNATURE.search(question)) else question)
    return own[:LONGEST_OWN] if own == question or words_of(own[:LONGEST_OWN]) else question[:LONGEST_OWN]


def _bounded(words: Iterable[str]) -> list[str]:
    """The first words, and the beginning of a run of Han characters that would make them too many letters."""
    bounded, left = [], MOST_LETTERS
    for word in islice(words, MOST_WORDS):
        if not left:
            break
        bounded.append(word[:left])
        left -= len(bounded[-1])
    return bounded


def _telling_filler(words: Sequence[str], shelf: Shelf) -> list[str]:
    """The words of filler that articles hold as content: in a title of nothing else ("Thank you"), or with another
    ending, as those about needs and questions do."""
    postings = shelf.postings["article"]
    filler = (word for word in words[:MOST_WORDS] if word in STOP_WORDS)
    kept = (word for word in filler if len(word) > 2 or is_han(word))  # "on" has the stem of "one"
    return [word for word in kept if postings.of(stem(word))]


def _first(kind: str, found: Iterable[str]) -> dict[str, float]:
    return dict.fromkeys(islice(dict.fromkeys(found), MOST[kind]), 1.0)


def _weighed(kind: str, found: Iterable[str], slips: Collection[str]) -> dict[str, float]:
    weights = _first(kind, found)
    codes = dict.fromkeys(filter(is_code, weights), CODES)
    return weights | codes | dict.fromkeys(weights.keys() & slips, MENDED)


def _mended(words: Sequence[str], shelf: Shelf) -> dict[str, str]:
    """Words that stand nowhere, each with the one a single slip of the keyboard away that most articles have."""
    postings = shelf.postings["article"]

    def having(word: str) -> int:
        return len(postings.of(stem(word)))

    unknown = [word for word in dict.fromkeys(words) if not is_han(word) and not having(word)][:MOST_MENDED]
    best = {word: max(shelf.vocabulary.near(word), key=having, default="") for word in unknown}
    return {word: found for word, found in best.items() if having(found)}


def _completed(words: Sequence[str], text: str, shelf: Shelf) -> list[str]:
    """Words that begin with what is being typed at the end of the text."""
    last = words[-1] if words else ""
    if len(last) < 2 or is_han(last) or not text.endswith(last):
        return []
    return shelf.vocabulary.beginning_with(last, MOST_COMPLETED)
