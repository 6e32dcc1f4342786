"""What goes by itself, beside what it rests on.

AUTOMATION_PARTS names the parts that are run; without it, all are.
"""

import os
import sys
from collections.abc import Callable

from benchmarks import _automation_sorting
from benchmarks._measure import Figure

PARTS: dict[str, Callable[[], dict[str, Figure]]] = {
    "sorting": _automation_sorting.measure,
}


def main() -> int:
    """Measure, and print; 2 with one sentence for a part that there is none of, or where nothing can be measured."""
    wanted = os.environ.get("AUTOMATION_PARTS", "").replace(",", " ").split() or list(PARTS)
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        print(f"There is no part {unknown[0]!r}; there are {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    figures: dict[str, Figure] = {}
    for name in wanted:
        figures |= PARTS[name]()
    print()
    for name, figure in figures.items():
        print(f"{name}={figure.middle:.2f}")
    return 0 if figures else 2


if __name__ == "__main__":
    sys.exit(main())
