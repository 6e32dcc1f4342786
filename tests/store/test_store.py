"""What every store promises. `store` is each kind of store in turn, new and empty; `url` is where it lies."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta, timezone

import pytest
from msgspec.structs import replace

from tests.store.asking import NOON, ROOT, question
from ticket_api.errors import Conflict, NotFound, StoreUnavailable
from ticket_api.store import open_store, postgres_scrub
from ticket_api.store.records import Feedback
from ticket_api.store.sqlite_storage import SQLiteStorage
from ticket_api.tickets.event import Act
from ticket_api.tickets.message import Message
from ticket_api.tickets.ticket import reply, send, solve, write

ACT = Act("owner", "replied", NOON)
ERASED = Act("owner", "erased", NOON)


def test_a_ticket_comes_back_byte_for_byte_with_its_id(store, url):
    asked = question(1)
    stored = store.add_ticket(asked)
    assert stored == replace(asked, id=1)
    assert store.ticket(1) == stored
    store.close()
    again = open_store(url)
    assert again.ticket(1) == stored
    again.close()


@pytest.mark.parametrize(
    "text",
    ["\ufeff", "a\r\nb\rc\n", "\x7f\x01\x1f", "e\u0301 é", "𠮷\u200d", "\u2028\u2029", "'; DROP TABLE tickets;--"],
)
def test_no_character_is_changed(store, text):
    """F18."""
    ticket = store.add_ticket(question(1, name=text, messages=(Message("requester", text, NOON),)))
    assert (store.ticket(ticket.id).question, store.ticket(ticket.id).name) == (text, text)


def test_times_keep_their_microseconds(store):
    east = NOON.astimezone(timezone(timedelta(hours=8)))
    stored = store.add_ticket(question(1, created_at=NOON.replace(microsecond=999_999), changed_at=east))
    found = store.ticket(stored.id)
    assert (found.created_at.microsecond, found.changed_at) == (999_999, NOON)


def test_the_same_request_gives_the_first_ticket_again(store):
    first = store.add_ticket(question(1))
    assert store.add_ticket(question(2, request="request-1")) == first
    assert store.count_tickets() == {"offered": 1}


def test_tickets_without_a_request_are_all_kept(store):
    ids = [store.add_ticket(question(number, request="")).id for number in (1, 2, 3)]
    assert ids == [1, 2, 3]


def test_a_change_is_stored_and_returned(store):
    store.add_ticket(question(1))
    changed = store.change_ticket(1, lambda ticket: reply(ticket, "We refunded one.", NOON), ACT)
    assert changed.status == "waiting"
    assert changed.first_reply_at == NOON
    assert store.ticket(1) == changed


def test_a_change_that_changes_nothing_returns_the_ticket(store):
    stored = store.add_ticket(question(1))
    assert store.change_ticket(1, lambda ticket: ticket, ACT) == stored


def test_a_change_cant_give_a_ticket_another_id(store):
    store.add_ticket(question(1))
    store.add_ticket(question(2))
    assert store.change_ticket(1, lambda ticket: replace(ticket, id=2, name="Mallory"), ACT).id == 1
    assert store.ticket(2).name == "Bob"


def test_a_change_that_fails_stores_nothing(store):
    stored = store.add_ticket(question(1, status="quarantined"))
    with pytest.raises(Conflict):
        store.change_ticket(1, lambda ticket: solve(ticket, "billing/refunds", NOON), ACT)
    assert store.ticket(1) == stored
    assert store.add_ticket(question(2)).id == 2


def test_a_change_may_read_the_store(store):
    store.add_ticket(question(1))
    seen = []
    store.change_ticket(1, lambda ticket: seen.append(store.count_tickets()) or send(ticket, NOON), ACT)
    assert seen == [{"offered": 1}]
    assert store.count_tickets() == {"open": 1}


def test_an_erase_asks_for_a_scrub_until_one_came_to_its_end(store, url):
    for number in (1, 2, 3):
        store.add_ticket(question(number))
    assert store.erase_tickets([9], ERASED) == []
    assert not store.needs_scrub()
    store.erase_tickets([1, 2], ERASED)
    store.close()
    again = open_store(url)
    again.add_ticket(question(4))
    assert again.needs_scrub()
    again.scrub()
    assert not again.needs_scrub()
    again.close()


def test_an_erase_that_comes_while_another_is_scrubbed_stays_due(store, monkeypatch):
    for number in (1, 2):
        store.add_ticket(question(number))
    for where in (SQLiteStorage, postgres_scrub):

        def meanwhile(*arguments, scrub=where.scrub):
            scrub(*arguments)
            store.erase_tickets([2], ERASED)

        monkeypatch.setattr(where, "scrub", meanwhile)
    store.erase_tickets([1], ERASED)
    store.scrub()
    assert store.needs_scrub()
    monkeypatch.undo()
    store.scrub()
    assert not store.needs_scrub()


@pytest.mark.parametrize("ticket_id", [0, -1, 2, 2**63, 10**40])
def test_an_unknown_id_is_not_found(store, ticket_id):
    store.add_ticket(question(1))
    with pytest.raises(NotFound) as unread:
        store.ticket(ticket_id)
    with pytest.raises(NotFound):
        store.change_ticket(ticket_id, lambda ticket: ticket, ACT)
    assert unread.value.code == "not_found"


def test_a_link_finds_its_ticket_alone(store):
    for number in (1, 2, 3):
        store.add_ticket(question(number))
    assert store.ticket_by_link("link-2").id == 2


@pytest.mark.parametrize("link", ["", "link-", "LINK-1", "link-1 ", "link-1\0", "%", "\ud800", '"', "' OR '1'='1"])
def test_mallory_finds_nothing_by_a_link_that_isnt_one(store, link):
    store.add_ticket(question(1))
    with pytest.raises(NotFound) as unread:
        store.ticket_by_link(link)
    assert unread.value.code == "unknown_link"


def test_tickets_come_oldest_first_by_status_and_page(store):
    statuses = ["open", "solved", "offered", "open", "waiting", "open"]
    for number, status in enumerate(statuses, 1):
        store.add_ticket(question(number, status=status))

    def ids(*wanted, **bounds):
        return [ticket.id for ticket in store.tickets(wanted, **bounds)]

    assert ids("open", limit=10) == [1, 4, 6]
    assert ids("waiting", "open", "offered", limit=10) == [1, 3, 4, 5, 6]
    assert ids("waiting", "open", "offered", limit=2) == [1, 3]
    assert ids("waiting", "open", "offered", limit=2, after=3) == [4, 5]
    assert ids("open", "open", limit=10, after=1) == [4, 6]
    assert ids("open", limit=10, after=6) == ids("open", limit=10, after=10**40) == []
    assert ids("deflected", limit=10) == ids(limit=10) == ids("open", limit=0) == []
    assert store.tickets(["solved"], limit=1) == [store.ticket(2)]


def test_the_counts_follow_every_change(store):
    assert store.count_tickets() == {}
    for number in range(1, 5):
        store.add_ticket(question(number))
    store.change_ticket(2, lambda ticket: send(ticket, NOON), ACT)
    store.change_ticket(3, lambda ticket: solve(ticket, "billing/refunds", NOON), ACT)
    assert store.count_tickets() == {"offered": 2, "open": 1, "deflected": 1}


def test_feedback_comes_back_by_article_and_in_order(store):
    given = [
        Feedback(article=article, lang="zh", helpful=helpful, comment=comment, at=NOON)
        for article, helpful, comment in [
            ("a/b", True, ""),
            ("a/c", False, "x"),
            ("a/b", False, "没用\n"),
            ("a/b", True, ""),
        ]
    ]
    for feedback in given:
        store.add_feedback(feedback)
    stored = [replace(feedback, id=number) for number, feedback in enumerate(given, 1)]
    assert store.feedback("a/b") == [stored[0], stored[2], stored[3]]
    assert store.feedback("a/c") == [stored[1]]
    assert store.feedback("a") == []


def test_check_is_content_with_a_store_that_can_be_written(store):
    store.check()
    store.check()
    assert store.add_ticket(question(1)).id == 1


def test_a_closed_store_is_unavailable(store):
    store.add_ticket(question(1))
    store.close()
    for call in (
        lambda: store.ticket(1),
        lambda: store.add_ticket(question(2)),
        lambda: store.count_tickets(),
        lambda: store.check(),
    ):
        with pytest.raises(StoreUnavailable) as unread:
            call()
        assert unread.value.code == "store_unavailable"
        assert unread.value.__cause__


def test_two_stores_on_one_place_see_each_other(store, url):
    store.check()
    other = open_store(url)
    store.add_ticket(question(1))
    other.change_ticket(1, lambda ticket: send(ticket, NOON), ACT)
    assert store.count_tickets() == other.count_tickets() == {"open": 1}
    other.close()
    assert store.ticket(1).status == "open"


def test_sixteen_threads_lose_nothing(store):
    store.add_ticket(question(0))

    def work(thread: int) -> list[int]:
        ids = []
        for number in range(10):
            ids.append(store.add_ticket(question(1 + thread * 10 + number)).id)
            store.change_ticket(1, lambda ticket: write(ticket, f"{thread}/{number}", NOON), ACT)  # noqa: B023
            store.tickets(["offered", "open"], limit=5)
        return ids

    with ThreadPoolExecutor(16) as pool:
        given = [ticket_id for ids in pool.map(work, range(16)) for ticket_id in ids]
    assert sorted(given) == list(range(2, 162))
    written = {message.text for message in store.ticket(1).messages[1:]}
    assert written == {f"{thread}/{number}" for thread in range(16) for number in range(10)}
    assert store.count_tickets() == {"open": 1, "offered": 160}


def test_twenty_threads_with_one_request_open_one_ticket(store, url):
    other = open_store(url)
    barrier = threading.Barrier(20)

    def post(number: int) -> int:
        barrier.wait()
        return (store, other)[number % 2].add_ticket(question(number, request="the same")).id

    with ThreadPoolExecutor(20) as pool:
        ids = list(pool.map(post, range(20)))
    other.close()
    assert ids == [1] * 20
    assert store.count_tickets() == {"offered": 1}


def _asking(url, first, count):
    command = [sys.executable, "-m", "tests.store.asking", url, str(first), str(count)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_four_processes_may_make_and_fill_one_store(url):
    processes = [_asking(url, first, 50) for first in (0, 100, 200, 300)]
    answers = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * 4
    given = dict(map(int, line.split()) for answer in answers for line in answer.splitlines())
    assert sorted(given.values()) == list(range(1, 201))
    store = open_store(url)
    assert all(store.ticket(given[number]) == question(number, id=given[number]) for number in given)
    store.close()
