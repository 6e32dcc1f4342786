"""Keeping tickets: ours beside plain SQLite, PostgreSQL, TinyDB as it comes, and FastAPI and Flask over HTTP."""

import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from benchmarks import _store_http as http
from benchmarks._measure import Figure, Times, number, print_table
from benchmarks._store_rounds import (
    BATCHES,
    MOST,
    ROUNDS,
    SIZES,
    SLOW,
    STREAK,
    WRITERS,
    Field,
    Key,
    Rates,
    Streak,
    measure,
    openings,
    streaks,
    warm_up,
    writers,
)

BUILD = Path(__file__).parents[1] / "build"
FEW = SIZES[0]
MICRO, MILLI = 1e-6, 1e-3

NOTES = f"""
TinyDB, cached, writes its file after each insert and update: what is in its cache alone is lost with the process.
Neither it nor TinyDB as it comes checks the request, chains an event or survives a full disk.
SQLite: the same rows, columns, indexes, counts and events written by hand, WAL, synchronous=FULL, its own checkpoints.
Times are medians over {ROUNDS} rounds in which all take turns; in brackets where eight in ten rounds lie.
"""


def main() -> int:
    """Measure, and print; 2 with one sentence when a peer isn't installed."""
    try:
        with ExitStack() as stack:
            folder = Path(tempfile.mkdtemp(prefix="bench-store-", dir=BUILD))  # /tmp may be memory: nothing to sync
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            figures = _in_process(folder, stack) | _over_http(folder)
    except ModuleNotFoundError as error:
        print(f"{error.name} is not installed; `make bench NAME=store` installs the peers.", file=sys.stderr)
        return 2
    _print_figures(figures)
    return 0


def _in_process(folder: Path, stack: ExitStack) -> dict[str, Figure]:
    from benchmarks._store_postgres import databases

    field = Field(folder, stack.enter_context(databases(folder / "postgres", SIZES)))
    field.fill()
    first = warm_up(field)
    times = measure(field)
    field.drop(*SLOW)
    inserts = first | streaks(field, ("SQLite", "PostgreSQL", "ours"))
    rates = writers(field, ("PostgreSQL", "ours"))
    field.close()
    opened = openings(field)
    _print_operations(times, opened)
    _print_streaks(inserts)
    _print_writers(rates)
    return _ratios(times) | {
        "insert_p99_vs_p50": Figure.of([streak.late / streak.middle for streak in inserts["ours"]]),
        "writers16_vs_1": rates["ours"].ratio(),
        "open_100k_vs_100": opened.ratio(MOST, FEW),
    }


def _ratios(times: Times) -> dict[str, Figure]:
    def of(operation: str, system: str = "ours", size: int = MOST) -> Key:
        return Key(operation, system, size)

    return {
        "insert_vs_sqlite": times.ratio(of("insert"), of("insert", "SQLite")),
        "insert_vs_fsync": times.ratio(of("insert"), "fsync"),
        "insert_100k_vs_100": times.ratio(of("insert"), of("insert", size=FEW)),
        "update_vs_sqlite": times.ratio(of("update"), of("update", "SQLite")),
        "insert_vs_stock": times.ratio(of("insert", "TinyDB"), of("insert")),
        "get_vs_sqlite": times.ratio(of("get"), of("get", "SQLite")),
        "page_vs_sqlite": times.ratio(of("page"), of("page", "SQLite")),
        "counts_vs_get": times.ratio(of("counts"), of("get")),
    }


def _over_http(folder: Path) -> dict[str, Figure]:
    data = {size: folder / f"desk-{size}" for size in (FEW, MOST)}
    for size, place in data.items():
        place.mkdir()
        shutil.copy(folder / f"fresh-{size}.db", place / "tickets.db")
    posted, fastapi, flask = http.race(folder)
    asked, (memory, most) = http.asking(data[FEW], data[MOST], folder / "build")
    _print_posted(posted, fastapi, flask)
    few, many = asked.figure("few"), asked.figure("many")
    assert few
    assert many
    print(f"\nAsking over HTTP, one connection, matching included, ms: {few.told(MILLI)} at {FEW:,} tickets,")
    print(f"{many.told(MILLI)} at {MOST:,}. Memory of that server {number(memory)} MB, at the most {number(most)} MB.")
    return {
        "http_vs_fastapi": posted.ratio("ours", fastapi),
        "http_vs_flask": posted.ratio("ours", flask),
        "ask_100k_vs_100": asked.ratio("many", "few"),
        "rss_mb": Figure(memory, memory, most),
    }


