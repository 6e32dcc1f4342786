"""Orders, and what they tell of a customer: value, rhythm, loyalty, and who stays.

Days are ordinals (1 is the first day of year 1), amounts are whole cents of the shop's one currency.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from msgspec import Struct

YEAR = 365.25
"""Days."""
FEW = 5
"""Of fewer customers no fifth is told, and a share says so."""
STAYS = 365
"""Days after an order for which somebody counts as a customer."""


class Order(NamedTuple):
    """One line of a shop's list. A negative amount is a refund. `plan` may be "", `ended` is 0 where nothing ended."""

    day: int
    cents: int
    plan: str = ""
    ended: int = 0


class Figures(Struct, frozen=True):
    """All orders of one customer in few numbers.

    `orders` counts those that aren't refunds, `cents` is their sum less the refunds; `first` and `last` are days, `gap`
    is the median of days between one order and the next, 0 where there are fewer than three.
    """

    orders: int
    cents: int
    first: int
    last: int
    gap: float = 0
    plan: str = ""
    ended: int = 0

    @property
    def order_value(self) -> float:
        """The mean order value, in currency units: sum of amounts / number of orders."""
        return self.cents / 100 / self.orders

    def years(self, today: int) -> float:
        """The years as a customer: from the first order to the end, or today, / 365.25; a month at least."""
        return max((self.ended or today) - self.first, YEAR / 12) / YEAR

    def a_year(self, today: int) -> float:
        """The frequency: number of orders / years as a customer."""
        return self.orders / self.years(today)

    def lifetime_value(self, today: int) -> float:
        """The lifetime value (CLV) so far, in currency units: mean order value x orders a year x years as a customer.

        The historic one (after Farris et al., Marketing Metrics, chapter 5): of the past alone, it is the sum of all.
        """
        return self.order_value * self.a_year(today) * self.years(today)


def figures_of(orders: Iterable[Order]) -> Figures | None:
    """The figures of one customer's orders; None where all are refunds, or there are none."""
    given = sorted(orders, key=lambda order: order.day)
    bought = [order.day for order in given if order.cents >= 0]
    if not bought:
        return None
    days = sorted(set(bought))
    gaps = [after - before for before, after in pairwise(days)]
    plan = next((order.plan for order in reversed(given) if order.plan), "")
    ended = given[-1].ended or max((order.ended for order in given if order.ended >= bought[-1]), default=0)
    cents = sum(order.cents for order in given)
    gap = median(gaps) if len(gaps) > 1 else 0
    return Figures(len(bought), cents, bought[0], bought[-1], gap, plan, ended)


class Loyalty(Struct, frozen=True):
    """RFM (Hughes, Strategic Database Marketing): recency, frequency and value, as fifths from 1 to 5, the best."""

    recency: int
    frequency: int
    value: int


class Fifths(Struct, frozen=True):
    """Where the fifths of all customers with orders end: four bounds for the last day, the orders and the value each.

    `customers` is how many there are; fewer than five have no fifths, and no bounds.
    """

    customers: int = 0
    recency: tuple[int, ...] = ()
    frequency: tuple[int, ...] = ()
    value: tuple[int, ...] = ()

    def loyalty(self, figures: Figures) -> Loyalty | None:
        """In which fifths a customer is: recency by the last order, frequency by their number, value by the CLV."""
        if not self.value:
            return None
        given = (figures.last, self.recency), (figures.orders, self.frequency), (figures.cents, self.value)
        return Loyalty(*(1 + bisect_left(bounds, number) for number, bounds in given))


def fifths_of(last: Sequence[int], orders: Sequence[int], cents: Sequence[int]) -> Fifths:
    """The fifths of all customers, from the last day, number of orders and sum of each."""
    if len(last) < FEW:
        return Fifths(len(last))
    return Fifths(len(last), _bounds(last), _bounds(orders), _bounds(cents))


