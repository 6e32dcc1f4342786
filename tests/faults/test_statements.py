"""Whatever was acknowledged is there and whole, at whichever statement of SQL the process is killed.

Kills within a statement are in test_kill.py.
"""

import signal
import subprocess
import sys

import pytest

from tests.store.asking import ROOT, question
from tests.waiting import hurried
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


@pytest.mark.parametrize("statement", [*range(1, 101, 4), *range(101, 122, 2)])
def test_killed_at_a_chosen_statement(url, statement):
    """The first 101 statements make the file and its tables; then each ticket is a round of ten."""
    process = _asking(url, 1, 100, statement)
    with hurried(process, "reach its statement"):
        acknowledged = _numbers(process.communicate()[0].splitlines(keepends=True))
    assert process.returncode == -signal.SIGKILL
    _assert_whole(url, acknowledged)
