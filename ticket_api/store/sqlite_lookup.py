"""Rows of an SQLite file, found by their ids or by a column, for those who know the type of what is in them."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from tinydb.table import Table

from ticket_api.errors import Broken
from ticket_api.store.sqlite_query import Test
from ticket_api.store.sqlite_rows import (
    COUNTS,
    Encode,
    as_json,
    checksum,
    column,
    create_table,
    insert_sql,
    row_values,
    tally_sql,
)
from ticket_api.store.sqlite_snapshot import SQLiteSnapshot
from ticket_api.store.sqlite_storage import SQLiteStorage

Row = tuple[int, bytes]
"""A document's id, and its JSON text."""

PAGE_ROWS = 100
LOWEST, HIGHEST = -(2**63), 2**63 - 1
LAST_LETTER = "\U0010ffff"


class SQLiteLookup(Table):
    """What stands beside TinyDB's operations in `SQLiteTable`: documents as text.

    What goes through many rows (`stream`, iteration, conditions) raises Broken for one whose text isn't what was
    written; single rows and pages aren't checked each time, only when a store opens.
    """

    def __init__(
        self,
        storage: SQLiteStorage | SQLiteSnapshot,
        name: str,
        *,
        indexed: Sequence[str] = (),
        sparse: Sequence[str] = (),
        unique: Sequence[str] = (),
        counted: Sequence[str] = (),
        append_only: bool = False,
        encode: Encode = as_json,
        **options: Any,
    ) -> None:
        super().__init__(storage, name, **options)
        self._file = storage
        self._encode = encode
        with storage.reading() if storage.read_only else storage.transaction():
            self.columns = create_table(
                storage.execute, name, indexed, unique, counted, sparse=sparse, append_only=append_only
            )
        self._select = f"SELECT _id, _doc FROM {name}"  # noqa: S608
        self._select_by_id = f"{self._select} WHERE _id = ?"
        self._select_whole = f"SELECT _id, _sum, _doc FROM {name} WHERE _id = ?"  # noqa: S608
        self._add = insert_sql(name, self.columns)

    def add(self, document: Mapping[str, Any]) -> int:
        """Store a document under the next id, and return it. Inside of a transaction."""
        return self._file.insert(self._add, row_values(None, document, self.columns, self._encode))

    def put(self, doc_id: int, document: Mapping[str, Any], before: Mapping[str, Any]) -> None:
        """Store a document in the place of `before`. Inside of a transaction."""
        # Naming a column in SET makes SQLite write its index anew, whether its value changed or not.
        changed = [name for name in self.columns if document.get(name) != before.get(name)]
        sets = "".join(f"{name} = ?, " for name in changed)
        text = self._encode(document)
        values = (*(column(document.get(name)) for name in changed), checksum(text), text, doc_id)
        self._file.execute(f"UPDATE {self.name} SET {sets}_sum = ?, _doc = ? WHERE _id = ?", values)  # noqa: S608

    def row(self, doc_id: int) -> Row | None:
        """The row with this id."""
        return self._file.first(self._select_by_id, (doc_id,)) if LOWEST <= doc_id <= HIGHEST else None

    def whole_row(self, doc_id: int) -> Row | None:
        """The row with this id, to be changed: what was damaged may not be stored anew as if it were whole."""
        row = self._file.first(self._select_whole, (doc_id,)) if LOWEST <= doc_id <= HIGHEST else None
        return None if row is None else self._whole(*row)

    def those(self, doc_ids: Iterable[int]) -> list[Row]:
        """The rows with these ids that are there, by id."""
        wanted = json.dumps([doc_id for doc_id in doc_ids if LOWEST <= doc_id <= HIGHEST])
        # One statement for any number of ids: each that SQLite hasn't met before is compiled anew.
        sql = f"{self._select} WHERE _id IN (SELECT value FROM json_each(?)) ORDER BY _id"  # noqa: S608
        return self._file.execute(sql, (wanted,))

    def span(self, *, limit: int, after: int = 0, newest_first: bool = False) -> list[Row]:
        """At most `limit` rows, by id, that come after the id `after`; 0 is before the first row in either order."""
        start, most = _bounds(limit, after, newest_first)
        order, beyond = ("DESC", "<") if newest_first else ("ASC", ">")
        return self._file.execute(f"{self._select} WHERE _id {beyond} ? ORDER BY _id {order} LIMIT ?", (start, most))

    def least(self, field: str, most: int, *, limit: int) -> list[Row]:
        """At most `limit` rows with a number up to `most` in an indexed or sparse field, by that and then by id."""
        sql = f"{self._select} WHERE {field} <= ? ORDER BY {field}, _id LIMIT ?"
        return self._file.execute(sql, (most, max(0, min(limit, HIGHEST))))

    def beginning(self, field: str, prefix: str) -> list[Row]:
        """All rows whose text in a unique field begins so and isn't "", by that text."""
        sql = f"{self._select} WHERE {field} >= ? AND {field} < ? AND {field} <> '' ORDER BY {field}"
        return self._file.execute(sql, (prefix, f"{prefix}{LAST_LETTER}"))

    def rows(self, field: str, value: str | int) -> list[Row]:
        """All rows with this value, which isn't "", in an indexed or unique field, by id."""
        sql = f"{self._select} WHERE {field} = ? AND {field} <> '' ORDER BY _id"
        return self._file.execute(sql, (column(value),))

    def first(self, field: str, value: str) -> Row | None:
        """The first of these rows."""
        return self._file.first(f"{self._select} WHERE {field} = ? AND {field} <> '' LIMIT 1", (column(value),))

    def last(self) -> Row | None:
        """The row with the highest id."""
        return self._file.first(f"{self._select} ORDER BY _id DESC LIMIT 1")

    def page(
        self, field: str, values: Iterable[str | int], *, limit: int, after: int = 0, newest_first: bool = False
    ) -> list[Row]:
        """At most `limit` rows whose indexed `field` is one of `values`, by id, that come after the id `after`.

        0 is before the first row in either order.
        """
        wanted = list(dict.fromkeys(values))
        if not wanted:
            return []
        bounds = _bounds(limit, after, newest_first)
        order, beyond = ("DESC", "<") if newest_first else ("ASC", ">")
        # A page of each value by its index, and of these the first: an IN would sort all that were ever solved.
        each = f"SELECT _id FROM {self.name} WHERE {field} = ? AND _id {beyond} ? ORDER BY _id {order} LIMIT ?"  # noqa: S608
        ids = " UNION ALL ".join([f"SELECT _id FROM ({each})"] * len(wanted))  # noqa: S608
        parameters = [parameter for value in wanted for parameter in (value, *bounds)]
        if len(wanted) == 1:
            rows = self._file.execute(each.replace("SELECT _id", "SELECT _id, _doc", 1), parameters)
        else:
            sql = f"{self._select} WHERE _id IN ({ids}) ORDER BY _id {order} LIMIT ?"
            rows = self._file.execute(sql, (*parameters, bounds[1]))
        return rows

    def count_by(self, field: str) -> dict[Any, int]:
        """How many documents there are for each value of a `counted` field."""
        counts = COUNTS.format(table=self.name, field=field)
        return dict(self._file.execute(f"SELECT value, number FROM {counts} WHERE number <> 0"))  # noqa: S608

    def tally(self, field: str, truth: str, unless: str) -> list[tuple[Any, int, int]]:
        """For each value of an indexed field, how many documents have a true field `truth`, and how many not.

        Those with a field `unless` don't count.
        """
        return self._file.execute(tally_sql(self.name, field, truth, unless))

    def stream(self, after: int = 0) -> Iterator[Row]:
        """All rows with an id above `after`, page by page, so that neither memory nor a lock is held for all."""
        return self._rows(("1", ()), after)

    def verify(self, progress: Callable[[int], object]) -> None:
        """Compare every row with its checksum and its columns. Raises Broken for the first that isn't as written.

        `progress` is called with the number of rows read since it was called last.
        """
        names = ", ".join(("_id", "_sum", "_doc", *self.columns))
        sql = f"SELECT {names} FROM {self.name} WHERE _id > ? ORDER BY _id LIMIT {PAGE_ROWS}"  # noqa: S608
        after = LOWEST
        while rows := self._file.execute(sql, (after,)):
            for doc_id, known, text, *values in rows:
                after = doc_id
                if checksum(text) != known or values != self._values(json.loads(text)):
                    raise Broken("damaged", table=self.name, id=doc_id)
            progress(len(rows))

    def _values(self, document: Mapping[str, Any]) -> list[object]:
        return [column(document.get(name)) for name in self.columns]

    def keep_ids_above(self, doc_id: int) -> None:
        """Give only ids above this one from now on. Inside of a transaction."""
        self._file.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (doc_id, self.name))
        self._file.execute(
            "INSERT INTO sqlite_sequence SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?)",
            (self.name, doc_id, self.name),
        )

    def _rows(self, test: Test, after: int = LOWEST) -> Iterator[Row]:
        sql = f"SELECT _id, _sum, _doc FROM {self.name} WHERE _id > ? AND {test[0]} ORDER BY _id LIMIT {PAGE_ROWS}"  # noqa: S608
        rows = self._file.execute(sql, (after, *test[1]))
        while rows:
            for row in rows:
                yield self._whole(*row)
            rows = self._file.execute(sql, (rows[-1][0], *test[1])) if len(rows) == PAGE_ROWS else []

    def _whole(self, doc_id: int, known: int, text: bytes) -> Row:
        if checksum(text) != known:
            raise Broken("damaged", table=self.name, id=doc_id)
        return doc_id, text


def _bounds(limit: int, after: int, newest_first: bool) -> tuple[int, int]:
    start = (after or HIGHEST) if newest_first else after
    return max(LOWEST, min(start, HIGHEST)), max(0, min(limit, HIGHEST))
