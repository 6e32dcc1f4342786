"""Usefulness: how useful readers found each article, for the home page to name the most useful ones."""

import sys
from math import sqrt

from ticket_api.errors import HelpleafError, Stop
from ticket_api.settings import Settings
from ticket_api.store import votes_at

Z = 1.96
"""Standard deviations on both sides of the mean that hold 95 % of a normal distribution."""


def usefulness(settings: Settings) -> dict[str, float]:
    """From 0 to 1, by the id of each article with votes. Without a store, nothing; so too, and told on standard error,
    where one can't be read: a build never fails for it."""
    try:
        votes = votes_at(settings.store_url)
    except HelpleafError as error:
        told = str(error) if isinstance(error, Stop) else f"{error.__cause__ or 'it does not answer'}."
        print(
            f"Readers' votes can't be read, so the newest articles stand for the most useful: {told}", file=sys.stderr
        )
        return {}
    return {article: lower_bound(*counts) for article, counts in votes.items()}


def lower_bound(helpful: int, unhelpful: int) -> float:
    """The lower end of the 95 % interval of Wilson's score for the share of helpful votes; 0 without votes.

    Few votes prove little, so one of one doesn't stand above 90 of 100. With n votes, p the share of helpful ones:
    (p + z²/2n - z sqrt(p(1 - p)/n + z²/4n²)) / (1 + z²/n). E. B. Wilson, "Probable inference, the law of succession,
    and statistical inference", Journal of the American Statistical Association 22 (1927), pages 209 to 212.
    """
    number = helpful + unhelpful
    if not helpful:
        return 0.0
    share, spread = helpful / number, Z * Z / number
    return (share + spread / 2 - Z * sqrt((share * (1 - share) + spread / 4) / number)) / (1 + spread)
