"""Which parts there are, in the order in which they look at a ticket."""

from collections.abc import Sequence
from datetime import datetime

from ticket_api.automation.automation import Part
from ticket_api.automation.rules import RulesPart
from ticket_api.outgoing import Outgoing
from ticket_api.rules import Rules
from ticket_api.store import Store


def parts_of(store: Store, rules: Rules, outgoing: Outgoing, now: datetime) -> Sequence[Part]:
    """The parts that the settings call for. Raises Stop for a table of helpleaf.toml that can't be understood."""
    rules.require_right()
    return (RulesPart(rules, store, outgoing, now),)