def _bounds(numbers: Sequence[int]) -> tuple[int, ...]:
    """The greatest number of each of the first four fifths, by rank; who has the same number is in the same fifth."""
    ranked = sorted(numbers)
    return tuple(ranked[-(-len(ranked) * fifth // 5) - 1] for fifth in range(1, 5))


class Reason(Struct, frozen=True):
    """A sign that a customer may leave: "late", "open", "rated" or "ended", with its number and its weight, 0 to 1."""

    name: str
    number: float
    weight: float


class Risk(Struct, frozen=True):
    """How likely a customer is to leave, from 0 to 1, with the signs, the heaviest first. A guess, no probability."""

    score: float = 0.0
    why: tuple[Reason, ...] = ()


OPEN, MOST_OPEN = 0.1, 3
"""The weight of an open ticket, and how many count."""
RATED, MOST_RATED = 0.2, 2
"""The weight of a ticket rated 1 or 2 of 5, and how many count."""


def risk_of(figures: Figures | None, open_tickets: int, badly_rated: int, today: int) -> Risk:
    """The risk of leaving: 1 - (1 - late) x (1 - open) x (1 - rated), the noisy-or of signs that stand for themselves.

    late = (days since the last order / the customer's median days between orders - 1) / 2, from 0 to 1: nothing within
    their own rhythm, 1 from three times it on. open = 0.1 for each open ticket, up to 3; rated = 0.2 for each ticket
    rated 1 or 2 of 5, up to 2. Who has ended has the risk 1. The weights are ours, and not learned from any data.
    """
    if figures and has_ended(figures.ended, today):
        return Risk(1.0, (Reason("ended", today - figures.ended, 1.0),))
    signs = [
        Reason("open", open_tickets, OPEN * min(open_tickets, MOST_OPEN)),
        Reason("rated", badly_rated, RATED * min(badly_rated, MOST_RATED)),
    ]
    if figures and figures.gap:
        rhythms = (today - figures.last) / figures.gap
        signs.append(Reason("late", rhythms, lateness(rhythms)))
    stays = 1.0
    for sign in signs:
        stays *= 1 - sign.weight
    why = sorted((sign for sign in signs if sign.weight), key=lambda sign: -sign.weight)
    return Risk(1 - stays, tuple(why))


def has_ended(ended: int, today: int) -> bool:
    """Whether a customer has ended by today."""
    return bool(ended) and ended <= today


def lateness(rhythms: float) -> float:
    """The weight of so many rhythms without an order."""
    return min(max((rhythms - 1) / 2, 0.0), 1.0)


def buyer_risk(last: int, gap: float, ended: int, today: int) -> float:
    """The score of `risk_of` where nothing but orders is known."""
    if has_ended(ended, today):
        return 1.0
    return 1 - (1 - lateness((today - last) / gap)) if gap else 0.0


class Period(Struct, frozen=True):
    """Who stayed in a period: customers at its start and end, how many of the first were kept, and what was ordered."""

    start: int = 0
    end: int = 0
    kept: int = 0
    orders: int = 0
    cents: int = 0

    @property
    def lost(self) -> int:
        """How many of those at the start weren't customers at the end."""
        return self.start - self.kept

    @property
    def retention(self) -> float | None:
        """The retention rate: kept of those at the start / customers at the start (Farris et al.); None for nobody."""
        return self.kept / self.start if self.start else None

    @property
    def churn(self) -> float | None:
        """The churn rate: lost of those at the start / customers at the start; None for nobody."""
        return self.lost / self.start if self.start else None

    def __add__(self, other: "Period") -> "Period":
        """Both together, of different customers."""
        return Period(
            self.start + other.start,
            self.end + other.end,
            self.kept + other.kept,
            self.orders + other.orders,
            self.cents + other.cents,
        )


def period_of(orders: Sequence[Order], first: int, last: int) -> Period:
    """Whether one customer stayed from the day before `first` to `last`, both days of the period.

    A customer on a day is who has ordered within the 365 days up to it, and hasn't ended by it.
    """
    before, after = _is_customer(orders, first - 1), _is_customer(orders, last)
    within = [order.cents for order in orders if first <= order.day <= last]
    return Period(before, after, before and after, sum(cents >= 0 for cents in within), sum(within))


def _is_customer(orders: Sequence[Order], day: int) -> bool:
    last = ended = 0
    for order in orders:
        if order.day <= day:
            ended = max(ended, order.ended)
            if order.cents >= 0:
                last = max(last, order.day)
    return day - last < STAYS and not last <= ended <= day


class Overall(Struct, frozen=True):
    """What all orders tell: the fifths, who stayed in the 365 days up to `until`, and the currency's sign or ""."""

    fifths: Fifths = Fifths()
    year: Period = Period()
    until: int = 0
    currency: str = ""
