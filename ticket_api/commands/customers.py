"""The commands about customers: importing their orders, and telling who stays."""

import argparse
import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from ticket_api.archive.opening import opened
from ticket_api.customers.ratings import rate, report
from ticket_api.errors import Stop
from ticket_api.orders import shelf
from ticket_api.orders.importing import Imported, import_orders
from ticket_api.orders.reading import ENCODINGS, MOST_TOLD, Bad
from ticket_api.settings import Settings
from ticket_api.terminal import Progress, counted
from ticket_api.tickets.orders import FEW, Period

MOST_RANGES = 200
"""Ranges of numbers of lines that are told beside those with a reason."""


def add_commands(commands: Any) -> None:
    """Tell the parser of the two commands."""
    customers = commands.add_parser("customers", help="import the orders of customers; tell who stays")
    which = customers.add_subparsers(required=True, metavar="COMMAND")
    imports = which.add_parser("import", help="read a list of orders in CSV: address, date, amount, plan, ended")
    imports.add_argument("file", type=Path, metavar="FILE", help="its first line names the columns")
    imports.add_argument("--encoding", choices=sorted(ENCODINGS), help="where it can't be told by itself")
    imports.add_argument("--dates", choices=("day", "month"), help="what comes first in 03/04/2026")
    imports.add_argument("--strict", action="store_true", help="import nothing if a line can't be read")
    imports.set_defaults(command=import_file)
    told = which.add_parser("report", help="tell who stayed, and who left, in a period")
    told.add_argument("--from", dest="first", metavar="DAY", help="its first day, as 2026-01-31; by default a year ago")
    told.add_argument("--to", dest="last", metavar="DAY", help="its last day; by default yesterday")
    told.set_defaults(command=tell)
    for parser in (imports, told):
        parser.add_argument("--data", help="the folder of tickets and secrets")


def import_file(settings: Settings, given: argparse.Namespace) -> None:
    """Import a list of orders, and work out what it says of the customers. Raises Stop."""
    now = datetime.now(UTC)
    with _uncollected(), opened(settings) as store:
        done = import_orders(
            store,
            given.file,
            now,
            Progress("Importing", "lines"),
            encoding=given.encoding or "",
            dates=given.dates or "",
            strict=given.strict,
        )
        _tell_bad(given.file, done.bad)
        if done.refused:
            number = counted(len(done.bad.numbers) + done.bad_before, "line")
            raise Stop(
                f"{number} of {given.file} can't be read, so nothing was imported. Mend them, or leave --strict."
            )
        shelf.settle(store)
        known = rate(store, now).fifths.customers
    print(_outcome(given.file, done))
    print(f"Orders of {counted(known, 'customer')} are known{_few(known)}.")


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looks for cycles: among millions of cells there are none, and looking costs a tenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _outcome(file: Path, done: Imported) -> str:
    if done.known:
        return f"{file} was imported before; nothing was added."
    bad = len(done.bad.numbers) + done.bad_before
    went_on = f" It went on behind line {done.since + 1:,}, where it was interrupted." if done.since else ""
    left = f", left out {bad:,} that can't be read" if bad else ""
    return f"Imported {counted(done.rows - bad, 'line')} of {file}{left}.{went_on}"


def _few(customers: int) -> str:
    return f"; fewer than {FEW} are too few to part them into fifths" if customers < FEW else ""


def _tell_bad(file: Path, bad: Bad) -> None:
    for line, reason in bad.told:
        print(f"{file}:{line}: {reason}")
    if len(bad.numbers) > MOST_TOLD:
        ranges = list(_ranges(bad.numbers[MOST_TOLD:]))
        shown = ", ".join(ranges[:MOST_RANGES]) + (", …" if len(ranges) > MOST_RANGES else "")
        print(f"{file}: {counted(len(bad.numbers) - MOST_TOLD, 'further line')} can't be read: {shown}")


def _ranges(numbers: Sequence[int]) -> Iterator[str]:
    """Numbers in few words: 3, 7-12."""
    first = last = numbers[0]
    for number in [*numbers[1:], 0]:
        if number != last + 1:
            yield f"{first}" if first == last else f"{first}-{last}"
            first = number
        last = number


def tell(settings: Settings, given: argparse.Namespace) -> None:
    """Tell retention and churn of a period. Raises Stop."""
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    last = _day(given.last, "--to") if given.last else yesterday
    first = _day(given.first, "--from") if given.first else last - timedelta(days=364)
    if first > last:
        raise Stop(f"--from {first} is after --to {last}. Name the earlier day first.")
    with opened(settings) as store:
        told, customers = report(store, first.toordinal(), last.toordinal())
    if not customers:
        raise Stop("No orders are known yet. Import them with helpleaf customers import orders.csv.")
    print("\n".join(_in_words(told, first, last)))


def _in_words(told: Period, first: date, last: date) -> Iterator[str]:
    yield f"From {first} to {last}: {counted(told.orders, 'order')}, {told.cents / 100:,.2f} in all less refunds."
    yield f"Customers at its start: {told.start:,}; at its end: {told.end:,}. Kept: {told.kept:,}; lost: {told.lost:,}."
    if told.retention is None or told.churn is None:
        yield "Retention and churn: nobody was a customer at the start."
    else:
        yield f"Retention: {100 * told.retention:.1f} % (kept / customers at the start)"
        yield f"Churn:     {100 * told.churn:.1f} % (lost / customers at the start)"
    if 0 < told.start < FEW:
        yield f"These are shares of {told.start}: fewer than {FEW} customers say little."
    yield "A customer on a day is who has ordered within the 365 days up to it, and hasn't ended by it."


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Stop(f"{option} {text}: write the day as 2026-01-31.") from None
