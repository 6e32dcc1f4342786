"""What is read of the queue's file: conditions and an order, and the SQL that says the same."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, tzinfo

from msgspec import Struct

from ticket_api.store.queue_words import matches_of
from ticket_api.tickets.filter import Filter
from ticket_api.tickets.priority import QUADRANTS, Quadrant
from ticket_api.tickets.row import View, milliseconds

TAGGED = "EXISTS (SELECT 1 FROM tags AS t WHERE t.id = rows.id AND t.tag = ?)"


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


def query_of(wanted: Filter, after: str, overdue: Mapping[Quadrant, datetime], zone: tzinfo) -> Query:
    """What to read of the queue's file for a filter; `overdue`: of each quadrant, since when who is late has waited."""
    matches = matches_of(wanted)
    newest = bool(wanted.after or wanted.before) and not matches
    tags = () if matches else wanted.tags
    leads = tags[0] if tags and not newest else ""
    where: list[tuple[str, object]] = [(TAGGED, each) for each in tags if each != leads]
    if not matches:
        where += [("rows.lang = ?", wanted.lang)] if wanted.lang else []
        where += [("rows.view = ?", wanted.view)] if wanted.view and newest else []
    where += [_late(overdue)] if overdue else []
    where += [("rows.answered = ?", 0)] if wanted.unanswered else []
    alone = wanted.quadrant and not (matches or leads or newest)
    where += [("rows.quadrant = ?", wanted.quadrant)] if wanted.quadrant and not alone else []
    return Query(
        matches=matches,
        tag=leads,
        view=None if matches else wanted.view,
        quadrant=wanted.quadrant if alone else "",
        where=tuple(where),
        created=(_midnight(wanted.after, zone), _midnight(wanted.before, zone)),
        newest=newest,
        after=_place(after),
    )


def _late(overdue: Mapping[Quadrant, datetime]) -> tuple[str, object]:
    """The test of who has waited too long for their quadrant, and its value: the time that is late in any of them."""
    since = {quadrant: milliseconds(moment) for quadrant, moment in overdue.items()}
    own = f"ifnull(rows.quadrant, '{QUADRANTS[-1]}')"
    tests = " OR ".join(f"({own} = '{quadrant}' AND rows.since <= {least})" for quadrant, least in since.items())
    return f"rows.since <= ? AND ({tests})", max(since.values())


def cursor(place: tuple[int, int]) -> str:
    """Where a page ended, as it stands in the address of the next."""
    return f"{place[0]}.{place[1]}"


def _place(after: str) -> tuple[int, int] | None:
    """What `cursor` made; None for anything else, which begins at the beginning."""
    parts = after.split(".")
    try:
        place = [int(part) for part in parts if len(part) < 20]
    except ValueError:
        return None
    return (place[0], place[1]) if len(place) == 2 else None


def _midnight(day: date | None, zone: tzinfo) -> int | None:
    if day is None:
        return None
    try:
        return milliseconds(datetime.combine(day, time(), zone).astimezone(UTC))
    except OverflowError:
        return 0


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
