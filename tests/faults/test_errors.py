"""F3, F4, F5: what fails is never acknowledged, what was acknowledged can be read, and nothing is retried blindly."""

import logging
import resource
import shutil
import subprocess
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.faults.disk import FULL, FailAt, disk, short_writes
from tests.faults.life import Life, checkpoints_after
from tests.faults.promise import Ledger
from tests.store.asking import NOON, question
from tests.waiting import PATIENCE
from ticket_api.errors import Stop, StoreFull, StoreUnavailable
from ticket_api.store import open_store
from ticket_api.store.records import OwnerAccount
from ticket_api.tickets.event import Act
from ticket_api.tickets.ticket import send


def _until(happens) -> None:
    deadline = time.monotonic() + 20
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _refuses(store) -> bool:
    with suppress(StoreUnavailable):
        store.check()
        return False
    return True


def _live_until_refused(store, lines) -> None:
    """A few rounds, or until the store says no."""
    life = Life(store, lambda *line: lines.append(line))
    with suppress(StoreUnavailable):
        for _ in range(2):
            life.ask()
            life.round()


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("kind", ["write", "sync"])
def test_an_error_of_the_disk_ends_all_writing_until_the_next_start(tmp_path, kind, lasting, caplog):
    """F4, at one operation after the other until a life comes to its end without an error."""
    for number in count(1, 3 if kind == "sync" else 23):
        url, lines = str(tmp_path / str(number) / "tickets.db"), []
        hook = FailAt(0, only=(kind,), lasting=lasting)
        caplog.clear()
        with disk(hook), checkpoints_after(15):
            store = open_store(url)
            hook.number = hook.count + number
            _live_until_refused(store, lines)
            if not hook.failed:
                store.close()
                break
            _until(lambda: _refuses(store))  # noqa: B023
            _assert_only_reads(store, lines)
            store.close()
        told = [each for each in caplog.records if each.levelno >= logging.ERROR]
        assert len(told) == 1
        assert url in told[0].getMessage()
        Ledger(lines).assert_kept(url)
    assert number > 30


def _assert_only_reads(store, lines) -> None:
    ledger = Ledger(lines)
    kept = ledger.tickets.keys() - ledger.erasing
    for refused in (
        lambda: store.add_ticket(question(5000)),
        lambda: store.change_owner(lambda account: OwnerAccount(password="1")),
        lambda: store.erase_tickets(list(kept), Act("owner", "erased", NOON)),
    ):
        with pytest.raises(StoreUnavailable):
            refused()
    assert store.together([lambda: store.add_ticket(question(5001))])[0].code == "store_unavailable"
    for ticket_id in kept:
        assert store.ticket(ticket_id).version >= ledger.tickets[ticket_id].version
    assert sum(store.count_tickets().values()) >= len(kept)


@pytest.mark.parametrize("kind", ["write", "sync", "truncate", "delete"])
def test_an_error_while_opening_is_told_and_the_next_start_is_sound(tmp_path, kind):
    for number in count(1):
        url = str(tmp_path / str(number) / "tickets.db")
        hook, told = FailAt(number, only=(kind,)), ""
        with disk(hook):
            try:
                open_store(url).close()
            except Stop as stop:
                told = stop.message
        assert not told or url in told
        Ledger().assert_kept(url)
        if not hook.failed:
            break


@contextmanager
def _no_room_injected(url, monkeypatch):
    """SQLite is told that the disk is full, in the middle of anything."""
    hook = FailAt(0, only=("write",), code=FULL, lasting=True)

    def free(path):
        return SimpleNamespace(free=0 if hook.number and hook.failed else 10**9)

    monkeypatch.setattr(shutil, "disk_usage", free)
    with disk(hook):
        store = open_store(url)
        hook.number = hook.count + 700
        yield store, hook.mend


