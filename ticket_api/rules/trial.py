"""Trial: what rules would have done to tickets that are stored, and what they did lately. Nothing is changed."""

from collections.abc import Callable, Sequence
from datetime import datetime
from time import thread_time
from typing import NamedTuple

from msgspec.structs import replace

from ticket_api.rules.book import Rules
from ticket_api.rules.known import spelled
from ticket_api.rules.newest import newest
from ticket_api.store import Store
from ticket_api.tickets.event import RULE
from ticket_api.tickets.rule import Rule
from ticket_api.tickets.rules import Held, holding, ready
from ticket_api.tickets.ticket import Ticket

LAST = 200
"""Tickets on which the desk shows what each rule would have done."""
SECONDS = 1.0
"""Of processor time: the most that is spent on that."""
EVENTS = 1000
"""The newest events, in which is looked for what rules did lately."""
NEVER: frozenset[str] = frozenset()


class Tried(NamedTuple):
    """On how many tickets rules were tried, and of which of them (their ids) each holds, by its name."""

    tickets: int
    held: dict[str, list[int]]


def trial(rules: Sequence[Rule], book: Rules) -> Callable[[Ticket, datetime], list[Held]]:
    """What finds the rules that hold of a ticket by now, in order; one that is switched off is looked at by itself."""
    groups = [[ready(each, spelled) for each in rules if each.on]]
    groups += [[ready(replace(each, on=True), spelled)] for each in rules if not each.on]

    def slow(_: Rule) -> None:
        """Nothing is counted: the ticket isn't dealt with."""

    def held(ticket: Ticket, now: datetime) -> list[Held]:
        facts = book.facts(ticket, now)
        return [each for group in groups for each in holding(group, facts, ran=NEVER, slow=slow)]

    return held


class Trials:
    """What rules would have done to the tickets of one store, and did."""

    def __init__(self, store: Store, rules: Rules) -> None:
        self._store = store
        self._rules = rules

    def tried(self, now: datetime, last: int = LAST) -> Tried:
        """On the last tickets, of which each rule holds; on fewer when that takes long. Raises StoreUnavailable."""
        rules = [replace(each.rule, on=each.on) for each in self._rules.present().listed]
        held: dict[str, list[int]] = {each.name: [] for each in rules}
        hold = trial(rules, self._rules)
        began, count = thread_time(), 0
        for ticket in newest(self._store, last) if rules else ():
            if thread_time() - began > SECONDS:
                break
            count += 1
            for each in hold(ticket, now):
                held[each.rule.name].append(ticket.id)
        return Tried(count, held)

    def lately(self) -> dict[str, list[int]]:
        """Which tickets each rule acted on by the newest events, the newest first, by the rule's name."""
        found: dict[str, list[int]] = {}
        for event in self._store.events_before(0, limit=EVENTS):
            if event.who.startswith(RULE):
                ids = found.setdefault(event.who.removeprefix(RULE), [])
                if event.ticket not in ids:
                    ids.append(event.ticket)
        return found
