"""What is peculiar to the default store: its statements touch the rows they are about and no others."""

import re
from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.store.asking import NOON, mail, question
from ticket_api.errors import Broken
from ticket_api.store.records import Batch, Feedback, Paper, Search, Session
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
    "tickets_by_id": lambda store: store.tickets_by_id([3, 4]),
    "events": lambda store: store.events(3),
    "events_after": lambda store: store.events_after(3, limit=2),
    "events_before": lambda store: store.events_before(3, limit=2),
    "record": lambda store: store.record(ACT),
    "add_mail": lambda store: store.add_mail(mail(9)),
    "change_mail": lambda store: store.change_mail(3, lambda each: replace(each, state="sent")),
    "change_mail, out of the outbox": lambda store: store.change_mail(3, lambda _: None),
    "mails_due": lambda store: store.mails_due(NOON, limit=2),
    "mails_of": lambda store: store.mails_of(3),
    "mails_failed": lambda store: store.mails_failed(limit=2),
    "erase_mails": lambda store: store.erase_mails([3]),
    "paper": lambda store: store.paper("draft:3"),
    "papers": lambda store: store.papers("draft:"),
    "change_paper": lambda store: store.change_paper("draft:3", lambda content: content + "x"),
    "erase_tickets": lambda store: store.erase_tickets([3], ACT),
    "needs_scrub": lambda store: store.needs_scrub(),
    "claim": lambda store: store.claim("mark"),
    "add_feedback": lambda store: store.add_feedback(_feedback("a/b")),
    "feedback": lambda store: store.feedback("a/b"),
    "add_search": lambda store: store.add_search(_search(9), most=9),
    "add_search again": lambda store: store.add_search(_search(1), most=9),
    "drop_searches": lambda store: store.drop_searches(before=NOON.date()),
    "erase_searches": lambda store: store.erase_searches([_search(1).id]),
    "owner": lambda store: store.owner(),
    "change_owner": lambda store: store.change_owner(lambda account: replace(account, password="hash")),
    "put_session": lambda store: store.put_session(Session("hash-2", "account", NOON, NOON)),
    "session": lambda store: store.session("hash-2"),
    "drop_sessions": lambda store: store.drop_sessions(session_id="hash-2"),
}


def _search(number):
    return Search(q=f"word {number}", lang="en", results=1, day=NOON.date() - timedelta(days=number))


def _feedback(article):
    return Feedback(article=article, lang="en", helpful=True, at=NOON)


@pytest.fixture
def store(tmp_path):
    opened = TinyDBStore.open(str(tmp_path / "tickets.db"))
    for number in range(1, 6):
        opened.add_ticket(question(number))
        opened.add_feedback(_feedback(f"a/{number}"))
        opened.add_search(_search(number), most=9)
        opened.put_session(Session(f"hash-{number}", "account", NOON, NOON))
        opened.add_mail(mail(number, ticket=number))
        opened.change_paper(f"draft:{number}", lambda _: "A draft")
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
        if sql.endswith("ORDER BY _id DESC LIMIT 1") or "__status" in sql or "__day" in sql or name == "events_after":
            # one row; a row for each state or day; as many as are asked for
            continue
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
        # By rowid above a bound alone is every row, whatever SQLite calls it.
        assert not [step for step in plan if step.endswith("(rowid>?)") and "INTEGER PRIMARY KEY" in step], sql
        scans = [step for step in plan if step.startswith("SCAN") and not re.search("subquery|json_each", step)]
        assert not scans, sql


LATER = {
    "mails_due": lambda store: store.mails_due(NOON + timedelta(seconds=3), limit=2),
    "mails_failed": lambda store: store.mails_failed(limit=2),
    "mails_of": lambda store: store.mails_of(3),
    "events_after": lambda store: store.events_after(store.last, limit=9),
    "events_before": lambda store: store.events_before(4, limit=9),
    "paper": lambda store: store.paper("draft:3"),
    "tickets_by_id": lambda store: store.tickets_by_id([3, 4]),
}


@pytest.mark.parametrize("name", LATER)
def test_what_was_done_long_ago_costs_nothing(store, name):
    """Counted in instructions of SQLite, among a thousand mails that were sent, as many events and papers."""
    store.add_mail(mail(1, error="refused"))
    store.last = 4

    def cost():
        store.owner()
        (reader,) = store._file._readers.free
        steps = []
        reader.connection.set_progress_handler(lambda: steps.append(1), 1)
        found = LATER[name](store)
        reader.connection.set_progress_handler(None, 0)
        return found, len(steps)

    found, few = cost()
    assert found
    mails = tuple(mail(1, id=number, state="sent", ticket=1) for number in range(10, 1000))
    store.load(Batch(mails=mails, papers=tuple(Paper(f"other:{number}", "x") for number in range(1000))))
    store.together([lambda: store.record(ACT)] * 1000)
    store.last = 1004
    again, many = cost()
    assert len(again) == len(found)
    assert many <= 1.2 * few + 20


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
