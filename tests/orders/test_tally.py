"""One pass over all orders says the same as each customer's orders one by one."""

from hypothesis import given
from hypothesis import strategies as st

from ticket_api.orders.buyers import read
from ticket_api.orders.shelf import by_address
from ticket_api.orders.tally import Tally
from ticket_api.tickets.orders import Period, fifths_of, figures_of, period_of

FIRST, LAST = 1_000, 1_100
LINES = st.lists(
    st.builds(
        lambda who, day, cents, plan, ended: f"c{who}@b.example\t{day}\t{cents}\t{plan}\t{ended}",
        st.integers(0, 9),
        st.integers(500, 1_200),
        st.integers(-500, 2_000),
        st.sampled_from(("", "free", "pro")),
        st.one_of(st.just(0), st.integers(500, 1_300)),
    ),
    max_size=60,
)


@given(LINES)
def test_it_says_what_the_formulas_say(lines):
    tally = Tally(FIRST, LAST)
    people = by_address(lines)
    told = []
    for who in people:  # in parts, each with all orders of some customers
        told += tally.add(line for line in lines if line.startswith(f"{who}\t"))
    found = {who: each for who, orders in people.items() if (each := figures_of(orders))}
    figures = list(found.values())
    assert dict(map(read, told)) == found
    assert tally.period == sum((period_of(orders, FIRST, LAST) for orders in people.values()), Period())
    assert tally.fifths == fifths_of(
        [each.last for each in figures], [each.orders for each in figures], [each.cents for each in figures]
    )
