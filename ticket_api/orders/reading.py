"""A list of orders as a file: which encoding and separator it has, which columns, and its lines one after another."""

import codecs
import csv
import hashlib
import re
from _csv import Reader as Rows
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from msgspec import Struct

from ticket_api.errors import Stop
from ticket_api.orders.cells import (
    BUCKETS,
    MOST_ADDRESSES,
    BadCell,
    DayOrder,
    Read,
    address,
    amount,
    day,
    plan,
    slashed,
)

REQUIRED, OPTIONAL = ("address", "date", "amount"), ("plan", "ended")
SEPARATORS = (",", ";", "\t")
CHUNK = 1 << 20
BATCH = 1_000
"""Rows that are read together."""
MOST_TOLD = 100
"""Bad lines that are told with their reason; of the others the numbers alone."""
NEVER = date.max.toordinal()
ENCODINGS = {
    "utf-8": "utf-8-sig",
    "utf-16": "utf-16",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "windows-1252": "cp1252",
}
"""The names of encodings that may be told, and Python's."""

_HIGH = re.compile(rb"[\x80-\xff]+")


class Source(Struct, frozen=True):
    """A file that was looked through once: its SHA-256, how many line ends it has, and how it is read."""

    path: Path
    hash: str
    lines: int
    encoding: str
    separator: str
    columns: tuple[int, ...]
    width: int
    dates: DayOrder

    @contextmanager
    def rows(self) -> Iterator[Rows]:
        """Its rows behind the first. Raises OSError."""
        with self.path.open(encoding=self.encoding, newline="") as file:
            rows = csv.reader(file, delimiter=self.separator)
            next(rows)
            yield rows


class Bad:
    """The lines that couldn't be read: all of their numbers, and of the first ones the reason."""

    def __init__(self) -> None:
        self.numbers = array("q")
        self.told: list[tuple[int, str]] = []

    def add(self, line: int, reason: str) -> None:
        """Note one."""
        self.numbers.append(line)
        if len(self.told) < MOST_TOLD:
            self.told.append((line, reason))


class _Nothing(Read[str]):
    """The cells of a column that isn't there."""

    def __init__(self, always: str) -> None:
        super().__init__(lambda _: always)

    def __missing__(self, cell: str) -> str:
        return self._read(cell)


class Reader:
    """Reads rows into lines by bucket: `address, day, cents, plan, ended`, parted by tabs."""

    def __init__(self, source: Source, today: int, currency: str = "") -> None:
        self._source = source
        self.currency = currency
        self.bad = Bad()
        latest = today + 1  # it is tomorrow already elsewhere
        latest = today + 1  # it is tomorrow already elsewhere
        ends = Read(lambda cell: str(day(cell, source.dates, NEVER)) if cell.strip() else "0")
        self._read: tuple[Read[Any], ...] = (
            Read(address, MOST_ADDRESSES),
            Read(lambda cell: str(day(cell, source.dates, latest))),
            Read(lambda cell: str(self._cents(cell))),
            Read(plan) if source.columns[3] >= 0 else _Nothing(""),
            ends if source.columns[4] >= 0 else _Nothing("0"),
        )

    def take(self, rows: Rows, most: int) -> tuple[list[list[str]], int]:
        """The lines of the next rows, by bucket, and how many rows these were. Raises Stop for what is no CSV."""
        buckets: list[list[str]] = [[] for _ in range(BUCKETS)]
        taken, width = 0, {self._source.width}
        try:
            while taken < most and (batch := [(rows.line_num, row) for row in islice(rows, min(BATCH, most - taken))]):
                taken += len(batch)
                if {len(row) for _, row in batch} == width and self._put_all([row for _, row in batch], buckets):
                    continue
                for line, row in batch:
                    self._put(line, row, buckets)
        except csv.Error as error:
            raise Stop(_unreadable(self._source.path, rows.line_num, error)) from error
        return buckets, taken

    def _put_all(self, rows: Sequence[Sequence[str]], buckets: Sequence[list[str]]) -> bool:
        """Read rows column by column, three times as fast as one by one; False, and nothing is put, with a bad one."""
        columns = list(zip(*rows, strict=True))
        given = [columns[at] for at in self._source.columns]
        try:
            whose, *cells = (
                list(map(read.__getitem__, column)) for read, column in zip(self._read, given, strict=True)
            )
        except BadCell:
            return False
        for (key, bucket), rest in zip(whose, map("\t".join, zip(*cells, strict=True)), strict=True):
            buckets[bucket].append(f"{key}\t{rest}")
        return True

    def _put(self, line: int, row: Sequence[str], buckets: Sequence[list[str]]) -> None:
        """Read one row, or note why it can't be."""
        if len(row) != self._source.width:
            if row:  # an empty line is none
                self.bad.add(line, f"it has {len(row)} cells, and the first line {self._source.width}.")
            return
        try:
            (key, bucket), *cells = (read[row[at]] for read, at in zip(self._read, self._source.columns, strict=True))
        except BadCell as error:
            self.bad.add(line, f"{error}.")
        else:
            buckets[bucket].append("\t".join((key, *cells)))

    def _cents(self, cell: str) -> int:
        cents, currency = amount(cell)
        if currency and self.currency and currency != self.currency:
            raise BadCell(f"it is in {currency}, and the lines before in {self.currency}")
        self.currency = currency or self.currency
        return cents


