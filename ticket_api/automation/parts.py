"""Which parts there are, in the order in which they look at a ticket."""

from collections.abc import Sequence

from ticket_api.automation.automation import Part
from ticket_api.automation.buyers import Buyers
from ticket_api.automation.promises import Promises
from ticket_api.automation.sorting import SortingPart
from ticket_api.customer_papers import OVERALL
from ticket_api.priorities import priorities_of
from ticket_api.settings import Settings
from ticket_api.sorting import Sorting
from ticket_api.store import Store


def parts_of(settings: Settings, store: Store, sorting: Sorting) -> Sequence[Part]:
    """The parts that these settings call for. Raises Stop for a table of helpleaf.toml that can't be understood."""
    _, promised = priorities_of(settings, store)
    parts: list[Part] = []
    if store.paper(OVERALL):
        parts.append(Buyers(store))
    if settings.learn:
        parts.append(SortingPart(store, sorting))
    if promised.is_set:
        parts.append(Promises(store, settings, promised))
    return parts
