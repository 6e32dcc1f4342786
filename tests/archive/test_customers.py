"""What is kept of customers, and their orders: in every backup, copy and export, and gone with the person."""

import contextlib
import csv
import io
from datetime import date, timedelta

import msgspec
import pytest

from tests.archive.desks import BOB, KEY, MALLORY, NOON, all_bytes, content, content_at, question, restored
from ticket_api.archive import copying, erase, erased
from ticket_api.archive.export import Export
from ticket_api.customers import Customers, ratings
from ticket_api.customers.papers import CUSTOMER, read_kept
from ticket_api.customers.ratings import rate
from ticket_api.customers.segments import Segments, Wish
from ticket_api.orders import buyers, shelf
from ticket_api.orders.importing import import_orders
from ticket_api.store import open_store
from ticket_api.terminal import Progress
from ticket_api.tickets import customers
from ticket_api.tickets import ticket as tickets
from ticket_api.tickets.customers import buyer_id
from ticket_api.tickets.event import Act

OTHER = "bob.other@customer.example"
ORDERS = f"""address,date,amount,plan
{BOB},2026-01-05,12.50,Zebraplan
{BOB},2026-02-05,13.50,Zebraplan
{OTHER},2026-02-04,99,Zebraplan
{MALLORY},2026-02-05,77.25,"=1+1"
a@b.example,2026-01-01,1,
c@b.example,2026-01-01,1,
"""
SECRET = ("Zebraplan", "Zebra note", "zebra tag", "Zebra field", OTHER)


@pytest.fixture
def filled(desk, tmp_path):
    """Bob with two addresses, orders and all that the owner may write; Mallory with an order."""
    desk.store.add_ticket(question(500, OTHER, requester="person-other"))
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS)
    import_orders(desk.store, path, NOON, Progress("Importing", "lines"))
    rate(desk.store, NOON)
    people = Customers(desk.store)
    for change in (
        lambda kept: customers.noted(kept, "Zebra note", NOON),
        lambda kept: customers.tagged(kept, "Zebra tag"),
        lambda kept: customers.with_field(kept, "=Zebra field", "+1"),
    ):
        people.change("person-bob", change, NOON)
    people.merge("person-mallory", OTHER, NOON)
    return desk


def test_a_copy_has_all_of_it_in_both_stores(filled, other):
    with filled.store.snapshot() as source:
        copying.copy(source, other)
        assert not copying.differs(source, other)
    assert shelf.orders_of(other, [BOB]) == shelf.orders_of(filled.store, [BOB])
    assert Customers(other).profiles() == Customers(filled.store).profiles()


def test_a_backup_brings_all_of_it_back(filled, tmp_path):
    archive = filled.back_up(tmp_path / "b")
    restored(archive, tmp_path / "new")
    assert content_at(str(tmp_path / "new" / "tickets.db")) == content(filled.store)


def test_nothing_is_left_of_an_erased_person_in_either_address(filled):
    assert all(word.encode() in all_bytes(filled.data) for word in SECRET)
    erase.erase_requester(filled.store, f" {BOB.upper()}", NOON + timedelta(hours=1))
    erase.erase_requester(filled.store, OTHER, NOON + timedelta(hours=1))
    left = all_bytes(filled.data)
    assert [word for word in (*SECRET, BOB) if word.encode() in left] == []
    assert read_kept(filled.store, "person-mallory").merged == ()
    assert MALLORY.encode() in left
    assert [order.cents for order in shelf.orders_of(filled.store, [MALLORY])] == [7725]
    filled.store.verify()


def test_who_is_erased_without_a_ticket_loses_their_orders_too(filled):
    assert erase.erase_requester(filled.store, "a@b.example", NOON) == []
    assert shelf.orders_of(filled.store, ["a@b.example"]) == []
    assert b"a@b.example" not in all_bytes(filled.data)


def test_who_is_erased_while_an_import_ends_stays_erased(filled, monkeypatch):
    figures = buyers.figures_of

    def erased_behind(*given):
        found = figures(*given)
        erase.erase_requester(filled.store, BOB, NOON)
        return found

    monkeypatch.setattr(buyers, "figures_of", erased_behind)
    rate(filled.store, NOON)
    assert read_kept(filled.store, "person-bob").is_empty
    assert BOB.encode() not in all_bytes(filled.data)


def test_who_is_erased_while_figures_are_made_is_in_none(filled, monkeypatch):
    told = ratings._told

    def erased_behind(*given):
        found = told(*given)
        monkeypatch.setattr(ratings, "_told", told)
        erase.erase_requester(filled.store, BOB, NOON)
        return found

    monkeypatch.setattr(ratings, "_told", erased_behind)
    overall = rate(filled.store, NOON)
    assert BOB not in {line.partition("\t")[0] for line in buyers.lines(filled.store)}
    assert overall.fifths.customers == len(buyers.lines(filled.store))
    assert BOB.encode() not in all_bytes(filled.data)


