"""What is peculiar to the default store: its statements touch the rows they are about and no others."""

import pytest
from msgspec.structs import replace

from tests.store.asking import NOON, question
from ticket_api.errors import Broken
from ticket_api.store.records import Batch, Feedback, Session
from ticket_api.store.tinydb_store import TinyDBStore
from ticket_api.tickets.event import Act

ACT = Act("owner", "replied", NOON)
CALLS = {
    "add_ticket": lambda store: store.add_ticket(question(9)),
    "add_ticket again": lambda store: store.add_ticket(question(3)),
    "change_ticket": lambda store: store.change_ticket(3, lambda ticket: replace(ticket, name="Robert"), ACT),
    "ticket": lambda store: store.ticket(3),
    "ticket_by_link": lambda store: store.ticket_by_link("link-3"),
    "ticket_by_request": lambda store: store.ticket_by_request("request-3"),
    "tickets": lambda store: store.tickets(["open", "offered"], limit=2, after=1),
    "tickets of one state, newest first": lambda store: store.tickets(["offered"], limit=2, newest_first=True),
    "tickets_of": lambda store: store.tickets_of("bob@customer.example"),
    "count_tickets": lambda store: store.count_tickets(),
    "events": lambda store: store.events(3),
    "erase_tickets": lambda store: store.erase_tickets([3], ACT),
    "needs_scrub": lambda store: store.needs_scrub(),
    "claim": lambda store: store.claim("mark"),
    "add_feedback": lambda store: store.add_feedback(_feedback("a/b")),
    "feedback": lambda store: store.feedback("a/b"),
    "owner": lambda store: store.owner(),
    "change_owner": lambda store: store.change_owner(lambda account: replace(account, password="hash")),
    "put_session": lambda store: store.put_session(Session("hash-2", "account", NOON, NOON)),
    "session": lambda store: store.session("hash-2"),
    "drop_sessions": lambda store: store.drop_sessions(session_id="hash-2"),
}


def _feedback(article):
    return Feedback(article=article, lang="en", helpful=True, at=NOON)


@pytest.fixture
def store(tmp_path):
    opened = TinyDBStore.open(str(tmp_path / "tickets.db"))
    for number in range(1, 6):
        opened.add_ticket(question(number))
        opened.add_feedback(_feedback(f"a/{number}"))
        opened.put_session(Session(f"hash-{number}", "account", NOON, NOON))
    yield opened
    opened.close()


@pytest.mark.parametrize("name", CALLS)
def test_no_call_reads_a_whole_table(store, name):
    store.owner()  # so that there is a connection for readers
    (reader,) = store._file._readers.free
    connection, statements = store._file._connection, []
    for each in (reader.connection, connection):
        each.set_trace_callback(statements.append)
    CALLS[name](store)
    for each in (reader.connection, connection):
        each.set_trace_callback(None)
    about_rows = [sql for sql in statements if sql.startswith(("SELECT", "UPDATE", "DELETE", "INSERT"))]
    assert about_rows
    for sql in about_rows:
        if sql.endswith("ORDER BY _id DESC LIMIT 1") or "__status" in sql:  # one row; a row for each state
            continue
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
        # By rowid above a bound alone is every row, whatever SQLite calls it.
        assert not [step for step in plan if step.endswith("(rowid>?)") and "INTEGER PRIMARY KEY" in step], sql
        assert not [step for step in plan if step.startswith("SCAN") and "subquery" not in step], sql


def test_a_change_that_changes_nothing_writes_nothing(store):
    before = store._file._connection.total_changes
    store.change_ticket(3, lambda ticket: replace(ticket), ACT)
    assert store._file._connection.total_changes == before
    assert len(store.events(3)) == 1


def test_ids_stay_ticket_ids_and_arent_kept_twice(store):
    ((document,),) = store._file.execute("SELECT _doc FROM tickets WHERE _id = 3")
    assert b'"id":3' not in document
    assert document.startswith(b'{"uid":"00000000000000000000000000000003","link":"link-3"')


def test_an_empty_mark_is_none(store):
    store.load(Batch(mark=""))
    assert store.claim("mark") == "mark"
    assert store.claim("another") == "mark"


def test_a_last_event_that_was_taken_out_is_noticed_though_it_changed_no_state(store):
    store.change_ticket(5, lambda ticket: replace(ticket, name="Robert"), ACT)
    store.verify()
    store._file._connection.execute("DROP TRIGGER events_no_delete")
    store._file._connection.execute("DELETE FROM events WHERE _id = 6")
    with pytest.raises(Broken):
        store.verify()
