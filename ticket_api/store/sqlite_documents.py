"""All documents at once, as TinyDB's own storages read and write them."""

import json
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from tinydb.storages import Storage

from ticket_api.store.sqlite_rows import as_json, create_table, insert_sql, row_values


class WholeDocuments(Storage):
    """What TinyDB asks of a storage, over the statements of `SQLiteStorage`. Our own tables have no use for it."""

    @abstractmethod
    def execute(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows."""

    @abstractmethod
    def insert(self, sql: str, values: Sequence[object]) -> int:
        """Run one statement that inserts a row, and return the row's id."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[None]:
        """All that is read inside is of one instant."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """All that is done inside is stored on leaving, or nothing."""

    def tables(self) -> list[str]:
        """The names of TinyDB's tables; those with two underscores are ours, and hold counts."""
        found = self.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            " AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name NOT LIKE '%!_!_%' ESCAPE '!'"
        )
        return [name for (name,) in found]

    def read(self) -> dict[str, dict[str, Any]] | None:
        """Every document of every table, as TinyDB's own storages return them."""
        with self.reading():
            tables = {
                name: {
                    str(doc_id): json.loads(text)
                    for doc_id, text in self.execute(f"SELECT _id, _doc FROM {name} ORDER BY _id")  # noqa: S608
                }
                for name in self.tables()
            }
        return {name: rows for name, rows in tables.items() if rows} or None

    def write(self, data: Mapping[str, Mapping[Any, Mapping[str, Any]]]) -> None:
        """Put `data` in the place of every document of every table. Ids given before stay taken."""
        with self.transaction():
            for name in self.tables():
                self.execute(f"DELETE FROM {name}")  # noqa: S608
            for name, rows in data.items():
                columns = create_table(self.execute, name)
                for doc_id, document in rows.items():
                    self.insert(insert_sql(name, columns), row_values(int(doc_id), document, columns, as_json))
