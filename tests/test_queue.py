"""What a page of the queue takes in itself, and what it leaves to the thread that follows."""

from datetime import timedelta

import pytest

from tests.store.asking import question
from ticket_api import queue as queues
from ticket_api.current import CurrentIndex
from ticket_api.helpdesk import Helpdesk
from ticket_api.queue import Queue
from ticket_api.store.queue_file import QueueFile
from ticket_api.tickets.filter import Filter

ALL = Filter()


@pytest.fixture
def queue(settings, store, index, monkeypatch):
    monkeypatch.setattr(queues, "BATCH", 2)
    monkeypatch.setattr(queues, "AT_ONCE", 4)
    silence, current = timedelta(minutes=10), CurrentIndex(index, settings.index_path)
    helpdesk = Helpdesk(store, current, b"s" * 32, silence=silence, message_limit=1_000)
    made = Queue(store, helpdesk, QueueFile(settings.queue_path), "mark", silence=silence)
    yield made
    made._file.close()


def fill(store, *numbers: int) -> None:
    for number in numbers:
        store.add_ticket(question(number, request=f"r{number}", link=f"l{number}", uid=f"{number:032x}"))


def ids(page) -> list[int]:
    return [row.id for row in page.rows]


def test_few_tickets_are_taken_in_by_the_page(queue, store, clock):
    fill(store, *range(3))
    page = queue.page(ALL, clock())
    assert (sorted(ids(page)), page.behind) == ([1, 2, 3], False)


def test_many_are_left_to_the_thread(queue, store, clock):
    fill(store, *range(5))
    page = queue.page(ALL, clock())
    assert (ids(page), page.behind) == ([], True)
    queue.follow()
    page = queue.page(ALL, clock())
    assert (sorted(ids(page)), page.behind) == ([1, 2, 3, 4, 5], False)


def test_many_events_since_are_left_to_the_thread_too(queue, store, clock):
    fill(store, 0)
    queue.follow()
    fill(store, *range(1, 9))
    page = queue.page(ALL, clock())
    assert page.behind
    assert 1 < len(page.rows) < 9
    assert queue.page(ALL, clock()).rows == page.rows
    queue.follow()
    page = queue.page(ALL, clock())
    assert (len(page.rows), page.behind) == (9, False)
