"""Rounds, their spread, ratios between what ran side by side, and progress on the terminal."""

import sys
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

Rounds = Mapping[int, Sequence[float]]


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies, by the nearest rank."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


@dataclass(frozen=True)
class Figure:
    """The median of some values and where eight in ten of them lie."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Figure":
        """The figure of at least one value."""
        return cls(median(values), quantile(values, 0.1), quantile(values, 0.9))

    def told(self, unit: float = 1.0) -> str:
        """Median (p10..p90), in units of so many."""
        return f"{number(self.middle / unit)} ({number(self.low / unit)}..{number(self.high / unit)})"


def number(value: float) -> str:
    """A number with three digits that count."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}"


@dataclass
class Times:
    """Seconds of single operations by what ran (any key), in the round that they were measured in."""

    rounds: dict[Hashable, dict[int, list[float]]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, key: Hashable, round_number: int, seconds: list[float]) -> None:
        """Note a batch."""
        self.rounds[key][round_number] = seconds

    def spent(self, key: Hashable) -> float:
        """All seconds of a key."""
        return sum(sum(batch) for batch in self.rounds[key].values())

    def figure(self, key: Hashable) -> Figure | None:
        """The median over the rounds of each round's median."""
        medians = [median(batch) for batch in self.rounds[key].values()] if key in self.rounds else []
        return Figure.of(medians) if medians else None

    def ratio(self, over: Hashable, under: Hashable) -> Figure:
        """How many times longer `over` took than `under` in the same round."""
        one, other = self.rounds[over], self.rounds[under]
        return Figure.of([median(one[place]) / median(other[place]) for place in one if place in other])


class Progress:
    """A bar on one line; where the output isn't a terminal, a line when a part begins."""

    def __init__(self, name: str, total: int) -> None:
        self.name = name
        self.total = max(total, 1)
        self.done = 0
        if not sys.stderr.isatty():
            print(name, file=sys.stderr, flush=True)

    def step(self, count: int = 1) -> None:
        """So much more is done."""
        self.done += count
        if sys.stderr.isatty():
            filled = min(30 * self.done // self.total, 30)
            print(f"\r\033[K{self.name} [{'#' * filled}{'.' * (30 - filled)}]", end="", file=sys.stderr, flush=True)
            if self.done >= self.total:
                print("\r\033[K", end="", file=sys.stderr, flush=True)


def print_table(title: str, heads: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> None:
    """A table whose first column is wide enough for its names, the others for their cells."""
    wide = max(len(name) for name, _ in rows)
    cells = max(len(cell) for cell in [*heads, *(cell for _, row in rows for cell in row)])
    print(f"\n{title}")
    print(" " * wide + "".join(f"  {head:>{cells}}" for head in heads))
    for name, row in rows:
        print(f"{name:{wide}}" + "".join(f"  {cell:>{cells}}" for cell in row))
