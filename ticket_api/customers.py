"""Customers: what is kept of a requester beside the tickets, in one paper for each."""

from collections.abc import Mapping

import msgspec

from ticket_api.store import Store
from ticket_api.tickets.customers import NOBODY, Profile

CUSTOMER = "customer:"
"""What the names of the papers begin with; behind it stands the id of the requester."""


class Customers:
    """The customers of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def profile(self, requester: str) -> Profile:
        """What is known of a requester (their random id). Raises StoreUnavailable."""
        paper = self._store.paper(f"{CUSTOMER}{requester}")
        return msgspec.json.decode(paper, type=Profile) if paper else NOBODY

    def profiles(self) -> Mapping[str, Profile]:
        """All of whom anything is known, by the id of the requester. Raises StoreUnavailable."""
        papers = self._store.papers(CUSTOMER)
        return {each.name.removeprefix(CUSTOMER): msgspec.json.decode(each.content, type=Profile) for each in papers}
