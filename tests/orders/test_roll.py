"""Customers in columns are filtered, sorted and paged as customers one by one are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticket_api.orders.roll import Roll
from ticket_api.orders.shelf import by_address
from ticket_api.orders.tally import Tally
from ticket_api.tickets.customers import SORTS, Kept, buyer, buyer_id, sorted_by
from ticket_api.tickets.orders import Figures, buyer_risk, figures_of, risk_of
from ticket_api.tickets.segments import read_segment

TODAY = 738_000
LINES = st.lists(
    st.builds(
        lambda who, ago, cents, plan, ended: f"{who}@b.example\t{TODAY - ago}\t{cents}\t{plan}\t{ended}",
        st.sampled_from(["ann", "bob", "carol", "ünal", "zoe", "c1", "c2", "c3", "c4"]),
        st.sampled_from([0, 10, 30, 31, 60, 90, 400]),
        st.sampled_from([-100, 0, 100, 100, 250]),
        st.sampled_from(["", "Free", "Pro plus"]),
        st.sampled_from([0, 0, 0, TODAY - 5, TODAY + 5]),
    ),
    max_size=40,
)
FILTERS = (
    "",
    "b.ex",
    "ÜNAL",
    'plan:"pro PLUS"',
    "value:>=4",
    "value:0",
    "orders:>1 risk:>0.2",
    "risk:<0.5",
    "tickets:0",
    "tickets:>0",
    "tag:vip",
    "lang:en",
)


def rolled(lines):
    """The columns, and the same customers one by one."""
    tally = Tally(TODAY - 364, TODAY)
    roll = Roll(sorted(tally.add(lines)), tally.fifths)
    found = []
    for address, orders in by_address(lines).items():
        if figures := figures_of(orders):
            loyalty = tally.fifths.loyalty(figures)
            value = loyalty.value if loyalty else 0
            kept = Kept(address=address, plan=figures.plan, value=value, orders=figures, loyalty=loyalty)
            found.append(buyer(buyer_id(address), kept))
    return roll, found


@given(LINES, st.sampled_from(FILTERS), st.sampled_from(list(SORTS)), st.sets(st.integers(0, 8), max_size=3))
def test_it_says_the_same_page_by_page(lines, typed, sort, hidden):
    roll, people = rolled(lines)
    segment = read_segment(typed)
    left_out = {roll.addresses[place] for place in hidden if place < len(roll)}
    passed = [each for each in people if segment(each, TODAY) and each.address not in left_out]
    places = roll.select(segment, TODAY)
    shown, after = [], None
    for _ in range(len(passed) // 2 + 1):
        page = roll.first(places, sort, TODAY, after, 2, hidden)
        shown += page
        if not page:
            break
        after = (-page[-1][0], page[-1][1].requester)
    assert shown == sorted_by(passed, sort, TODAY)
    assert len(roll.select(segment, TODAY, sorted(roll.places_of(left_out)))) == len(places) - len(passed)


@pytest.mark.parametrize("sort", SORTS)
def test_nobody_has_ordered(sort):
    roll = Roll()
    assert roll.first(roll.select(read_segment(""), TODAY), sort, TODAY, None, 10) == []
    assert roll.places_of(["ann@b.example"]) == frozenset()


@given(st.integers(1, 2000), st.floats(0, 500), st.sampled_from([0, TODAY - 1, TODAY, TODAY + 1]))
def test_the_risk_is_that_of_orders_alone(ago, gap, ended):
    figures = Figures(1, 1, TODAY - ago, TODAY - ago, gap, "", ended)
    assert buyer_risk(figures.last, gap, ended, TODAY) == risk_of(figures, 0, 0, TODAY).score
