"""Orders told in figures: every formula by hand."""

from datetime import date

import pytest

from ticket_api.tickets.orders import (
    Fifths,
    Figures,
    Loyalty,
    Order,
    Period,
    fifths_of,
    figures_of,
    period_of,
    risk_of,
)

TODAY = date(2026, 3, 1).toordinal()


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def bought(*days: str, cents: int = 1000, plan: str = "") -> list[Order]:
    return [Order(day(each), cents, plan) for each in days]


def test_order_value_frequency_and_lifetime_value():
    figures = figures_of(
        [*bought("2024-03-01", "2025-03-01", "2026-02-01", cents=3000), Order(day("2025-04-01"), -600)]
    )
    assert figures is not None
    assert (figures.orders, figures.cents) == (3, 8400)
    assert figures.order_value == 28
    years = (TODAY - day("2024-03-01")) / 365.25
    assert figures.years(TODAY) == pytest.approx(years)
    assert figures.a_year(TODAY) == pytest.approx(3 / years)
    assert figures.lifetime_value(TODAY) == pytest.approx(84)


def test_years_end_with_the_end_and_are_a_month_at_least():
    ended = figures_of([Order(day("2024-03-01"), 1000, "", day("2025-03-01"))])
    new = figures_of(bought("2026-03-01"))
    assert ended is not None
    assert new is not None
    assert ended.years(TODAY) == pytest.approx(365 / 365.25)
    assert new.a_year(TODAY) == pytest.approx(12)


def test_the_rhythm_is_the_median_gap_from_three_days_on():
    assert [
        figures.gap
        for figures in (
            figures_of(bought("2026-01-01", "2026-01-11")),
            figures_of(bought("2026-01-11", "2026-01-01", "2026-01-31", "2026-01-31")),
            figures_of(bought("2026-01-01", "2026-01-11", "2026-01-31", "2026-03-01")),
        )
        if figures
    ] == [0, 15, 20]


def test_refunds_alone_are_no_customer_and_the_last_plan_counts():
    assert figures_of([]) is None
    assert figures_of([Order(TODAY, -100)]) is None
    figures = figures_of([*bought("2026-01-02", plan="pro"), *bought("2026-01-01", plan="free"), *bought("2026-01-03")])
    assert figures is not None
    assert figures.plan == "pro"


def test_an_order_that_cost_nothing_is_an_order():
    figures = figures_of(bought("2026-01-01", cents=0))
    assert (figures.orders, figures.cents) == (1, 0)


def test_who_orders_again_after_the_end_hasnt_ended():
    again = figures_of([Order(day("2025-01-01"), 1, "", day("2025-02-01")), *bought("2025-06-01")])
    assert again is not None
    assert again.ended == 0


def test_fifths_by_hand():
    fifths = fifths_of(last=range(1, 11), orders=[1] * 9 + [7], cents=[100 * each for each in range(10)])
    assert fifths.recency == (2, 4, 6, 8)
    best = fifths.loyalty(Figures(orders=7, cents=900, first=1, last=10))
    worst = fifths.loyalty(Figures(orders=1, cents=0, first=1, last=1))
    assert (best, worst) == (Loyalty(5, 5, 5), Loyalty(1, 1, 1))


def test_fewer_than_five_have_no_fifths():
    assert fifths_of([1, 2, 3, 4], [1] * 4, [1] * 4) == Fifths(4)
    assert Fifths(4).loyalty(Figures(1, 1, 1, 1)) is None


@pytest.mark.parametrize(
    ("late_by", "score"), [(0, 0), (10, 0), (20, 0.5), (30, 1), (300, 1)], ids=lambda value: str(value)
)
def test_risk_grows_with_the_customers_own_rhythm(late_by, score):
    figures = Figures(orders=5, cents=1, first=1, last=TODAY - late_by, gap=10)
    assert risk_of(figures, 0, 0, TODAY).score == pytest.approx(score)


def test_signs_of_leaving_are_put_together_and_told_the_heaviest_first():
    figures = Figures(orders=5, cents=1, first=1, last=TODAY - 20, gap=10)
    risk = risk_of(figures, 2, 9, TODAY)
    assert risk.score == pytest.approx(1 - 0.5 * 0.8 * 0.6)
    assert [reason.name for reason in risk.why] == ["late", "rated", "open"]
    assert risk_of(None, 0, 0, TODAY).score == 0


def test_who_has_ended_has_left_and_who_will_end_hasnt():
    assert risk_of(Figures(1, 1, 1, 1, ended=TODAY), 0, 0, TODAY).score == 1
    assert risk_of(Figures(1, 1, 1, TODAY, ended=TODAY + 1), 0, 0, TODAY).score == 0


def test_retention_and_churn_of_a_period():
    first, last = day("2025-03-01"), day("2026-02-28")
    stayed, left, new, ended, long_gone = (
        bought("2025-02-01", "2025-12-01"),
        bought("2025-02-01"),
        bought("2025-12-01", cents=700),
        [Order(day("2025-02-01"), 100), Order(day("2025-06-01"), 100, "", day("2025-07-01"))],
        bought("2023-01-01"),
    )
    told = sum((period_of(each, first, last) for each in (stayed, left, new, ended, long_gone)), Period())
    assert told == Period(start=3, end=2, kept=1, orders=3, cents=1800)
    assert told.retention == pytest.approx(1 / 3)
    assert told.churn == pytest.approx(2 / 3)
    assert (Period().retention, Period().churn) == (None, None)
