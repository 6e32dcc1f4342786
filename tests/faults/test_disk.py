"""The disk that fails when told to does so, and only then."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.disk import FULL, IOERR_FSYNC, IOERR_WRITE, FailAt, disk, short_writes
from tests.store.asking import ROOT
from tests.waiting import PATIENCE


def _made(path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS t (a)")
    return connection


def test_every_operation_is_seen_as_it_is(tmp_path):
    calls = []

    def hook(call):
        calls.append((call.kind, Path(call.path).name, call.data if call.kind == "write" else b""))
        return call.go()

    with disk(hook):
        connection = _made(tmp_path / "a.db")
        connection.execute("INSERT INTO t VALUES ('a word to look for')")
        connection.close()
    kinds = {(kind, name) for kind, name, _ in calls}
    assert {("open", "a.db"), ("write", "a.db-wal"), ("sync", "a.db-wal"), ("write", "a.db")} < kinds
    assert ("delete", "a.db-wal") in kinds
    assert any(b"a word to look for" in data for kind, name, data in calls if name == "a.db-wal")
    seen = len(calls)
    _made(tmp_path / "a.db").close()
    assert len(calls) == seen


@pytest.mark.parametrize(
    ("kind", "code", "told"),
    [("write", 0, IOERR_WRITE), ("sync", 0, IOERR_FSYNC), ("write", FULL, FULL)],
)
def test_an_operation_fails_as_told_and_works_again(tmp_path, kind, code, told):
    hook = FailAt(0, only=(kind,), code=code)
    with disk(hook):
        connection = _made(tmp_path / "a.db")
        hook.fail_from_now()
        with pytest.raises(sqlite3.OperationalError) as failed:
            connection.execute("INSERT INTO t VALUES (1)")
        assert failed.value.sqlite_errorcode == told
        hook.mend()
        connection.execute("INSERT INTO t VALUES (2)")
    assert connection.execute("SELECT a FROM t").fetchall() == [(2,)]
    connection.close()


def test_a_hook_that_fails_is_told(tmp_path):
    def hook(call):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), disk(hook), pytest.raises(sqlite3.OperationalError):
        _made(tmp_path / "a.db")


def test_short_and_interrupted_writes_are_made_whole_by_sqlite(tmp_path):
    with short_writes():
        connection = _made(tmp_path / "a.db")
        connection.executemany("INSERT INTO t VALUES (?)", [("x" * 3000,) for _ in range(30)])
        connection.close()
    connection = sqlite3.connect(tmp_path / "a.db")
    assert connection.execute("SELECT count(*), sum(length(a)) FROM t").fetchall() == [(30, 90_000)]
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def test_a_connection_may_outlive_the_disk_and_the_process(tmp_path):
    program = (
        "import sqlite3, sys\n"
        "from tests.faults.disk import disk\n"
        "with disk(lambda call: call.go(), reads=True):\n"
        "    kept = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "    kept.execute('PRAGMA journal_mode = WAL')\n"
        "    kept.execute('CREATE TABLE t (a)')\n"
        "kept.execute('INSERT INTO t VALUES (1)')\n"
        "forever = disk(lambda call: call.go())\n"
        "forever.__enter__()\n"
        "other = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "other.execute('INSERT INTO t VALUES (2)')\n"
    )
    command = [sys.executable, "-c", program, tmp_path / "a.db"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert (done.returncode, done.stderr) == (0, "")
