"""The part of the owner's rules: looks which hold of a ticket, and does what they say, once each."""

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from ticket_api.outgoing import Outgoing
from ticket_api.rules import Present, Rules
from ticket_api.store import Store, at_once
from ticket_api.tickets import handling
from ticket_api.tickets.event import RULE, Act
from ticket_api.tickets.rule import Rule
from ticket_api.tickets.rule_acts import Unheard, acted, unheard, unsent
from ticket_api.tickets.rules import Held, Why, holding, next_look
from ticket_api.tickets.ticket import Ticket

log = logging.getLogger(__name__)


class RulesPart:
    """Rules over one store. `began` is the number of the last ticket before new ones of the file are in force."""

    def __init__(self, rules: Rules, store: Store, outgoing: Outgoing, began: int) -> None:
        self._rules = rules
        self._store = store
        self._outgoing = outgoing
        self._began = began

    def look(self, ticket: Ticket, now: datetime) -> datetime | None:
        """Do what the rules say that hold of a ticket; when it becomes old enough for another. Raises StoreUnavailable.

        Nothing is done while the owner's last reply may be taken back, and nothing to a ticket that goes on elsewhere.
        """
        present = self._rules.present()
        if any(each.rule.on == (each.after is None) for each in present.listed):  # the file was changed
            self._rules.begin(self._began)
            present = self._rules.present()
        if not present.ready or ticket.merged_into:
            return None
        if unseen := handling.unseen_for(ticket, now):
            return now + unseen
        ran = _ran(ticket)
        facts = self._rules.facts(ticket, now)
        ready = [each for each in present.ready if _is_for(present, each.rule, ticket)]
        slow: list[Rule] = []
        for held in holding(ready, facts, ran=ran, slow=slow.append):
            self._act(ticket.id, held, now)
        if slow:
            self._tell_slow(slow, ticket.id)
        return next_look(ready, facts, ran)

    def _act(self, ticket_id: int, held: Held, now: datetime) -> None:
        """All that one rule does, in one transaction: each thing with its event and its mail."""
        at_once(self._store, partial(self._do, ticket_id, held.rule, held.why, now))

    def _do(self, ticket_id: int, rule: Rule, why: Why, now: datetime) -> None:
        ticket = self._store.ticket(ticket_id)
        if rule.name in _ran(ticket) or ticket.merged_into:  # another server was here, or it changed meanwhile
            return
        text, reason = self._write(rule, ticket, now)
        outcome = acted(ticket, rule, why, text, now, unsent(rule, ticket, reason) if reason else None)
        for what, state in outcome.states:
            self._store.change_ticket(ticket_id, lambda _, state=state: state, Act(RULE + rule.name, what, now))  # type: ignore[misc]

    def _write(self, rule: Rule, ticket: Ticket, now: datetime) -> tuple[str, Unheard | None]:
        """A rule's message to the customer, put into the outbox, and why they don't get it, or get no mail."""
        if not rule.then.writes:
            return "", None
        if reason := unheard(ticket):
            return "", reason
        text = self._rules.message(rule, ticket)
        return text, self._outgoing.automatic(ticket, text, now) if text else self._rules.wordless(rule)

    def _tell_slow(self, rules: Sequence[Rule], ticket_id: int) -> None:
        """Note them for the owner, all in one write, and tell of each once in the log."""
        for name in self._rules.ran_slow(rules, ticket_id):
            log.warning(
                "The pattern of the rule %r takes too long: it counts as not found. Write it with fewer ways to match.",
                name,
            )


def _ran(ticket: Ticket) -> frozenset[str]:
    return frozenset(each.name.removeprefix(RULE) for each in ticket.ran or () if each.name.startswith(RULE))


def _is_for(present: Present, rule: Rule, ticket: Ticket) -> bool:
    """Whether a ticket was asked since the rule is in force: nobody is written to about what is long past."""
    after = present.after.get(rule.name)
    return after is not None and ticket.id > after
