"""Query: a question made ready to be looked up, in a bounded amount of work whatever its length."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from msgspec import Struct
from rapidfuzz import process
from rapidfuzz.distance import OSA

from ticket_api.knowledge.text import grams, is_han, normalise, phrases, split, words

LONGEST = 4_000
"""Characters of a question that are read; whoever writes more has said it by then."""

MOST_TERMS, MOST_GRAMS, MOST_PHRASES, MOST_MENDED, MOST_COMPLETED = 48, 240, 96, 8, 12

SHORTEST_MENDED = 5
"""Letters of a word that may be corrected; shorter ones are a letter away from too many others."""

MENDED, COMPLETED = 0.8, 0.4
"""What a corrected or a completed word weighs beside one that stands as it was typed."""


class Query(Struct, frozen=True):
    """Terms, grams and phrases with their weights, and how many distinct terms were asked for.

    `words` maps a term to the word it was made of, `mended` a wrong term to the right one.
    """

    terms: Mapping[str, float]
    grams: Mapping[str, float]
    phrases: Mapping[str, float]
    words: Mapping[str, str]
    mended: Mapping[str, str]
    size: int


def read_query(question: str, vocabulary: Sequence[str], known: Mapping[str, object], *, typing: bool = False) -> Query:
    """Read a question against the terms of a shelf; `typing` completes its last word."""
    text = normalise(question[:LONGEST])[:LONGEST]  # one character may become eighteen
    origin: dict[str, str] = {}
    for word in words(text):
        for term in split(word):
            if len(origin) < MOST_TERMS:
                origin.setdefault(term, word)
    terms = dict.fromkeys(origin, 1.0)
    mended = _mended([term for term in origin if term not in known], vocabulary, known)
    for wrong, right in mended.items():
        del terms[wrong]
        terms.setdefault(right, MENDED)
        origin.setdefault(right, origin[wrong])
    size = len(terms)
    if typing:
        for term in _completed(text, vocabulary):
            terms.setdefault(term, COMPLETED)
            origin.setdefault(term, term)
    return Query(
        terms,
        dict.fromkeys(grams(text)[:MOST_GRAMS], 1.0),
        dict.fromkeys(phrases(text)[:MOST_PHRASES], 1.0),
        origin,
        mended,
        size,
    )


def _mended(unknown: Sequence[str], vocabulary: Sequence[str], known: Mapping[str, object]) -> dict[str, str]:
    """Words that stand in no article, each with the one a single slip of the keyboard away that most articles have."""
    found: dict[str, str] = {}
    for word in [word for word in unknown if len(word) >= SHORTEST_MENDED and not is_han(word)][:MOST_MENDED]:
        near = process.extract(word, vocabulary, scorer=OSA.distance, score_cutoff=1, limit=5)
        if near:
            found[word] = min(near, key=lambda match: (-len(known[match[0]]), match[0]))[0]  # type: ignore[arg-type]
    return found


def _completed(text: str, vocabulary: Sequence[str]) -> list[str]:
    """Terms that begin with what is being typed at the end of the text."""
    last = words(text)[-1:]
    if not last or not text.endswith(last[0]) or is_han(last[0]) or len(last[0]) < 2:
        return []
    at = bisect_left(vocabulary, last[0])
    return [term for term in vocabulary[at : at + MOST_COMPLETED] if term.startswith(last[0])]
