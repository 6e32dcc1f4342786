"""Calls that write share a commit, on a thread of their own."""

import asyncio
import threading

import pytest

from ticket_api.errors import Conflict, StoreFull, StoreUnavailable
from ticket_api.web.writer import MOST, Writer


class Store:
    """Runs jobs as the store does, and remembers the sizes of the batches; `gate` holds it up."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.gate = threading.Event()
        self.gate.set()
        self.fault: Exception | None = None

    def together(self, jobs):
        self.gate.wait(10)
        self.batches.append(len(jobs))
        if self.fault:
            raise self.fault
        return [self._outcome(job) for job in jobs]

    def _outcome(self, job):
        try:
            return job()
        except Exception as error:
            return error


@pytest.fixture
def disk():
    return Store()


@pytest.fixture
def writer(disk):
    made = Writer(disk.together)
    yield made
    disk.gate.set()
    made.close()


def refuse():
    raise Conflict("changed_meanwhile")


def test_each_gets_its_own_outcome(writer):
    async def main():
        return await asyncio.gather(
            writer.run(lambda: 1), writer.run(refuse), writer.run(lambda: 3), return_exceptions=True
        )

    first, second, third = asyncio.run(main())
    assert (first, third) == (1, 3)
    assert isinstance(second, Conflict)


def test_those_who_wait_share_a_commit_and_no_batch_is_endless(writer, disk):
    async def main():
        disk.gate.clear()
        waiting = [asyncio.ensure_future(writer.run(lambda number=number: number)) for number in range(3 * MOST)]
        await asyncio.sleep(0.05)
        disk.gate.set()
        return await asyncio.gather(*waiting)

    assert asyncio.run(main()) == list(range(3 * MOST))
    assert len(disk.batches) <= 5
    assert max(disk.batches) <= MOST


def test_jobs_run_on_one_other_thread_in_their_order(writer):
    seen = []

    async def main():
        await asyncio.gather(*(writer.run(lambda n=n: seen.append((n, threading.get_ident()))) for n in range(50)))

    asyncio.run(main())
    assert [number for number, _ in seen] == list(range(50))
    assert len({thread for _, thread in seen}) == 1
    assert seen[0][1] != threading.get_ident()


def test_a_commit_that_fails_is_told_to_all_and_the_next_one_works(writer, disk):
    async def main():
        disk.fault = StoreFull("store_full")
        outcomes = await asyncio.gather(*(writer.run(lambda: 1) for _ in range(5)), return_exceptions=True)
        disk.fault = None
        return outcomes, await writer.run(lambda: 2)

    outcomes, after = asyncio.run(main())
    assert [type(outcome) for outcome in outcomes] == [StoreFull] * 5
    assert after == 2


def test_each_has_an_error_of_its_own(writer, disk):
    disk.fault = StoreFull("store_full")

    async def main():
        return await asyncio.gather(*(writer.run(lambda: 1) for _ in range(2)), return_exceptions=True)

    first, second = asyncio.run(main())
    assert [first.code, second.code] == ["store_full"] * 2
    assert first is not second


def test_without_a_thread_to_be_had_the_visitor_is_told_and_the_next_one_is_served(writer, monkeypatch):
    def refuse_to_start(_thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse_to_start)
    with pytest.raises(StoreUnavailable):
        asyncio.run(writer.run(lambda: 1))
    monkeypatch.undo()
    assert asyncio.run(asyncio.wait_for(writer.run(lambda: 2), 10)) == 2


def test_a_visitor_who_went_away_disturbs_nobody(writer, disk):
    done = []

    async def main():
        disk.gate.clear()
        gone = asyncio.ensure_future(writer.run(lambda: done.append("gone")))
        stays = asyncio.ensure_future(writer.run(lambda: done.append("stays")))
        await asyncio.sleep(0.02)
        gone.cancel()
        disk.gate.set()
        await stays

    asyncio.run(main())
    assert done == ["gone", "stays"]


def test_a_loop_that_ended_disturbs_nobody(writer, disk):
    async def leave():
        disk.gate.clear()
        left = asyncio.ensure_future(writer.run(lambda: 1))  # cancelled when the loop ends
        await asyncio.sleep(0.02)
        assert not left.done()

    asyncio.run(leave())
    disk.gate.set()
    assert asyncio.run(asyncio.wait_for(writer.run(lambda: 2), 10)) == 2


def test_closing_finishes_what_was_handed_over_and_takes_nothing_more(writer, disk):
    done = []

    async def main():
        disk.gate.clear()
        waiting = [asyncio.ensure_future(writer.run(lambda n=n: done.append(n))) for n in range(20)]
        await asyncio.sleep(0.02)
        closing = asyncio.ensure_future(asyncio.to_thread(writer.close))
        while not writer._closed:
            await asyncio.sleep(0.001)
        with pytest.raises(StoreUnavailable):
            await writer.run(lambda: done.append("late"))
        disk.gate.set()
        await closing
        await asyncio.gather(*waiting)

    asyncio.run(main())
    assert done == list(range(20))
