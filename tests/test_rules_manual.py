"""The manual of rules tells every condition and action that there is, and its examples can be read."""

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from tests.test_manual import named
from ticket_api import words
from ticket_api.commands.rules import LAST as LAST_OF_COMMAND
from ticket_api.rules import MOST_SLOW
from ticket_api.rules.trial import LAST
from ticket_api.tickets.pattern import ALL_SECONDS, LONGEST, SECONDS
from ticket_api.tickets.rule import Rule, Then, When
from ticket_api.tickets.rule_checks import Known, wrongs

PAGE = (Path(__file__).parents[1] / "docs" / "rules.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("kind", "head", "section"), [(When, "Condition", "rule_when"), (Then, "Action", "rule_then")], ids=str
)
def test_every_condition_and_action_is_told_in_the_manual_and_at_the_desk(kind, head, section):
    there = {field.name for field in msgspec.structs.fields(kind)}
    assert named(PAGE, head) == there
    assert set(words.load("en")[section]) == there


def test_the_examples_are_rules_with_which_nothing_is_wrong():
    (example,) = re.findall(r"^```toml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    rules = msgspec.convert(tomllib.loads(example)["rules"], list[Rule])
    assert [rule.name for rule in rules] == ["Refunds", "Which order?", "Three days old"]
    assert wrongs(rules, Known()) == []


def test_the_numbers_are_those_of_the_program():
    for told in (
        f"One may take {SECONDS * 1000:g} ms",
        f"{ALL_SECONDS * 1000:g} ms; one that",
        f"the last {LAST_OF_COMMAND:,} tickets",
        f"the last {LAST} tickets",
        f"the last {LONGEST // 2:,} characters",
        "happens three times",
    ):
        assert told in " ".join(PAGE.split()), told
    assert MOST_SLOW == 3
