"""Bugs planted into the store, to see that the tests find each: `python -m tests.faults.seeded`.

Each is one that a store of this kind has had somewhere. The tests named beside it run with the bug, in a pytest of
their own (this module is its plug-in), and must fail; without a bug they pass.
"""

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.faults.progress import shown
from ticket_api.errors import StoreFull, StoreUnavailable
from ticket_api.store import checkpoints, sqlite_file, sqlite_lookup, sqlite_rows, sqlite_storage
from ticket_api.store.records import Mail
from ticket_api.store.sqlite_storage import SQLiteStorage
from ticket_api.store.sqlite_trouble import Trouble
from ticket_api.store.tinydb_mails import TinyDBMails
from ticket_api.store.tinydb_store import TinyDBStore

ROOT = Path(__file__).parents[2]
VARIABLE = "SEEDED_BUG"
FAULTS = "tests/faults/test_"


class Bug(NamedTuple):
    """What is wrong, the tests that must fail, and what plants it into this process."""

    told: str
    tests: tuple[str, ...]
    plant: Callable[[], None]


def _with_pragma(where: Sequence[Any], pragma: str) -> None:
    """Every connection that these modules make begins with a pragma."""
    usual = sqlite_file.connect

    def connect(*given: Any, **options: Any) -> sqlite3.Connection:
        connection = usual(*given, **options)
        connection.execute(f"PRAGMA {pragma}")
        return connection

    for module in where:
        module.connect = connect


def _no_sync() -> None:
    _with_pragma((sqlite_file, sqlite_storage, checkpoints), "synchronous = OFF")


def _no_sync_of_a_commit() -> None:
    _with_pragma((sqlite_file, sqlite_storage, checkpoints), "synchronous = NORMAL")


def _no_sync_of_a_checkpoint() -> None:
    _with_pragma((checkpoints,), "synchronous = OFF")


def _answer_before_commit() -> None:
    """Whoever waits is answered when the work is done; the commit comes with the next one's work."""

    @contextmanager
    def writing(self: SQLiteStorage) -> Iterator[None]:
        self._require_writable()
        self._mine.cursor, self._mine.writes = self._connection.cursor(), True
        try:
            with self.trouble.translated():
                if self._connection.in_transaction:
                    self._connection.execute("COMMIT")
                self._connection.execute("BEGIN IMMEDIATE")
                yield
        finally:
            self._mine.cursor, self._mine.writes = None, False

    SQLiteStorage._writing = writing  # type: ignore[method-assign]


def _ids_given_again() -> None:
    usual = sqlite_rows.create_table

    def create_table(execute: Any, *given: Any, **options: Any) -> Any:
        def forgetful(sql: str, *values: Any) -> Any:
            return execute(sql.replace(" AUTOINCREMENT", ""), *values)

        return usual(forgetful, *given, **options)

    sqlite_lookup.create_table = create_table


def _event_in_a_commit_of_its_own() -> None:
    append, commit = TinyDBStore._append, SQLiteStorage.commit
    late: list[Any] = []

    def remember(self: TinyDBStore, *given: Any) -> None:
        late.append((self, given))

    def twice(self: SQLiteStorage, work: Callable[[], Any]) -> Any:
        outcome = commit(self, work)
        if not self._mine.writes:
            while late:
                store, given = late.pop(0)
                commit(self, lambda: append(store, *given))  # noqa: B023
        return outcome

    TinyDBStore._append = remember  # type: ignore[method-assign]
    SQLiteStorage.commit = twice  # type: ignore[method-assign]


def _mail_in_a_commit_of_its_own() -> None:
    add, together = TinyDBMails.add_mail, SQLiteStorage.together
    late: list[tuple[TinyDBMails, Mail]] = []

    def remember(self: TinyDBMails, mail: Mail) -> Mail:
        late.append((self, mail))
        return mail

    def twice(self: SQLiteStorage, works: Sequence[Callable[[], object]]) -> list[object]:
        outcomes = together(self, works)
        if not self._mine.writes:
            while late:
                add(*late.pop(0))
        return outcomes

    TinyDBMails.add_mail = remember  # type: ignore[method-assign]
    SQLiteStorage.together = twice  # type: ignore[method-assign]


def _count_forgotten() -> None:
    usual = sqlite_rows._counts
    sqlite_rows._counts = lambda *given: [sql for sql in usual(*given) if "AFTER UPDATE" not in sql]


def _error_swallowed_and_tried_again() -> None:
    carry_out = SQLiteStorage._carry_out

    def stubborn(self: SQLiteStorage, jobs: Any) -> None:
        try:
            carry_out(self, jobs)
        except StoreFull:
            raise
        except StoreUnavailable:
            carry_out(self, jobs)

    SQLiteStorage._carry_out = stubborn  # type: ignore[method-assign]
    Trouble.give_up = lambda *given: None  # type: ignore[method-assign]


def _refused_job_stays() -> None:
    SQLiteStorage._run = lambda self, job: job.run()  # type: ignore[method-assign]


