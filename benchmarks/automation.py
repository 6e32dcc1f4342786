"""What goes by itself: what it costs, beside what the desk does anyway.

AUTOMATION_PARTS names the parts that are run, such as `rules`; without it, all are. Each stands in a file of its own.
"""

import os
import sys
from collections.abc import Callable, Mapping

from benchmarks import _automation_rules
from benchmarks._matching_targets import Target, table
from benchmarks._measure import Figure

TARGETS = (
    Target(
        "rules200_vs_match", "a ticket through 200 rules, 50 of them patterns / a question at 1,000 articles", high=1
    ),
    Target("pattern_worst_ms", "ms of CPU of the worst hostile text through 50 hostile patterns", high=50),
)


def main() -> int:
    """Measure, and print; 2 with one sentence for a part that there is none of."""
    wanted = os.environ.get("AUTOMATION_PARTS", "").replace(",", " ").split() or list(PARTS)
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        print(f"There is no part {unknown[0]!r}; there are {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    figures: dict[str, Figure] = {}
    for name in wanted:
        figures |= PARTS[name]()
    print(table({name: figure.middle for name, figure in figures.items()}, TARGETS))
    for name, figure in figures.items():
        print(f"{name}={figure.told()}")
    return 0


PARTS: Mapping[str, Callable[[], dict[str, Figure]]] = {
    "rules": _automation_rules.measure,
}
"""Each gives figures by their names."""
