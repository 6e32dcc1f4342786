"""Every way of writing a day, an amount and an address in a list of orders."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticket_api.orders.cells import BadCell, Read, address, amount, bucket_of, day, plan, slashed

LATEST = date(2026, 4, 1).toordinal()


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-31",
        "2026/3/31",
        "2026年3月31日",
        "31.03.2026",
        "31/03/2026",
        " 2026-3-31 ",
        "2026-03-31 10:20:30 -0400",
        "2026-03-31T10:20:30.123Z",
        "31.3.2026 23:59",
    ],
)
def test_days(cell):
    assert date.fromordinal(day(cell, "day", LATEST)) == date(2026, 3, 31)


def test_the_month_first_where_it_is_so():
    assert date.fromordinal(day("03/04/2026", "month", LATEST)) == date(2026, 3, 4)
    assert date.fromordinal(day("03/04/2025", "day", LATEST)) == date(2025, 4, 3)
    assert (slashed("03/04/2026"), slashed("2026/03/04"), slashed("x")) == ((3, 4), None, None)


@pytest.mark.parametrize(
    "cell", ["", "soon", "2026-02-30", "31/31/2026", "2026-04-02", "1969-12-31", "31-03-2026", "٢٠٢٦-03-31", "03/04/26"]
)
def test_what_is_no_day(cell):
    with pytest.raises(BadCell):
        day(cell, "day", LATEST)


def test_a_day_that_may_be_two_is_refused():
    with pytest.raises(BadCell, match="day or the month"):
        day("03/04/2026", "", LATEST)


@pytest.mark.parametrize(
    ("cell", "cents", "sign"),
    [
        ("12", 1200, ""),
        ("12.5", 1250, ""),
        ("-12.50", -1250, ""),
        ("12,50", 1250, ""),
        ("1,234.50", 123450, ""),
        ("1.234,50", 123450, ""),
        ("1 234,50", 123450, ""),
        ("1\u202f234,50 €", 123450, "€"),
        ("1'234.50", 123450, ""),
        ("1,234,567", 123456700, ""),
        ("1.234.567", 123456700, ""),
        ("$12.50", 1250, "$"),
        ("-$12.50", -1250, "$"),
        ("$-12.50", -1250, "$"),
        ("(12.50)", -1250, ""),
        ("12.50-", -1250, ""),
        ("−12.50", -1250, ""),
        ("EUR 12.50", 1250, "EUR"),
        ("12.50 USD", 1250, "USD"),
        ("￥12", 1200, "¥"),
        ("12元", 1200, "¥"),
        ("0", 0, ""),
        ("999,999,999,999.99", 99_999_999_999_999, ""),
    ],
)
def test_amounts(cell, cents, sign):
    assert amount(cell) == (cents, sign)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "free",
        "1,234",
        "1.234",
        "1,23,4",
        "1.234.50",
        "1,2345",
        "12.345.6",
        "--1",
        "(1",
        "1)",
        "1e5",
        "$",
        "١٢",
        "NaN",
        "1,000,000,000,000.00",
        "1" + ",000" * 2000,
    ],
    ids=lambda cell: cell[:30],
)
def test_what_is_no_amount_or_may_be_two(cell):
    with pytest.raises(BadCell):
        amount(cell)


@given(st.integers(min_value=-(10**11), max_value=10**11), st.sampled_from(["en", "de", "fr"]))
def test_every_amount_comes_out_as_it_was_written(cents, lang):
    text = f"{cents / 100:,.2f}"
    text = text if lang == "en" else text.replace(",", "_").replace(".", ",").replace("_", "." if lang == "de" else " ")
    assert amount(text) == (cents, "")


@given(st.text())
def test_whatever_stands_in_a_cell_is_read_or_told(cell):
    for read in (lambda text: day(text, "day", LATEST), amount, address, plan):
        with suppress(BadCell):
            read(cell)


def test_addresses_are_those_of_tickets():
    assert address(" Bob@Example.COM ") == ("bob@example.com", bucket_of("bob@example.com"))
    for cell in ("", "bob", "a b@example.com", "=cmd@x", "bob@example.com\tx@example.com"):
        with pytest.raises(BadCell):
            address(cell)


def test_cells_are_remembered_up_to_a_bound():
    asked = []
    read = Read(lambda cell: asked.append(cell) or cell, most=2)
    assert [read[each] for each in "aabca"] == list("aabca")
    assert asked == list("abca")
