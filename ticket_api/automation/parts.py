"""Which parts there are, in the order in which they look at a ticket."""

from collections.abc import Sequence

from ticket_api.automation.automation import Part
from ticket_api.automation.buyers import Buyers
from ticket_api.customer_papers import OVERALL
from ticket_api.settings import Settings
from ticket_api.store import Store


def parts_of(settings: Settings, store: Store) -> Sequence[Part]:  # noqa: ARG001
    """The parts that these settings call for. Raises Stop for a table of helpleaf.toml that can't be understood."""
    return (Buyers(store),) if store.paper(OVERALL) else ()
