"""Whatever was acknowledged is there and whole, at whichever moment the process is killed or the log is cut."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.store.asking import ROOT, question
from ticket_api.store import open_store


def _asking(url, *arguments):
    command = [sys.executable, "-m", "tests.store.asking", url, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def _assert_whole(url, acknowledged):
    """At most one more ticket may be there: stored, and killed before it could be acknowledged."""
    store = open_store(url)
    stored = store.tickets(["offered"], limit=10_000)
    assert {number: store.ticket(ticket_id) for number, ticket_id in acknowledged.items()} == {
        number: question(number, id=ticket_id) for number, ticket_id in acknowledged.items()
    }
    assert len(stored) - len(acknowledged) in (0, 1)
    assert all(ticket == question(int(ticket.uid, 16), id=ticket.id) for ticket in stored)
    assert store._file.execute("PRAGMA integrity_check") == [("ok",)]
    store.close()


def _numbers(lines):
    return dict(map(int, line.split()) for line in lines if line.endswith("\n"))


@pytest.mark.parametrize("statement", range(1, 38))
def test_killed_at_a_chosen_statement(url, statement):
    """The first 28 statements make the file and its tables; then each ticket is a round of four."""
    process = _asking(url, 1, 100, statement)
    acknowledged = _numbers(process.communicate()[0].splitlines(keepends=True))
    assert process.returncode == -signal.SIGKILL
    _assert_whole(url, acknowledged)


def test_killed_again_and_again_between_any_two_instructions(url):
    """The sixth life is long enough for SQLite to move its log into the file under way."""
    acknowledged = {}
    for life, answers in enumerate([1, 2, 3, 7, 20, 300, 5, 40]):
        process = _asking(url, 1000 * life + 1, 1000)
        lines = [process.stdout.readline() for _ in range(answers)]
        process.kill()
        lines += process.communicate()[0].splitlines(keepends=True)
        acknowledged |= _numbers(lines)
        store = open_store(url)
        found = {number: store.ticket(ticket_id) for number, ticket_id in acknowledged.items()}
        assert all(ticket == question(number, id=acknowledged[number]) for number, ticket in found.items())
        assert sum(store.count_tickets().values()) - len(acknowledged) <= life + 1
        store.close()
    assert len(set(acknowledged.values())) == len(acknowledged) >= 378


def test_a_log_cut_anywhere_keeps_what_was_acknowledged_before_the_cut(url, tmp_path):
    """A power cut may leave any part of what was not yet synced: every ticket whose end is in the log must be read."""
    store = open_store(url)
    ends = [len(_log(url))]
    for number in range(1, 7):
        store.add_ticket(question(number))
        ends.append(len(_log(url)))
    for tickets, (end, following) in enumerate(zip(ends, [*ends[1:], ends[-1] + 1], strict=True)):
        for cut in {end, min(end + 25, following - 1), (end + following) // 2, following - 1}:
            copy = _copy(url, tmp_path / str(cut), _log(url)[:cut])
            _assert_whole(copy, {number: number for number in range(1, tickets + 1)})
    store.close()


def test_garbage_at_the_end_of_the_log_is_left_out(url, tmp_path):
    store = open_store(url)
    for number in (1, 2):
        store.add_ticket(question(number))
    copy = _copy(url, tmp_path / "copy", _log(url) + b"\xa5" * 5000)
    _assert_whole(copy, {1: 1, 2: 2})
    store.close()


def _log(url) -> bytes:
    return Path(f"{url}-wal").read_bytes()


def _copy(url, folder, log) -> str:
    folder.mkdir()
    shutil.copy(url, folder / "tickets.db")
    (folder / "tickets.db-wal").write_bytes(log)
    return str(folder / "tickets.db")
