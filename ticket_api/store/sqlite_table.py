"""A TinyDB table over `SQLiteStorage`: the same operations, each touching only the rows it is about."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any

from tinydb.queries import QueryInstance, QueryLike
from tinydb.table import Document, Table

from ticket_api.store.sqlite_storage import SQLiteStorage, as_json, extract

Fields = Mapping[str, Any] | Callable[[MutableMapping[str, Any]], None]
Test = tuple[str, tuple[object, ...]]

PAGE_ROWS = 100
LOWEST, HIGHEST = -(2**63), 2**63 - 1
EXACT = 2**53  # whole numbers up to here are the same in JSON, in SQLite and in Python


class SQLiteTable(Table):
    """Behaves as TinyDB's Table, but for this: an id is never given again, documents come in the order of their ids
    and hold what JSON can, and nothing is cached, because other processes may write.

    A single test for equality with text or a whole number becomes SQL, and is fast on the `indexed` and `unique`
    fields; any other condition reads the rows one after the other. At most one document holds a given text in a
    `unique` field; "" doesn't count.
    """

    def __init__(
        self,
        storage: SQLiteStorage,
        name: str,
        *,
        indexed: Sequence[str] = (),
        unique: Sequence[str] = (),
        **options: Any,
    ) -> None:
        super().__init__(storage, name, **options)
        self._file = storage
        self._unique = unique
        storage.create(name, indexed, unique)

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
            with self._file.transaction("DEFERRED"):
                return [found for doc_id in sorted(set(doc_ids)) for found in self._by_id(doc_id)]
        if cond is not None:
            with self._file.transaction("DEFERRED"):
                return next(self._matching(cond), None)
        raise RuntimeError("You have to pass either cond or doc_id or doc_ids")

    def search(self, cond: QueryLike) -> list[Document]:
        """All documents that match."""
        with self._file.transaction("DEFERRED"):
            return list(self._matching(cond))

    def update(self, fields: Fields, cond: QueryLike | None = None, doc_ids: Iterable[int] | None = None) -> list[int]:
        """Set fields, or call a function that changes the document in place; returns the ids of those changed."""
        changed = []
        with self._file.transaction():
            for document in self._chosen(cond, doc_ids):
                _apply(fields, document)
                self._store(document)
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
                        _apply(fields, document)
                        self._store(document)
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
                self._file.execute(f"DELETE FROM {self.name} WHERE id = ?", (document.doc_id,))  # noqa: S608
                removed.append(document.doc_id)
        return removed

    def truncate(self) -> None:
        """Remove all documents."""
        with self._file.transaction():
            self._file.execute(f"DELETE FROM {self.name}")  # noqa: S608

    def page(self, field: str, values: Iterable[str], *, limit: int, after: int = 0) -> list[Document]:
        """At most `limit` documents with an id above `after` whose `field` is one of `values`, by id."""
        wanted = list(dict.fromkeys(values))
        if not wanted:
            return []
        bounds = (min(after, HIGHEST), max(0, min(limit, HIGHEST)))
        # A page of each value by its index, and of these the first: an IN would sort all that were ever solved.
        each = f"SELECT id FROM (SELECT id FROM {self.name} WHERE {extract(field)} = ? AND id > ? ORDER BY id LIMIT ?)"  # noqa: S608
        ids = " UNION ALL ".join([each] * len(wanted))
        sql = f"SELECT id, doc FROM {self.name} WHERE id IN ({ids}) ORDER BY id LIMIT ?"  # noqa: S608
        parameters = [parameter for value in wanted for parameter in (value, *bounds)]
        return [_document(row) for row in self._file.execute(sql, (*parameters, bounds[1]))]

    def count_by(self, field: str) -> dict[Any, int]:
        """How many documents there are for each value of an indexed field."""
        return dict(self._file.execute(f"SELECT {extract(field)}, count(*) FROM {self.name} GROUP BY 1"))  # noqa: S608

    def __len__(self) -> int:
        ((count,),) = self._file.execute(f"SELECT count(*) FROM {self.name}")  # noqa: S608
        return int(count)

    def __iter__(self) -> Iterator[Document]:
        return self._rows(("", ()))

    def _rows(self, test: Test) -> Iterator[Document]:
        """Page by page, so that neither memory nor the lock is held for the whole table."""
        sql = f"SELECT id, doc FROM {self.name} WHERE id > ? {test[0]} ORDER BY id LIMIT {PAGE_ROWS}"  # noqa: S608
        rows = self._file.execute(sql, (LOWEST, *test[1]))
        while rows:
            yield from map(_document, rows)
            rows = self._file.execute(sql, (rows[-1][0], *test[1])) if len(rows) == PAGE_ROWS else []

    def _by_id(self, doc_id: int) -> Iterator[Document]:
        if LOWEST <= doc_id <= HIGHEST:
            sql = f"SELECT id, doc FROM {self.name} WHERE id = ?"  # noqa: S608
            yield from map(_document, self._file.execute(sql, (doc_id,)))

    def _matching(self, cond: QueryLike) -> Iterator[Document]:
        """The condition itself has the last word: SQL only leaves out what can't match."""
        return (document for document in self._rows(self._equality(cond)) if cond(document))

    def _equality(self, cond: QueryLike) -> Test:
        """SQL for a single equality; for anything else a test that every row passes."""
        match cond._hash if isinstance(cond, QueryInstance) else None:
            case ("==", tuple(path), str() | int() as value) if _is_plain(path) and _is_exact(value):
                field = ".".join(path)
                present = f" AND {extract(field)} <> ''" if field in self._unique and value != "" else ""
                return f"AND {extract(field)} = ?{present}", (value,)
        return "", ()

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
        sql = f"INSERT INTO {self.name} VALUES (?, ?) RETURNING id"  # noqa: S608
        ((given,),) = self._file.execute(sql, (doc_id, as_json(document)))
        return int(given)

    def _store(self, document: Document) -> None:
        values = (as_json(document), document.doc_id)
        self._file.execute(f"UPDATE {self.name} SET doc = ? WHERE id = ?", values)  # noqa: S608


def _apply(fields: Fields, document: Document) -> None:
    if callable(fields):
        fields(document)
    else:
        document.update(fields)


def _document(row: tuple[Any, ...]) -> Document:
    doc_id, text = row
    return Document(json.loads(text), doc_id)


def _is_plain(path: tuple[object, ...]) -> bool:
    """Whether SQLite's way of writing a path says the same as TinyDB's."""
    return all(isinstance(part, str) and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", part) for part in path)


def _is_exact(value: str | int) -> bool:
    """Whether SQLite compares the value as Python does."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    return abs(value) <= EXACT
