"""The measure of personal suggestions, on questions made by hand, and what the manual says of it."""

from pathlib import Path

import pytest

from benchmarks._automation_personal import CHANCES, WEIGHTS, Asked, _clusters, _shares, measure
from benchmarks._questions import QuestionSet

MANUAL = (Path(__file__).parents[1] / "docs" / "benchmarks.md").read_text(encoding="utf-8")
CLOSE = Asked(frozenset({"a"}), (("b", "B", 0.50), ("a", "A", 0.48)), "A")
CLEAR = Asked(frozenset({"b"}), (("b", "B", 0.90), ("a", "A", 0.10)), "B")


def test_without_sets_nothing_is_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MATCHING_DATA", str(tmp_path))
    assert measure() == {}


def test_a_preferred_category_lifts_its_articles_by_as_much_as_it_weighs() -> None:
    assert [CLOSE.place({"A": 1.0}, weight) for weight in (0.0, 0.04, 0.05)] == [1, 1, 0]
    assert CLOSE.place({"A": 0.5}, 0.05) == 1
    assert CLOSE.place({"B": 1.0}, 0.4) == 1
    assert Asked(frozenset({"z"}), CLOSE.found, "Z").place({}, 0.0) >= 3
    assert CLEAR.guess == "B"


def test_it_helps_as_much_as_what_was_asked_before_says() -> None:
    asked = [CLOSE, CLEAR, Asked(frozenset({"a"}), (("a", "A", 0.9),), "A")]
    without, rarely, often = _shares(asked, 0.8, 0.0)[0], _shares(asked, 0.1, 0.2)[0], _shares(asked, 0.9, 0.2)[0]
    assert without == pytest.approx(200 / 3)
    assert without < rarely < often
    assert often == _shares(asked, 0.9, 0.2)[0]


def test_alike_articles_share_a_category() -> None:
    words = ("refund money card", "password sign in", "invoice tax number", "export data file")
    articles = [
        {"id": f"{kind}-{number}", "title": text, "body": f"{text} {number}", "lang": "en"}
        for kind, text in enumerate(words)
        for number in range(6)
    ]
    group = _clusters(QuestionSet("en_made", articles, []))
    assert group == _clusters(QuestionSet("en_made", articles, []))
    assert {key.split("-")[0] for key, name in group.items() if name == group["0-0"]} == {"0"}


def test_the_manual_has_a_row_for_each_chance_and_a_column_for_each_weight() -> None:
    table = MANUAL.partition("## Personal suggestions")[2]
    assert f"| p | {' | '.join(f'{100 * weight:g} %' for weight in WEIGHTS[1:])} |" in table
    assert table.count("\n| 0.") + table.count("\n| base |") == len(CHANCES)
