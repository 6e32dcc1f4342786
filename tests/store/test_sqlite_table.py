"""Our table does what TinyDB's own does: the same operations on both, the same answers and the same documents."""

import copy
import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tinydb import Query, TinyDB, where
from tinydb.operations import increment
from tinydb.storages import MemoryStorage
from tinydb.table import Document

from ticket_api.errors import StoreUnavailable
from ticket_api.store.sqlite_storage import SQLiteStorage
from ticket_api.store.tinydb_records import SQLiteTinyDB

VALUES = [
    *(0, 1, -1, 2**53, 2**53 + 1, 10**30, 1.0, 0.5, 1e300, True, False, None),
    *("", "1", "a", "a\0b", "[1]", "退款", "A", " a", "true", "null"),
    *([], [1], ["a", 1], {}, {"m": "a"}, {"m": 1}, {"m": {"m": "a"}}),
]
DOCUMENTS = [{}, {"m": "a"}, *({"n": value, "other": index} for index, value in enumerate(VALUES))]
CONDITIONS = [
    *(where("n") == value for value in VALUES),
    *(where(key) == "a" for key in ("m", "odd key", 'quo"te', "a.b", "退", "$", "")),
    where("n").m == "a",
    where("n").m == 1,
    where("n").m.m == "a",
    where("n") == "\ud800",
    where("n") != 1,
    where("other") < 5,
    where("other") >= 5,
    where("n").exists(),
    where("n").matches("a"),
    where("n").search("款"),
    where("n").test(lambda value: isinstance(value, str)),
    where("n").any([1]),
    where("n").all(["a"]),
    where("n").one_of([1, "a"]),
    where("n").map(str) == "1",
    (where("n") == "a") & (where("other") > 1),
    (where("n") == "a") | (where("n") == 1),
    ~(where("n") == "a"),
    Query().fragment({"n": "a"}),
    Query().noop(),
    lambda document: len(document) == 1,
]


@pytest.fixture
def db(tmp_path):
    with SQLiteTinyDB(tmp_path / "tickets.db", storage=SQLiteStorage) as opened:
        yield opened


@pytest.fixture
def ours(db):
    return db.table("things", indexed=("n",))


@pytest.fixture
def theirs():
    with TinyDB(storage=MemoryStorage) as opened:
        yield opened.table("things")


def _plain(answer):
    """An answer that compares: documents with their ids, an exception as its type."""
    if isinstance(answer, Document):
        return answer.doc_id, dict(answer)
    return [_plain(item) for item in answer] if isinstance(answer, list) else answer


def _answer(table, operation):
    try:
        return _plain(operation(table))
    except (ValueError, RuntimeError) as error:
        return type(error)


def _same(ours, theirs, operation):
    expected = copy.deepcopy(_answer(theirs, operation))
    assert _answer(ours, operation) == expected
    assert _plain(ours.all()) == _plain(theirs.all())
    assert (len(ours), _plain(list(ours))) == (len(theirs), _plain(list(theirs)))
    return expected


@pytest.mark.parametrize("cond", CONDITIONS, ids=range(len(CONDITIONS)))
def test_every_condition_finds_the_same(ours, theirs, cond):
    for table in (ours, theirs):
        table.insert_multiple(copy.deepcopy(DOCUMENTS))
    for operation in (
        lambda table: table.search(cond),
        lambda table: table.get(cond),
        lambda table: table.count(cond),
        lambda table: table.contains(cond),
        lambda table: table.update({"seen": [1]}, cond),
        lambda table: table.upsert({"n": "new", "other": 99}, cond),
        lambda table: table.remove(cond),
    ):
        _same(ours, theirs, operation)


