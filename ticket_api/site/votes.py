"""Votes: how useful readers found each article, and what of that the home page shows."""

from collections.abc import Callable, Mapping
from itertools import groupby
from types import MappingProxyType

USEFUL = 6
"""Articles that the home page names."""

NO_VOTES: Mapping[str, float] = MappingProxyType({})


def shown_by_votes(votes: Mapping[str, float], written: Callable[[str], bool]) -> list[list[str]]:
    """What of the votes decides the home page of one language: ids that are as useful as one another, best first.

    `written` says whether an article exists there. Which of two alike comes first is for their dates to say.
    """
    found: list[list[str]] = []
    ranked = sorted((item for item in votes.items() if item[1] > 0), key=lambda item: (-item[1], item[0]))
    for _, alike in groupby(ranked, key=lambda item: item[1]):
        if sum(map(len, found)) >= USEFUL:
            break
        ids = [article_id for article_id, _ in alike if written(article_id)]
        found += [ids] if ids else []
    return found
