"""A22: no cell of an export is a formula, whatever customers, shops and the owner wrote into it."""

import csv
import io
import unicodedata

import pytest

from tests.archive.desks import NOON, question
from ticket_api.archive.export import CUSTOMER_COLUMNS, Export
from ticket_api.customers import Customers
from ticket_api.store import open_store
from ticket_api.tickets import customers

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the beginning of a formula, in letters of full width too."""


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet runs it; what is folded to one width is looked at as well."""
    return cell.startswith(STARTS) or unicodedata.normalize("NFKC", cell).startswith(STARTS)


@pytest.mark.parametrize("start", STARTS)
def test_a22_no_cell_about_a_customer_is_a_formula(tmp_path, start):
    bad = f'{start}HYPERLINK("https://mallory.example","x")'
    store = open_store(str(tmp_path / "tickets.db"))
    try:
        store.add_ticket(question(1, "bob@customer.example", name=bad))
        people = Customers(store)
        for change in (
            lambda kept: customers.planned(kept, bad),
            lambda kept: customers.tagged(kept, bad),
            lambda kept: customers.with_field(kept, bad, bad),
            lambda kept: customers.noted(kept, bad, NOON),
        ):
            people.change("person-bob", change, NOON)
        file = io.BytesIO()
        with store.snapshot() as snapshot:
            Export(snapshot).write_customers(file)
    finally:
        store.close()
    head, *rows = csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"), newline=""))
    assert head == list(CUSTOMER_COLUMNS)
    assert len(rows) == 1
    assert "mallory.example" in rows[0][1]
    assert [cell for cell in rows[0] if is_formula(cell)] == []
