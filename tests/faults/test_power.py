"""F2: whatever a power cut leaves of what wasn't synced, every acknowledged ticket is there and whole."""

import shutil
from collections import Counter
from dataclasses import replace

import pytest

from tests.faults.power import Record, lived, try_one
from tests.faults.promise import tickets_in
from ticket_api.errors import HelpleafError

STATES = 150


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    return lived(str(tmp_path_factory.mktemp("lived") / "data" / "tickets.db"), seed=1)


def test_the_run_does_all_that_may_go_wrong(record):
    kinds = Counter(each.kind for each in record.operations)
    assert {"write", "sync", "create", "delete", "folder"} <= set(kinds)
    names = {each.file: each.name for each in record.operations if each.kind == "create"}
    written = Counter(names[each.file] for each in record.operations if each.kind == "write")
    assert len({head for _, head in record.indexes}) > 100
    assert min(written["tickets.db"], written["tickets.db-wal"]) > 100
    assert kinds["sync"] > 100
    assert tickets_in([line for _, line in record.said]) > 30


@pytest.mark.parametrize("part", range(5))
def test_power_cuts_at_any_moment(record, tmp_path, part):
    for seed in range(part * STATES // 5, (part + 1) * STATES // 5):
        try_one(record, tmp_path / str(seed), seed)
        shutil.rmtree(tmp_path / str(seed))


def test_a_disk_that_syncs_nothing_is_found_out(record, tmp_path):
    """The test of the test."""
    careless = [replace(each, kind="nothing") if each.kind == "sync" else each for each in record.operations]
    lost = 0
    for seed in range(20):
        try:
            try_one(Record(careless, record.said), tmp_path / str(seed), seed)
        except (AssertionError, HelpleafError):
            lost += 1
    assert lost > 10
