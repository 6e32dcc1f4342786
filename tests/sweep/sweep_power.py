"""F2: ten thousand power cuts and more, of fifty different runs, two at a time."""

import multiprocessing
import shutil
import tempfile
from pathlib import Path

from tests.faults.power import lived, try_one
from tests.faults.progress import shown

RUNS = 50
CUTS_OF_A_RUN = 240


def cut(run: int) -> tuple[int, int]:
    """Live once and cut the power at many moments; returns the number of operations and of cuts."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="power-", dir=memory if memory.is_dir() else None))
    record = lived(str(folder / "lived" / "tickets.db"), seed=run)
    for seed in range(run * CUTS_OF_A_RUN, (run + 1) * CUTS_OF_A_RUN):
        try_one(record, folder / str(seed), seed)
        shutil.rmtree(folder / str(seed))
    shutil.rmtree(folder)
    return len(record.operations), CUTS_OF_A_RUN


def test_ten_thousand_power_cuts():
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        results = list(shown("Power cuts, 240 a run", pool.imap_unordered(cut, range(RUNS)), RUNS))
        pool.close()
        pool.join()
    cuts = sum(cuts for _, cuts in results)
    print(f"power_cuts={cuts} operations={sum(operations for operations, _ in results)}")
    assert cuts >= 10_000
