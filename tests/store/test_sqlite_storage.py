"""Opening a file, refusing what isn't one of ours, and saying so when it can't be written any more."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time

import pytest

from tests.store.asking import ROOT, question
from tests.waiting import PATIENCE
from ticket_api.errors import Stop, StoreFull, StoreUnavailable
from ticket_api.keys import KEY
from ticket_api.store import checkpoints, disk, open_store, sqlite_file, sqlite_storage


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "deep" / "tickets.db"


@pytest.fixture
def filled(path):
    """A closed file of a hundred tickets."""
    store = open_store(str(path))
    for number in range(100):
        store.add_ticket(question(number))
    store.close()
    return path


def _refusal(url) -> str:
    with pytest.raises(Stop) as stop:
        open_store(str(url))
    return str(stop.value)


def _mode(path) -> str:
    return oct(path.stat().st_mode & 0o777)


def test_new_folders_and_files_are_for_their_owner_alone(path):
    before = os.umask(0)
    try:
        store = open_store(str(path))
        store.add_ticket(question(1))
    finally:
        os.umask(before)
    assert [_mode(path.parent.parent), _mode(path.parent)] == ["0o700", "0o700"]
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == ["tickets.db", "tickets.db-shm", "tickets.db-wal"]
    assert [_mode(file) for file in files] == ["0o600"] * 3
    store.close()


def test_a_folder_and_a_file_that_are_there_keep_their_modes(path):
    path.parent.mkdir(parents=True)
    path.touch()
    path.parent.chmod(0o750)
    path.chmod(0o640)
    open_store(str(path)).close()
    assert (_mode(path.parent), _mode(path)) == ("0o750", "0o640")


def test_a_path_is_one_place_wherever_the_process_goes(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = open_store("tickets.db")
    monkeypatch.chdir(tmp_path.parent)
    assert store.add_ticket(question(1)).id == 1
    store.close()


def test_every_commit_is_synced_to_the_log(path):
    store = open_store(str(path))
    settings = [store._file.execute(f"PRAGMA {name}") for name in ("journal_mode", "synchronous", "busy_timeout")]
    store.close()
    assert settings == [[("wal",)], [(2,)], [(5000,)]]


@pytest.mark.parametrize("url", ["mysql://alice:pass@db/x", "sqlite:///x.db", "HTTP://x"])
def test_another_kind_of_store_is_refused_without_its_password(url, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sentence = _refusal(url)
    assert "aren't known" in sentence
    assert "HELPLEAF_STORE" in sentence
    assert "pass" not in sentence
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"[]", b"\0" * 5000, b'{"_default": {"1": {"a": 1}}}' * 300, b"SQLite format 3"])
def test_a_file_that_isnt_sqlites_is_refused_and_left_alone(content, tmp_path):
    path = tmp_path / "tickets.db"
    path.write_bytes(content)
    sentence = _refusal(path)
    assert str(path) in sentence
    assert "isn't a file of Helpleaf's tickets" in sentence
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    "script",
    ["CREATE TABLE tickets (id)", "PRAGMA user_version = 1", "PRAGMA application_id = 7", "PRAGMA user_version = 9"],
)
def test_somebody_elses_database_is_refused_and_left_alone(script, tmp_path):
    path = tmp_path / "tickets.db"
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()
    content = path.read_bytes()
    assert f"{path} isn't a file of Helpleaf's tickets. Set HELPLEAF_STORE" in _refusal(path)
    assert path.read_bytes() == content


def test_a_newer_format_is_refused_and_left_alone(filled):
    connection = sqlite3.connect(filled)
    connection.execute(f"PRAGMA user_version = {sqlite_file.FORMAT + 1}")
    connection.close()
    content = filled.read_bytes()
    told = f"(format {sqlite_file.FORMAT + 1}; this one reads {sqlite_file.FORMAT})"
    assert f"{filled} was written by a newer Helpleaf {told}" in _refusal(filled)
    assert filled.read_bytes() == content


@pytest.mark.parametrize("page", [1, 4, 20])
def test_a_damaged_file_is_refused_and_left_alone(filled, page):
    content = bytearray(filled.read_bytes())
    content[page * 4096 : page * 4096 + 600] = b"\xa5" * 600
    filled.write_bytes(content)
    sentence = _refusal(filled)
    assert f"{filled} is damaged (" in sentence
    assert "put a backup in its place: helpleaf restore ARCHIVE" in sentence
    assert filled.read_bytes() == content


def test_a_file_that_was_cut_is_refused(filled):
    filled.write_bytes(filled.read_bytes()[:20_000])
    assert f"{filled} is damaged (" in _refusal(filled)


def test_a_file_whose_beginning_is_damaged_is_refused(filled):
    content = bytearray(filled.read_bytes())
    content[:16] = b"\xa5" * 16
    filled.write_bytes(content)
    assert "or its beginning is damaged" in _refusal(filled)


@pytest.mark.parametrize("below", ["file/tickets.db", "file/deep/tickets.db", "nul\0nul"])
def test_a_place_that_cant_hold_a_file_is_refused(below, tmp_path):
    (tmp_path / "file").write_text("")
    sentence = _refusal(tmp_path / below)
    assert f"{tmp_path / below} can't be opened: " in sentence
    assert "Name a file in a folder that this user may write to." in sentence


def test_a_folder_in_its_place_is_told(path):
    path.mkdir(parents=True)
    assert f"{path} is a folder" in _refusal(path)


def test_an_empty_file_is_begun_unless_its_key_or_its_log_is_there(path):
    path.parent.mkdir(parents=True)
    path.touch()
    open_store(str(path)).close()
    path.write_bytes(b"")
    beside = {"secret.key": f"move {KEY} away as well", "tickets.db-wal": "though its log tickets.db-wal is there"}
    for name, told in beside.items():
        (path.parent / name).write_text("x")
        sentence = _refusal(path)
        assert f"{path} is empty, " in sentence
        assert told in sentence
        assert "helpleaf restore ARCHIVE" in sentence
        assert path.read_bytes() == b""
        (path.parent / name).unlink()


def test_an_empty_path_is_refused():
    assert "is a folder" in _refusal("")


def test_a_file_that_another_program_holds_is_refused(filled, monkeypatch):
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 0.05)
    other = sqlite3.connect(filled, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert f"{filled} can't be written: database is locked." in _refusal(filled)
    other.close()
    open_store(str(filled)).close()


def test_a_file_that_another_process_is_just_making_is_waited_for(path):
    path.parent.mkdir(parents=True)
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    maker = threading.Timer(0.2, other.close)
    maker.start()
    store = open_store(str(path))
    maker.join()
    assert store.add_ticket(question(1)).id == 1
    store.close()


def test_a_writer_that_waits_too_long_is_told(filled, monkeypatch):
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 0.05)
    store = open_store(str(filled))
    other = sqlite3.connect(filled, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable) as trouble:
        store.add_ticket(question(200))
    assert "locked" in str(trouble.value.__cause__)
    assert store.ticket(1).name == "Bob"
    other.close()
    assert store.add_ticket(question(200)).id == 101
    store.close()


def test_a_file_that_a_newer_helpleaf_brought_over_meanwhile_is_written_no_more(filled, caplog):
    store = open_store(str(filled))
    newer = sqlite3.connect(filled, isolation_level=None)
    newer.execute(f"PRAGMA user_version = {sqlite_file.FORMAT + 1}")
    for call in (lambda: store.add_ticket(question(200)), store.check, lambda: store.drop_sessions()):
        with pytest.raises(StoreUnavailable):
            call()
    assert f"a newer Helpleaf brought it to format {sqlite_file.FORMAT + 1}" in caplog.text
    stored = newer.execute("SELECT user_version, count(*) FROM pragma_user_version, tickets").fetchall()
    assert stored == [(sqlite_file.FORMAT + 1, 100)]
    newer.close()
    store.close()


def test_a_transaction_within_a_read_leaves_the_read_at_its_instant(filled):
    store = open_store(str(filled))
    with store._file.reading():
        before = store.count_tickets()
        with store._file.transaction():
            store.add_ticket(question(200))
        assert store.count_tickets() == before
    assert store.count_tickets() == {**before, "offered": before["offered"] + 1}
    store.close()


def _fill(store):
    for number in range(200, 1200):
        store.add_ticket(question(number))


def test_a_store_without_room_says_so_and_keeps_what_it_has(filled, monkeypatch):
    store = open_store(str(filled))
    ((pages,),) = store._file.execute("PRAGMA page_count")
    store._file._connection.execute(f"PRAGMA max_page_count = {pages + 100}")
    monkeypatch.setattr(disk, "ROOM_BYTES", 10**30)
    with pytest.raises(StoreFull) as trouble:
        _fill(store)
    assert trouble.value.code == "store_full"
    assert isinstance(trouble.value.__cause__, sqlite3.Error)
    last = sum(store.count_tickets().values())
    assert last > 100
    assert store.ticket(last) == question(200 + last - 101, id=last)
    store._file._connection.execute("PRAGMA max_page_count = 1000000")
    assert store.add_ticket(question(5000)).id == last + 1
    store.close()


def test_check_says_so_before_the_disk_is_full(filled, monkeypatch):
    store = open_store(str(filled))
    monkeypatch.setattr(disk, "ROOM_BYTES", 10**30)
    with pytest.raises(StoreFull):
        store.check()
    store.close()


def test_check_really_writes_and_not_for_every_visitor(filled):
    store = open_store(str(filled))
    log = filled.with_name("tickets.db-wal")
    before = log.stat().st_size
    store.check()
    written = log.stat().st_size
    statements = []
    store._file._connection.set_trace_callback(statements.append)
    store.check()
    store._file._connection.set_trace_callback(None)
    store.close()
    assert written > before
    assert statements == []


@pytest.mark.parametrize("gone", ["moved", "replaced", "folder moved"])
def test_a_file_that_was_taken_away_swallows_no_ticket(filled, gone):
    store = open_store(str(filled))
    if gone == "folder moved":
        filled.parent.rename(filled.parent.with_name("elsewhere"))
    else:
        filled.rename(filled.with_name("elsewhere.db"))
    if gone == "replaced":
        filled.write_bytes(b"")
    for call in (store.check, lambda: store.add_ticket(question(200)), lambda: store.drop_sessions()):
        with pytest.raises(StoreUnavailable):
            call()
    store.close()


SQUEEZED = """
import resource, sys, time
from pathlib import Path
from tests.store.asking import question
from ticket_api.errors import StoreUnavailable
from ticket_api.store import checkpoints, disk, open_store, sqlite_file, sqlite_storage

