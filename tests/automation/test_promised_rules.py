"""A rule that waits for a promise of time acts right after the owner was told of it, once, across restarts."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from tests.automation.promising import parts_of
from tests.automation.test_promises import ask
from tests.conftest import SECRET
from ticket_api.automation import Automation
from ticket_api.automation.rules import RulesPart
from ticket_api.outgoing import Outgoing
from ticket_api.rules import Rules
from ticket_api.tickets import ticket as tickets
from ticket_api.tickets.calls import is_called
from ticket_api.tickets.event import Act
from ticket_api.tickets.priority import QUADRANTS

SAME = {"first_response": dict.fromkeys(QUADRANTS, "4h")}
STRICTER = {"first_response": {**dict.fromkeys(QUADRANTS, "4h"), "now": "1h", "soon": "2h"}}
ESCALATE = {
    "name": "Escalate",
    "when": {"promise": "missed"},
    "then": {"tag": "late", "priority": 5, "note": "Late.", "ask": "order number", "webhook": "chat"},
}
WARNED = {"name": "Soon", "when": {"promise": "near:first_response"}, "then": {"tag": "soon"}}
LATER = {"name": "Resolution", "when": {"promise": "missed:resolution"}, "then": {"tag": "unsolved"}}


@pytest.fixture
def started(store, settings, clock):
    """Start what goes by itself: rules, and with targets the promises, as after any restart."""

    def start(*rules, targets=SAME) -> Automation:
        sections = {"rules": list(rules), "targets": targets}
        own = replace(settings, sections=sections)
        rules = Rules(store, own)
        part = RulesPart(rules, store, Outgoing(store, own, SECRET), rules.last())
        return Automation(store, [part, *parts_of(own, store)], clock)

    return start


def told(store, ticket_id: int = 1) -> list[tuple[str, str]]:
    return [(each.who, each.what) for each in store.events(ticket_id) if each.who != store.ticket(ticket_id).requester]


def work(automation) -> None:
    """Twice: what is due is done after what has happened was followed."""
    automation.work()
    automation.work()


def test_it_acts_after_the_owner_was_told_and_not_before(started, store, clock):
    automation = started(ESCALATE, WARNED, LATER)
    automation.work()
    ask(store, clock)
    work(automation)
    clock.move(hours=2, minutes=59)
    work(automation)
    assert store.ticket(1).ran is msgspec.UNSET
    clock.move(minutes=1)
    work(automation)
    assert told(store) == [("system", "warned"), ("rule:Soon", "tagged")]
    clock.move(hours=1)
    work(automation)
    assert store.ticket(1).tags == ("soon",)  # it is due, and not late yet
    clock.move(seconds=1)
    work(automation)
    ticket = store.ticket(1)
    assert (ticket.tags, ticket.priority, ticket.notes[0].text) == (("late", "soon"), 5, "Late.")
    assert told(store)[2:] == [
        ("system", "missed"),
        *(("rule:Escalate", what) for what in ("tagged", "prioritised", "noted", "answered_automatically", "called")),
    ]
    assert [each.why for each in ticket.ran if each.name == "rule:Escalate"] == [
        (("promise", "missed:first_response"),)
    ]
    assert is_called(ticket, "chat", store.events(1)[-1])


def test_after_a_restart_it_acts_also_on_what_was_solved_meanwhile(started, store, clock):
    first = started(ESCALATE)
    first.work()
    ask(store, clock)
    first.work()
    clock.move(hours=4, seconds=1)
    first.work()
    assert told(store) == [("system", "missed")]  # and the server ends here
    store.change_ticket(1, lambda each: tickets.close(each, clock()), Act("owner", "closed", clock()))
    second = started(ESCALATE)
    work(second)
    assert store.ticket(1).tags == ("late",)
    work(started(ESCALATE))
    assert [each.name for each in store.ticket(1).ran if each.name == "rule:Escalate"] == ["rule:Escalate"]


def test_a_ticket_that_a_rule_makes_press_is_told_missed_once(started, store, clock):
    automation = started({**ESCALATE, "then": {"priority": 5}}, targets=STRICTER)
    automation.work()
    ask(store, clock)
    work(automation)
    clock.move(hours=4, seconds=1)
    for _ in range(3):
        work(automation)
    assert [what for who, what in told(store) if who == "system"] == ["missed"]


def test_in_another_quadrant_what_was_told_still_counts(started, store, clock):
    rule = {**ESCALATE, "when": {"promise": "missed", "status": "waiting"}}
    automation = started(rule, targets={"first_response": {"now": "8h", "soon": "8h", "plan": "1h", "whenever": "1h"}})
    automation.work()
    ask(store, clock)
    work(automation)
    clock.move(hours=1, seconds=1)
    work(automation)
    store.change_ticket(1, lambda each: msgspec.structs.replace(each, priority=5), Act("owner", "prioritised", clock()))
    work(automation)
    assert store.ticket(1).tags is msgspec.UNSET
    store.change_ticket(1, lambda each: tickets.reply(each, "Yes.", clock()), Act("owner", "replied", clock()))
    clock.move(minutes=1)
    work(automation)
    assert store.ticket(1).tags == ("late",)


def test_tickets_from_before_the_rule_are_left_alone(started, store, clock):
    ask(store, clock)
    clock.move(hours=5)
    automation = started(ESCALATE)
    for _ in range(2):
        work(automation)
    assert told(store) == [("system", "missed")]
    assert store.ticket(1).created_at == clock() - timedelta(hours=5)
