"""How a TinyDB table lies in the file: a row for each document, with a checksum and a column for each indexed field."""

import json
import re
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Encode = Callable[[Mapping[str, Any]], bytes]
Execute = Callable[..., list[tuple[Any, ...]]]
NAME = r"[a-z_][a-z0-9_]*"
OWN = ("_id", "_sum", "_doc")
"""The columns of every table; the others are fields of its documents."""
_SURROGATE = re.compile("[\ud800-\udfff]")
COUNTS = "{table}__{field}"


_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def as_json(document: Mapping[str, Any]) -> bytes:
    """The JSON text of a document in UTF-8. Raises ValueError or TypeError for what JSON can't hold, NaN included."""
    return _JSON.encode(dict(document)).encode()


checksum = zlib.crc32
"""Of a document's text: notices a flipped bit that SQLite itself doesn't see."""


def column(value: object) -> object:
    """A field's value as its column holds it, so that SQLite and Python agree on what is equal; None for the rest."""
    if isinstance(value, str):
        return None if "\0" in value or not (value.isascii() or _is_text(value)) else value
    if isinstance(value, int | float):
        return value if abs(value) < 2**63 else None
    return None


def _is_text(value: str) -> bool:
    """Whether it can be stored: half of a surrogate pair can't."""
    return not _SURROGATE.search(value)


def insert_sql(name: str, columns: Sequence[str]) -> str:
    """The statement that stores a row; its values are those of `row_values`."""
    names = ", ".join(("_id", *columns, "_sum", "_doc"))
    return f"INSERT INTO {name} ({names}) VALUES ({', '.join('?' * (len(columns) + 3))})"  # noqa: S608


def tally_sql(name: str, field: str, truth: str, unless: str) -> str:
    """Counts, for each value of an indexed field, the documents whose field `truth` is true, and those where it isn't;
    not those that have a field `unless`.

    All are names in code, never from outside.
    """
    doc = "CAST(_doc AS TEXT)"
    true = f"json_extract({doc}, '$.{truth}')"
    counted = f"{field} IS NOT NULL AND json_extract({doc}, '$.{unless}') IS NULL"
    counts = f"CAST(total({true}) AS INTEGER), CAST(total(NOT {true}) AS INTEGER)"
    return f"SELECT {field}, {counts} FROM {name} WHERE {counted} GROUP BY {field}"  # noqa: S608


def row_values(
    doc_id: int | None, document: Mapping[str, Any], columns: Sequence[str], encode: Encode
) -> tuple[object, ...]:
    """A document as a row; without an id, SQLite gives it the next."""
    text = encode(document)
    return doc_id, *(column(document.get(name)) for name in columns), checksum(text), text


def create_table(
    execute: Execute,
    name: str,
    indexed: Sequence[str] = (),
    unique: Sequence[str] = (),
    counted: Sequence[str] = (),
    *,
    sparse: Sequence[str] = (),
    append_only: bool = False,
) -> list[str]:
    """Make a table with its indexes, counts and guards where they aren't there, in a transaction.

    Returns the names of its columns beside OWN. Raises ValueError for a name that can't be one.
    """
    for each in (name, *indexed, *sparse, *unique, *counted):
        if not re.fullmatch(NAME, each) or each.startswith("sqlite_") or "__" in each or each in OWN:
            raise ValueError(f"{each!r} can't be the name of a table or a column")
    wanted = list(dict.fromkeys((*indexed, *sparse, *unique, *counted)))
    there = [row[1] for row in execute(f"PRAGMA table_info({name})")]
    if not there:
        # Where no row is ever removed, the next id is a new one without SQLite keeping a note of the highest.
        key = "_id INTEGER PRIMARY KEY" if append_only else "_id INTEGER PRIMARY KEY AUTOINCREMENT"
        columns = ", ".join((key, *wanted, "_sum INTEGER NOT NULL", "_doc BLOB NOT NULL"))
        execute(f"CREATE TABLE {name} ({columns})")
        for statement in (
            *_indexes(name, indexed, sparse, unique),
            *_counts(name, counted),
            *_guards(name, append_only),
        ):
            execute(statement)
        return wanted
    return [field for field in there if field not in OWN]


def _indexes(name: str, indexed: Iterable[str], sparse: Iterable[str], unique: Iterable[str]) -> Iterable[str]:
    for field in indexed:
        yield f"CREATE INDEX {name}_{field} ON {name} ({field})"
    for field in sparse:
        yield f"CREATE INDEX {name}_{field} ON {name} ({field}) WHERE {field} IS NOT NULL"
    for field in unique:
        yield f"CREATE UNIQUE INDEX {name}_{field} ON {name} ({field}) WHERE {field} <> ''"


def _counts(name: str, counted: Iterable[str]) -> Iterable[str]:
    """Triggers, so that no way of changing a row can forget its count."""
    for field in counted:
        counts = COUNTS.format(table=name, field=field)
        more = (
            f"INSERT INTO {counts} SELECT new.{field}, 1 WHERE new.{field} IS NOT NULL"
            " ON CONFLICT (value) DO UPDATE SET number = number + 1"
        )
        less = f"UPDATE {counts} SET number = number - 1 WHERE value = old.{field}"  # noqa: S608
        yield f"CREATE TABLE {counts} (value PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID"
        for event, when, what in (
            ("INSERT", "1", more),
            ("DELETE", "1", less),
            (f"UPDATE OF {field}", f"new.{field} IS NOT old.{field}", f"{less}; {more}"),
        ):
            kind = event.split()[0].lower()
            yield f"CREATE TRIGGER {counts}_{kind} AFTER {event} ON {name} WHEN {when} BEGIN {what}; END"


def _guards(name: str, append_only: bool) -> Iterable[str]:
    for event in ("UPDATE", "DELETE") if append_only else ():
        yield (
            f"CREATE TRIGGER {name}_no_{event.lower()} BEFORE {event} ON {name}"
            f" BEGIN SELECT RAISE(ABORT, '{name} can only grow'); END"
        )
