"""What goes by itself, each part beside the work that it may cost at most.

AUTOMATION_PARTS names the parts that are run, such as `rules`; without it, all are. docs/benchmarks.md says what each
figure is.
"""

import sys
from collections.abc import Callable, Mapping

from benchmarks import _automation_customers as customers
from benchmarks import _automation_personal as personal
from benchmarks import _automation_priority as priority
from benchmarks import _automation_promises as promises
from benchmarks import _automation_rules as rules
from benchmarks import _automation_sorting as sorting
from benchmarks._measure import Figure
from benchmarks._parts import chosen
from benchmarks._targets import Target, print_figures

PARTS: Mapping[str, Callable[[], dict[str, Figure]]] = {
    "rules": rules.measure,
    "priority": priority.measure,
    "sorting": sorting.measure,
    "personal": personal.measure,
    "promises": promises.measure,
    "customers": customers.measure,
}
TARGETS: tuple[Target, ...] = (
    Target(
        "rules200_vs_match", "a ticket through 200 rules, 50 of them patterns / a question at 1,000 articles", high=1
    ),
    Target("pattern_worst_ms", "ms of CPU of the worst hostile text through 50 hostile patterns", high=50),
    Target("priority10k_vs_read", "priorities of 10,000 open tickets / reading them", high=2),
    Target("queue_stale_s", "seconds until the queue shows what time has moved, the worst", high=5),
    Target("import1m_vs_csv_sqlite", "a million orders imported / read and put into SQLite", high=3),
    Target("import1m_mb", "MB of memory at most meanwhile", high=200),
)


def main() -> int:
    """Measure, and print; 2 with one sentence for a part that there is none of, or where nothing could be measured."""
    figures: dict[str, Figure] = {}
    for name in chosen("AUTOMATION_PARTS", PARTS):
        figures |= PARTS[name]()
    if not figures:
        return 2
    print_figures(figures, TARGETS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
