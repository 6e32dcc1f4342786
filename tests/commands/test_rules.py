"""helpleaf rules test: what each rule would have done, and nothing is changed."""

import argparse
from dataclasses import replace

import pytest
from msgspec import structs

from tests.store.asking import question
from ticket_api.commands.rules import try_rules
from ticket_api.errors import Stop
from ticket_api.tickets.event import Act
from ticket_api.tickets.message import Message
from ticket_api.tickets.ticket import Ran

RULES = [
    {"name": "Refunds", "when": {"words": ["退款"]}, "then": {"tag": "money", "ask": {"en": "number"}}},
    {"name": "All", "then": {"priority": 4}},
    {"name": "Off", "on": False, "then": {"quarantine": True}},
]


@pytest.fixture
def tried(settings, store, capsys):
    """Run the command over three tickets; what it printed."""
    for number, text in enumerate(("Hello", "我要退款", "Goodbye"), 1):
        ticket = question(number, request=f"r{number}", link=f"l{number}", status="open")
        store.add_ticket(replace_message(ticket, text))

    def run(rules=RULES, last: int = 1000, rule: str | None = None, **sections) -> str:
        given = argparse.Namespace(last=last, rule=rule)
        before = [store.events_after(0, limit=99), store.tickets(("open",), limit=9)]
        try_rules(replace(settings, sections={"rules": rules, **sections}), given)
        assert before == [store.events_after(0, limit=99), store.tickets(("open",), limit=9)]
        return capsys.readouterr().out

    return run


def replace_message(ticket, text: str):
    return type(ticket)(
        **{name: getattr(ticket, name) for name in ticket.__struct_fields__}
        | {"messages": (Message("requester", text, ticket.created_at),), "subject": ""}
    )


def test_each_row_says_which_rule_does_what_and_why(tried):
    lines = tried().splitlines()
    rows = [" ".join(line.split()) for line in lines]
    assert rows.pop(0).startswith("Note: The rule “Refunds” doesn’t say in Chinese what it asks for")
    assert rows[0] == "#3 All priority 4 [every ticket]"
    assert "#2 Refunds tag money, ask number [words 退款]" in rows
    assert "#2 Off quarantine [every ticket]" in rows
    assert "Of 3 tickets, rules hold of 3. Nothing was changed." in lines
    assert [line.split() for line in lines[-3:]] == [["1", "Refunds"], ["3", "All"], ["3", "Off", "(switched", "off)"]]


def test_who_was_told_of_a_missed_promise_is_found(tried, store):
    late = Ran("promise:resolution:missed:2026-03-02T13:00Z", store.ticket(2).created_at)
    store.change_ticket(2, lambda each: structs.replace(each, ran=(late,)), Act("system", "missed", late.at))
    rules = [{"name": "Late", "when": {"promise": "missed"}, "then": {"priority": 5}}]
    out = tried(rules=rules, targets={"resolution": {"now": "1h"}})
    assert "#2       Late                         priority 5  [promise missed:resolution]" in out
    assert "rules hold of 1" in out
    with pytest.raises(Stop, match="waits for the promise resolution"):
        tried(rules=[{**rules[0], "when": {"promise": "missed:resolution"}}], targets={})
    with pytest.raises(Stop, match="there is no table targets"):
        tried(rules=rules)


def test_a_terminal_obeys_nothing_of_what_customers_wrote(settings, store, capsys):
    shown = question(1, request="r1", link="l1", status="open")
    store.add_ticket(replace_message(shown, "refund \x1b]0;owned\x07\x1b[2J"))
    rules = [{"name": "All", "when": {"pattern": "refund.*"}, "then": {"priority": 4}}]
    try_rules(replace(settings, sections={"rules": rules}), argparse.Namespace(last=9, rule=None))
    assert r"[pattern refund \x1b]0;owned\x07\x1b[2J]" in capsys.readouterr().out


def test_one_rule_and_the_last_tickets_alone(tried):
    out = tried(rule="Refunds", last=2)
    assert "#2" in out
    assert "Of 2 tickets, rules hold of 1." in out
    assert "Of 1 ticket, rules hold of 0." in tried(rule="Refunds", last=1)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"rule": "None"}, "there is none of this name. There are Refunds, All, Off."),
        ({"last": 0}, "1 or more"),
        ({"rules": []}, "There are no rules yet"),
        ({"rules": [RULES[1], RULES[1]]}, "two rules are called “All”"),
    ],
)
def test_what_cannot_be_tried_is_told_in_a_sentence(tried, more, told):
    with pytest.raises(Stop, match=told):
        tried(**more)
