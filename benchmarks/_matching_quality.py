"""How often the right article is found, and how well scores tell a question that no article answers.

All in per cent. Of a question counts the place of the first right article, and the best score: minus infinity where
nothing was found.
"""

import math
import time
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from benchmarks._matching_peers import SHOWN, Documents, Rank
from benchmarks._measure import Progress

LOST = 0.1
"""The share of right suggestions that the threshold of `fsr90` gives up."""


@dataclass
class Tally:
    """What one system did on one set: the place of each right article, milliseconds of CPU, and best scores.

    `answered` holds the best scores of the questions that an article answers, `right` those of them whose article is
    among the first three, `unanswered` those of the questions that none answers.
    """

    places: list[int] = field(default_factory=list)
    millis: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    right: list[float] = field(default_factory=list)
    unanswered: list[float] = field(default_factory=list)

    def ask(self, rank: Rank, question: Mapping[str, object]) -> None:
        """Put one question to the system."""
        started = time.process_time()
        found = rank(str(question["text"]))
        self.millis.append(1000 * (time.process_time() - started))
        self._note([key for key, _ in found], found[0][1] if found else -math.inf, question["relevant"])

    def _note(self, found: Sequence[str], best: float, relevant: object) -> None:
        if not isinstance(relevant, list) or not relevant:
            self.unanswered.append(best)
            return
        place = next((place for place, key in enumerate(found) if key in relevant), SHOWN)
        self.places.append(place)
        self.answered.append(best)
        if place < 3:
            self.right.append(best)

    def share(self, within: int) -> float:
        """How many of the answerable questions have their right article within the first so many."""
        return 100 * fmean(place < within for place in self.places)

    @property
    def auroc(self) -> float:
        """`auroc` of the best scores."""
        return auroc(self.answered, self.unanswered)

    @property
    def fsr90(self) -> float:
        """`fsr90` of the best scores."""
        return fsr90(self.right, self.unanswered)


def auroc(answered: Sequence[float], unanswered: Sequence[float]) -> float:
    """How often an answerable question scores above an unanswerable one, a draw counting half (Mann and Whitney)."""
    low = sorted(unanswered)
    wins = sum(bisect_left(low, score) + bisect_right(low, score) for score in answered) / 2
    return 100 * wins / (len(answered) * len(low))


def fsr90(right: Sequence[float], unanswered: Sequence[float]) -> float:
    """How many unanswerable questions get a suggestion at the threshold that keeps nine in ten of the right ones."""
    threshold = sorted(right)[int(LOST * len(right))]
    return 100 * fmean(score >= threshold for score in unanswered)


def ask_all(systems: Mapping[str, Rank], questions: Documents, progress: Progress) -> dict[str, Tally]:
    """Put every question to every system, in an order that turns from question to question, so that times compare."""
    tallies = {system: Tally() for system in systems}
    order = list(systems)
    for question in questions:
        order = order[1:] + order[:1]
        for system in order:
            tallies[system].ask(systems[system], question)
        progress.step()
    return tallies
