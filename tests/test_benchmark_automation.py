"""The benchmark of what goes by itself, and what the manual says of it."""

from pathlib import Path

import pytest

from benchmarks import automation
from benchmarks._automation_rules import NOW, PATTERNS, RULES, made, through
from benchmarks._desk_tickets import tickets
from ticket_api.rules import spelled
from ticket_api.tickets.rule_checks import Known, wrongs
from ticket_api.tickets.rules import ready

MANUAL = (Path(__file__).parents[1] / "docs" / "benchmarks.md").read_text(encoding="utf-8")


def test_the_manual_has_every_row_and_part() -> None:
    for target in automation.TARGETS:
        assert f"| `{target.name}`: {target.what} | {target.wanted()} |" in MANUAL
    for part in automation.PARTS:
        assert f"`{part}`" in MANUAL


def test_the_rules_are_right_and_a_ticket_goes_through_all_of_them() -> None:
    rules = made()
    assert (len(rules), sum(bool(each.when.pattern) for each in rules)) == (RULES, PATTERNS)
    assert wrongs(rules, Known()) == []
    every = [ready(each, spelled) for each in rules]
    assert any(through(each, every) for each in tickets(200, NOW))


def test_a_part_that_there_is_none_of_is_told(monkeypatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("AUTOMATION_PARTS", "rules none")
    assert automation.main() == 2
    assert "There is no part 'none'" in capsys.readouterr().err
