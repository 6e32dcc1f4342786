"""The list of the erased: keyed, durable, and never losing a whole line."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.archive.desks import BOB, KEY, MALLORY, NOON, question
from ticket_api.archive import erased
from ticket_api.errors import Stop
from ticket_api.orders.shelf import Cut
from ticket_api.tickets.event import Event

MARK = erased.keyed_hash(KEY, BOB)
UNKNOWN = erased.Chain({}, {})


def at(time, seq=0, event=""):
    return frozenset({erased.Erasure(time, seq, event)})


def test_an_address_is_one_however_it_is_written_and_the_key_matters():
    assert erased.keyed_hash(KEY, " BOB@Customer.example") == MARK
    assert erased.keyed_hash(KEY, MALLORY) != MARK != erased.keyed_hash(b"x" * 32, BOB)


def test_what_was_added_is_read(tmp_path):
    path = tmp_path / "erased.txt"
    assert erased.read(path) == {}
    erased.add(path, {MARK: at(NOON)})
    erased.add(path, {"1" * 64: at(NOON, 7, "a" * 64)})
    assert erased.read(path) == {MARK: at(NOON), "1" * 64: at(NOON, 7, "a" * 64)}
    assert path.stat().st_mode & 0o77 == 0
    assert BOB not in path.read_text()


def test_the_same_again_costs_no_line(tmp_path):
    path = tmp_path / "erased.txt"
    later = NOON + timedelta(days=1)
    for time in (NOON, NOON, later, NOON):
        erased.add(path, {MARK: at(time)})
    assert erased.read(path) == {MARK: at(NOON) | at(later)}
    assert len(path.read_text().splitlines()) == 2


@settings(deadline=None)
@given(st.integers(0, 300), st.integers(0, 300))
def test_a_torn_line_loses_no_whole_one(tmp_path_factory, cut, again):
    path = tmp_path_factory.mktemp("list") / "erased.txt"
    erased.add(path, {"1" * 64: at(NOON), "2" * 64: at(NOON)})
    whole = path.read_bytes()
    path.write_bytes(whole[:cut])
    before = erased.read(path)
    assert len(before) == sum(cut >= end for end in (len(whole) // 2 - 1, len(whole) - 1))
    erased.add(path, {"3" * 64: at(NOON)})
    path.write_bytes(path.read_bytes() + b"2026-11-21T12" + b"\xff" * (again % 3))
    erased.add(path, {"4" * 64: at(NOON)})
    assert erased.read(path) == {**before, "3" * 64: at(NOON), "4" * 64: at(NOON)}


def test_a_list_names_older_tickets_of_its_address_alone():
    entries = {MARK: at(NOON + timedelta(seconds=5))}
    assert erased.names(entries, KEY, question(5), UNKNOWN)
    assert not erased.names(entries, KEY, question(6), UNKNOWN)
    assert not erased.names(entries, KEY, question(5, MALLORY), UNKNOWN)
    assert not erased.names(entries, KEY, question(5, ""), UNKNOWN)
    assert not erased.names(entries, b"x" * 32, question(5), UNKNOWN)


def imported(time, seq):
    return Event(seq=seq, ticket=0, who="owner", what="orders_imported", status="", at=time, hash="c" * 64)


@pytest.mark.parametrize("clock", [-4000, 4000])
def test_orders_go_up_to_the_day_of_the_erase_where_a_list_was_imported_since(clock):
    listed = at(NOON, 7, "a" * 64)
    day, jumped = NOON.date().toordinal(), NOON + timedelta(days=clock)
    before, since = (erased.Chain({}, {7: "a" * 64}, imported(jumped, seq)) for seq in (7, 8))
    assert erased.cut(listed, since) == Cut(day, day - 1)
    assert erased.cut(listed, before) == Cut()
    assert erased.cut(frozenset(), since) is None


def test_of_another_desks_events_the_clock_tells_whether_a_list_was_imported_since():
    listed, second = at(NOON), timedelta(seconds=1)
    assert erased.cut(listed, UNKNOWN) == Cut()
    assert erased.cut(listed, UNKNOWN._replace(imported=imported(NOON, 1))) == Cut()
    day = NOON.date().toordinal()
    assert erased.cut(listed, UNKNOWN._replace(imported=imported(NOON + second, 1))) == Cut(day, day - 1)
    later = listed | at(NOON - timedelta(days=3))
    assert erased.cut(later, UNKNOWN._replace(imported=imported(NOON + second, 1))) == Cut(day, day - 1)


def test_a_time_in_a_list_is_read_from_any_zone_and_one_that_is_none_is_left_out():
    lines = f"2026-11-22T01:00:00+14:00 {MARK}\n0001-01-01T00:00:00+14:00 {MARK}\n9999-12-31T23:00:00-12:00 {MARK}"
    ((found,),) = erased.parse(lines.encode()).values()
    assert found.at.isoformat() == "2026-11-21T11:00:00+00:00"


def test_what_is_older_is_told_by_the_order_of_events_where_they_are_known():
    old, new = question(5, id=1), question(5, id=2)
    chain = erased.Chain({1: 7, 2: 8}, {7: "a" * 64})
    for time in (NOON, NOON + timedelta(days=4000)):
        assert erased.names({MARK: at(time, 7, "a" * 64)}, KEY, old, chain)
        assert not erased.names({MARK: at(time, 7, "a" * 64)}, KEY, new, chain)
    for other in (at(NOON + timedelta(seconds=5), 7, "b" * 64), at(NOON + timedelta(seconds=5), 9, "a" * 64)):
        assert erased.names({MARK: other}, KEY, new, chain)  # another desk's events: the clock tells
        assert not erased.names({MARK: other}, KEY, question(6, id=2), chain)


@settings(deadline=None)
@given(st.integers(0, 160))
def test_lines_that_no_erase_could_have_begun_are_counted(cut):
    line = f"{NOON.isoformat()} {MARK} 123 {'a' * 64}"
    assert erased.unreadable(f"{line[:cut]}\n{line}\n".encode()) == 0
    assert erased.unreadable(f"{line.replace(MARK[5], 'Z')}\n{line}\nwhat is this?\n".encode()) == 2


def test_a_list_that_cant_be_read_is_told(tmp_path):
    with pytest.raises(Stop, match=f"{tmp_path} can't be read"):
        erased.read(tmp_path)
