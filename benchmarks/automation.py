"""What goes by itself at a desk, each part beside the work that it may cost at most.

AUTOMATION_PARTS names the parts that are run, such as `priority`; without it, all are.
"""

import os
import sys
from collections.abc import Callable, Mapping

from benchmarks import _automation_priority as priority
from benchmarks._matching_targets import Target, table
from benchmarks._measure import Figure, print_table

PARTS: Mapping[str, Callable[[], dict[str, Figure]]] = {
    "priority": priority.measure,
}
TARGETS = (
    Target("priority10k_vs_read", "priorities of 10,000 open tickets / reading them", high=2),
    Target("queue_stale_s", "seconds until the queue shows what time has moved, the worst", high=5),
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
    values = {name: figure.middle for name, figure in figures.items()}
    print(f"\nWhat is wanted and what was measured.\n{table(values, TARGETS)}\n")
    print_table("median (p10..p90)", [""], [(name, [figure.told()]) for name, figure in figures.items()])
    print()
    for name, value in values.items():
        print(f"{name}={value:.3f}" if value < 1 else f"{name}={value:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
