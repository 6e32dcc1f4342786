"""Whether it helps to prefer what a requester asked about before, and what it costs where that says nothing.

Each asker has a home category: the next question, and each of those before it, is from there with a probability p, else
from another one. What was asked before is read as the desk has to: by the category of what the matcher found first.
Categories are the set's own where it has some; else articles whose words are alike share one, as in a help centre.
p "base" draws home without a look at the question: then what was asked before says nothing.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from statistics import fmean

from benchmarks._matching_articles import article
from benchmarks._measure import Figure, Progress, number, print_table
from benchmarks._questions import QuestionSet, load
from ticket_api.knowledge.index import build_index
from ticket_api.knowledge.query import read_query
from ticket_api.knowledge.scoring import hits
from ticket_api.knowledge.text import tokens

CHANCES: Mapping[str, float | None] = {"base": None, "30": 0.3, "50": 0.5, "80": 0.8}
"""With which probability a question is from home; None is the share that home has of all questions."""
WEIGHTS = (0.0, 0.05, 0.1, 0.2, 0.4)
"""What a score gains, as a share of itself, where all that was asked before is of the article's category."""
BEFORE = 3
"""Questions that were asked before."""
ASKERS = 40
"""Askers of each question."""
SHOWN = 3
CLUSTERS = 8
ROUNDS = 12

Bag = dict[str, float]


@dataclass(frozen=True)
class Asked:
    """A question, the category of its right article, and what is found, best first: (article, its category, score)."""

    relevant: frozenset[str]
    found: tuple[tuple[str, str, float], ...]
    home: str

    @property
    def guess(self) -> str:
        """The category that the desk takes it for."""
        return self.found[0][1] if self.found else ""

    def place(self, past: Mapping[str, float], weight: float) -> int:
        """The place of the first right article, where those of `past` (shares by category) are preferred."""
        ordered = sorted(self.found, key=lambda each: -each[2] * (1 + weight * past.get(each[1], 0.0)))
        return next((place for place, each in enumerate(ordered) if each[0] in self.relevant), len(ordered) + SHOWN)


def measure() -> dict[str, Figure]:
    """Points of s1 and s3 that each weight gains, means over the sets; {} without sets."""
    sets = [each for each in load() if len(each.articles) > CLUSTERS]
    if not sets:
        return {}
    progress = Progress("personal suggestions", len(sets))
    gains: dict[tuple[str, float], list[tuple[float, float]]] = {}
    rows = []
    for each in sets:
        asked, own = _asked(each)
        for chance, p in CHANCES.items():
            shares = [_shares(asked, p, weight) for weight in WEIGHTS]
            rows.append((f"{each.name}{'' if own else ' *'}, p {chance}", [_cell(one, shares[0]) for one in shares]))
            for weight, (s1, s3) in zip(WEIGHTS[1:], shares[1:], strict=True):
                gains.setdefault((chance, weight), []).append((s1 - shares[0][0], s3 - shares[0][1]))
        progress.step()
    print_table(
        "right first / within three, in % (* categories made of alike words)", [f"{w:g}" for w in WEIGHTS], rows
    )
    figures = {}
    for (chance, weight), found in gains.items():
        for name, values in zip(("s1", "s3"), zip(*found, strict=True), strict=True):
            figures[f"personal_{name}_gain_p{chance}_w{weight:g}"] = Figure(fmean(values), min(values), max(values))
    return figures


def _cell(one: tuple[float, float], without: tuple[float, float]) -> str:
    if one == without:
        return f"{number(one[0])} / {number(one[1])}"
    return f"{one[0] - without[0]:+.1f} / {one[1] - without[1]:+.1f}"


def _asked(each: QuestionSet) -> tuple[list[Asked], bool]:
    """The questions that an article answers, and whether their categories are the set's own."""
    own = any(fields.get("category") for fields in each.articles)
    category = {f["id"]: f.get("category", "").split(" / ")[0] for f in each.articles} if own else _clusters(each)
    index = build_index(article(fields) for fields in each.articles)
    shelf, asked = index.shelves[each.lang], []
    for question in each.questions:
        if not question["relevant"]:
            continue
        found = hits(shelf, read_query(question["text"], shelf))
        listed = tuple((hit.document.entry.id, category[hit.document.entry.id], hit.score) for hit in found)
        right = question["relevant"]
        asked.append(Asked(frozenset(right), listed, category[right[0]]))
    return asked, own


def _shares(asked: Sequence[Asked], p: float | None, weight: float) -> tuple[float, float]:
    """s1 and s3 in per cent, over askers that are always the same."""
    draw = random.Random(7)
    of: dict[str, list[Asked]] = {}
    for each in asked:
        of.setdefault(each.home, []).append(each)
    places = []
    for each in asked:
        for _ in range(ASKERS):
            home = _home(each, asked, p, draw)
            # without a look at the question, who asks is at home as often as not
            at_home = 0.5 if p is None else p
            before = [_from(home, of, asked, at_home, draw) for _ in range(BEFORE)]
            past = Counter(one.guess for one in before)
            places.append(each.place({name: count / BEFORE for name, count in past.items()}, weight))
    return 100 * fmean(place < 1 for place in places), 100 * fmean(place < SHOWN for place in places)


def _home(each: Asked, asked: Sequence[Asked], p: float | None, draw: random.Random) -> str:
    """The category of somebody who asks this: its own with probability p, else another by how much is asked there."""
    if p is None:
        return draw.choice(asked).home
    if draw.random() < p:
        return each.home
    return _other(each.home, asked, draw).home


def _from(home: str, of: Mapping[str, Sequence[Asked]], asked: Sequence[Asked], p: float, draw: random.Random) -> Asked:
    return draw.choice(of[home]) if draw.random() < p else _other(home, asked, draw)


def _other(home: str, asked: Sequence[Asked], draw: random.Random) -> Asked:
    """Any question from elsewhere."""
    while (other := draw.choice(asked)).home == home:
        pass
    return other


def _clusters(each: QuestionSet) -> dict[str, str]:
    """Articles by their ids in groups of alike words: k-means over unit TF-IDF vectors; always the same."""
    bags = {fields["id"]: Counter(tokens(f"{fields['title']} {fields['body'][:2000]}")) for fields in each.articles}
    held = Counter(term for bag in bags.values() for term in bag)
    vectors = {
        key: _unit({term: (1 + log(count)) * log(len(bags) / held[term]) for term, count in bag.items()})
        for key, bag in bags.items()
    }
    centres = [vectors[key] for key in random.Random(each.name).sample(sorted(vectors), CLUSTERS)]
    group: dict[str, int] = {}
    for _ in range(ROUNDS):
        group = {
            key: max(range(CLUSTERS), key=lambda place: _alike(vector, centres[place]))
            for key, vector in vectors.items()
        }
        centres = [_middle([vectors[key] for key in group if group[key] == place]) for place in range(CLUSTERS)]
    return {key: f"group {place}" for key, place in group.items()}


def _unit(vector: Bag) -> Bag:
    length = sqrt(sum(value * value for value in vector.values())) or 1.0
    return {term: value / length for term, value in vector.items()}


def _alike(one: Bag, other: Bag) -> float:
    return sum(value * other.get(term, 0.0) for term, value in one.items())


def _middle(vectors: Sequence[Bag]) -> Bag:
    total: Counter[str] = Counter()
    for vector in vectors:
        for term, value in vector.items():
            total[term] += value  # type: ignore[assignment]
    return _unit(dict(total))
