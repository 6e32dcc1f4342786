"""The promises of time alone, as the settings call for them."""

from ticket_api.automation.promises import Promises
from ticket_api.priorities import priorities_of


def parts_of(settings, store) -> list[Promises]:
    """The part that keeps an eye on promises, if any are made."""
    _, promised = priorities_of(settings, store)
    return [Promises(store, settings, promised)] if promised.is_set else []
