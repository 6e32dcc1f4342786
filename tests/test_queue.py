"""What a page of the queue takes in itself, and what it leaves to the thread that follows."""

from datetime import timedelta

import pytest

from tests.serving import until
from tests.store.asking import question
from ticket_api import queue as queues
from ticket_api.current import CurrentIndex
from ticket_api.customers.papers import CUSTOMER
from ticket_api.helpdesk import Helpdesk
from ticket_api.preferences import CurrentPreferences, Preferences
from ticket_api.priorities import Priorities
from ticket_api.queue import Queue
from ticket_api.store.queue_file import QueueFile
from ticket_api.tickets.event import Act
from ticket_api.tickets.filter import Filter
from ticket_api.tickets.message import Message
from ticket_api.tickets.priority import Scale, Weights
from ticket_api.tickets.ticket import reply

ALL = Filter()


@pytest.fixture
def make(settings, store, index, clock):
    """Make a queue over the store and its file, with these weights and plans, as a server that starts does."""
    files = []

    def made(*tables) -> Queue:
        silence, current = timedelta(minutes=10), CurrentIndex(index, settings.index_path)
        helpdesk = Helpdesk(store, current, b"s" * 32, silence=silence, message_limit=1_000)
        files.append(QueueFile(settings.queue_path))
        return Queue(store, helpdesk, files[-1], "mark", Priorities(store, Scale(*tables)), clock, silence=silence)

    yield made
    for file in files:
        file.close()


@pytest.fixture
def queue(make, monkeypatch):
    monkeypatch.setattr(queues, "BATCH", 2)
    monkeypatch.setattr(queues, "AT_ONCE", 4)
    return make()


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


def test_a_fault_doesnt_end_the_thread(queue, store, clock, monkeypatch, caplog):
    monkeypatch.setattr(queues, "PAUSE", 0.01)
    with monkeypatch.context() as broken:
        broken.setattr(store, "events_after", lambda *_, **__: 1 / 0)
        queue.start()
        until(lambda: "The queue can't be brought up to date" in caplog.text)
    fill(store, *range(5))
    until(lambda: queue._file.place("mark").seq == 5)
    queue.close()


OPEN = Filter(view="open")


def ask(store, clock, number: int, text: str = "How?", **more) -> None:
    """A question that came now and is to be answered."""
    now = clock()
    given = {"messages": (Message("requester", text, now),), "created_at": now, "changed_at": now, "status": "open"}
    names = {"request": f"r{number}", "link": f"l{number}", "uid": f"{number:032x}", "email": f"{number}@example.com"}
    store.add_ticket(question(number, subject="", requester=f"person-{number}", **names, **given, **more))


def know(store, clock, number: int, profile: str) -> None:
    """Note what is known of who asked this question."""
    store.change_paper(f"{CUSTOMER}person-{number}", lambda _: profile)
    store.record(Act("owner", "customer_changed", clock()))


def test_pages_follow_one_another_without_a_gap_while_time_moves_what_stands_in_them(queue, store, clock, monkeypatch):
    monkeypatch.setattr(queues, "PAGE_LENGTH", 2)
    for number in range(1, 8):
        ask(store, clock, number, "It is urgent" if number % 2 else "How?")
        clock.move(minutes=1)
    queue.follow()
    seen, after = [], ""
    while True:
        page = queue.page(OPEN, clock(), after=after)
        seen += ids(page)
        if not page.after:
            break
        after = page.after
    assert seen == [1, 3, 5, 7, 2, 4, 6]
    clock.move(days=4)  # all press alike by now
    queue.follow()
    assert ids(queue.page(OPEN, clock())) == [1, 2]
    assert {row.quadrant for row in queue.page(OPEN, clock()).rows} == {"soon"}


def test_a_page_ranks_a_bounded_number_and_the_thread_the_rest(queue, store, clock):
    for number in range(1, 10):
        ask(store, clock, number)
    queue.follow()
    clock.move(days=4)
    assert [row.score for row in queue.page(OPEN, clock()).rows].count(2.5) == 7
    queue.follow()
    page = queue.page(OPEN, clock())
    assert [row.score for row in page.rows].count(4) == 9
    assert (page.moves, page.quadrants["soon"]) == (9, 9)


def test_a_changed_customer_ranks_their_tickets_anew_after_a_restart_too(make, store, clock):
    for number in (1, 2, 3):
        ask(store, clock, number)
    queue = make(None, {"pro": 5})
    queue.follow()
    know(store, clock, 3, '{"plan":"Pro"}')
    queue.follow()
    assert ids(queue.page(OPEN, clock())) == [3, 1, 2]
    know(store, clock, 2, '{"plan":"pro","value":5}')
    assert ids(queue.page(OPEN, clock())) == [3, 1, 2]  # a page has followed the event, and the server ends
    again = make(None, {"pro": 5})
    again.follow()
    assert ids(again.page(OPEN, clock())) == [2, 3, 1]


def test_other_weights_and_other_hours_rank_all_anew(make, store, clock):
    ask(store, clock, 1)
    ask(store, clock, 2, "urgent")
    queue = make()
    queue.follow()
    assert ids(queue.page(OPEN, clock())) == [2, 1]
    again = make(Weights(words=0))
    again.follow()
    assert ids(again.page(OPEN, clock())) == [1, 2]
    CurrentPreferences(store).save(Preferences(target_hours=1), clock())
    clock.move(minutes=50)
    again.follow()
    assert {row.quadrant for row in again.page(OPEN, clock()).rows} == {"soon"}


def test_what_was_erased_or_answered_meanwhile_is_no_longer_looked_at(make, store, clock):
    for number in (1, 2):
        ask(store, clock, number)
    queue = make()
    queue.follow()
    store.erase_tickets([1], Act("owner", "erased", clock()))
    store.change_ticket(2, lambda ticket: reply(ticket, "Done.", clock()), Act("owner", "replied", clock()))
    queue._file.judge_anew([1, 2])
    queue._rank(clock())  # before it has followed what happened
    assert queue._file.unranked(10**15, limit=9) == []
    queue.follow()
    assert ids(queue.page(OPEN, clock())) == []


def test_a_clock_that_goes_back_takes_back_what_time_has_lifted(make, store, clock):
    ask(store, clock, 1)
    queue = make()
    clock.move(days=4)
    queue.follow()
    assert [row.quadrant for row in queue.page(OPEN, clock()).rows] == ["soon"]
    clock.move(days=-4)
    assert [row.quadrant for row in queue.page(OPEN, clock()).rows] == ["whenever"]
