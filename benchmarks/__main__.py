"""Run one benchmark by its name, or all: `python -m benchmarks [NAME]`."""

import sys
from importlib import import_module
from pathlib import Path

NAMES = sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))


def main(wanted: list[str]) -> int:
    """The highest exit code of what was run; 2 for a name that there is none of."""
    unknown = [name for name in wanted if name not in NAMES]
    if unknown:
        print(f"There is no benchmark {unknown[0]!r}; there are {', '.join(NAMES)}.", file=sys.stderr)
        return 2
    return max(import_module(f"benchmarks.{name}").main() for name in wanted or NAMES)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