def _uncommitted_is_read() -> None:
    """Everybody reads on the connection that writes."""
    execute = SQLiteStorage.execute

    def dirty(self: SQLiteStorage, sql: str, values: Any = ()) -> Any:
        return execute(self, sql, values) if self._mine.writes else self._connection.execute(sql, values).fetchall()

    SQLiteStorage.execute = dirty  # type: ignore[method-assign]


def _log_thrown_away() -> None:
    open_file = sqlite_file.open_file

    def clean(path: Path) -> Any:
        for ending in ("-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        return open_file(path)

    sqlite_storage.open_file = clean


def _sum_not_checked() -> None:
    class _Any(int):
        """Equal to every sum."""

        __hash__ = int.__hash__

        def __eq__(self, other: object) -> bool:
            return True

        def __ne__(self, other: object) -> bool:
            return False

    usual = sqlite_rows.checksum
    sqlite_lookup.checksum = lambda text: _Any(usual(text))


POWER = f"{FAULTS}power.py::test_power_cuts_at_any_moment"
KILLED = f"{FAULTS}kill.py"

BUGS = {
    "no_sync": Bug("nothing is synced (`synchronous = OFF`)", (POWER,), _no_sync),
    "no_sync_of_a_commit": Bug("a commit isn't synced (`synchronous = NORMAL`)", (POWER,), _no_sync_of_a_commit),
    "no_sync_of_a_checkpoint": Bug("a checkpoint isn't synced", (POWER,), _no_sync_of_a_checkpoint),
    "answer_before_commit": Bug("the answer leaves before the commit", (KILLED, POWER), _answer_before_commit),
    "ids_given_again": Bug(
        "the highest id, erased, is given again", (f"{KILLED}::test_a_whole_life_is_kept", POWER), _ids_given_again
    ),
    "event_in_a_commit_of_its_own": Bug(
        "a change and its event are two transactions", (KILLED, POWER), _event_in_a_commit_of_its_own
    ),
    "mail_in_a_commit_of_its_own": Bug(
        "a reply and its mail are two transactions", (KILLED, POWER), _mail_in_a_commit_of_its_own
    ),
    "count_forgotten": Bug("a change of status isn't counted", (KILLED, "tests/store/test_store.py"), _count_forgotten),
    "error_swallowed_and_tried_again": Bug(
        "an I/O error is swallowed and the write tried again",
        (f"{FAULTS}errors.py::test_an_error_of_the_disk_ends_all_writing_until_the_next_start",),
        _error_swallowed_and_tried_again,
    ),
    "refused_job_stays": Bug(
        "what a refused job wrote in a batch stays", (POWER, "tests/store/test_store.py"), _refused_job_stays
    ),
    "uncommitted_is_read": Bug(
        "readers see what isn't committed",
        (f"{FAULTS}places.py::test_who_reads_doesnt_wait_for_the_disk_of_who_writes",),
        _uncommitted_is_read,
    ),
    "log_thrown_away": Bug("the log of a killed desk is thrown away", (KILLED, POWER), _log_thrown_away),
    "sum_not_checked": Bug("the sum of a record isn't checked", (f"{FAULTS}damage.py",), _sum_not_checked),
}


def plant() -> None:
    """Plant the bug that the environment names, if any."""
    if name := os.environ.get(VARIABLE):
        BUGS[name].plant()


def pytest_configure() -> None:
    plant()


def failing(name: str) -> list[str]:
    """The tests that fail with a bug, of those that must; with the bug "", of all."""
    tests = BUGS[name].tests if name else sorted({test for bug in BUGS.values() for test in bug.tests})
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.faults.seeded", "-p", "no:cacheprovider", "--tb=no"]
    done = subprocess.run(
        [*command, *tests], cwd=ROOT, env=os.environ | {VARIABLE: name}, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return re.findall(r"^(?:FAILED|ERROR) ([^\s\[]+)", done.stdout, re.MULTILINE)


def caught(failing_anyway: Sequence[str] = ()) -> dict[str, list[str]]:
    """For each bug, the tests that found it, each once; one that fails without a bug has found nothing."""
    with ThreadPoolExecutor(2) as pool:
        results = shown("Seeded bugs", pool.map(failing, BUGS), len(BUGS))
        found = {name: dict.fromkeys(tests) for name, tests in zip(BUGS, results, strict=True)}
    return {name: [test for test in tests if test not in failing_anyway] for name, tests in found.items()}


def main() -> int:
    anyway = failing("")
    print(f"without a bug: {', '.join(anyway) + ' fail' if anyway else 'all pass'}")
    found = caught(anyway)
    for name, tests in found.items():
        print(f"{name}: {BUGS[name].told}: {', '.join(tests) or 'NOT CAUGHT'}")
    print(f"seeded_bugs={len(BUGS)} caught={sum(map(bool, found.values()))}")
    return 0 if all(found.values()) and not anyway else 1


if __name__ == "__main__":
    sys.exit(main())
