"""Sorter: which category a question is about, learned from those whose category is known. It abstains when not sure.

Naive Bayes over TF-IDF: multinomial, each text of one length, all categories equally likely beforehand (Rennie et al.,
"Tackling the Poor Assumptions of Naive Bayes Text Classifiers", ICML 2003, but for the complement).
"""

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from ticket_api.knowledge.text import is_han, terms, words

SMOOTHING = 0.3
"""What every term weighs in every category, so that one that was never seen there doesn't rule it out."""
SURE = 0.9
"""The least confidence with which it doesn't abstain."""
HANDFUL = 20
"""With fewer known questions it knows nothing of its own mistakes, and always abstains."""
HELD_OUT = 1_000
"""Of so many known questions, the first ones, it finds out what it would have said without them."""
LONGEST = 2_000
"""Characters of a question that are read."""
SPOKEN = 3
"""The most words that are named as the reason."""
NOTHING = 1e-9
"""What is less is what taking away leaves of nothing."""

Vector = Mapping[str, float]


class Example(Struct, frozen=True):
    """A text whose category is known, by its terms."""

    terms: tuple[str, ...]
    category: str


class Verdict(Struct, frozen=True):
    """What a question is most likely about.

    `confidence`, from 0 to 1: of the known questions on which it would have been at least as sure, so many it would
    have sorted right. `words` are those of the question that spoke for it most.
    """

    category: str
    confidence: float
    words: tuple[str, ...]

    @property
    def sure(self) -> bool:
        """Whether it doesn't abstain."""
        return self.confidence >= SURE


def terms_of(text: str) -> tuple[str, ...]:
    """The terms by which a text is sorted, each once."""
    return tuple(dict.fromkeys(terms(words(text[:LONGEST]))))


class Sorter:
    """`known` are questions, the newest first, and `articles` what speaks for a category before anybody asked.

    Never changed once it is made. `go_on` is called between some questions and the next, and may raise to end it.
    """

    def __init__(
        self, known: Sequence[Example], articles: Sequence[Example] = (), go_on: Callable[[], object] = lambda: None
    ) -> None:
        every = [*articles, *known]
        self._count = len(every)
        self._seen = Counter(term for example in every for term in example.terms)
        self._weights: dict[str, dict[str, float]] = defaultdict(dict)
        self._mass: dict[str, float] = defaultdict(float)
        for place, example in enumerate(every):
            self._add(example, 1)
            _breathe(place, go_on)
        enough = len(known) >= HANDFUL and len(self._mass) > 1
        self._scores, self._confidences = self._tried(known[:HELD_OUT], go_on) if enough else ([], [])

    def judge(self, text: str) -> Verdict | None:
        """What a question is about; None when it shares no word with anything that is known."""
        found = self.best(terms_of(text))
        if found is None:
            return None
        category, score = found
        return Verdict(category, self._confidence(score), self.words_for(text, category))

    def words_for(self, text: str, category: str) -> tuple[str, ...]:
        """The words of a question that speak for a category, the strongest first: for it more than for the others."""
        others = [each for each in self._mass if each != category]
        gains = {}
        for term, weight in self._vector(terms_of(text)).items():
            said = self._weights[term]
            elsewhere = math.fsum(_log(said.get(each, 0.0)) for each in others) / max(1, len(others))
            gains[term] = weight * (_log(said.get(category, 0.0)) - elsewhere)
        strongest = sorted((term for term, gain in gains.items() if gain > 0), key=lambda term: -gains[term])
        return _as_typed(text, strongest)

    def _add(self, example: Example, sign: int) -> None:
        """Count an example, or with -1 as if it had never been there."""
        for term, weight in self._vector(example.terms, sign > 0).items():
            weights = self._weights[term]
            weights[example.category] = weights.get(example.category, 0.0) + sign * weight
            if weights[example.category] < NOTHING:
                del weights[example.category]
            self._mass[example.category] += sign * weight

    def _rarity(self, term: str) -> float:
        return 1 + math.log((self._count + 1) / (self._seen[term] + 1))

    def _vector(self, found: Sequence[str], learning: bool = False) -> Vector:
        """TF-IDF of length 1: of all terms while learning, else of those that are known."""
        weights = {term: self._rarity(term) for term in found if learning or self._weights.get(term)}
        length = math.sqrt(math.fsum(weight * weight for weight in weights.values()))
        return {term: weight / length for term, weight in weights.items()}

    def best(self, found: Sequence[str]) -> tuple[str, float] | None:
        """The likeliest category of a text by its terms, and by how much, in the share of the words that are known.

        The more, the surer, between texts too; `judge` says what it is worth. None when no term is known.
        """
        vector = self._vector(found)
        if not vector:
            return None
        whole, size = math.fsum(vector.values()), SMOOTHING * len(self._weights)
        scores = {each: -whole * math.log(mass + size) for each, mass in self._mass.items()}
        for term, weight in vector.items():
            for each, there in self._weights[term].items():
                scores[each] += weight * (_log(there) - _log(0.0))
        first, *others = sorted(scores, key=lambda each: -scores[each])
        lead = scores[first] - scores[others[0]] if others else 0.0
        return first, lead * self._familiar(found, vector)

    def _familiar(self, found: Sequence[str], vector: Vector) -> float:
        known = math.fsum(map(self._rarity, vector))
        return known / (math.fsum(map(self._rarity, found)) or 1.0)

    def _tried(self, known: Sequence[Example], go_on: Callable[[], object]) -> tuple[list[float], list[float]]:
        """Scores, rising, and the confidence from each on: by each question sorted as if it weren't known."""
        outcomes: dict[float, list[bool]] = defaultdict(list)
        for place, example in enumerate(known):
            found = self._best_without(example)
            if found:
                outcomes[found[1]].append(found[0] == example.category)
            _breathe(place, go_on)
        return _rising(outcomes)

    def _best_without(self, example: Example) -> tuple[str, float] | None:
        """What would be said of a known question if it weren't known; afterwards all is as it was."""
        self._add(example, -1)
        self._seen.subtract(example.terms)
        self._count -= 1
        found = self.best(example.terms)
        self._count += 1
        self._seen.update(example.terms)
        self._add(example, 1)
        return found

    def _confidence(self, score: float) -> float:
        place = bisect_right(self._scores, score)
        return self._confidences[place - 1] if place else 0.0


def _rising(outcomes: Mapping[float, Sequence[bool]]) -> tuple[list[float], list[float]]:
    """For each score how many of those with it or a higher one were right, by Laplace's rule, and never falling."""
    right = count = 0
    shares = {}
    for score in sorted(outcomes, reverse=True):
        right, count = right + sum(outcomes[score]), count + len(outcomes[score])
        shares[score] = (right + 1) / (count + 2)
    scores, best = sorted(shares), 0.0
    return scores, [best := max(best, shares[score]) for score in scores]


def _log(weight: float) -> float:
    return math.log(weight + SMOOTHING)


def _breathe(place: int, go_on: Callable[[], object]) -> None:
    if place % 100 == 99:
        go_on()


def _as_typed(text: str, strongest: Sequence[str]) -> tuple[str, ...]:
    """Terms as the words that they are of: of Han characters the pairs, and one alone where it is in none of these."""
    typed = {term: word for word in words(text[:LONGEST]) if not is_han(word) for term in terms([word])}
    shown: list[str] = []
    for term in sorted(strongest, key=lambda each: is_han(each) and len(each) == 1):
        word = typed.get(term, term)
        if not any(word in other for other in shown):
            shown.append(word)
    return tuple(shown[:SPOKEN])
