"""F6: a log that is gone or cut after a kill is told at the start, and what SQLite itself removes or empties isn't."""

import os
import shutil
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.test_log import HEADER, KILLED, STRIDE
from tests.store.asking import ROOT, question
from tests.waiting import PATIENCE, hurried
from ticket_api.errors import Stop
from ticket_api.store import open_store, sqlite_index, sqlite_log
from ticket_api.store.sqlite_index import HEAD, look
from ticket_api.store.sqlite_log import require_whole_log

ERASED = """
import os, sys
from tests.store.asking import NOON, question
from ticket_api.store import open_store
from ticket_api.tickets.event import Act

store = open_store(sys.argv[1])
for number in range(1, 6):
    store.add_ticket(question(number))
store.erase_tickets([1], Act("owner", "erased", NOON))
store._file.scrub()
os._exit(0)
"""

COMES_AND_GOES = """
import sys
from contextlib import closing
from tests.store.asking import question
from ticket_api.store import open_store

for number in range(100_000):
    with closing(open_store(sys.argv[1])) as store:
        store.add_ticket(question(number))
    if number in (1, 40):
        print(number, flush=True)
"""

EMPTIES_THE_LOG = """
import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone())
"""

LAST = 34
"""Tickets of a desk whose log was started anew, and holds some of them alone."""


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(sqlite_log, "PAUSE_SECONDS", 0.001)


@pytest.fixture(scope="module", params=[5, LAST], ids=["first log", "log started anew"])
def left(tmp_path_factory, request):
    """What a killed desk left."""
    folder = tmp_path_factory.mktemp("killed")
    _run(KILLED, str(folder / "tickets.db"), str(request.param))
    return folder, request.param


@pytest.fixture
def killed(left, tmp_path):
    """Its own copy for each test: the path, and how many tickets were acknowledged."""
    folder, count = left
    for ending in ("", "-wal", "-shm"):
        shutil.copyfile(folder / f"tickets.db{ending}", tmp_path / f"tickets.db{ending}")
    return tmp_path / "tickets.db", count


def _run(program, *arguments) -> None:
    subprocess.run([sys.executable, "-c", program, *arguments], cwd=ROOT, check=True, timeout=PATIENCE)


def _log(path) -> Path:
    return path.with_name("tickets.db-wal")


def _index(path) -> Path:
    return path.with_name("tickets.db-shm")


def _cut(path, size) -> None:
    os.truncate(_log(path), size)


def _end(path) -> int:
    """Where the log ends, what is left of an older one behind it not counted."""
    return HEADER + HEAD.unpack(look(_index(path))[0])[2] * STRIDE


def _flip(path, place) -> None:
    content = bytearray(_log(path).read_bytes())
    content[place] ^= 1
    _log(path).write_bytes(content)


def _count(path) -> int:
    with closing(open_store(str(path))) as store:
        return sum(store.count_tickets().values())


def _refusal(path) -> str:
    """The sentence; and nothing was changed, made or removed."""
    before = {each.name: each.read_bytes() for each in path.parent.iterdir()}
    with pytest.raises(Stop) as stopped:
        open_store(str(path))
    assert {each.name: each.read_bytes() for each in path.parent.iterdir()} == before
    assert "helpleaf restore ARCHIVE" in stopped.value.message
    return stopped.value.message


def test_a_kill_alone_is_no_loss(killed):
    path, count = killed
    assert _count(path) == count


def test_a_log_that_is_missing_is_told(killed):
    path, _ = killed
    _log(path).unlink()
    assert f"{_log(path)} is missing" in _refusal(path)


@pytest.mark.parametrize("size", [0, HEADER - 1])
def test_an_empty_log_is_told(killed, size):
    path, _ = killed
    _cut(path, size)
    assert f"{_log(path)} is empty" in _refusal(path)


@pytest.mark.parametrize("share", [0.0, 0.2, 0.6, 0.9])
def test_a_log_that_was_cut_is_told(killed, share):
    path, _ = killed
    _cut(path, HEADER + int((_end(path) - HEADER) * share))
    assert f"{_log(path)} is damaged or cut off" in _refusal(path)


def test_a_log_without_its_last_byte_is_told(killed):
    path, _ = killed
    _cut(path, _end(path) - 1)
    assert f"{_log(path)} is damaged or cut off" in _refusal(path)


def test_a_flip_in_the_last_commit_is_told_as_well(killed):
    path, _ = killed
    _flip(path, _end(path) - 100)
    assert f"{_log(path)} is damaged or cut off" in _refusal(path)


def test_a_log_of_zeros_is_told(killed):
    path, _ = killed
    _log(path).write_bytes(bytes(_log(path).stat().st_size))
    assert f"{_log(path)} is damaged or cut off" in _refusal(path)