def _print_operations(times: Times, opened: Times) -> None:
    heads = [f"{size:,}" for size in SIZES]
    raw = times.figure("fsync")
    assert raw
    for operation in BATCHES:
        rows = []
        for system in (*SLOW, "PostgreSQL", "SQLite", "ours"):
            cells = [times.figure(Key(operation, system, size)) for size in SIZES]
            rows.append((system, [cell.told(MICRO) if cell else "-" for cell in cells]))
        if operation == "insert":
            rows.append(("append + fsync", [raw.told(MICRO)]))
        print_table(f"{operation}, microseconds, by the number of tickets", heads, rows)
    found = [opened.figure(size) for size in SIZES]
    print_table("opening, milliseconds", heads, [("ours", [cell.told(MILLI) if cell else "-" for cell in found])])
    print(NOTES, end="")


def _print_streaks(inserts: Mapping[str, Sequence[Streak]]) -> None:
    rows = []
    for name, found in inserts.items():
        columns = zip(*found, strict=True)
        late = median(streak.late / streak.middle for streak in found)
        rows.append((name, [*(number(median(column) / MICRO) for column in columns), number(late)]))
    title = f"{STREAK:,} inserts without a pause at {MOST:,} tickets, microseconds"
    print_table(title, ["p50", "p99", "longest", "mean", "p99 / p50"], rows)


def _print_writers(rates: Mapping[str, Rates]) -> None:
    rows = [
        (name, [Figure.of(found.alone).told(), Figure.of(found.together).told(), found.ratio().told()])
        for name, found in rates.items()
    ]
    print_table(f"inserts a second at {MOST:,} tickets", ["1 writer", f"{WRITERS} writers", "ratio"], rows)


def _print_posted(posted: http.Posted, fastapi: str, flask: str) -> None:
    rows = []
    for name in ("ours", http.MATCHING, fastapi, flask):
        waits = [number(posted.waits[name][share] / MILLI) for share in ("p50", "p99")]
        rows.append((name, [Figure.of(posted.rates[name]).told(), *waits, posted.ratio(name, fastapi).told()]))
    title = f"tickets a second over HTTP from {http.CONNECTIONS} connections, each on disk before its answer"
    print_table(title, ["a second", "p50 ms", "p99 ms", "/ FastAPI"], rows)


TARGETS = {
    "insert_vs_sqlite": "at most 1.3",
    "insert_vs_fsync": "at most 3",
    "insert_100k_vs_100": "at most 1.2",
    "update_vs_sqlite": "at most 1.3",
    "insert_p99_vs_p50": "at most 6",
    "insert_vs_stock": "at least 100",
    "get_vs_sqlite": "at most 1.2",
    "page_vs_sqlite": "at most 1.3",
    "counts_vs_get": "at most 3",
    "writers16_vs_1": "at least 2.5",
    "http_vs_fastapi": "at least 2",
    "http_vs_flask": "at least 2.5",
    "ask_100k_vs_100": "at most 1.2",
    "open_100k_vs_100": "at most 2",
    "rss_mb": "under 120",
}
"""What each figure is to be, in the order that they are printed in."""


def _print_figures(figures: Mapping[str, Figure]) -> None:
    rows = [(name, [figures[name].told(), wanted]) for name, wanted in TARGETS.items()]
    print_table("ratios of what ran side by side: median (p10..p90)", ["figure", "wanted"], rows)
    print()
    for name in TARGETS:
        print(f"{name}={figures[name].middle:.2f}")


if __name__ == "__main__":
    sys.exit(main())
