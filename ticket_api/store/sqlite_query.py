"""TinyDB's conditions as SQL, as far as SQL can say the same."""

from collections.abc import Collection
from typing import Any

from tinydb.queries import QueryInstance, QueryLike

Test = tuple[str, tuple[object, ...]]
EXACT = 2**53  # whole numbers up to here are the same in JSON, in SQLite and in Python
MOST_VALUES = 100


def as_sql(cond: QueryLike, columns: Collection[str]) -> Test:
    """A test that every matching row passes, and perhaps others: the condition itself has the last word.

    Equality and `one_of` on a column become SQL, alone or joined by `&`; anything else lets every row pass.
    """
    if not isinstance(cond, QueryInstance) or cond._hash is None:
        return "1", ()
    return _of(cond._hash, columns)


def _of(told: Any, columns: Collection[str]) -> Test:
    match told:
        case ("==", (str() as field,), value) if field in columns and _is_exact(value):
            return _equal(field, value)
        case ("one_of", (str() as field,), values) if field in columns and _are_exact(values):
            return f"{field} IN ({', '.join('?' * len(values))})", tuple(values)
        case ("and", frozenset() as both):
            left, right = (_of(part, columns) for part in (*both, *both)[:2])
            return f"({left[0]} AND {right[0]})", left[1] + right[1]
    return "1", ()


def _equal(field: str, value: object) -> Test:
    """Indexes of unique fields leave "" out, and serve only a question that does so as well."""
    return (f"({field} = ? AND {field} <> '')" if value != "" else f"{field} = ?"), (value,)


def _are_exact(values: Any) -> bool:
    return isinstance(values, tuple) and 0 < len(values) <= MOST_VALUES and all(map(_is_exact, values))


def _is_exact(value: object) -> bool:
    """Whether SQLite compares the value as Python does."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    return isinstance(value, int) and abs(value) <= EXACT
