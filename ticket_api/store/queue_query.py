"""What is read of the queue's file: conditions and an order, and the SQL that says the same."""

import sqlite3
from collections.abc import Sequence

from msgspec import Struct

from ticket_api.tickets.row import View


class Query(Struct, frozen=True, kw_only=True):
    """What to read: conditions on `rows` and its order. `matches` are queries of the index of words: the first that
    finds anything counts. `quadrant` is that of an index, in place of the view. `created` bounds the time of the first
    message, in milliseconds of Unix time, its end left out; `newest` orders by it."""

    matches: tuple[str, ...] = ()
    tag: str = ""
    view: View | None = None
    quadrant: str = ""
    where: tuple[tuple[str, object], ...] = ()
    created: tuple[int | None, int | None] = (None, None)
    newest: bool = False
    after: tuple[int, int] | None = None


def match_of(cursor: sqlite3.Cursor, matches: Sequence[str]) -> str:
    """The first of these queries that finds anything, or the last; "" of none."""
    for match in matches[:-1]:
        if cursor.execute("SELECT 1 FROM words WHERE words MATCH ? LIMIT 1", (match,)).fetchone():
            return match
    return matches[-1] if matches else ""


def ids_of(cursor: sqlite3.Cursor, created: tuple[int | None, int | None]) -> list[tuple[str, object]]:
    """Tests of the ids that tickets of such a time may have: words are read by id."""
    tests: list[tuple[str, object]] = []
    for moment, side, end in ((created[0], ">=", "min"), (created[1], "<", "max")):
        if moment is not None:
            sql = f"SELECT {end}(+id) FROM rows WHERE created {side} ?"  # noqa: S608 - the plus keeps it from walking by id
            ((bound,),) = cursor.execute(sql, (moment,)).fetchall()
            tests.append((f"words.rowid {side[0]}= ?", bound))
    return tests


def as_sql(query: Query, match: str, ids: Sequence[tuple[str, object]]) -> tuple[str, list[object]]:
    """The statement that reads `doc`, the order's number and the id, but for its limit; and its values.

    What is put into its text are names in code, never from outside.
    """
    wheres: list[tuple[str, object]] = []
    if match:
        source, keys, down = "words CROSS JOIN rows ON rows.id = words.rowid", ("words.rowid", "words.rowid"), True
        wheres.append(("words MATCH ?", match))
    elif query.newest:
        source, keys, down = "rows", ("rows.created", "rows.id"), True
    else:
        table = "tags" if query.tag else "rows"
        source = "tags CROSS JOIN rows ON rows.id = tags.id" if query.tag else "rows"
        keys, down = (f"{table}.{'rank' if query.view else 'age'}", f"{table}.id"), False
        wheres += [("tags.tag = ?", query.tag)] if query.tag else []
        wheres += [("rows.quadrant = ?", query.quadrant)] if query.quadrant else []
        wheres += [(f"{table}.view = ?", query.view)] if query.view and not query.quadrant else []
    wheres += [*ids, *query.where]
    wheres += [("rows.created >= ?", query.created[0])] if query.created[0] is not None else []
    wheres += [("rows.created < ?", query.created[1])] if query.created[1] is not None else []
    values = [value for _, value in wheres]
    tests = [test for test, _ in wheres]
    if query.after:
        tests.append(f"({', '.join(keys)}) {'<' if down else '>'} (?, ?)")
        values += query.after
    where = f" WHERE {' AND '.join(tests)}" if tests else ""
    order = ", ".join(f"{key} {'DESC' if down else 'ASC'}" for key in (keys[:1] if match else keys))
    return f"SELECT rows.doc, {', '.join(keys)} FROM {source}{where} ORDER BY {order} LIMIT ?", values  # noqa: S608
