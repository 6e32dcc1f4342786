"""Asker: what the owner knows of who asks, by which articles may be preferred; nothing of it unless it has a weight."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from ticket_api.knowledge.document import Entry
from ticket_api.suggestion import Reason

PARTS = ("plan", "own_tag", "asked_before")
"""The reasons that speak of the asker, and not of words that were typed."""


class Asker(Struct, frozen=True, kw_only=True):
    """Who asks: the plan, the tags, and the articles (ids) that earlier questions were about.

    `weight` is what an article's score gains, as a share of itself, for its plan, for a tag, and where all earlier
    questions were about its category; for some of these that share of it.
    """

    weight: float
    plan: str = ""
    tags: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()

    def reasons(self, entry: Entry, shares: Mapping[str, float]) -> Iterator[Reason]:
        """Why an article is preferred, each with what it adds; `shares` are those of earlier questions."""
        plan = self.plan.casefold()
        if self.weight and plan and plan in map(str.casefold, entry.plans):
            yield Reason("plan", (self.plan,), self.weight)
        own = {tag.casefold() for tag in self.tags}
        shared = tuple(tag for tag in entry.tags if tag.casefold() in own)
        if self.weight and shared:
            yield Reason("own_tag", shared, self.weight)
        if self.weight and entry.category and entry.category in shares:
            yield Reason("asked_before", (entry.category,), round(self.weight * shares[entry.category], 3))


def shares_of(categories: Iterable[str]) -> dict[str, float]:
    """How much of all earlier questions was about each category; one whose category isn't known counts as one too."""
    counts = Counter(categories)
    return {name: count / counts.total() for name, count in counts.items() if name}
