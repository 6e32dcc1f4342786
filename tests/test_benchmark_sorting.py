"""The material and the measures of the benchmark of sorting, on questions made by hand."""

import pytest

from benchmarks import _automation_sorting as sorting
from benchmarks import automation
from benchmarks._automation_sorting import Material, bayes, group, material, neighbours, own, quality
from benchmarks._questions import QuestionSet

FRUIT = QuestionSet(
    "en_fruit",
    [
        {"id": "apple", "lang": "en", "title": "Apple", "body": "Peel.", "asked": [f"apple {n}" for n in range(15)]},
        {"id": "pear", "lang": "en", "title": "Pear", "body": "Shelf.", "asked": [f"pear {n}" for n in range(15)]},
    ],
    [
        {"id": "1", "lang": "en", "text": "an apple", "relevant": ["apple"]},
        {"id": "2", "lang": "en", "text": "a pear", "relevant": ["pear"]},
        {"id": "3", "lang": "en", "text": "a zebra", "relevant": []},
    ],
)


@pytest.fixture
def fruit() -> Material:
    return material(FRUIT, "intents", 0)


def test_four_fifths_are_known_and_the_same_each_time(fruit: Material) -> None:
    assert len(fruit.known) == 24
    assert fruit == material(FRUIT, "intents", 0) != material(FRUIT, "intents", 1)


def test_groups_hold_several_articles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sorting.GROUPS, "en_fruit", ("app", "x"))
    assert [group(fields, "en_fruit") for fields in FRUIT.articles] == ["app", "other"]


def test_figures_are_shares_in_per_cent() -> None:
    answers = {"a": ("x", 3.0), "b": ("y", 2.0), "c": ("x", 1.0), "d": ("x", 1.0), "e": ("x", 0.5), "f": ("x", 0.9)}
    asked = [(text, frozenset({"x"})) for text in "abcde"] + [("f", frozenset()), ("a", frozenset())]
    found = quality(lambda text: answers[text], asked)
    assert (found["right"], found["at80"], found["false80"]) == (80, 75, 50)


def test_both_systems_sort_what_is_easy(fruit: Material) -> None:
    for judge in (neighbours(fruit), sorting._best(bayes(fruit))):
        assert quality(judge, fruit.asked)["right"] == 100
    assert own(bayes(fruit), fruit.asked) == {"sorted": 100, "sorted_right": 100, "sorted_unknown": 0}


def test_a_part_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("AUTOMATION_PARTS", "nonsense")
    assert automation.main() == 2
    assert "There is no part 'nonsense'" in capsys.readouterr().err
