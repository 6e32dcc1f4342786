"""How far a sweep is: a bar on a terminal, and elsewhere a line every tenth."""

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def shown(title: str, items: Iterable[T], total: int) -> Iterator[T]:
    """The items, one after the other, while the bar grows."""
    for done, item in enumerate(items, 1):
        yield item
        _show(title, done, total)


def _show(title: str, done: int, total: int) -> None:
    if sys.stdout.isatty():
        filled = 30 * done // total
        bar = f"[{'#' * filled}{'.' * (30 - filled)}]"
        print(f"\r{title} {bar} {done}/{total}", end="\n" if done == total else "", flush=True)
    elif done == total or done % max(1, total // 10) == 0:
        print(f"{title}: {done}/{total}", flush=True)