@contextmanager
def _no_room_by_quota(url, monkeypatch):
    """The system lets no file grow beyond a size."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    store = open_store(url)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_500_000, hard))
    try:
        yield store, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def _no_room_on_the_disk(url, monkeypatch):
    """A disk of three megabytes; where none can be mounted, one that says so."""
    folder = Path(url).parent
    folder.mkdir(parents=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", folder], capture_output=True)
    with ExitStack() as stack:
        if mounted.returncode:
            yield stack.enter_context(_no_room_injected(url, monkeypatch))
            return
        stack.callback(lambda: subprocess.run(["umount", "-l", folder], check=True))
        (folder / "other").write_bytes(bytes(3_500_000))
        yield open_store(url), (folder / "other").unlink


@pytest.mark.parametrize("full", [_no_room_injected, _no_room_by_quota, _no_room_on_the_disk])
def test_a_full_disk_takes_nothing_loses_nothing_and_recovers_by_itself(url, monkeypatch, full):
    """F3."""
    lines = []
    with full(url, monkeypatch) as (store, make_room):
        with suppress(StoreFull):
            for number in range(1000):
                lines.append(("ticket", store.add_ticket(question(number))))
        for number in (2000, 2001):
            with pytest.raises(StoreFull):
                store.add_ticket(question(number * 7 + 6))
        with pytest.raises(StoreFull):
            store.check()
        assert 20 < len(lines) < 1000
        assert all(store.ticket(ticket.id) == ticket for _, ticket in lines)
        make_room()
        lines.append(("ticket", store.add_ticket(question(3000))))
        sent = store.change_ticket(1, lambda ticket: send(ticket, NOON), Act("requester", "sent", NOON))
        lines.append(("ticket", sent))
        _until(lambda: not _refuses(store))
        store.close()
        Ledger(lines).assert_kept(url)


def _stored_until_full(store, count=1000) -> list:
    lines = []
    with suppress(StoreFull):
        for number in range(count):
            lines.append(("ticket", store.add_ticket(question(number))))
    store.close()
    return lines


@pytest.mark.parametrize("full", [_no_room_injected, _no_room_on_the_disk])
def test_on_a_full_disk_a_desk_opens_for_reading_and_recovers_by_itself(url, monkeypatch, full):
    """F3: its log can't be moved into the file at the start."""
    with full(url, monkeypatch) as (store, make_room):
        lines = _stored_until_full(store)
        store = open_store(url)
        with store.snapshot() as snapshot:
            assert list(snapshot.tickets()) == [ticket for _, ticket in lines]
            for refused in (store.check, store.scrub, lambda: store.add_ticket(question(2000))):
                with pytest.raises(StoreFull):
                    refused()
            make_room()
            lines.append(("ticket", store.add_ticket(question(3000))))
        _until(lambda: not _refuses(store))
        assert store.count_tickets() == {"offered": len(lines)}
        store.close()
        Ledger(lines).assert_kept(url)


def test_what_a_full_disk_kept_in_the_log_is_synced_in_the_file_before_anything_is_written(url, monkeypatch):
    """The log may have a hole that a failed sync left; F4 behind F3."""
    calls, go = [], FailAt.__call__

    def noted(hook, call) -> int:
        calls.append((call.kind, Path(call.path).name))
        return go(hook, call)

    monkeypatch.setattr(FailAt, "__call__", noted)
    with _no_room_injected(url, monkeypatch) as (store, make_room):
        _stored_until_full(store)
        store = open_store(url)
        make_room()
        calls.clear()
        store.add_ticket(question(3000))
        assert calls.index(("sync", "tickets.db")) < calls.index(("write", "tickets.db-wal"))
        store.close()


def test_where_not_even_the_index_of_the_log_finds_room_it_is_told(url):
    lines = _stored_until_full(open_store(url), 5)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(Stop, match=r"tickets\.db can't be opened: .* Make room"):
            open_store(url)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    Ledger(lines).assert_kept(url)


def test_short_and_interrupted_writes_leave_no_half_record(url):
    """F5."""
    lines = []
    with short_writes():
        store = open_store(url)
        Life(store, lambda *line: lines.append(line)).round()
        store.close()
    Ledger(lines).assert_kept(url)


def test_without_a_file_handle_left_each_call_works_or_says_no_and_all_recovers(store, url):
    """F5: threads that need a connection of their own can't get one; what goes on without works."""
    asked = store.add_ticket(question(1))
    lines = [("ticket", asked)]
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    refused, found, held = [], [], threading.Barrier(8)

    def read() -> None:
        try:
            with store.snapshot() as snapshot:
                found.append(snapshot.ticket(asked.id))
                held.wait(20)
        except StoreUnavailable as trouble:
            refused.append(trouble)
            held.wait(20)

    with open("/dev/null") as last:  # noqa: PTH123
        resource.setrlimit(resource.RLIMIT_NOFILE, (last.fileno(), hard))
        try:
            threads = [threading.Thread(target=read, daemon=True) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(PATIENCE)
                assert not thread.is_alive(), "a reader hangs"
            attempts = [store.check, lambda: lines.append(("ticket", store.add_ticket(question(2))))]
            codes = {code for attempt in attempts if (code := _code_of(attempt))}
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert {trouble.code for trouble in refused} == {"store_unavailable"}
    assert found == [asked] * (8 - len(refused))
    assert codes <= {"store_unavailable"}
    with store.snapshot() as snapshot:
        assert snapshot.ticket(asked.id) == asked
    lines.append(("ticket", store.add_ticket(question(3))))
    _until(lambda: not _refuses(store))
    store.close()
    Ledger(lines, lines).assert_kept(url, told_all=True)


def _code_of(attempt) -> str:
    """The code of its refusal, or "" when it worked."""
    try:
        attempt()
    except StoreUnavailable as trouble:
        return trouble.code
    return ""
