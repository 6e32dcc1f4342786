"""F1: killed at any instant, the desk opens again by itself, and every acknowledged ticket is there and whole."""

import random

import pytest

from tests.faults.life import Nursery
from tests.faults.promise import Ledger, tickets_in

POINTS = 25
MOMENTS = 40


@pytest.fixture(scope="module")
def nursery():
    opened = Nursery()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def operations(nursery, tmp_path_factory):
    """How many operations a whole life has."""
    return dict(nursery.live(str(tmp_path_factory.mktemp("whole") / "data" / "tickets.db")))["operations"]


def test_a_whole_life_is_kept(nursery, url):
    lines = nursery.live(url)
    assert dict(lines)["operations"] > 200
    assert tickets_in(lines) == 7
    Ledger(lines).assert_kept(url)


@pytest.mark.parametrize("part", range(POINTS))
def test_killed_at_an_operation(nursery, operations, url, part):
    """In the first life, and in a second one that found files there."""
    lines = nursery.live(url, kill_at=1 + part * operations // POINTS, seed=1)
    lines.append(Ledger(lines).assert_kept(url))
    lines += nursery.live(url, kill_at=1 + part * operations // POINTS, seed=2)
    Ledger(lines).assert_kept(url, lives=2)


def test_killed_again_and_again_at_any_time(nursery, url):
    """Three threads write, and each life finds what the one before left."""
    chance, lines = random.Random(1), []
    for life in range(1, MOMENTS + 1):
        lines += nursery.live(url, seconds=chance.uniform(0.0, 0.2), threads=3, seed=life)
        if life % 4 == 0:
            lines.append(Ledger(lines).assert_kept(url, lives=life))
    assert tickets_in(lines) > MOMENTS
