"""The commands about customers say what they did, and change nothing when they can't do it."""

import csv
from datetime import date
from pathlib import Path

import pytest

from benchmarks import _automation_customers as bench
from tests.archive.desks import BOB, Desk, all_bytes
from ticket_api import cli
from ticket_api.commands.customers import _ranges
from ticket_api.customers.papers import read_kept
from ticket_api.orders import shelf
from ticket_api.store import open_store


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    """A folder with a desk in it; nobody serves it."""
    Desk(tmp_path / "data").store.close()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    code = cli.main(["customers", *arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def write(place: Path, *lines: str) -> None:
    (place / "orders.csv").write_text("\n".join(("address,date,amount,plan", *lines, "")))


def test_import_tells_what_it_did_and_report_who_stayed(place, capsys):
    others = [f"c{number}@example.com,2025-0{number}-01,10,free" for number in range(1, 6)]
    write(place, f"{BOB},2025-01-15,100.50,pro", f"{BOB},2025-12-15,50,pro", "nobody,2025-01-01,1,", *others)
    code, out, err = run(capsys, "import", "orders.csv")
    assert (code, err) == (0, "")
    assert "orders.csv:4: nobody isn't an e-mail address.\n" in out
    assert "Imported 7 lines of orders.csv, left out 1 that can't be read.\n" in out
    assert out.endswith("Orders of 6 customers are known.\n")
    store = open_store("data/tickets.db")
    kept = read_kept(store, "person-bob")
    store.close()
    assert (kept.plan, kept.value, kept.address) == ("pro", 5, BOB)
    code, out, err = run(capsys, "report", "--from", "2025-02-01", "--to", "2026-02-10")
    assert (code, err) == (0, "")
    assert "From 2025-02-01 to 2026-02-10: 5 orders, 90.00 in all less refunds." in out
    assert "Customers at its start: 2; at its end: 4. Kept: 1; lost: 1." in out
    assert "Retention: 50.0 % (kept / customers at the start)" in out
    assert "These are shares of 2" in out
    code, out, _ = run(capsys, "import", "orders.csv")
    assert (code, out.splitlines()[0]) == (0, "orders.csv was imported before; nothing was added.")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("import", "none.csv"), "none.csv isn't a file"),
        (("import", "orders.csv", "--strict"), "1 line of orders.csv can't be read, so nothing was imported"),
        (("import", "orders.csv", "--encoding", "utf-16"), "isn't all utf-16"),
        (("report",), "No orders are known yet"),
        (("report", "--from", "soon"), "--from soon: write the day as"),
        (("report", "--from", "2026-02-01", "--to", "2026-01-01"), "is after --to"),
    ],
)
def test_what_cant_be_done_is_one_sentence_and_nothing_is_kept(place, capsys, arguments, told):
    write(place, f"{BOB},2025-01-15,1,", "nobody,2025-01-15,1,")
    code, _, err = run(capsys, *arguments)
    assert (code, err.count("\n")) == (1, 1)
    assert told in err
    store = open_store("data/tickets.db")
    assert (store.papers(shelf.ORDERS), shelf.imports(store)) == ([], [])
    store.close()


def test_erase_takes_the_orders_along(place, capsys):
    write(place, f"{BOB},2025-01-15,1,Zebraplan")
    run(capsys, "import", "orders.csv")
    (place / "orders.csv").unlink()
    assert b"Zebraplan" in all_bytes(place)
    assert cli.main(["erase", "--requester", BOB, "--yes"]) == 0
    assert "1 order of this address is erased too." in capsys.readouterr().out
    assert b"Zebraplan" not in all_bytes(place)
    assert BOB.encode() not in all_bytes(place)


def test_the_customers_are_exported(place, capsys):
    write(place, f"{BOB},2025-01-15,1,pro")
    run(capsys, "import", "orders.csv")
    assert cli.main(["export", "customers.csv", "--customers"]) == 0
    assert "Exported 1 customer to customers.csv." in capsys.readouterr().out
    with (place / "customers.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["address"], row["plan"], row["last_order"]) == (BOB, "pro", date(2025, 1, 15).isoformat())
    assert cli.main(["export", "customers.json", "--customers"]) == 1
    assert "--customers goes into a CSV file" in capsys.readouterr().err


def test_who_has_only_ordered_can_be_told_what_is_kept_and_be_erased(place, capsys):
    write(place, "ann@example.com,2025-01-15,1,pro")
    run(capsys, "import", "orders.csv")
    assert cli.main(["export", "ann.json", "--requester", "Ann@example.com"]) == 0
    assert '"amount":1.0' in (place / "ann.json").read_text()
    assert cli.main(["erase", "--requester", "ann@example.com", "--yes"]) == 0
    assert cli.main(["export", "ann.json", "--requester", "ann@example.com", "--yes"]) == 1


def test_many_bad_lines_are_told_by_their_numbers(place, capsys):
    write(place, *["x,y,z,"] * 150, f"{BOB},2025-01-15,1,", "x,y,z,")
    code, out, _ = run(capsys, "import", "orders.csv")
    assert (code, out.count("isn't an e-mail address")) == (0, 100)
    assert "orders.csv: 51 further lines can't be read: 102-151, 153\n" in out
    assert list(_ranges([5])) == ["5"]


def test_the_benchmark_measures_what_it_says(tmp_path):
    bench.write(tmp_path / "orders.csv", 50)
    bench.insert(str(tmp_path / "orders.csv"), str(tmp_path / "peer.db"))
    assert list(bench.orders(50)) == list(bench.orders(50))
    with (tmp_path / "orders.csv").open(newline="") as file:
        assert next(csv.reader(file)) == list(bench.HEAD)
