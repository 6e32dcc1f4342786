"""The queue's own file: found by words in both languages, thrown away and made anew."""

import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from ticket_api.errors import StoreUnavailable
from ticket_api.store import queue_rows, sqlite_file
from ticket_api.store.queue_file import DUE, Place, QueueFile
from ticket_api.store.queue_query import as_sql, query_of
from ticket_api.tickets.filter import read_filter
from ticket_api.tickets.message import Message, Note, Rating
from ticket_api.tickets.priority import QUADRANTS, Facts, Weights, assess
from ticket_api.tickets.row import VIEWS, Pressing, milliseconds
from ticket_api.tickets.ticket import Ticket

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def ticket(number: int, *texts: str, status: str = "open", **more: object) -> Ticket:
    """A ticket whose first message came on the day of its number."""
    at = NOW + timedelta(days=number)
    messages = tuple(Message("requester", text, at) for text in texts or ["words"])
    given = {"uid": "1", "link": "1", "messages": messages, "created_at": at, "changed_at": at}
    return Ticket(id=number, status=status, **(given | more))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "queue.db"


@pytest.fixture
def file(path):
    opened = QueueFile(path)
    opened.place("mark")
    yield opened
    opened.close()


@pytest.fixture
def find(file):
    """The ids that a search in a view finds, all pages after one another."""

    def found(typed: str, view=None, *, overdue=None, limit=2) -> list[int]:
        ids, after = [], ""
        while True:
            query = query_of(read_filter(typed, view), after, overdue, UTC)
            page = file.find(query, limit=limit)
            ids += [each.row.id for each in page]
            if len(page) < limit:
                return ids
            after = f"{page[-1].place[0]}.{page[-1].place[1]}"

    return found


SOME = (
    ticket(1, "I want my money back, please", name="Bob Miller", email="bob@example.com", lang="en"),
    ticket(2, "这个月扣了我两次钱", "发票也没有收到", name="王芳", email="fang@example.com", lang="zh", tags=("发票",)),
    ticket(3, "Error E-1042 on iOS 18", subject="Refunds", lang="en", status="solved", tags=("late delivery", "vip")),
    ticket(4, "退款，還有發票", lang="zh", status="waiting", tags=("vip",), first_reply_at=NOW),
    ticket(5, "nothing", lang="en", notes=(Note("ask the bank", NOW),), rating=Rating(2, NOW, "too slow")),
)


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("money", [1]),
        ("MONEY back", [1]),
        ("refund", [3]),
        ("e-1042", [3]),
        ("E1042", [3]),
        ("发票", [4, 2]),
        ("发票 扣", [2]),
        ("退款 发票", [4]),
        ("退款发票", []),
        ("票", [4, 2]),
        ("收到", [2]),
        ("bank", [5]),
        ("slow", [5]),
        ("bob@example.com", [1]),
        ("from:王芳", [2]),
        ("from:bob", [1]),
        ("from:money", []),
        ("mon", [1]),
        ("tag:vip", [4, 3]),
        ('tag:vip tag:"late delivery"', [3]),
        ("tag:发票 扣了", [2]),
        ("lang:zh", [4, 2]),
        ("发票 lang:en", []),
        ("status:solved", [3]),
        ("refund status:open", []),
        ("is:unanswered lang:zh", [2]),
        ("after:2026-03-05", [5, 4, 3]),
        ("after:2026-03-04 before:2026-03-06", [3, 2]),
        ("发票 before:2026-03-05", [2]),
        ("发票 after:2026-03-05", [4]),
        ("???", []),
        ('"', []),
        ('a" OR "money', []),
        ("money NOT back", []),
        ("", [5, 4, 3, 2, 1]),
    ],
)
def test_what_is_found(file, find, typed, ids):
    file.follow(SOME, (), Place(1, "x"))
    assert find(typed) == ids


def test_who_has_waited_too_long(file, find):
    file.follow(SOME, (), Place(1, "x"))
    late = dict.fromkeys(QUADRANTS, NOW + timedelta(days=2))
    assert find("is:overdue", overdue=late) == [1, 2]
    assert find("is:overdue money", overdue=late) == [1]


