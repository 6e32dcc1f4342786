"""Alice finds whoever has ordered, also those who never wrote, and what she said of them stays when they write."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.archive.desks import question
from tests.flows.asking import UNKNOWN, ask
from tests.flows.test_customers import change, names, page_of, requester_of
from tests.flows.test_priority import eventually, why
from tests.flows.test_queue import rows
from tests.flows.working import path_of
from ticket_api.automation.buyers import Buyers
from ticket_api.customers.papers import read_kept
from ticket_api.customers.ratings import rate
from ticket_api.orders.importing import import_orders
from ticket_api.terminal import Progress
from ticket_api.tickets.customers import buyer_id

ROOT = Path(__file__).parents[2]
ANN, BOB, SHOP = "ann@example.com", "bob@example.com", "bob.orders@example.com"
ORDERS = (
    "address,date,amount,plan",
    f"{ANN},2026-02-01,300,pro",
    f"{BOB},2026-01-01,20,free",
    f"{SHOP},2026-01-05,500,team",
    *(f"c{number}@example.com,2025-0{number}-01,{number},free" for number in range(1, 8)),
)
ANNS = f"/desk/customers/{buyer_id(ANN)}"


def written(folder: Path, *lines: str) -> Path:
    path = folder / "orders.csv"
    path.write_text("\n".join((*lines, "")))
    return path


@pytest.fixture
def orders(store, clock, tmp_path):
    """Ten have ordered."""
    import_orders(store, written(tmp_path, *ORDERS), clock(), Progress("Importing", "lines"))
    rate(store, clock())


def test_it_works(alice, bob, store, orders):
    ask(bob, UNKNOWN, email=BOB, name="Bob")
    page = alice.get("/desk/customers").text
    assert names(page)[:3] == ["Bob", ANN, SHOP]
    assert (len(names(page)), "Customers: 10" in page) == (10, True)
    assert "Has ordered, never wrote" in page
    assert names(alice.get("/desk/customers?q=ann@").text) == [ANN]
    assert names(alice.get("/desk/customers?q=tickets:0&sort=value").text)[:2] == [SHOP, ANN]
    assert names(alice.get("/desk/customers?q=tickets:>0").text) == ["Bob"]
    page = alice.get(ANNS).text
    for told in ("<b>300.00</b>", "Has ordered and never wrote.", "By the last order it is pro."):
        assert told in page
    assert "只下过单" in alice.get("/desk/customers?lang=zh").text


def test_all_of_them_stand_on_one_page_after_another(alice, bob, store, clock, tmp_path):
    lines = [f"c{number:03}@example.com,2026-01-{number % 28 + 1:02},{number % 7 + 1}," for number in range(130)]
    import_orders(store, written(tmp_path, ORDERS[0], *lines), clock(), Progress("Importing", "lines"))
    rate(store, clock())
    for number in (3, 50, 77):
        ask(bob, f"{UNKNOWN} {number}", email=f"c{number:03}@example.com")
    for sort in ("seen", "value", "risk"):
        address, seen = f"/desk/customers?sort={sort}", []
        while address:
            page = alice.get(address).text
            seen += names(page)
            found = re.search(r'<p class="more"><a href="([^"]+)"', page)
            address = found[1].replace("&amp;", "&") if found else ""
        assert sorted(seen) == [f"c{number:03}@example.com" for number in range(130)]


def test_what_she_says_of_them_stays_theirs_when_they_write(alice, bob, store, orders):
    for do, fields in (("tag", {"tag": "vip"}), ("note", {"note": "Met at a fair"}), ("plan", {"plan": "gold"})):
        assert change(alice, ANNS, do, **fields).status_code == 303
    assert names(alice.get("/desk/customers?q=tag:vip plan:gold value:>3").text) == [ANN]
    assert "Met at a fair" in alice.get(ANNS).text
    ask(bob, UNKNOWN, email=ANN, name="Ann")
    eventually(lambda: read_kept(store, requester_of(store, ANN)).own_tags == ("vip",))
    kept = read_kept(store, requester_of(store, ANN))
    assert (kept.plan, kept.value > 3, [note.text for note in kept.notes]) == ("gold", True, ["Met at a fair"])
    assert store.paper(f"customer:{buyer_id(ANN)}") == ""
    assert names(alice.get("/desk/customers?q=tag:vip").text) == ["Ann"]
    assert alice.get(ANNS).headers["location"] == page_of(store, ANN)
    assert change(alice, ANNS, "tag", tag="more").status_code == 303
    assert read_kept(store, requester_of(store, ANN)).own_tags == ("more", "vip")


def test_an_address_that_has_only_ordered_is_merged_counts_once_and_is_parted(alice, bob, store, orders):
    ask(bob, UNKNOWN, email=BOB, name="Bob")
    path = page_of(store, BOB)
    assert change(alice, path, "merge", address=SHOP.upper()).status_code == 303
    assert "<b>520.00</b>" in alice.get(path).text
    assert alice.get(f"/desk/customers/{buyer_id(SHOP)}").headers["location"] == path
    page = alice.get("/desk/customers").text
    assert (SHOP in names(page), "Customers: 9" in page) == (False, True)
    assert change(alice, path, f"unmerge:{buyer_id(SHOP)}").status_code == 303
    page = alice.get("/desk/customers").text
    assert (SHOP in names(page), "Customers: 10" in page) == (True, True)


def test_two_who_never_wrote_are_one_and_stay_so_when_one_of_them_writes(alice, bob, store, orders):
    assert change(alice, ANNS, "merge", address=SHOP).status_code == 303
    assert change(alice, ANNS, "tag", tag="one").status_code == 303
    assert "<b>800.00</b>" in alice.get(ANNS).text
    assert len(names(alice.get("/desk/customers").text)) == 9
    for address in (ANN, SHOP):
        ask(bob, f"{UNKNOWN} {address}", email=address)
        eventually(lambda address=address: read_kept(store, requester_of(store, address)).tags == ("one",))
    main, other = requester_of(store, ANN), requester_of(store, SHOP)
    assert (read_kept(store, main).merged, read_kept(store, other).into) == ((other,), main)
    assert {paper.name for paper in store.papers("customer:x")} == set()
    assert "<b>800.00</b>" in alice.get(page_of(store, ANN)).text
    assert len(names(alice.get("/desk/customers").text)) == 9


def test_who_writes_to_one_who_was_merged_with_a_writer_stays_with_them(alice, bob, store, orders):
    ask(bob, UNKNOWN, email=BOB)
    change(alice, ANNS, "merge", address=BOB)
    assert alice.get(page_of(store, BOB)).headers["location"] == ANNS
    assert names(alice.get("/desk/customers?q=tickets:1").text) == [ANN]
    ask(bob, f"{UNKNOWN} too", email=ANN)
    eventually(lambda: read_kept(store, requester_of(store, BOB)).into == requester_of(store, ANN))
    assert names(alice.get("/desk/customers?q=tickets:2").text) == [ANN]


@pytest.mark.parametrize("address", ["nobody@example.com", "ann@example.co", ""])
def test_who_neither_wrote_nor_ordered_has_no_page(alice, orders, address):
    path = f"/desk/customers/{buyer_id(address)}"
    assert alice.get(path).status_code == 404
    assert change(alice, path, "tag", tag="x").status_code == 404


def test_a_running_server_takes_over_what_another_process_imports(alice, bob, store, settings, tmp_path):
    first, second = (ask(bob, f"{UNKNOWN} {each}", email=each)["id"] for each in (BOB, ANN))
    assert rows(alice.get("/desk")) == [first, second]
    assert len(names(alice.get("/desk/customers").text)) == 2
    path = written(tmp_path, *ORDERS)
    command = [sys.executable, "-m", "ticket_api", "customers", "import", str(path), "--data", str(settings.data)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    eventually(lambda: rows(alice.get("/desk")) == [second, first])
    assert "in fifth 5 of 5 of your customers" in why(alice.get(path_of(second)))
    assert len(names(alice.get("/desk/customers").text)) == 10
    again = written(tmp_path, *ORDERS, "newest@example.com,2026-02-02,1,free")
    subprocess.run([*command[:-3], str(again), *command[-2:]], cwd=ROOT, check=True, capture_output=True)
    assert names(alice.get("/desk/customers?q=newest").text) == ["newest@example.com"]
    late = ask(bob, f"{UNKNOWN} late", email=SHOP)["id"]
    eventually(lambda: read_kept(store, requester_of(store, SHOP)).plan == "team")
    eventually(lambda: "in fifth 5 of 5" in why(alice.get(path_of(late))))
    eventually(lambda: set(rows(alice.get("/desk"))[:2]) == {second, late})


def test_a_suspicion_makes_no_customer(alice, store, orders, clock):
    change(alice, ANNS, "tag", tag="vip")
    suspected = store.add_ticket(question(1, ANN, status="quarantined"))
    Buyers(store).look(suspected, clock())
    assert alice.get(ANNS).status_code == 200
    assert names(alice.get("/desk/customers?q=tag:vip").text) == [ANN]
