"""What is wanted of figures, beside what was measured, as it stands in docs/benchmarks.md."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from benchmarks._measure import Figure, number, print_table


class Target(NamedTuple):
    """A figure's name, what it is, and its bound: at least `low` or at most `high`."""

    name: str
    what: str
    low: float | None = None
    high: float | None = None

    def wanted(self) -> str:
        """The bound in words."""
        return f"at least {self.low:g}" if self.low is not None else f"at most {self.high:g}"

    def met(self, value: float) -> bool:
        """Whether a value keeps the bound."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


def table(values: Mapping[str, float], targets: Sequence[Target]) -> str:
    """The targets beside what was measured, in Markdown; what is missed in bold, what there is no data for left out."""
    rows = ["| | wanted | measured |", "|---|---|---|"]
    for target in targets:
        if target.name in values:
            told = number(values[target.name])
            measured = told if target.met(values[target.name]) else f"**{told}**"
            rows.append(f"| `{target.name}`: {target.what} | {target.wanted()} | {measured} |")
    return "\n".join(rows)


def print_figures(figures: Mapping[str, Figure], targets: Sequence[Target]) -> None:
    """What is wanted and what was measured, how far it lies apart, and a line `name=value` for each figure."""
    values = {name: figure.middle for name, figure in figures.items()}
    print(f"\nWhat is wanted and what was measured.\n{table(values, targets)}\n")
    print_table("median (p10..p90)", [""], [(name, [figure.told()]) for name, figure in figures.items()])
    print()
    for name, value in values.items():
        print(f"{name}={value:.3f}" if value < 1 else f"{name}={value:.2f}")