def test_figures_that_are_made_while_somebody_is_erased_stay(filled, monkeypatch):
    """An import ends between the erase's look at the orders and its end."""
    parted = shelf._parted
    behind = [lambda: rate(filled.store, NOON)]

    def rated_behind(*given):
        found = parted(*given)
        if found[1] and behind:
            behind.pop()()
        return found

    monkeypatch.setattr(shelf, "_parted", rated_behind)
    erase.erase_requester(filled.store, BOB, NOON)
    assert BOB not in {line.partition("\t")[0] for line in buyers.lines(filled.store)}
    assert BOB.encode() not in all_bytes(filled.data)


BUYER = "c@b.example"


@pytest.fixture
def noted(filled):
    """Of one who has only ordered, the owner has noted something, and a segment is saved."""
    Customers(filled.store).change(buyer_id(BUYER), lambda kept: customers.noted(kept, "Quagga note", NOON), NOON)
    Segments(filled.store).save(Wish("seg", "value:5", 0), NOON)
    return filled


def test_nothing_is_left_of_who_has_only_ordered(noted):
    before = buyers.mark(noted.store)
    erase.erase_requester(noted.store, BUYER.upper(), NOON)
    left = all_bytes(noted.data)
    assert [word for word in (b"Quagga", BUYER.encode(), buyer_id(BUYER).encode()) if word in left] == []
    assert [line.partition("\t")[0] for line in buyers.lines(noted.store)] == sorted(
        ["a@b.example", BOB, MALLORY, OTHER]
    )
    assert buyers.mark(noted.store) != before
    noted.store.verify()


def test_an_older_backup_brings_segments_but_nobody_back_who_has_only_ordered(noted, tmp_path):
    archive = noted.back_up(tmp_path / "b")
    with noted.store.snapshot() as snapshot:
        listed = erased.Erasure.after(NOON + timedelta(days=1), snapshot.head())
    erased.add(tmp_path / "b" / erased.NAME, {erased.keyed_hash(KEY, BUYER): frozenset({listed})})
    restored(archive, tmp_path / "new")
    left = all_bytes(tmp_path / "new")
    assert [word for word in (b"Quagga", BUYER.encode(), buyer_id(BUYER).encode()) if word in left] == []
    assert b"value:5" in left


def test_the_export_has_what_is_kept_of_who_has_only_ordered(noted):
    file = io.BytesIO()
    with noted.store.snapshot() as snapshot:
        Export(snapshot, BUYER).write_json(file)
    assert [each["notes"][0]["text"] for each in msgspec.json.decode(file.getvalue())["customers"].values()] == [
        "Quagga note"
    ]


def test_whoever_the_main_address_was_merged_with_stands_alone_after_its_erase(filled):
    erase.erase_requester(filled.store, MALLORY, NOON)
    kept = read_kept(filled.store, "person-other")
    assert (kept.into, kept.orders.cents if kept.orders else 0, kept.tags) == ("", 9900, ())


def test_what_was_solved_long_ago_takes_along_what_is_kept_of_who_asked_nothing_else(filled):
    store = filled.store
    store.change_ticket(
        store.tickets_of(OTHER)[0].id, lambda one: tickets.close(one, NOON), Act("owner", "closed", NOON)
    )
    erase.retain(store, 30, NOON + timedelta(days=31), wary=False)
    assert {paper.name for paper in store.papers(CUSTOMER)} == {f"{CUSTOMER}person-bob", f"{CUSTOMER}person-mallory"}
    assert read_kept(store, "person-mallory").merged == ()


def test_an_older_backup_doesnt_bring_an_erased_person_back(filled, tmp_path):
    archive = filled.back_up(tmp_path / "b")
    for address in (BOB, OTHER):
        with filled.store.snapshot() as snapshot:
            listed = erased.Erasure.after(NOON + timedelta(days=1), snapshot.head())
        erased.add(tmp_path / "b" / erased.NAME, {erased.keyed_hash(KEY, address): frozenset({listed})})
    restored(archive, tmp_path / "new")
    left = all_bytes(tmp_path / "new")
    assert [word for word in (*SECRET, BOB) if word.encode() in left] == []
    assert MALLORY.encode() in left


def erase_bob(desk, folder):
    """List Bob as erased at NOON in a folder of backups, and erase him."""
    folder.mkdir(exist_ok=True)
    with desk.store.snapshot() as snapshot:
        listed = erased.Erasure.after(NOON, snapshot.head())
    erased.add(folder / erased.NAME, {erased.keyed_hash(KEY, BOB): frozenset({listed})})
    erase.erase_requester(desk.store, BOB, NOON)


