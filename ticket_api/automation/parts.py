"""Which parts there are, in the order in which they look at a ticket."""

from collections.abc import Sequence

from ticket_api.automation.automation import Part
from ticket_api.automation.buyers import Buyers
from ticket_api.automation.promises import Promises
from ticket_api.automation.rules import RulesPart
from ticket_api.automation.sorting import SortingPart
from ticket_api.outgoing import Outgoing
from ticket_api.promised import Promised
from ticket_api.rules import Rules
from ticket_api.settings import Settings
from ticket_api.sorting import Sorting
from ticket_api.store import Store


def parts_of(
    settings: Settings,
    store: Store,
    *,
    sorting: Sorting,
    rules: Rules,
    promised: Promised,
    outgoing: Outgoing,
) -> Sequence[Part]:
    """The parts that the settings call for. Raises Stop for rules that can't be right, and StoreUnavailable."""
    rules.require_right()
    parts: list[Part] = [Buyers(store)]
    if settings.learn:
        parts.append(SortingPart(store, sorting))
    parts.append(RulesPart(rules, store, outgoing, rules.last()))
    if promised.is_set:
        parts.append(Promises(store, settings, promised))
    return parts