def pressing(at=NOW, **priorities: int):
    """How much tickets press whose owner said so: t6=5 is the sixth's highest."""
    given = {
        int(name[1:]): Facts(NOW + timedelta(days=int(name[1:])), owner=owner) for name, owner in priorities.items()
    }
    return {number: Pressing(facts, assess(facts, Weights(), at)) for number, facts in given.items()}


OPEN = {"t1": 3, "t2": 3, "t5": 3, "t6": 5, "t7": 1}


def test_a_view_goes_by_score_and_then_by_who_waits_longest(file, find):
    file.follow([*SOME, ticket(6), ticket(7)], (), Place(1, "x"), pressing(**OPEN))
    assert find("", "open") == [6, 1, 2, 5, 7]
    assert find("lang:en", "open") == [6, 1, 5, 7]


def test_a_quadrant_is_found_and_counted(file, find, path):
    file.follow([*SOME, ticket(6), ticket(7, tags=("vip",))], (), Place(1, "x"), pressing(**OPEN))
    assert file.quadrants() == {"now": 1, "soon": 0, "plan": 3, "whenever": 1}
    assert find("quadrant:plan") == [1, 2, 5]
    assert find("quadrant:plan lang:zh") == [2]
    assert find("quadrant:whenever tag:vip") == [7]
    assert find("quadrant:plan money") == [1]
    assert find("quadrant:plan after:2026-03-04") == [5, 2]
    file.follow([ticket(6, status="solved")], [7], Place(2, "y"))
    assert file.quadrants() == {"now": 0, "soon": 0, "plan": 3, "whenever": 0}
    with closing(sqlite3.connect(path)) as connection:
        sql, values = as_sql(query_of(read_filter("quadrant:now", "open"), "", None, UTC), "", ())
        plan = connection.execute(f"EXPLAIN QUERY PLAN {sql}", [*values, 9]).fetchall()
    assert "rows_quadrant (quadrant=?)" in plan[0][3]
    assert len(plan) == 1


def test_who_is_due_is_ranked_anew_in_all_orders(file, find, path):
    file.follow([ticket(1, tags=("a",)), ticket(2, tags=("a",))], (), Place(1, "x"), pressing(t1=5, t2=4))
    assert find("tag:a", "open") == [1, 2]
    assert file.unranked(milliseconds(NOW + timedelta(days=2)) - 1, limit=9) == []
    ((number, facts),) = file.unranked(milliseconds(NOW + timedelta(days=2)) + 1, limit=9)
    assert (number, facts) == (1, pressing(t1=5)[1].facts)
    later = NOW + timedelta(days=9)
    assert file.press(pressing(later, t1=5)) == 0
    assert file.press(pressing(later, t1=1, t2=4)) == 1
    assert (find("", "open"), find("tag:a", "open"), find("quadrant:whenever")) == ([2, 1], [2, 1], [1])
    assert file.quadrants()["whenever"] == 1
    assert file.unranked(milliseconds(later), limit=9) == []
    with closing(sqlite3.connect(path)) as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {queue_rows.DUE}", (0, 9)).fetchall()
    assert "rows_until (until<?)" in plan[0][3]


def test_all_that_is_to_be_answered_is_judged_anew_when_the_weights_are_others(file):
    file.follow([*SOME, ticket(6)], (), Place(1, "x"), pressing(t1=3, t2=3, t5=3, t6=3))
    file.weigh_with("these")
    due = file.unranked(milliseconds(NOW), limit=9)
    assert (sorted(due), file.waiting()) == ([(number, None) for number in (1, 2, 5, 6)], [])
    file.press(pressing(t1=3, t2=3, t5=3, t6=3))
    file.weigh_with("these")
    assert file.unranked(milliseconds(NOW), limit=9) == []
    assert sorted(number for number, *_ in file.waiting()) == [1, 2, 5, 6]


def test_what_changed_is_in_its_new_place_alone_and_what_is_gone_in_none(file, find):
    file.follow(SOME, (), Place(1, "x"))
    file.follow([ticket(1, "now a parcel", status="solved", tags=("vip",))], [3, 99], Place(2, "y"))
    assert (find("money"), find("parcel"), find("tag:vip"), find("refund")) == ([], [1], [4, 1], [])
    assert file.counts() == dict.fromkeys(VIEWS, 0) | {"open": 2, "waiting": 1, "solved": 1}
    assert file.place("mark") == Place(2, "y")
    assert dict(file.tags()) == {"vip": 2, "发票": 1}


