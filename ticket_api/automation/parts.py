"""Which parts there are, in the order in which they look at a ticket."""

from collections.abc import Sequence

from ticket_api.automation.automation import Part
from ticket_api.automation.promises import Promises
from ticket_api.promised import Promised
from ticket_api.settings import Settings
from ticket_api.store import Store


def parts_of(settings: Settings, store: Store) -> Sequence[Part]:
    """The parts that these settings call for. Raises Stop for a table of helpleaf.toml that can't be understood."""
    promised = Promised(store, settings)
    return (Promises(store, settings, promised),) if promised.is_set else ()
