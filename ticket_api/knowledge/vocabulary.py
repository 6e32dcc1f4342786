"""Vocabulary: the words of a help centre, so that a mistyped one is mended and a half typed one completed."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST_MENDED = 5
"""Letters of a word that may be mended; shorter ones are a letter away from too many others."""


class Vocabulary:
    """The words of a shelf but for its filler and for Han characters, sorted."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = tuple(words)

    def with_words(self, more: Collection[str]) -> "Vocabulary":
        """This and further words."""
        new = {word for word in more if word not in self}
        return Vocabulary(sorted([*self.words, *new])) if new else self

    def __contains__(self, word: str) -> bool:
        at = bisect_left(self.words, word)
        return at < len(self.words) and self.words[at] == word

    def near(self, word: str) -> list[str]:
        """The words that one slip of the keyboard makes this one of.

        None when it is too short to tell, or holds more than letters: E-1043 is another error than E-1042.
        """
        if len(word) < SHORTEST_MENDED or not word.isalpha():
            return []
        found = process.extract(word, self._alike(word), scorer=OSA.distance, score_cutoff=1, limit=None)
        return sorted(near for near, _, _ in found)

    def beginning_with(self, start: str, limit: int) -> list[str]:
        """The first `limit` words that begin so."""
        at = bisect_left(self.words, start)
        return [word for word in self.words[at : at + limit] if word.startswith(start)]

    def _alike(self, word: str) -> set[str]:
        """The words of about the same length that share the first or the last letter: one slip spares one of them."""
        lengths = range(len(word) - 1, len(word) + 2)
        keys = [(length, word[place], place) for length in lengths for place in (0, -1)]
        return {alike for key in keys for alike in self._buckets.get(key, ())}

    @cached_property
    def _buckets(self) -> dict[tuple[int, str, int], list[str]]:
        buckets: dict[tuple[int, str, int], list[str]] = defaultdict(list)
        for word in self.words:
            for place in (0, -1):
                buckets[len(word), word[place], place].append(word)
        return buckets
