"""The log is moved into the file while the desk goes on, and what can't be moved now is moved later."""

import multiprocessing
import threading
import time
from itertools import count

import pytest

from tests.store.asking import question
from ticket_api.store import checkpoints, open_store
from ticket_api.store.records import Batch

PAGES = 8
"""At least so many pages of the log does a new ticket write: row, event, counts, and their indexes."""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "tickets.db"


def _until(true, pause=0.01):
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(pause)


def test_many_records_of_one_batch_are_moved_like_many_batches(path, monkeypatch):
    monkeypatch.setattr(checkpoints, "ROWS", 100)
    store = open_store(str(path))
    before = path.stat().st_size
    store.load(Batch(tickets=[question(number, id=number) for number in range(1, 101)]))
    _until(lambda: path.stat().st_size > before + 100_000)
    store.close()


def test_without_a_thread_to_be_had_the_desk_goes_on_and_tries_again(path, monkeypatch, caplog):
    monkeypatch.setattr(checkpoints, "ROWS", 10)
    store = open_store(str(path))
    before = path.stat().st_size
    start, refused = threading.Thread.start, []

    def refuse(thread):
        refused.append(thread)
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    ids = [store.add_ticket(question(number)).id for number in range(5)]
    monkeypatch.setattr(threading.Thread, "start", start)
    ids += [store.add_ticket(question(number)).id for number in range(5, 10)]
    _until(lambda: path.stat().st_size > before + 4096)
    store.close()
    assert ids == list(range(1, 11))
    assert refused
    assert "can't start new thread" in caplog.text


def _write_on(url, stop):
    store = open_store(url)
    number = 100_000
    while not stop.is_set():
        number += 1
        store.add_ticket(question(number * 7))
    store.close()


def test_the_log_doesnt_grow_forever_while_two_processes_write(path, monkeypatch):
    monkeypatch.setattr(checkpoints, "ROWS", 40)
    monkeypatch.setattr(checkpoints, "MOST_ROWS", 40)
    store = open_store(str(path))
    stop = multiprocessing.get_context("spawn").Event()
    other = multiprocessing.get_context("spawn").Process(target=_write_on, args=(str(path), stop))
    other.start()
    try:
        _until(lambda: store.count_tickets().get("offered", 0) > 10)
        for number in range(800):
            store.add_ticket(question(number * 7))
    finally:
        stop.set()
        other.join(20)
    log, written = path.with_name("tickets.db-wal").stat().st_size, sum(store.count_tickets().values()) * PAGES * 4096
    store.close()
    assert log < written / 2


class _Pauses(threading.Event):
    """What is waited for in a pause of the writers, which lasts until the test ends it."""

    def __init__(self):
        super().__init__()
        self.begun, self.over = [], threading.Semaphore(0)

    def wait(self, timeout=None):
        self.begun.append(timeout)
        assert self.over.acquire(timeout=20)


def test_a_burst_is_let_by_and_the_log_is_moved_in_the_pause_after_it(path, monkeypatch):
    monkeypatch.setattr(checkpoints, "ROWS", 40)
    store = open_store(str(path))
    pauses = store._file._checkpoints._closing = _Pauses()
    before, numbers = path.stat().st_size, count(1)
    for pause in range(1, 4):
        for _ in range(30):
            store.add_ticket(question(next(numbers) * 7))
        if pause > 1:
            pauses.over.release()
        _until(lambda pause=pause: len(pauses.begun) == pause)
    assert path.stat().st_size == before
    pauses.over.release()
    _until(lambda: path.stat().st_size > before + 100_000)
    assert pauses.begun == [checkpoints.QUIET_SECONDS] * 3
    store.close()


def test_a_burst_without_an_end_isnt_waited_for(path, monkeypatch):
    monkeypatch.setattr(checkpoints, "ROWS", 40)
    monkeypatch.setattr(checkpoints, "MOST_ROWS", 400)
    monkeypatch.setattr(checkpoints, "QUIET_SECONDS", 0.01)
    store = open_store(str(path))
    before, numbers = path.stat().st_size, count(1)
    _until(lambda: store.add_ticket(question(next(numbers) * 7)) and path.stat().st_size > before + 100_000, pause=0)
    store.close()


def test_closing_waits_for_no_pause(path, monkeypatch):
    monkeypatch.setattr(checkpoints, "ROWS", 4)
    monkeypatch.setattr(checkpoints, "QUIET_SECONDS", 3600)
    store = open_store(str(path))
    store.add_ticket(question(7))
    store.add_ticket(question(14))
    store.close()
    assert not path.with_name("tickets.db-wal").exists()
