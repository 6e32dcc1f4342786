"""A TinyDB table over `SQLiteStorage`: the same operations, each touching only the rows it is about."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any

from tinydb.queries import QueryLike
from tinydb.table import Document, Table

from ticket_api.errors import Broken
from ticket_api.store.sqlite_query import Test, as_sql
from ticket_api.store.sqlite_rows import COUNTS, Encode, as_json, checksum, column, create_table, insert_sql, row_values
from ticket_api.store.sqlite_snapshot import SQLiteSnapshot
from ticket_api.store.sqlite_storage import SQLiteStorage

Fields = Mapping[str, Any] | Callable[[MutableMapping[str, Any]], None]
Row = tuple[int, bytes]
"""A document's id, and its JSON text."""

PAGE_ROWS = 100
LOWEST, HIGHEST = -(2**63), 2**63 - 1


class SQLiteTable(Table):
    """Behaves as TinyDB's Table, but for this: an id is never given again, documents come in the order of their ids
    and hold what JSON can, and nothing is cached, because other processes may write.

    `indexed`, `unique` and `counted` name fields that get a column: a test of them for equality, for one of several
    values, or for several such at once, reads only rows that pass. Any other condition reads the rows one after the
    other. At most one document holds a given text in a `unique` field; "" doesn't count. An `append_only` table refuses
    every change of what is there. `encode` makes JSON of a document; what is faster than ours may let more pass.

    Beside TinyDB's operations stand those that hand out rows as text (`row`, `rows`, `page`, `last`), for those who
    know the type of what is in them. What goes through many rows (`stream`, iteration, conditions) raises Broken for
    one whose text isn't what was written; single rows and pages aren't checked each time, only when a store opens.
    """

    def __init__(
        self,
        storage: SQLiteStorage | SQLiteSnapshot,
        name: str,
        *,
        indexed: Sequence[str] = (),
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
            self.columns = create_table(storage.execute, name, indexed, unique, counted, append_only=append_only)
        self._select = f"SELECT _id, _doc FROM {name}"  # noqa: S608
        self._select_by_id = f"{self._select} WHERE _id = ?"
        self._select_whole = f"SELECT _id, _sum, _doc FROM {name} WHERE _id = ?"  # noqa: S608
        self._add = insert_sql(name, self.columns)

    def insert(self, document: Mapping[str, Any]) -> int:
        """Store a document, a `Document` under its own id, and return the id. Raises ValueError for an id in use."""
        return self.insert_multiple([document])[0]

    def insert_multiple(self, documents: Iterable[Mapping[str, Any]]) -> list[int]:
        """Store all documents or none."""
        with self._file.transaction():
            return [self._insert(document) for document in documents]

    def get(self, cond: QueryLike | None = None, doc_id: int | None = None, doc_ids: list[int] | None = None) -> Any:
        """The document with this id, those with these ids, or the first that matches; None when there is none."""
        if doc_id is not None:
            return next(self._by_id(doc_id), None)
        if doc_ids is not None:
            with self._file.reading():
                return [found for doc_id in sorted(set(doc_ids)) for found in self._by_id(doc_id)]
        if cond is not None:
            with self._file.reading():
                return next(self._matching(cond), None)
        raise RuntimeError("You have to pass either cond or doc_id or doc_ids")

    def search(self, cond: QueryLike) -> list[Document]:
        """All documents that match."""
        with self._file.reading():
            return list(self._matching(cond))

    def update(self, fields: Fields, cond: QueryLike | None = None, doc_ids: Iterable[int] | None = None) -> list[int]:
        """Set fields, or call a function that changes the document in place; returns the ids of those changed."""
        changed = []
        with self._file.transaction():
            for document in self._chosen(cond, doc_ids):
                self._change(fields, document)
                changed.append(document.doc_id)
        return changed

    def update_multiple(self, updates: Iterable[tuple[Fields, QueryLike]]) -> list[int]:
        """Apply each change to the documents that match its condition when its turn comes."""
        updates = list(updates)
        changed: list[int] = []
        with self._file.transaction():
            for document in self:
                for fields, cond in updates:
                    if cond(document):
                        self._change(fields, document)
                        changed.append(document.doc_id)
        return changed

    def upsert(self, document: Mapping[str, Any], cond: QueryLike | None = None) -> list[int]:
        """Update what matches, or insert; nobody else's insert can come between."""
        with self._file.transaction():
            return super().upsert(document, cond)

    def remove(self, cond: QueryLike | None = None, doc_ids: Iterable[int] | None = None) -> list[int]:
        """Remove the documents that match or have these ids; returns the ids of those removed."""
        if cond is None and doc_ids is None:
            raise RuntimeError("Use truncate() to remove all documents")
        removed = []
        with self._file.transaction():
            for document in self._chosen(cond, doc_ids):
                self._file.execute(f"DELETE FROM {self.name} WHERE _id = ?", (document.doc_id,))  # noqa: S608
                removed.append(document.doc_id)
        return removed

    def truncate(self) -> None:
        """Remove all documents."""
        with self._file.transaction():
            self._file.execute(f"DELETE FROM {self.name}")  # noqa: S608

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

    def rows(self, field: str, value: str) -> list[Row]:
        """All rows with this text, which isn't "", in an indexed or unique field, by id."""
        sql = f"{self._select} WHERE {field} = ? AND {field} <> '' ORDER BY _id"
        return self._file.execute(sql, (column(value),))

    def first(self, field: str, value: str) -> Row | None:
        """The first of these rows."""
        return self._file.first(f"{self._select} WHERE {field} = ? AND {field} <> '' LIMIT 1", (column(value),))

    def last(self) -> Row | None:
        """The row with the highest id."""
        return self._file.first(f"{self._select} ORDER BY _id DESC LIMIT 1")

    def page(
        self, field: str, values: Iterable[str], *, limit: int, after: int = 0, newest_first: bool = False
    ) -> list[Row]:
        """At most `limit` rows whose indexed `field` is one of `values`, by id, that come after the id `after`.

        0 is before the first row in either order.
        """
        wanted = list(dict.fromkeys(values))
        if not wanted:
            return []
        start = (after or HIGHEST) if newest_first else after
        bounds = (max(LOWEST, min(start, HIGHEST)), max(0, min(limit, HIGHEST)))
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

    def __len__(self) -> int:
        ((count,),) = self._file.execute(f"SELECT count(*) FROM {self.name}")  # noqa: S608
        return int(count)

    def __iter__(self) -> Iterator[Document]:
        return map(_document, self._rows(("1", ())))

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

    def _by_id(self, doc_id: int) -> Iterator[Document]:
        found = self.whole_row(doc_id)
        if found is not None:
            yield _document(found)

    def _matching(self, cond: QueryLike) -> Iterator[Document]:
        rows = map(_document, self._rows(as_sql(cond, self.columns)))
        return (document for document in rows if cond(document))

    def _chosen(self, cond: QueryLike | None, doc_ids: Iterable[int] | None) -> Iterator[Document]:
        """The documents to change; those read already may change while the next are read."""
        if doc_ids is not None:
            return (found for doc_id in dict.fromkeys(doc_ids) for found in self._by_id(doc_id))
        return iter(self) if cond is None else self._matching(cond)

    def _insert(self, document: Mapping[str, Any]) -> int:
        if not isinstance(document, Mapping):
            raise ValueError("Document is not a Mapping")
        doc_id = document.doc_id if isinstance(document, Document) else None
        if doc_id is not None and self.contains(doc_id=doc_id):
            raise ValueError(f"Document with ID {doc_id} already exists")
        return self._file.insert(self._add, row_values(doc_id, document, self.columns, self._encode))

    def _change(self, fields: Fields, document: Document) -> None:
        before = dict(document)
        if callable(fields):
            fields(document)
        else:
            document.update(fields)
        self.put(document.doc_id, document, before)


def _document(row: Row) -> Document:
    return Document(json.loads(row[1]), row[0])
