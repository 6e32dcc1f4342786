"""A list of orders is imported: once, in whole, however often it is interrupted, and nothing of it half."""

import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.store.postgres import postgres, postgres_url
from ticket_api.customers.ratings import rate
from ticket_api.errors import Stop
from ticket_api.orders import buyers, importing, shelf
from ticket_api.orders.cells import bucket_of
from ticket_api.orders.importing import import_orders
from ticket_api.orders.reading import look
from ticket_api.store import open_store
from ticket_api.terminal import Progress
from ticket_api.tickets.orders import Order

__all__ = ["postgres", "postgres_url"]  # fixtures

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
QUIET = Progress("Importing", "lines")
FEW = (
    "address,date,amount,plan,ended\nBob@Example.com,2026-01-02,12.50,pro,\nann@example.com,2026-01-03,-3,,2026-02-01\n"
)


def write(folder: Path, text: str, encoding: str = "utf-8", name: str = "orders.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def many(count: int, first: int = 0) -> str:
    """A list of so many orders of 50 customers."""
    lines = (
        f"c{number % 50}@example.com,{date.fromordinal(date(2025, 1, 1).toordinal() + number % 300)},{number}.5"
        for number in range(first, first + count)
    )
    return "\n".join(("address,date,amount", *lines, ""))


def total(store) -> int:
    return sum(len(orders) for bucket in shelf.buckets(store) for orders in bucket.values())


@pytest.fixture(params=["tinydb", "postgres"])
def either(request, tmp_path):
    """A store of each kind."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else str(tmp_path / "tickets.db")
    opened = open_store(url)
    yield opened
    opened.close()


def test_it_works_in_both_stores(either, tmp_path):
    done = import_orders(either, write(tmp_path, FEW), NOW, QUIET)
    assert (done.rows, len(done.bad.numbers), done.known) == (2, 0, False)
    january = date(2026, 1, 2).toordinal()
    assert shelf.orders_of(either, [" BOB@example.com"]) == [Order(january, 1250, "pro")]
    assert shelf.orders_of(either, ["ann@example.com"]) == [Order(january + 1, -300, "", date(2026, 2, 1).toordinal())]
    assert [event.what for event in either.events(0)] == ["orders_imported"]
    either.verify()


def test_what_it_leaves_of_each_customer_is_the_same_in_both_stores(either, tmp_path):
    import_orders(either, write(tmp_path, FEW), NOW, QUIET)
    rate(either, NOW)
    january, mark, events = date(2026, 1, 2).toordinal(), buyers.mark(either), len(either.events(0))
    assert buyers.lines(either) == [f"bob@example.com\t1\t1250\t{january}\t{january}\t0\tpro\t0"]
    assert buyers.figures_of(either, ["bob@example.com", "ann@example.com"]).keys() == {"bob@example.com"}
    rate(either, NOW)
    assert (buyers.mark(either), len(either.events(0))) == (mark, events)
    assert shelf.erase_of(either, "BOB@example.com") == 1
    assert buyers.lines(either) == []
    assert buyers.mark(either) not in ("", mark)


def test_the_same_file_again_adds_nothing(store, tmp_path):
    path = write(tmp_path, many(300))
    import_orders(store, path, NOW, QUIET, part=100)
    again = import_orders(store, path, NOW, QUIET, part=100)
    assert (again.known, total(store)) == (True, 300)


def test_a_newer_list_that_holds_the_older_one_adds_what_is_new(store, tmp_path):
    twice = "c0@example.com,2025-01-01,0.5\n"
    import_orders(store, write(tmp_path, many(300) + twice), NOW, QUIET, part=100)
    import_orders(store, write(tmp_path, many(400) + twice, name="newer.csv"), NOW, QUIET, part=100)
    assert total(store) == 401
    shelf.settle(store)
    assert total(store) == 401
    assert len({paper.name.split(":")[2] for paper in store.papers(shelf.ORDERS)}) == 1
    import_orders(store, write(tmp_path, many(300, first=200), name="third.csv"), NOW, QUIET)
    assert total(store) == 501
    store.verify()


def test_what_the_newer_list_says_of_an_order_counts(store, tmp_path):
    import_orders(store, write(tmp_path, FEW), NOW, QUIET)
    newer = FEW.replace("12.50,pro,", "12.50,team,2026-02-02")
    import_orders(store, write(tmp_path, newer, name="newer.csv"), NOW, QUIET)
    (order,) = shelf.orders_of(store, ["bob@example.com"])
    assert (order.plan, date.fromordinal(order.ended)) == ("team", date(2026, 2, 2))


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from ticket_api.orders.importing import import_orders
from ticket_api.store import open_store
calls = 0
def progress(done, total):
    global calls
    calls += 1
    if calls == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
import_orders(open_store(sys.argv[1]), Path(sys.argv[2]), datetime(2026, 3, 2, tzinfo=UTC), progress, part=100)
"""


def test_one_that_is_killed_again_and_again_goes_on_and_nothing_is_double(tmp_path):
    path, data = write(tmp_path, many(950) + "nobody,2025-01-01,1\n"), tmp_path / "data" / "tickets.db"
    for after in (3, 2, 4):
        killed = subprocess.run([sys.executable, "-c", KILLED, str(data), str(path), str(after)], check=False)
        assert killed.returncode == -signal.SIGKILL
        store = open_store(str(data))
        assert total(store) == 0  # nothing counts before the end
        assert shelf.imports(store)[0].rows > 0
        store.close()
    store = open_store(str(data))
    done = import_orders(store, path, NOW, QUIET, part=100)
    assert (done.since, done.rows, done.bad.told) == (900, 951, [(952, "nobody isn't an e-mail address.")])
    assert total(store) == 950
    store.verify()
    store.close()


def test_of_two_imports_of_a_file_at_once_the_slower_one_takes_nothing_from_the_other(store, tmp_path):
    import_orders(store, write(tmp_path, many(100), name="older.csv"), NOW, QUIET)
    path = write(tmp_path, many(300, first=100))

    def elsewhere(done: int, total: int) -> None:
        if done == 100:
            import_orders(store, path, NOW, QUIET, part=50)
            shelf.settle(store)

    with pytest.raises(Stop, match="imported elsewhere"):
        import_orders(store, path, NOW, elsewhere, part=100)
    assert total(store) == 400
    assert import_orders(store, path, NOW, QUIET, part=100).known


@pytest.mark.parametrize("strict", [True, False])
def test_an_import_that_was_finished_elsewhere_is_forgotten_by_nobody(store, tmp_path, monkeypatch, strict):
    path = write(tmp_path, many(100) + "nobody,2025-01-01,1\n")
    begin = importing._begin

    def overtaken(*given):
        """Another one finishes between the first look at the list of imports and the end."""
        begun = begin(*given)
        monkeypatch.setattr(importing, "_begin", begin)
        import_orders(store, path, NOW, QUIET, part=50)
        return begun

    monkeypatch.setattr(importing, "_begin", overtaken)
    with pytest.raises(Stop, match="imported elsewhere"):
        import_orders(store, path, NOW, QUIET, part=50, strict=strict)
    assert total(store) == 100


def test_what_was_left_of_an_import_that_was_given_up_never_counts(store, tmp_path, monkeypatch):
    bad, drop = write(tmp_path, many(250) + "nobody,2025-01-01,1\n", name="bad.csv"), shelf.drop

    def killed(*_):
        monkeypatch.setattr(shelf, "drop", drop)
        raise KeyboardInterrupt

    monkeypatch.setattr(shelf, "drop", killed)
    with pytest.raises(KeyboardInterrupt):
        import_orders(store, bad, NOW, QUIET, strict=True, part=100)
    import_orders(store, write(tmp_path, FEW), NOW, QUIET)
    assert total(store) == 2
    import_orders(store, bad, NOW, QUIET)
    assert total(store) == 252


def test_each_bad_line_is_told_with_its_number_and_the_others_are_imported(store, tmp_path):
    bad = (
        'ann@example.com,2026-01-03\n"multi\nline",2026-01-03,1\n\nann@example.com,2026-13-01,1\n'
        "ann@example.com,2026-01-03,1 000,5\nann@example.com,2026-01-03,$1\nann@example.com,2026-01-03,€2\n"
    )
    text = "address,date,amount\n" + bad + "bob@example.com,2026-01-01,5\n"
    done = import_orders(store, write(tmp_path, text), NOW, QUIET)
    assert done.bad.told == [
        (2, "it has 2 cells, and the first line 3."),
        (4, "multi line isn't an e-mail address."),
        (6, "there is no day 2026-13-01."),
        (7, "it has 4 cells, and the first line 3."),
        (9, "it is in €, and the lines before in $."),
    ]
    assert total(store) == 2


def test_with_strict_one_bad_line_is_enough_to_import_nothing(store, tmp_path):
    path = write(tmp_path, many(250) + "nobody,2025-01-01,1\n")
    done = import_orders(store, path, NOW, QUIET, strict=True, part=100)
    assert done.refused
    assert (store.papers(shelf.ORDERS), shelf.imports(store), store.events(0)) == ([], [], [])


def test_only_the_reasons_of_the_first_bad_lines_are_kept_but_all_numbers(store, tmp_path):
    text = "address,date,amount\n" + "x,y,z\n" * 150
    done = import_orders(store, write(tmp_path, text), NOW, QUIET)
    assert (len(done.bad.told), list(done.bad.numbers)) == (100, list(range(2, 152)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators_are_told_apart(store, tmp_path, encoding, separator):
    rows = [
        ("plan", "amount", "note", "DATE", " Address "),
        ("专业版套餐", "￥12.50", "", "2026年1月2日", "bob@example.com"),
    ]
    text = "\r\n".join(separator.join(row) for row in rows)
    import_orders(store, write(tmp_path, text, encoding), NOW, QUIET)
    assert shelf.orders_of(store, ["bob@example.com"]) == [Order(date(2026, 1, 2).toordinal(), 1250, "专业版套餐")]


def test_windows_1252_is_known_by_its_lonely_letters(store, tmp_path):
    text = 'address;date;amount;plan\nbob@example.com;02.01.2026;"1.234,50 €";Privé für zwei\n'
    import_orders(store, write(tmp_path, text, "cp1252"), NOW, QUIET)
    assert shelf.orders_of(store, ["bob@example.com"]) == [
        Order(date(2026, 1, 2).toordinal(), 123450, "Privé für zwei")
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "its first line must name the columns address, date and amount"),
        (b"name,date,amount\n", "its first line must name"),
        (b"address,date,amount,date\n", "names the column date twice"),
        ("address,date,amount,plan\nb@x.yz,2026-01-02,1,中文\n".encode("gb18030") + b"\xe9t\xe9", "can't be told"),
        ("address,date,amount,plan\nb@x.yz,2026-01-02,1,中\n".encode("gb18030"), "can't be told"),
        (b"address,date,amount\nb@x.yz,03/04/2025,1\n", "don't say whether the day or the month"),
        (b"address,date,amount\nb@x.yz,13/04/2025,1\nb@x.yz,04/13/2025,1\n", "some dates begin with the day and some"),
        (b'address,date,amount\nb@x.yz,2026-01-02,"' + b"1" * 200_000 + b'"\n', "line 2: field larger"),
    ],
    ids=["empty", "header", "twice", "mixed", "one-pair", "ambiguous", "both", "quote"],
)
def test_what_cant_be_read_is_one_sentence_and_nothing_is_imported(store, tmp_path, content, told):
    path = tmp_path / "orders.csv"
    path.write_bytes(content)
    with pytest.raises(Stop, match=told):
        import_orders(store, path, NOW, QUIET)
    assert (store.papers(""), store.events(0)) == ([], [])


def test_a_wrong_encoding_that_was_told_is_refused_and_a_right_one_is_taken(store, tmp_path):
    path = write(tmp_path, "address,date,amount,plan\nb@x.yz,2026-01-02,1,中\n", "gb18030")
    with pytest.raises(Stop, match="isn't all utf-8"):
        look(path, "utf-8")
    import_orders(store, path, NOW, QUIET, encoding="gb18030")
    assert shelf.orders_of(store, ["b@x.yz"])[0].plan == "中"


def test_the_order_of_day_and_month_is_told_by_the_whole_file_or_by_the_owner(tmp_path):
    rows = "address,date,amount\n" + "b@x.yz,03/04/2025,1\n" * 5
    assert look(write(tmp_path, rows + "b@x.yz,31/04/2025,1\n")).dates == "day"
    assert look(write(tmp_path, rows + "b@x.yz,04/31/2025,1\n")).dates == "month"
    assert look(write(tmp_path, rows), dates="month").dates == "month"
    assert look(write(tmp_path, "address,date,amount\nb@x.yz,2025/04/03,1\n")).dates == ""


def test_erasing_takes_the_orders_of_one_address_alone(store, tmp_path):
    import_orders(store, write(tmp_path, many(200)), NOW, QUIET, part=50)
    assert shelf.erase_of(store, "C7@example.com") == 4
    assert shelf.orders_of(store, ["c7@example.com"]) == []
    assert total(store) == 196


def test_an_import_that_ends_while_somebody_is_erased_brings_nobody_back(store, tmp_path):
    import_orders(store, write(tmp_path, many(100)), NOW, QUIET)
    import_orders(store, write(tmp_path, many(100, first=100), name="newer.csv"), NOW, QUIET)
    looks = []

    def cut(address: str) -> shelf.Cut | None:
        if not looks:
            shelf.settle(store)  # the lines that are looked at stand in another paper now
        looks.append(address)
        return shelf.Cut() if address == "c7@example.com" else None

    assert (shelf.erase(store, cut, bucket_of("c7@example.com")), total(store)) == (4, 196)
