"""The tables and the figures that come of the times."""

from collections.abc import Iterable, Mapping

from benchmarks._desk_lists import SEARCHES
from benchmarks._desk_rounds import Asked
from benchmarks._measure import Figure, Times, print_table

MILLI = 0.001
ROWS = 50

Rows = Mapping[str, tuple[int, int]]


def page_ratios(times: Times, rows: Rows) -> dict[str, Figure]:
    """What is compared of our pages, the worst of each. The small desk is, where it has a whole page of a list too."""
    whole = [name for name, counts in rows.items() if counts == (ROWS, ROWS)]
    return {
        "queue_vs_bare": worst(times.ratio(f"queue {name}", f"bare {name}") for name in rows),
        "queue_100k_vs_1k": worst(times.ratio(f"queue {name}", f"few {name}") for name in whole),
        "search_vs_queue": worst(times.ratio(f"search {name}", f"beside {name}") for name in SEARCHES),
    }


def peer_ratios(times: Times) -> dict[str, Figure]:
    """What is compared with django-helpdesk; of the searches the worst."""
    return {
        "queue_vs_django_helpdesk": times.ratio("queue", "peer queue"),
        "ticket_vs_django_helpdesk": times.ratio("ticket", "peer ticket"),
        "search_vs_django_helpdesk": worst(times.ratio(f"search {name}", f"peer search {name}") for name in SEARCHES),
    }


def worst(figures: Iterable[Figure]) -> Figure:
    """The one with the highest median."""
    return max(figures, key=lambda figure: figure.middle)


def print_pages(times: Times, rows: Rows) -> None:
    """Every list and every search of ours."""
    table = []
    for name, (many, few) in rows.items():
        cells = [_cell(times, f"{who} {name}") for who in ("queue", "bare", "few")]
        to_bare, to_few = (times.ratio(f"queue {name}", f"{who} {name}").told() for who in ("bare", "few"))
        table.append((name, [str(many), *cells, to_bare, to_few if many == few == ROWS else f"({few} rows)"]))
    print_table("pages of the queue, ms", ["rows", "100,000", "bare", "1,000", "/ bare", "/ 1,000"], table)
    found = []
    for name in SEARCHES:
        ratio = times.ratio(f"search {name}", f"beside {name}")
        found.append((name, [_cell(times, f"search {name}"), ratio.told()]))
    print_table("searches among all tickets, ms", ["100,000", "/ queue"], found)


def print_beside(times: Times) -> None:
    """What is compared with django-helpdesk."""
    names = [str(key) for key in times.rounds if not str(key).startswith("peer ")]
    rows = []
    for name in names:
        ratio = times.ratio(name, f"peer {name}").told()
        rows.append((name, [_cell(times, name), _cell(times, f"peer {name}"), ratio]))
    print_table("beside django-helpdesk, ms", ["ours", "django-helpdesk", "ratio"], rows)


def print_asked(asked: Asked) -> None:
    """How long customers wait."""
    print(f"\nAsking, p95 of each round, ms: {Figure.of(asked.idle).told(MILLI)} with nobody at the desk,")
    print(f"{Figure.of(asked.busy).told(MILLI)} while the owner read {asked.pages:,} pages without a pause.")


def _cell(times: Times, key: str) -> str:
    found = times.figure(key)
    assert found
    return found.told(MILLI)
