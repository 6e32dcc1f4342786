"""Who waits is served with all others that wait, and nobody's failure or Ctrl-C holds the others up."""

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from ticket_api.errors import StoreUnavailable
from ticket_api.store.group_commit import MOST_TOGETHER, GroupCommit


class Disk:
    """Carries jobs out, notes how many at once, and may be made to wait or to fail."""

    def __init__(self):
        self.batches = []
        self.begun = threading.Event()
        self.free = threading.Event()
        self.free.set()
        self.error = None

    def __call__(self, jobs):
        self.begun.set()
        assert self.free.wait(20)
        self.batches.append(len(jobs))
        for job in jobs:
            job.run()
        if self.error is not None:
            error, self.error = self.error, None
            raise error


@pytest.fixture
def disk():
    return Disk()


@pytest.fixture
def group(disk):
    return GroupCommit(disk)


@pytest.fixture
def pool():
    with ThreadPoolExecutor(40) as threads:
        yield threads


def waiting(group, count):
    deadline = time.monotonic() + 20
    while len(group._waiting) < count:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def held_up(group, disk, pool, count):
    """One caller at work, and as many as `count` behind it."""
    disk.free.clear()
    first = pool.submit(group.together, [lambda: "first"])
    assert disk.begun.wait(20)
    others = [pool.submit(group.together, [lambda number=number: number]) for number in range(count)]
    waiting(group, count)
    return first, others


def test_each_gets_its_own_outcomes_in_order(group):
    assert group.together([lambda: 1, lambda: 1 // 0, lambda: 3])[::2] == [1, 3]
    assert isinstance(group.together([lambda: 1 // 0])[0], ZeroDivisionError)
    assert group.together([]) == []


def test_all_that_wait_are_served_at_once(group, disk, pool):
    first, others = held_up(group, disk, pool, 30)
    disk.free.set()
    assert first.result(20) == ["first"]
    assert [other.result(20) for other in others] == [[number] for number in range(30)]
    assert disk.batches == [1, 30]


def test_no_batch_is_endless(group, disk, pool):
    _, others = held_up(group, disk, pool, 1)
    more = [pool.submit(group.together, [lambda: "x"] * 100) for _ in range(4)]
    waiting(group, 5)
    disk.free.set()
    assert [len(each.result(20)) for each in (*others, *more)] == [1, 100, 100, 100, 100]
    assert sum(disk.batches) == 402
    assert max(disk.batches) <= MOST_TOGETHER


def test_a_commit_that_fails_fails_for_all_and_for_no_one_after(group, disk, pool):
    disk.error = StoreUnavailable("store_full")
    outcomes = group.together([lambda: 1, lambda: 2])
    assert [outcome.code for outcome in outcomes] == ["store_full"] * 2
    assert group.together([lambda: 3]) == [3]


def test_ctrl_c_at_work_is_told_to_the_others_as_a_failure(group, disk, pool):
    """The leader of the second batch is the first that waited; its Ctrl-C is its own."""
    first, others = held_up(group, disk, pool, 3)
    run = disk.__call__

    def interrupted(jobs):
        run(jobs)
        if len(jobs) > 1:
            raise KeyboardInterrupt

    group._carry_out = interrupted
    disk.free.set()
    assert first.result(20) == ["first"]
    failures = [other.exception(20) or other.result(20)[0] for other in others]
    assert sorted(type(failure).__name__ for failure in failures) == ["KeyboardInterrupt", *["StoreUnavailable"] * 2]
    assert group.together([lambda: "again"]) == ["again"]


def test_ctrl_c_while_waiting_holds_nobody_up(group, disk, pool):
    first, _ = held_up(group, disk, pool, 0)
    pool.submit(lambda: (waiting(group, 1), signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)))
    with pytest.raises(KeyboardInterrupt):
        group.together([lambda: "interrupted"])
    last = pool.submit(group.together, [lambda: "last"])
    waiting(group, 2)
    disk.free.set()
    assert (first.result(20), last.result(20)) == (["first"], ["last"])
    assert group.together([lambda: "again"]) == ["again"]


def test_ctrl_c_before_the_work_begins_leaves_nobody_waiting(group, disk, pool, monkeypatch):
    """It comes while the leader of the second batch lets the others gather."""
    first, _ = held_up(group, disk, pool, 0)
    group._served = 9
    leader = pool.submit(group.together, [lambda: "leader"])
    waiting(group, 1)
    other = pool.submit(group.together, [lambda: "other"])
    waiting(group, 2)

    def interrupt():
        raise KeyboardInterrupt

    monkeypatch.setattr(group, "_gather", interrupt)
    disk.free.set()
    assert first.result(20) == ["first"]
    assert isinstance(leader.exception(20), KeyboardInterrupt)
    assert other.result(20) == ["other"]
    monkeypatch.undo()
    assert group.together([lambda: "again"]) == ["again"]
