"""The import of a million orders, beside csv.reader and one batched insert of the same lines into SQLite."""

import csv
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path

from benchmarks._measure import Figure, Progress
from ticket_api.store import open_store

BUILD = Path(__file__).parents[1] / "build"
LINES = 1_000_000
PEOPLE = 150_000
ROUNDS = 3
PLANS = ("free", "pro", "team")
HEAD = ("address", "date", "amount", "plan", "ended")
PEER = "from benchmarks._automation_customers import insert; import sys; insert(sys.argv[1], sys.argv[2])"


def measure(lines: int = LINES, rounds: int = ROUNDS) -> dict[str, Figure]:
    """`import1m_vs_csv_sqlite`: wall time of the command, the figures of all customers included, as a multiple of the
    peer's; `import1m_mb`: the greatest memory of the command, in MB. Each in a process of its own, in turns."""
    ratios, memory = [], []
    with tempfile.TemporaryDirectory(prefix="bench-customers-", dir=BUILD) as name:
        folder = Path(name)
        source = folder / "orders.csv"
        write(source, lines)
        progress = Progress("Importing orders", rounds)
        with get_context("spawn").Pool(1) as pool:  # of its parent's memory, a process counts as much as there is
            for number in range(rounds):
                peer, _ = pool.apply(_run, ("-c", PEER, str(source), str(folder / f"peer-{number}.db")))
                data = folder / f"data-{number}"
                open_store(str(data / "tickets.db")).close()
                command = ("-m", "ticket_api", "customers", "import", str(source), "--data", str(data))
                ours, most = pool.apply(_run, command)
                ratios.append(ours / peer)
                memory.append(most)
                shutil.rmtree(data)
                progress.step()
    return {"import1m_vs_csv_sqlite": Figure.of(ratios), "import1m_mb": Figure.of(memory)}


def write(path: Path, lines: int) -> None:
    """A list of orders, always the same: few customers order often, many seldom, and some end."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(HEAD)
        rows.writerows(orders(lines))


def orders(lines: int) -> Iterator[tuple[str, str, str, str, str]]:
    """The rows of such a list."""
    chance, first = random.Random(1), date(2023, 1, 1)
    for _ in range(lines):
        who = int(chance.random() ** 2 * PEOPLE)
        day = first + timedelta(days=chance.randrange(1_000))
        ended = str(day + timedelta(days=30)) if chance.random() < 0.05 else ""
        amount = f"{chance.randrange(-500, 30_000) / 100:.2f}"
        yield f"customer{who}@shop{who % 97}.example", str(day), amount, PLANS[who % 3], ended


def insert(source: str, target: str) -> None:
    """The peer: the same lines through csv.reader, in one batch and one transaction."""
    connection = sqlite3.connect(target)
    connection.execute("CREATE TABLE orders (address TEXT, day TEXT, amount TEXT, plan TEXT, ended TEXT)")
    with Path(source).open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        connection.executemany("INSERT INTO orders VALUES (?, ?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()


def _run(*arguments: str) -> tuple[float, float]:
    """Seconds and the greatest memory, in MB, of a Python process. Raises RuntimeError when it fails."""
    begin = time.perf_counter()
    child = subprocess.Popen([sys.executable, *arguments], cwd=BUILD.parent, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{arguments} ended with {child.returncode}")
    return seconds, used.ru_maxrss / 1024
