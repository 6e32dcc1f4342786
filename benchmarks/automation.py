"""What goes by itself, measured: whether it helps, and what it costs.

AUTOMATION_PARTS names the parts that are run; without it, all are. docs/benchmarks.md says what each figure is.
"""

import sys
from collections.abc import Callable, Mapping

from benchmarks import _automation_personal
from benchmarks._measure import Figure
from benchmarks._parts import chosen

PARTS: Mapping[str, Callable[[], dict[str, Figure]]] = {"personal": _automation_personal.measure}


def main() -> int:
    """Measure, and print; 2 with one sentence for a part that there is none of, or where nothing could be measured."""
    figures: dict[str, Figure] = {}
    for name in chosen("AUTOMATION_PARTS", PARTS):
        figures |= PARTS[name]()
    for name, figure in figures.items():
        print(f"{name}={figure.middle:.3f}")
    return 0 if figures else 2


if __name__ == "__main__":
    sys.exit(main())
