"""The import of a list of orders: in parts, each with how far it has come, so that a killed one goes on."""

import hashlib
from datetime import datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from ticket_api.errors import Stop
from ticket_api.orders import shelf
from ticket_api.orders.cells import DayOrder
from ticket_api.orders.reading import Bad, Reader, Source, look
from ticket_api.orders.shelf import Import, change_import
from ticket_api.store import Store, at_once
from ticket_api.terminal import Progress
from ticket_api.tickets.event import Act

PART = 100_000
"""Rows that are stored in one transaction. Fewer cost more papers, more cost memory."""
GIVEN_UP = ""
"""Stands for the hash of an import of which nothing is to be left: no file has it."""


class _Elsewhere(Stop):
    """Another import of the same file went on meanwhile."""

    def __init__(self) -> None:
        super().__init__("The same file is being imported elsewhere at the moment. Wait for the end of that.")


class Imported(Struct, frozen=True):
    """What came of it: rows that were read in all, those from which it went on, and the bad ones of this run.

    `known`: the very same file was imported before, and nothing was done. `refused`: there were bad lines, and nothing
    was to be imported then.
    """

    rows: int
    since: int
    bad: Bad
    bad_before: int = 0
    known: bool = False
    refused: bool = False


def import_orders(
    store: Store,
    path: Path,
    now: datetime,
    progress: Progress,
    *,
    encoding: str = "",
    dates: DayOrder = "",
    strict: bool = False,
    part: int = PART,
) -> Imported:
    """Import a file; killed at any instant, it can be repeated and goes on. Raises Stop and StoreUnavailable.

    `strict`: with a bad line nothing is imported. Nothing of it counts before the end of the file.
    """
    source = look(path, encoding, dates)
    _clear_up(store)
    read_as = f"{source.hash} {source.encoding} {source.separator} {source.dates}"
    begun = _begin(store, hashlib.sha256(read_as.encode()).hexdigest())
    if begun.finished:
        return Imported(begun.rows, begun.rows, Bad(), begun.bad, known=True)
    reader = Reader(source, now.date().toordinal(), begun.currency)
    try:
        done = _read_on(store, source, reader, begun, progress, part)
    except _Elsewhere:  # it is the other one's now
        raise
    except Stop:
        _forget(store, begun.number)
        raise
    if strict and done.bad:
        _forget(store, begun.number)
        return Imported(done.rows, begun.rows, reader.bad, begun.bad, refused=True)
    at_once(store, lambda: _finish(store, done, now))
    return Imported(done.rows, begun.rows, reader.bad, begun.bad)


def _begin(store: Store, wanted: str) -> Import:
    """The import of this file as far as it has come, or a new one."""

    def change(known: list[Import]) -> list[Import]:
        if any(each.hash == wanted for each in known):
            return known
        number = max((each.number for each in known), default=0) + 1
        return [*known, Import(number=number, hash=wanted)]

    return next(each for each in change_import(store, change) if each.hash == wanted)


def _read_on(store: Store, source: Source, reader: Reader, begun: Import, progress: Progress, part: int) -> Import:
    """Read and store what is left of the file, part by part."""
    done = begun
    with source.rows() as rows:
        for _ in range(begun.rows):
            next(rows)
        while True:
            lines, taken = reader.take(rows, part)
            if not taken:
                progress(max(source.lines, 1), max(source.lines, 1))
                return done
            before = done
            done = replace(
                done,
                rows=before.rows + taken,
                bad=begun.bad + len(reader.bad.numbers),
                parts=before.parts + 1,
                currency=reader.currency,
            )
            _store_part(store, before, done, lines)
            progress(min(done.rows, source.lines - 1), source.lines)


def _store_part(store: Store, before: Import, done: Import, lines: list[list[str]]) -> None:
    """Lines and how far it has come, in one transaction. Raises Stop when another import of the file goes on too."""

    def change(known: list[Import]) -> list[Import]:
        if before not in known:
            raise _Elsewhere
        return [done if each == before else each for each in known]

    def job() -> None:
        change_import(store, change)
        shelf.put(store, done.number, done.parts, lines)

    at_once(store, job)


def _finish(store: Store, done: Import, now: datetime) -> None:
    def change(known: list[Import]) -> list[Import]:
        if done not in known:
            raise _Elsewhere
        return [replace(done, finished=True) if each == done else each for each in known]

    change_import(store, change)
    store.record(Act("owner", "orders_imported", now))


def _forget(store: Store, number: int) -> None:
    """Leave nothing of an import, unless it was finished elsewhere; killed meanwhile, the next import ends it."""

    def give_up(known: list[Import]) -> list[Import]:
        return [replace(each, hash=GIVEN_UP) if each.number == number and not each.finished else each for each in known]

    change_import(store, give_up)
    _clear_up(store)


def give_up_begun(store: Store) -> int:
    """Leave nothing of the imports that were interrupted, so that their lists begin anew; returns how many these were.

    Only while no import runs. Raises StoreUnavailable.
    """
    begun = [each.number for each in shelf.imports(store) if not each.finished]
    for number in begun:
        _forget(store, number)
    return len(begun)


def _clear_up(store: Store) -> None:
    """Take away the lines of imports that were given up, and only then their numbers, which others may get then."""
    for gone in [each for each in shelf.imports(store) if each.hash == GIVEN_UP]:
        shelf.drop(store, gone.number)
        change_import(store, lambda known, gone=gone: [each for each in known if each != gone])  # type: ignore[misc]