def shop_list(folder, *days, name="newer.csv"):
    """A list with an order of Bob's of each of these days."""
    path = folder / name
    path.write_text("".join(["address,date,amount\n", *(f"{BOB},{day},1\n" for day in days)]))
    return path


def days_of(store):
    return [date.fromordinal(order.day).isoformat() for order in shelf.orders_of(store, [BOB])]


def test_what_was_ordered_after_the_erase_outlives_a_restore_and_what_was_erased_doesnt(filled, tmp_path):
    backups, later = tmp_path / "b", NOON + timedelta(days=9)
    erase_bob(filled, backups)
    newer = shop_list(tmp_path, "2026-02-05", "2026-11-22", "2026-11-25")
    import_orders(filled.store, newer, later, Progress("Importing", "lines"))
    restored(filled.back_up(backups), tmp_path / "new")
    with contextlib.closing(open_store(str(tmp_path / "new" / "tickets.db"))) as there:
        assert days_of(there) == ["2026-11-22", "2026-11-25"]
        assert buyers.figures_of(there, [BOB])[BOB].orders == 2
        assert import_orders(there, newer, later, Progress("Importing", "lines")).known


def test_an_order_of_the_very_day_of_the_erase_goes_and_its_list_can_be_imported_again(filled, tmp_path):
    backups, later = tmp_path / "b", NOON + timedelta(days=9)
    erase_bob(filled, backups)
    newer = shop_list(tmp_path, "2026-11-21", "2026-11-25")
    import_orders(filled.store, newer, later, Progress("Importing", "lines"))
    restored(filled.back_up(backups), tmp_path / "new")
    with contextlib.closing(open_store(str(tmp_path / "new" / "tickets.db"))) as there:
        assert days_of(there) == ["2026-11-25"]
        assert not import_orders(there, newer, later, Progress("Importing", "lines")).known
        assert days_of(there) == ["2026-11-21", "2026-11-25"]


def test_of_a_backup_from_before_the_erase_no_order_comes_back_and_its_lists_count_as_imported(filled, tmp_path):
    backups = tmp_path / "b"
    newer = shop_list(tmp_path, "2026-11-21")
    import_orders(filled.store, newer, NOON, Progress("Importing", "lines"))
    archive = filled.back_up(backups)
    erase_bob(filled, backups)
    restored(archive, tmp_path / "new")
    with contextlib.closing(open_store(str(tmp_path / "new" / "tickets.db"))) as there:
        assert days_of(there) == []
        assert import_orders(there, newer, NOON, Progress("Importing", "lines")).known


def test_an_import_that_was_interrupted_begins_anew_after_such_a_restore(filled, tmp_path):
    backups, later = tmp_path / "b", NOON + timedelta(days=9)
    erase_bob(filled, backups)
    newer = shop_list(tmp_path, "2026-11-23", "2026-11-24")

    def interrupt(done, total):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        import_orders(filled.store, newer, later, interrupt, part=1)
    restored(filled.back_up(backups), tmp_path / "new")
    with contextlib.closing(open_store(str(tmp_path / "new" / "tickets.db"))) as there:
        assert import_orders(there, newer, later, Progress("Importing", "lines")).since == 0
        assert days_of(there) == ["2026-11-23", "2026-11-24"]


def test_the_export_of_a_person_has_what_is_kept_and_ordered_and_nobody_elses(filled):
    file = io.BytesIO()
    with filled.store.snapshot() as snapshot:
        Export(snapshot, BOB).write_json(file)
    tables = msgspec.json.decode(file.getvalue())
    assert [each["notes"][0]["text"] for each in tables["customers"].values()] == ["Zebra note"]
    assert [(each["date"], each["amount"]) for each in tables["orders"].values()] == [
        ("2026-01-05", 12.5),
        ("2026-02-05", 13.5),
    ]
    assert MALLORY.encode() not in file.getvalue()


def test_the_table_of_customers_holds_no_formula(filled):
    file = io.BytesIO()
    with filled.store.snapshot() as snapshot:
        work = Export(snapshot)
        work.write_customers(file)
    rows = list(csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig"))))
    assert work.customers == len(rows) == 3
    by_address = {row["address"]: row for row in rows}
    assert by_address[BOB]["fields"] == "'=Zebra field: +1"
    assert by_address[MALLORY]["plan"] == "'=1+1"
    assert by_address[BOB]["spent"] == "26.00"
    assert by_address[BOB]["last_order"] == date(2026, 2, 5).isoformat()
