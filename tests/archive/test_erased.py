"""The list of the erased: keyed, durable, and never losing a whole line."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.archive.desks import BOB, KEY, MALLORY, NOON, question
from ticket_api.archive import erased
from ticket_api.errors import Stop

MARK = erased.keyed_hash(KEY, BOB)


def test_an_address_is_one_however_it_is_written_and_the_key_matters():
    assert erased.keyed_hash(KEY, " BOB@Customer.example") == MARK
    assert erased.keyed_hash(KEY, MALLORY) != MARK != erased.keyed_hash(b"x" * 32, BOB)


def test_what_was_added_is_read(tmp_path):
    path = tmp_path / "erased.txt"
    assert erased.read(path) == {}
    erased.add(path, {MARK: NOON})
    erased.add(path, {"1" * 64: NOON})
    assert erased.read(path) == {MARK: NOON, "1" * 64: NOON}
    assert path.stat().st_mode & 0o77 == 0
    assert BOB not in path.read_text()


def test_the_same_again_costs_no_line_and_a_later_time_counts(tmp_path):
    path = tmp_path / "erased.txt"
    later = NOON + timedelta(days=1)
    for at in (NOON, NOON, later, NOON):
        erased.add(path, {MARK: at})
    assert erased.read(path) == {MARK: later}
    assert len(path.read_text().splitlines()) == 2


@given(st.integers(0, 300), st.integers(0, 300))
def test_a_torn_line_loses_no_whole_one(tmp_path_factory, cut, again):
    path = tmp_path_factory.mktemp("list") / "erased.txt"
    erased.add(path, {"1" * 64: NOON, "2" * 64: NOON})
    whole = path.read_bytes()
    path.write_bytes(whole[:cut])
    before = erased.read(path)
    assert len(before) == sum(cut >= end for end in (len(whole) // 2 - 1, len(whole) - 1))
    erased.add(path, {"3" * 64: NOON})
    path.write_bytes(path.read_bytes() + b"2026-11-21T12" + b"\xff" * (again % 3))
    erased.add(path, {"4" * 64: NOON})
    assert erased.read(path) == {**before, "3" * 64: NOON, "4" * 64: NOON}


def test_a_list_names_older_tickets_of_its_address_alone():
    entries = {MARK: NOON + timedelta(seconds=5)}
    assert erased.names(entries, KEY, question(5))
    assert not erased.names(entries, KEY, question(6))
    assert not erased.names(entries, KEY, question(5, MALLORY))
    assert not erased.names(entries, KEY, question(5, ""))
    assert not erased.names(entries, b"x" * 32, question(5))


def test_a_list_that_cant_be_read_is_told(tmp_path):
    with pytest.raises(Stop, match=f"{tmp_path} can't be read"):
        erased.read(tmp_path)
