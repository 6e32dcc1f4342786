"""The manual of rules tells every condition and action that there is, and its examples can be read."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from tests.test_manual import named
from ticket_api import words
from ticket_api.commands.rules import LAST as LAST_OF_COMMAND
from ticket_api.rules import known_of
from ticket_api.rules.kept import LAST_SLOW
from ticket_api.rules.trial import LAST
from ticket_api.tickets.pattern import ALL_SECONDS, LONGEST, SECONDS
from ticket_api.tickets.rule import Rule, Then, Told, When
from ticket_api.tickets.rule_checks import Known, wrongs

PAGE = (Path(__file__).parents[1] / "docs" / "rules.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("kind", "head", "section"), [(When, "Condition", "rule_when"), (Then, "Action", "rule_then")], ids=str
)
def test_every_condition_and_action_is_told_in_the_manual_and_at_the_desk(kind, head, section):
    there = {field.name for field in msgspec.structs.fields(kind)}
    assert named(PAGE, head) == there
    assert set(words.load("en")[section]) == there


def test_the_examples_are_rules_with_which_nothing_is_wrong(settings):
    first, second = map(tomllib.loads, re.findall(r"^```toml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE))
    rules, promised = (msgspec.convert(each["rules"], list[Rule]) for each in (first, second))
    assert [rule.name for rule in rules] == ["Refunds", "Which order?", "Three days old"]
    assert [rule.name for rule in promised] == ["Escalate a missed promise"]
    assert wrongs([*rules, *promised], Known()) == []
    assert wrongs(promised, known_of(replace(settings, sections=second), ())) == []
    assert [each.code for each in wrongs(promised, known_of(settings, ()))] == ["no_promises"]


def test_what_the_owner_is_told_of_a_promise_is_told_in_the_manual():
    for told in ("near", "missed", "near:first_response", "missed:resolution"):
        assert told in get_args(Told)
        assert f"`{told}`" in PAGE
    assert set(words.load("en")["rule_promise"]) == {each.replace(":", "_") for each in get_args(Told)}


def test_the_numbers_are_those_of_the_program():
    for told in (
        f"One may take {SECONDS * 1000:g} ms",
        f"{ALL_SECONDS * 1000:g} ms. One that",
        f"the last {LAST_OF_COMMAND:,} tickets",
        f"the last {LAST} tickets",
        f"the last {LONGEST // 2:,} characters",
        "names the last five",
    ):
        assert told in " ".join(PAGE.split()), told
    assert LAST_SLOW == 5
