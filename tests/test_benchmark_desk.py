"""The material and the measures of the benchmark of the desk, and what the manual says of it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks import desk
from benchmarks._desk_lists import BARE, SEARCHES, lists
from benchmarks._desk_rounds import ids, measure, plain
from benchmarks._desk_serving import is_behind
from benchmarks._desk_tables import page_ratios, peer_ratios
from benchmarks._desk_targets import TARGETS
from benchmarks._desk_tickets import LONG, LONG_EVERY, OFFERED, tickets
from benchmarks._measure import Times
from benchmarks._store_data import with_events
from ticket_api.tickets.event import verify
from ticket_api.tickets.row import VIEWS, view_of

ROOT = Path(__file__).parents[1]
MANUAL = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def test_tickets_are_the_same_each_time_and_fill_every_view() -> None:
    made = list(tickets(1_000, NOW))
    assert made == list(tickets(1_000, NOW))
    counted = Counter(map(view_of, made))
    assert set(counted) == set(VIEWS)
    assert counted["offered"] == OFFERED
    assert min(counted.values()) >= 50
    assert 0.2 < sum(each.lang == "zh" for each in made) / len(made) < 0.4
    assert len(made[LONG_EVERY - 1].messages) == LONG
    assert [each.id for each in made] == list(range(1, 1_001))
    assert len({each.uid for each in made}) == 1_000


def test_no_ticket_comes_from_the_future_and_none_that_is_put_off_wakes_meanwhile() -> None:
    made = list(tickets(1_000, NOW))
    assert max(each.created_at for each in made) < NOW
    asleep = [each for each in made if view_of(each) == "snoozed"]
    assert min(each.snoozed_until or NOW for each in asleep) > NOW + timedelta(days=1)
    for each in made:
        times = [message.at for message in each.messages]
        assert times == sorted(times)
        assert each.messages[0].at == each.created_at


def test_tickets_can_be_stored_with_one_event_each() -> None:
    told = list(with_events(tickets(5, NOW)))
    last = verify(event for _, event in told)
    assert last
    assert last.seq == 5
    assert all(event.ticket == each.id and each.version == 0 for each, event in told)


def test_the_bare_page_knows_every_list() -> None:
    assert set(lists(NOW)) == set(BARE)
    assert {*VIEWS, "all"} < set(BARE)
    for each in BARE.values():
        assert each.sql.count("?") == len(each.values(NOW)) + 1


def test_where_there_are_no_filters_the_words_alone_are_looked_for() -> None:
    assert plain("payment tag:refund lang:en status:waiting") == "payment"
    assert plain("from:bob@example.org") == "bob@example.org"
    assert all(plain(q) for q in SEARCHES.values())


def test_pages_are_read_for_their_tickets_and_for_whether_they_are_whole() -> None:
    page = '<div data-known="12.0.0"><a href="/desk/tickets/7">x</a><a href="/desk/tickets/12">y</a>'
    assert ids(page) == ["7", "12"]
    assert not is_behind(page.encode())
    assert is_behind(b'<div data-known="12.1.0">')
    assert is_behind(b"")


def test_all_of_a_group_take_turns_one_by_one() -> None:
    done: list[str] = []

    def work(name: str, seconds: float) -> float:
        done.append(name)
        return seconds

    group = {"a": lambda: work("a", 3.0), "b": lambda: work("b", 2.0)}
    times = measure([group], rounds=2, batch=2, title="")
    assert "".join(done[-8:]) == "abababab"
    assert times.ratio("a", "b").middle == 1.5


def test_the_small_desk_is_compared_where_it_has_a_whole_page_too() -> None:
    times, beside = Times(), Times()
    for name, took in (("one", 3.0), ("two", 4.0)):
        for who, more in (("queue", took), ("bare", 2.0), ("few", 1.0)):
            times.add(f"{who} {name}", 0, [more])
    for name in SEARCHES:
        for who, more in (("search", 1.0), ("beside", 2.0)):
            times.add(f"{who} {name}", 0, [more])
    for name in ("queue", "ticket", *(f"search {name}" for name in SEARCHES)):
        beside.add(name, 0, [1.0])
        beside.add(f"peer {name}", 0, [10.0])
    figures = page_ratios(times, {"one": (50, 50), "two": (50, 20)}) | peer_ratios(beside)
    assert {name: figure.middle for name, figure in figures.items()} == {
        "queue_vs_bare": 2.0,
        "queue_vs_django_helpdesk": 0.1,
        "queue_100k_vs_1k": 3.0,
        "ticket_vs_django_helpdesk": 0.1,
        "search_vs_queue": 0.5,
        "search_vs_django_helpdesk": 0.1,
    }


def test_a_part_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("DESK_PARTS", "pages, nothing")
    assert desk.main() == 2
    assert capsys.readouterr().err == "There is no part 'nothing'; there are pages, peer, asking, browser.\n"


def test_the_manual_has_every_row_and_part() -> None:
    for target in TARGETS:
        assert f"| `{target.name}`: {target.what} | {target.wanted()} |" in MANUAL
    assert " ".join(desk.PARTS) in MANUAL