def test_what_is_due_is_read_from_the_ends_of_its_view_however_much_stands_between(file, path):
    sleeping = [ticket(number, snoozed_until=NOW + timedelta(hours=number)) for number in range(1, 7)]
    file.follow(sleeping, (), Place(6, "hash"))
    at = [milliseconds(NOW + timedelta(hours=number)) for number in range(7)]
    assert file.due("snoozed", at[0], limit=9) == []
    assert file.due("snoozed", at[2], limit=9) == [1, 2]
    assert file.due("snoozed", at[2], beyond=at[5], limit=9) == [1, 2, 5, 6]
    assert file.due("snoozed", at[2], beyond=at[5], limit=3) == [1, 2, 5]
    assert file.due("snoozed", at[2], beyond=at[5], limit=1) == [1]
    with closing(sqlite3.connect(path)) as connection:
        for side in ("<=", ">="):
            plan = connection.execute(f"EXPLAIN QUERY PLAN {DUE.format(side)}", ("snoozed", 0, 9)).fetchall()
            assert f"(view=? AND rank{side[0]}?)" in plan[0][3]


def test_another_stores_file_is_begun_anew(file, find):
    file.follow(SOME, (), Place(1, "x"))
    assert file.place("another") == Place(0, "")
    assert find("") == []


def test_a_file_that_is_taken_away_or_damaged_is_made_anew(file, path):
    file.follow(SOME, (), Place(1, "x"))
    path.unlink()
    assert file.place("mark") == Place(0, "")
    file.close()
    path.write_bytes(b"no database at all" * 1000)
    again = QueueFile(path)
    assert again.place("mark") == Place(0, "")
    again.follow(SOME, (), Place(1, "x"))
    again.close()


def test_a_file_that_several_make_at_once_is_made_once(tmp_path):
    for turn in range(20):
        path, together, found = tmp_path / f"{turn}.db", threading.Barrier(4), []
        files = [QueueFile(path) for _ in range(4)]

        def make(file, together=together, found=found):
            together.wait()
            found.append((file.place("mark"), file.counts()["open"]))

        threads = [threading.Thread(target=make, args=(file,)) for file in files]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [(Place(0, ""), 0)] * 4
        files[0].follow(SOME, (), Place(1, "x"))
        assert [file.place("mark") for file in files] == [Place(1, "x")] * 4
        for file in files:
            file.close()


def test_a_file_that_another_is_making_is_left_to_it(path, monkeypatch):
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 0.05)
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as other, closing(QueueFile(path)) as file:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("BEGIN IMMEDIATE")
        before = path.stat().st_ino
        with pytest.raises(StoreUnavailable):
            file.place("mark")
        assert path.stat().st_ino == before
        other.execute("ROLLBACK")
        assert file.place("mark") == Place(0, "")
        assert path.stat().st_ino == before


def test_a_file_that_was_left_half_made_is_made_anew(path):
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as half:
        half.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY)")
    with closing(QueueFile(path)) as again:
        assert again.place("mark") == Place(0, "")
        again.follow(SOME, (), Place(1, "x"))


def test_a_batch_is_taken_whole_or_not_at_all(file, find):
    with pytest.raises(AttributeError):
        file.follow([SOME[0], None], (), Place(5, "x"))
    assert find("") == []
    assert file.place("mark") == Place(0, "")


def test_nothing_of_what_is_gone_stays_in_the_file(file, path):
    file.follow([ticket(1, "xylophonequartz", name="Zebediah")], (), Place(1, "x"))
    file.follow((), [1], Place(2, "y"))
    file.scrub()
    left = b"".join(each.read_bytes() for each in path.parent.glob("queue.db*"))
    assert b"xylophonequartz" not in left
    assert b"zebediah" not in left.lower()


def test_a_folder_that_cant_be_written_is_told(tmp_path):
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StoreUnavailable):
        QueueFile(tmp_path / "data" / "queue.db").place("mark")
