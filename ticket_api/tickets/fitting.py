"""Fitting: weights that agree best with what the owner said of priorities, by least squares."""

from collections.abc import Callable, Sequence
from statistics import fmean

from msgspec import Struct
from msgspec.structs import replace

from ticket_api.tickets.priority import (
    IMPORTANT,
    PARTS,
    USUAL_IMPORTANCE,
    USUAL_URGENCY,
    Weights,
    levels,
    mean,
    quadrant_of,
    quadrant_of_word,
)
from ticket_api.tickets.ticket import Correction

ENOUGH = 10
"""Corrections from which on weights are proposed."""
FOLDS = 5
RIDGE = 1.0
"""How much holds each weight to the one in force: as much as one correction of one point."""
MOST = 10.0
RATIOS = ((1.0, 3.0), (1.0, 2.0), (1.0, 1.0), (2.0, 1.0), (3.0, 1.0))
"""Importance to urgency, as tried beside the ratio in force."""
ROUNDS = 500
"""Of coordinate descent, which is done long before."""


class Agreement(Struct, frozen=True):
    """How well weights agree with the owner: the mean absolute difference of priorities, and the share of tickets that
    stand in the quadrant where the owner put them."""

    difference: float
    same: float


class Fit(Struct, frozen=True):
    """Weights as proposed from `number` corrections, and how well they agree. `tested` is the agreement on corrections
    that the weights weren't made of, each fifth of them in turn."""

    number: int
    weights: Weights
    before: Agreement
    after: Agreement
    tested: Agreement


def agreement(corrections: Sequence[Correction], predict: Callable[[int], Weights]) -> Agreement:
    """How well the weights that `predict` gives for each place agree with the owner; of one correction or more."""
    differences, same = [], []
    for place, each in enumerate(corrections):
        weights = predict(place)
        importance, urgency = levels((name, getattr(weights, name, 0.0) * points) for name, points in each.parts)
        differences.append(abs(mean(importance, urgency, weights) - each.priority))
        same.append(quadrant_of(importance, urgency) == quadrant_of_word(each.priority, importance, urgency))
    return Agreement(fmean(differences), fmean(same))


def fit(corrections: Sequence[Correction], present: Weights) -> Fit:
    """Weights that agree better with the owner than those in force, and how much better; of one correction or more."""
    proposed = _best(corrections, present)
    folds = [
        _best([each for place, each in enumerate(corrections) if place % FOLDS != fold], present)
        for fold in range(FOLDS)
    ]
    return Fit(
        len(corrections),
        proposed,
        agreement(corrections, lambda _: present),
        agreement(corrections, lambda _: proposed),
        agreement(corrections, lambda place: folds[place % FOLDS]),
    )


def _best(corrections: Sequence[Correction], present: Weights) -> Weights:
    """The best of each ratio's best; the ratio in force where none is better."""
    ratios = ((present.importance, present.urgency), *RATIOS)
    found = [_solved(corrections, replace(present, importance=a, urgency=b)) for a, b in ratios]
    return min(found, key=lambda weights: round(agreement(corrections, lambda _: weights).difference, 6))


def _solved(corrections: Sequence[Correction], present: Weights) -> Weights:
    """The weights of the parts at which the sum of squares is least, each from 0 to MOST.

    Without its bounds a priority is (a x 3 + b x 2) / (a + b) + the sum of points x weight x its side's share, linear
    in the weights. So the normal equations (X'X + r) w = X'y + r w0, with a ridge r to the weights w0 in force, are
    solved one weight after another within the bounds, which comes to the one solution as the square form is positive.
    """
    a, b = present.importance, present.urgency
    usual = mean(USUAL_IMPORTANCE, USUAL_URGENCY, present)
    shares = [(a if name in IMPORTANT else b) / (a + b) for name in PARTS]
    points = [dict(each.parts) for each in corrections]
    rows = [[each.get(name, 0.0) * share for name, share in zip(PARTS, shares, strict=True)] for each in points]
    wanted = [each.priority - usual for each in corrections]
    begin = [getattr(present, name) for name in PARTS]
    size = range(len(PARTS))
    square = [[sum(row[i] * row[j] for row in rows) + RIDGE * (i == j) for j in size] for i in size]
    right = [sum(row[i] * y for row, y in zip(rows, wanted, strict=True)) + RIDGE * begin[i] for i in size]
    weights = list(begin)
    for _ in range(ROUNDS):
        for i in size:
            rest = right[i] - sum(square[i][j] * weights[j] for j in size if j != i)
            weights[i] = min(max(rest / square[i][i], 0.0), MOST)
    return replace(present, **{name: round(value, 2) for name, value in zip(PARTS, weights, strict=True)})