OPERATIONS = {
    "get by id": lambda table: table.get(doc_id=2),
    "get by an unknown id": lambda table: table.get(doc_id=99),
    "get by ids": lambda table: table.get(doc_ids=[3, 1, 99, 3]),
    "get without anything": lambda table: table.get(),
    "contains an id": lambda table: [table.contains(doc_id=2), table.contains(doc_id=99)],
    "contains without anything": lambda table: table.contains(),
    "update all": lambda table: table.update({"n": {"deep": ["x"]}}),
    "update by ids": lambda table: table.update({"n": 7}, doc_ids=[3, 1, 99]),
    "update by a function": lambda table: table.update(increment("other"), where("other") > 3),
    "update of several": lambda table: table.update_multiple(
        [({"n": "b"}, where("n") == "a"), (increment("other"), where("n") == "b"), ({"x": 1}, where("other") == 3)]
    ),
    "insert what isn't a mapping": lambda table: table.insert(["a"]),
    "insert several with one that isn't": lambda table: table.insert_multiple([{"a": 1}, 7]),
    "insert under an id": lambda table: [table.insert(Document({"a": 1}, 70)), table.insert({"a": 2})],
    "insert under a used id": lambda table: table.insert(Document({"a": 1}, 2)),
    "insert several under ids": lambda table: table.insert_multiple([Document({"a": 1}, 50), Document({}, 2)]),
    "insert none": lambda table: table.insert_multiple([]),
    "upsert under a used id": lambda table: table.upsert(Document({"a": 1}, 2)),
    "upsert under a new id": lambda table: table.upsert(Document({"a": 1}, 90)),
    "upsert without a condition": lambda table: table.upsert({"a": 1}),
    "remove by ids": lambda table: [*table.remove(doc_ids=[2, 99, 1]), table.insert({"other": 0})],
    "remove without anything": lambda table: table.remove(),
    "truncate": lambda table: table.truncate(),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_does_the_same(ours, theirs, name):
    for table in (ours, theirs):
        table.insert_multiple({"n": "ab"[number % 2], "other": number} for number in range(5))
    _same(ours, theirs, OPERATIONS[name])


STEPS = st.one_of(
    st.tuples(st.just("insert"), st.sampled_from(VALUES)),
    st.tuples(st.just("update"), st.sampled_from(VALUES), st.sampled_from(CONDITIONS)),
    st.tuples(st.just("upsert"), st.sampled_from(VALUES), st.sampled_from(CONDITIONS)),
    st.tuples(st.just("remove"), st.sampled_from(CONDITIONS)),
    st.tuples(st.just("search"), st.sampled_from(CONDITIONS)),
    st.tuples(st.just("remove ids"), st.lists(st.integers(-1, 9), unique=True)),
)


def _step(table, name, *values):
    return {
        "insert": lambda value: table.insert({"n": copy.deepcopy(value)}),
        "update": lambda value, cond: table.update({"n": copy.deepcopy(value)}, cond),
        "upsert": lambda value, cond: table.upsert({"n": copy.deepcopy(value)}, cond),
        "remove": table.remove,
        "search": table.search,
        "remove ids": lambda ids: table.remove(doc_ids=ids),
    }[name](*values)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=12))
def test_any_order_of_operations_ends_the_same(db, steps):
    ours = db.table(f"run_{len(db.storage.tables())}", indexed=("n",))
    with TinyDB(storage=MemoryStorage) as opened:
        for step in steps:
            _same(ours, opened.table("things"), lambda table, step=step: _step(table, *step))


@pytest.mark.parametrize("options", [{}, {"cond": where("other") < 4}, {"doc_ids": [1, 2, 3, 4]}])
def test_an_update_that_fails_half_way_changes_nothing(ours, options):
    ours.insert_multiple({"other": number} for number in range(5))
    before = ours.all()

    def fail_at_two(document):
        document["half"] = 1 // (2 - document["other"])

    with pytest.raises(ZeroDivisionError):
        ours.update(fail_at_two, **options)
    assert ours.all() == before
    assert ours.update({"whole": 1}, doc_ids=[1]) == [1]


def test_an_id_is_never_given_again(tmp_path):
    for expected in ([1, 2], [3, 4], [5, 6]):
        with SQLiteTinyDB(tmp_path / "tickets.db", storage=SQLiteStorage) as db:
            table = db.table("things")
            assert table.insert_multiple([{}, {}]) == expected
            table.remove(doc_ids=[expected[1]])
            if expected == [3, 4]:
                table.truncate()
                db.drop_tables()


def test_the_database_lists_and_drops_tables(db):
    db.table("one").insert({"a": 1})
    db.table("two").insert({"b": 1})
    db.insert({"c": 1})
    assert db.tables() == {"one", "two", "_default"}
    db.drop_table("one")
    assert db.tables() == {"two", "_default"}
    assert _plain(db.table("two").all()) == [(1, {"b": 1})]
    db.drop_tables()
    assert db.tables() == set()


@pytest.mark.parametrize("name", ["", "1a", "sqlite_x", 'a"b', "a b", "Ab", "x;--"])
def test_a_name_that_would_be_sql_is_refused(db, name):
    with pytest.raises(ValueError, match="can't be the name of a table"):
        db.table(name)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, object(), "\ud800"])
def test_what_json_cant_hold_is_refused_and_nothing_stored(ours, value):
    with pytest.raises((ValueError, TypeError)):
        ours.insert_multiple([{"n": 1}, {"n": value}])
    assert len(ours) == 0


def test_a_unique_field_is_held_by_the_file_itself(db):
    table = db.table("things", unique=("key",))
    table.insert_multiple([{"key": "a"}, {"key": ""}, {"key": ""}, {}])
    with pytest.raises(StoreUnavailable) as refusal:
        table.insert({"key": "a"})
    assert isinstance(refusal.value.__cause__, sqlite3.IntegrityError)
    assert (table.get(where("key") == "a").doc_id, table.count(where("key") == ""), len(table)) == (1, 2, 4)


def test_iteration_goes_beyond_a_page_and_bears_changes(ours):
    ours.insert_multiple({"n": number} for number in range(250))
    seen = []
    for document in ours:
        seen.append(document["n"])
        ours.remove(doc_ids=[document.doc_id])
    assert seen == list(range(250))
    assert len(ours) == 0
