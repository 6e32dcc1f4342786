"""F1: killed before every single operation on the disk, and five hundred times at random."""

import random
import shutil
from contextlib import closing

from tests.faults.life import Nursery
from tests.faults.progress import shown
from tests.faults.promise import Ledger, tickets_in

MOMENTS = 500
LIVES_OF_A_DESK = 10


def test_killed_at_every_operation(tmp_path):
    with closing(Nursery()) as nursery:
        operations = dict(nursery.live(str(tmp_path / "whole" / "tickets.db")))["operations"]
        for point in shown("Killed at every operation", range(1, operations + 1), operations):
            url = str(tmp_path / "desk" / "data" / "tickets.db")
            (tmp_path / "desk").mkdir()
            lines = nursery.live(url, kill_at=point)
            lines.append(Ledger(lines).assert_kept(url))
            lines += nursery.live(url, kill_at=point, seed=2)
            Ledger(lines).assert_kept(url, lives=2)
            shutil.rmtree(tmp_path / "desk")
    print(f"killed_at_operations={2 * operations}")


def test_killed_five_hundred_times_at_random(tmp_path):
    chance, acknowledged = random.Random(2), 0
    with closing(Nursery()) as nursery:
        for moment in shown("Killed at random", range(MOMENTS), MOMENTS):
            life = moment % LIVES_OF_A_DESK
            if life == 0:
                shutil.rmtree(tmp_path / "desk", ignore_errors=True)
                (tmp_path / "desk").mkdir()
                lines = []
            url = str(tmp_path / "desk" / "data" / "tickets.db")
            lines += nursery.live(url, seconds=chance.uniform(0, 0.4), threads=3, seed=life + 1)
            lines.append(Ledger(lines).assert_kept(url, lives=life + 1))
            if life == LIVES_OF_A_DESK - 1:
                acknowledged += tickets_in(lines)
    print(f"killed_at_random={MOMENTS} tickets_acknowledged={acknowledged}")
    assert acknowledged > MOMENTS
