"""Writing the file anew takes room, and where there is none, nothing is half done."""

import sqlite3
import threading

import pytest

from tests.store.asking import NOON, question
from ticket_api.errors import StoreFull, StoreUnavailable
from ticket_api.store import disk, open_store, sqlite_scrub
from ticket_api.tickets.event import Act

ACT = Act("owner", "erased", NOON)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "tickets.db"


@pytest.fixture
def store(path):
    """A hundred tickets, of which the first is erased, in a file that zeroes nothing by itself."""
    opened = open_store(str(path))
    opened._file._connection.execute("PRAGMA secure_delete = OFF")
    for number in range(100):
        opened.add_ticket(question(number, subject="Secret" if number == 0 else "Twice"))
    opened.erase_tickets([1], ACT)
    yield opened
    opened.close()


def _written(path):
    return b"".join(each.read_bytes() for each in path.parent.iterdir() if each.is_file())


def test_what_was_erased_is_nowhere_afterwards(store, path):
    assert b"Secret" in _written(path)
    store.scrub()
    assert b"Secret" not in _written(path)


def test_without_room_for_a_second_file_it_is_refused_before_it_begins(store, path, monkeypatch):
    before = path.with_name("tickets.db-wal").stat().st_size
    ((pages,),) = store._file.execute("PRAGMA page_count")
    free = disk.shutil.disk_usage(path.parent)._replace(free=pages * 4096 * 3 // 2)
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda _: free)
    with pytest.raises(StoreFull):
        store.scrub()
    assert path.with_name("tickets.db-wal").stat().st_size == before
    monkeypatch.undo()
    store.scrub()
    assert b"Secret" not in _written(path)


def test_what_a_failed_one_wrote_doesnt_stay_in_the_log(store, path):
    statements = []

    def fail(statement):
        statements.append(statement)
        if statement == "VACUUM":
            store._file._connection.interrupt()

    store._file._connection.set_trace_callback(fail)
    with pytest.raises(StoreUnavailable):
        store.scrub()
    store._file._connection.set_trace_callback(None)
    assert "VACUUM" in statements
    assert path.with_name("tickets.db-wal").stat().st_size == 0
    assert store.ticket(2).subject == "Twice"


def test_who_reads_an_older_state_all_the_time_is_told(store, path, monkeypatch):
    monkeypatch.setattr(sqlite_scrub, "SECONDS", 0.05)
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM tickets").fetchall()
    with pytest.raises(StoreUnavailable) as caught:
        store.scrub()
    assert "reads an older state" in str(caught.value.__cause__)
    reader.close()
    store.scrub()
    assert b"Secret" not in _written(path)


def test_others_write_while_it_waits_for_a_reader(store, path, monkeypatch):
    reader = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM tickets").fetchall()
    scrubbing = threading.Thread(target=store.scrub)
    scrubbing.start()
    for number in range(200, 220):
        assert store.add_ticket(question(number)).id
    assert scrubbing.is_alive()
    reader.close()
    scrubbing.join(20)
    assert not scrubbing.is_alive()
    assert b"Secret" not in _written(path)