def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))

def try_to(do):
    try:
        return getattr(do(), "id", "done")
    except StoreUnavailable as error:
        return type(error.__cause__).__name__

sqlite_storage.CHECK_SECONDS = 0.05
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
store = open_store(sys.argv[1])
ids = [store.add_ticket(question(number)).id for number in range(5)]
limit(Path(sys.argv[1] + "-wal").stat().st_size + int(sys.argv[2]))
refused = [try_to(lambda: store.add_ticket(question(number))) for number in range(6, 9)]
checked = [try_to(store.check), try_to(store.check)]
limit(hard)
time.sleep(0.06)
store.check()
later = try_to(lambda: store.add_ticket(question(9)))
print([ids, refused, checked, [later], [len(store.tickets(["offered"], limit=100))]])
store.close()
"""


@pytest.mark.parametrize("room", [0, 100, 4096, 9000])
def test_a_file_that_cant_grow_refuses_and_recovers(path, room):
    """The kernel itself refuses the write here, in the middle of it: the file may not grow beyond `room` bytes more."""
    command = [sys.executable, "-c", SQUEEZED, str(path), str(room)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    ids, refused, checked, later, count = json.loads(answer.stdout.replace("'", '"'))
    assert ids == [1, 2, 3, 4, 5]
    assert refused == ["OperationalError"] * 3
    assert later == [6]
    assert count == [6]
    assert checked == (["StoreFull"] * 2 if room > 4096 else ["OperationalError"] * 2)
    store = open_store(str(path))
    assert [store.ticket(number).uid for number in range(1, 7)] == [f"{number:032x}" for number in (0, 1, 2, 3, 4, 9)]
    store.close()


def test_a_failed_check_stands_for_a_second_and_no_longer(filled, monkeypatch):
    store = open_store(str(filled))
    now = time.monotonic()
    monkeypatch.setattr(sqlite_storage.time, "monotonic", lambda: now)
    filled.rename(filled.with_name("elsewhere.db"))
    with pytest.raises(StoreUnavailable):
        store.check()
    filled.with_name("elsewhere.db").rename(filled)
    with pytest.raises(StoreUnavailable):
        store.check()
    monkeypatch.setattr(sqlite_storage.time, "monotonic", lambda: now + 1)
    store.check()
    store.close()


@pytest.mark.parametrize("pause", [0, 0.5])
def test_who_was_interrupted_within_a_transaction_can_close(filled, monkeypatch, pause):
    """Ctrl-C in Python's own code around a `with` leaves the transaction open until the exception is forgotten.

    After a pause, a checkpoint waits for it, too.
    """
    monkeypatch.setattr(checkpoints, "ROWS", 1)
    store = open_store(str(filled))
    store.add_ticket(question(200))

    def interrupted() -> None:
        left = store._file.transaction()
        left.__enter__()
        time.sleep(pause)
        store.close()
        left.gen.close()

    closing = threading.Thread(target=interrupted, daemon=True)
    closing.start()
    closing.join(PATIENCE)
    assert not closing.is_alive()
    again = open_store(str(filled))
    assert again.ticket(101).id == 101
    again.verify()
    again.close()
