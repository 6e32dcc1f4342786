"""Which parts of a benchmark are run: those that a variable names, else all."""

import os
import sys
from collections.abc import Iterable


def chosen(variable: str, parts: Iterable[str]) -> list[str]:
    """The names of the parts to run; none, and one sentence on standard error, where one is named that isn't there."""
    known = list(parts)
    wanted = os.environ.get(variable, "").replace(",", " ").split() or known
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"There is no part {unknown[0]!r}; there are {', '.join(known)}.", file=sys.stderr)
    return [] if unknown else wanted
