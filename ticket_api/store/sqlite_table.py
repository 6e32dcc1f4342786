"""A TinyDB table over `SQLiteStorage`: the same operations, each touching only the rows it is about."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from typing import Any

from tinydb.queries import QueryLike
from tinydb.table import Document

from ticket_api.store.sqlite_lookup import Row, SQLiteLookup
from ticket_api.store.sqlite_query import as_sql
from ticket_api.store.sqlite_rows import row_values

Fields = Mapping[str, Any] | Callable[[MutableMapping[str, Any]], None]


class SQLiteTable(SQLiteLookup):
    """Behaves as TinyDB's Table, but for this: an id is never given again, documents come in the order of their ids
    and hold what JSON can, and nothing is cached, because other processes may write.

    `indexed`, `sparse`, `unique` and `counted` name fields that get a column: a test of them for equality, for one of
    several values, or for several such at once, reads only rows that pass. Any other condition reads the rows one after
    the other. A `sparse` field's index leaves out the documents without it. At most one document holds a given text in
    a `unique` field; "" doesn't count. An `append_only` table refuses every change of what is there. `encode` makes
    JSON of a document; what is faster than ours may let more pass.

    Beside TinyDB's operations stand those of `SQLiteLookup`, for those who know the type of what is in the rows.
    """

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

    def __len__(self) -> int:
        ((count,),) = self._file.execute(f"SELECT count(*) FROM {self.name}")  # noqa: S608
        return int(count)

    def __iter__(self) -> Iterator[Document]:
        return map(_document, self._rows(("1", ())))

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