def test_without_room_for_a_copy_a_cut_is_found_all_the_same(killed, monkeypatch):
    def full(*_, **__):
        raise OSError

    path, count = killed
    monkeypatch.setattr("tempfile.TemporaryDirectory", full)
    whole = _log(path).read_bytes()
    _cut(path, _end(path) - 1)
    assert f"{_log(path)} is damaged or cut off" in _refusal(path)
    _log(path).write_bytes(whole)
    assert _count(path) == count


def test_without_the_index_a_desk_starts_with_what_is_left(killed):
    """As the sentence says."""
    path, count = killed
    _log(path).unlink()
    assert f"To start with what is left, move {_index(path).name} away" in _refusal(path)
    _index(path).unlink()
    assert _count(path) < count


def test_in_a_copy_of_the_folder_it_is_told_as_well(killed, tmp_path):
    path, _ = killed
    copy = shutil.copytree(path.parent, tmp_path / "copy") / "tickets.db"
    _log(copy).unlink()
    assert f"{_log(copy)} is missing" in _refusal(copy)


def test_where_all_of_the_log_was_moved_into_the_file_nobody_misses_it(tmp_path):
    path = tmp_path / "tickets.db"
    _run(KILLED, str(path), "15")
    assert _log(path).stat().st_size
    assert _index(path).exists()
    _log(path).unlink()
    assert _count(path) == 15


def test_a_log_that_an_erase_emptied_is_no_loss(tmp_path):
    path = tmp_path / "tickets.db"
    _run(ERASED, str(path))
    assert _log(path).stat().st_size == 0
    assert _index(path).exists()
    assert _count(path) == 4


def test_after_an_erase_a_lost_log_is_told_again(tmp_path):
    path = tmp_path / "tickets.db"
    _run(ERASED.replace("os._exit", "store.add_ticket(question(7)); os._exit"), str(path))
    _log(path).unlink()
    assert f"{_log(path)} is missing" in _refusal(path)


def test_an_index_from_before_the_machine_started_may_be_older_than_what_sqlite_removed(killed, monkeypatch):
    """A power cut may bring back an old state of it. What a log of the same salts must hold stays true."""
    path, count = killed
    whole = _log(path).read_bytes()
    _cut(path, _end(path) - 1)
    monkeypatch.setattr(sqlite_index, "_started_at", time.time)
    assert f"{_log(path)} is damaged or cut off" in _refusal(path)
    _log(path).write_bytes(whole)
    _log(path).unlink()
    assert _count(path) < count


def test_an_index_that_was_left_beside_another_file_says_nothing_about_it(killed, tmp_path):
    """A backup was put in the place of file and log."""
    path, _ = killed
    with closing(open_store(str(tmp_path / "new" / "tickets.db"))) as store:
        store.add_ticket(question(1))
    path.unlink()
    _log(path).unlink()
    os.link(tmp_path / "new" / "tickets.db", path)
    assert _count(path) == 1


def test_a_lost_log_is_told_while_the_desk_lives(tmp_path):
    path = tmp_path / "tickets.db"
    with closing(open_store(str(path))) as store:
        store.add_ticket(question(1))
        _log(path).rename(tmp_path / "elsewhere")
        assert f"{_log(path)} is missing" in _refusal(path)
        (tmp_path / "elsewhere").rename(_log(path))
        require_whole_log(path)


def test_a_log_that_sqlite_removes_while_it_is_looked_at_is_no_loss(tmp_path, monkeypatch):
    """Each time: what the index says is read, and then the desk is closed."""
    path, found = tmp_path / "tickets.db", []

    def promise_of(path):
        with closing(open_store(str(path))) as store:
            store.add_ticket(question(len(found)))
            found.append(sqlite_index.promise_of(path))
        return found[-1]

    monkeypatch.setattr("ticket_api.store.sqlite_file.require_whole_log", lambda path: None)
    monkeypatch.setattr(sqlite_log, "promise_of", promise_of)
    require_whole_log(path)
    assert found[0].current
    assert not _log(path).exists()


def test_a_look_leaves_the_locks_of_this_process(tmp_path):
    """Without them, the log could be started anew under those who read an older state."""
    path = tmp_path / "tickets.db"
    with closing(open_store(str(path))) as store:
        store.add_ticket(question(1))
        with store.snapshot(), closing(open_store(str(path))):
            command = [sys.executable, "-c", EMPTIES_THE_LOG, str(path)]
            told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE)
    assert told.stdout.startswith("(1, ")  # busy


def test_a_desk_that_comes_and_goes_is_never_refused(tmp_path):
    """Its log is made and removed all the time, while it is looked at."""
    path, others = tmp_path / "tickets.db", len(sqlite_index._handles)
    with subprocess.Popen(
        [sys.executable, "-c", COMES_AND_GOES, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            with hurried(process, "store a ticket"):
                assert process.stdout.readline() == "1\n"
            for _ in range(2000):
                require_whole_log(path)
            for _ in range(20):
                assert _count(path)
            with hurried(process, "store 40 tickets"):
                assert process.stdout.readline() == "40\n"
            assert len(sqlite_index._handles) < others + 5  # those of removed ones are closed
        finally:
            process.kill()