def look(path: Path, encoding: str = "", dates: DayOrder = "") -> Source:
    """Look through a file. Raises Stop with a sentence for what can't be read, or can be read in two ways."""
    if not path.is_file():
        raise Stop(f"{path} isn't a file. Name a list of orders in CSV.")
    known = ENCODINGS.get(encoding.lower(), "") if encoding else _encoding(path)
    digest, lines, slashes, whole = _looked_through(path, known)
    if not whole:
        told = f"{path} isn't all {encoding or known}." if encoding else f"It can't be told how {path} is encoded."
        raise Stop(f"{told} Nothing was imported. Save it as UTF-8, or name one with --encoding: {_names()}.")
    separator, names = _first_line(path, known)
    columns = tuple(names.index(name) if name in names else -1 for name in (*REQUIRED, *OPTIONAL))
    source = Source(path, digest, lines, known, separator, columns, len(names), dates)
    if slashes and not dates:
        return Source(path, digest, lines, known, separator, columns, len(names), _day_order(source))
    return source


def _names() -> str:
    return ", ".join(ENCODINGS)


def _looked_through(path: Path, encoding: str) -> tuple[str, int, bool, bool]:
    """The file's hash, how many line ends and whether any slash it has, and whether all of it is of the encoding."""
    digest, lines, slashes = hashlib.sha256(), 0, False
    decoder = codecs.getincrementaldecoder(encoding or "utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                lines += chunk.count(b"\n")
                slashes = slashes or b"/" in chunk
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeError:
            return "", 0, False, False
    return digest.hexdigest(), lines, slashes, bool(encoding)


def _encoding(path: Path) -> str:
    """The encoding of a file, as Python calls it; "" when more than one may be meant."""
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in start:
        return "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"
    if _looked_through(path, "utf-8-sig")[3]:
        return "utf-8-sig"
    return _older(path)


def _older(path: Path) -> str:
    """GB18030 or Windows-1252, where only one of them makes sense.

    Chinese stands in pairs of high bytes, several in a row; the letters and signs of Windows-1252 mostly stand alone.
    """
    pairs = several = alone = 0
    with path.open("rb") as file:
        while line := file.readline(CHUNK):
            for run in _HIGH.findall(line):
                chinese = len(run) % 2 == 0 and min(run) >= 0xA1
                pairs, alone = pairs + chinese, alone + (not chinese)
                several += chinese and len(run) >= 4
    if several and not alone and _looked_through(path, "gb18030")[3]:
        return "gb18030"
    if alone and not pairs and _looked_through(path, "cp1252")[3]:
        return "cp1252"
    return ""


def _first_line(path: Path, encoding: str) -> tuple[str, list[str]]:
    """The separator, and the names of the columns. Raises Stop unless all that must be there are, each once."""
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline(10_000)
    for separator in SEPARATORS:
        try:
            names = [name.strip().lower() for name in next(csv.reader([first], delimiter=separator), [])]
        except csv.Error:
            continue
        if set(REQUIRED) <= set(names):
            for name in (*REQUIRED, *OPTIONAL):
                if names.count(name) > 1:
                    raise Stop(f"{path}: its first line names the column {name} twice. Take one of them out.")
            return separator, names
    raise Stop(
        f"{path}: its first line must name the columns address, date and amount, and may name plan and ended, parted by"
        f" commas, semicolons or tabs. It is: {' '.join(first.split())[:100] or 'empty'}"
    )


def _day_order(source: Source) -> DayOrder:
    """What comes first in days such as 03/31/2026, told by the whole file. Raises Stop where it can't be told."""
    first = second = seen = 0
    cells = [at for at in (source.columns[1], source.columns[4]) if at >= 0]
    with source.rows() as rows:
        try:
            for row in rows:
                for at in cells:
                    if len(row) > at and "/" in row[at] and (found := slashed(row[at])):
                        first, second, seen = max(first, found[0]), max(second, found[1]), seen + 1
        except csv.Error as error:
            raise Stop(_unreadable(source.path, rows.line_num, error)) from error
    if not seen:
        return ""
    if (first > 12) == (second > 12):
        told = "some dates begin with the day and some with the month" if first > 12 else "dates such as 03/04/2026"
        told += "" if first > 12 else " don't say whether the day or the month comes first"
        raise Stop(f"{source.path}: {told}. Nothing was imported. Name which with --dates day or --dates month.")
    return "day" if first > 12 else "month"


def _unreadable(path: Path, line: int, error: Exception) -> str:
    return f"{path}, line {line}: {error}. Is there a quotation mark that nothing closes? Nothing was imported."
