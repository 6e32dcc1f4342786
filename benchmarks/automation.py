"""What goes by itself, and what is known of customers. AUTOMATION_PARTS names the parts; without it, all are run."""

import os
import sys
from collections.abc import Callable, Mapping

from benchmarks import _automation_customers
from benchmarks._measure import Figure

PARTS: Mapping[str, Callable[[], dict[str, Figure]]] = {"customers": _automation_customers.measure}


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
    for name, figure in figures.items():
        print(f"{name}  {figure.told()}")
    return 0
