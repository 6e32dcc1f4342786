"""The measures and the material of the benchmark of matching, on numbers and texts made by hand."""

import math
from pathlib import Path

import pytest

from benchmarks import matching
from benchmarks._matching_articles import pool
from benchmarks._matching_picture import picture
from benchmarks._matching_quality import Tally, auroc, fsr90
from benchmarks._matching_slips import with_slips
from benchmarks._matching_targets import TARGETS, beside_peers
from benchmarks._questions import QuestionSet
from benchmarks._targets import Target, table

MANUAL = (Path(__file__).parents[1] / "docs" / "benchmarks.md").read_text(encoding="utf-8")
FRUIT = QuestionSet(
    "en_fruit",
    [
        {"id": "apple", "lang": "en", "title": "Peel an apple", "body": "Take a knife. Peel it thinly. Eat it."},
        {"id": "pear", "lang": "en", "title": "Keep a pear", "body": "Put it on the shelf. Wait for a week."},
    ],
    [{"id": "q1", "lang": "en", "text": "how is a pear kept", "relevant": ["pear"]}],
)


def test_auroc_is_how_often_an_answerable_question_scores_higher_and_a_draw_counts_half() -> None:
    assert auroc([3, 2], [1, 0]) == 100
    assert auroc([0, -math.inf], [1]) == 0
    assert auroc([3, 1, 1, 0], [1]) == 50
    assert auroc([-math.inf], [-math.inf]) == 50


def test_fsr90_is_what_passes_the_threshold_that_loses_a_tenth_of_the_right_ones() -> None:
    right = [0.1, 0.5, *([0.9] * 8)]
    assert fsr90(right, [0.4, 0.49, 0.5, 0.8]) == 50
    assert fsr90([0.5], [0.4, -math.inf]) == 0


def test_a_tally_notes_the_place_of_the_first_right_article_and_the_best_score() -> None:
    tally = Tally()
    found = [("a", 0.9), ("b", 0.5), ("c", 0.4), ("d", 0.3)]
    for relevant in (["a"], ["d", "c"], ["d"], ["x"], []):
        tally.ask(lambda _: found, {"text": "", "relevant": relevant})
    assert (tally.share(1), tally.share(3)) == (25, 50)
    assert (tally.answered, tally.right, tally.unanswered) == ([0.9] * 4, [0.9] * 2, [0.9])
    tally.ask(lambda _: [], {"text": "", "relevant": []})
    assert tally.unanswered[-1] == -math.inf


def test_slips_are_the_same_each_time_and_about_as_many_as_said() -> None:
    english = {"id": "q", "lang": "en", "text": " ".join(["refund", "for", "2024"] * 2_000)}
    slipped = with_slips(english, {})["text"].split(" ")
    assert with_slips(english, {})["text"].split(" ") == slipped != with_slips(english, {}, 1)["text"].split(" ")
    assert 0.12 < sum(word != "refund" for word in slipped[::3]) / 2_000 < 0.17
    assert {word[0] for word in slipped[::3]} == {"r"}
    assert set(slipped[1::3]) | set(slipped[2::3]) == {"for", "2024"}


def test_chinese_slips_are_homophones_where_some_are_known() -> None:
    chinese = {"id": "q", "lang": "zh", "text": "退款" * 2_000}
    slipped = with_slips(chinese, {"退": ["腿"], "款": ["宽"]})["text"]
    assert 0.03 < sum(slipped.count(wrong) for wrong in "腿宽") / 4_000 < 0.07
    assert set(slipped) == set("退款腿宽")
    assert set(with_slips(chinese, {})["text"]) == set("退款") != with_slips(chinese, {})["text"]
    assert with_slips({**chinese, "text": "E-1042!"}, {})["text"] == "E-1042!"


def test_a_larger_pool_begins_with_the_smaller_one_and_mixes_the_rest_of_it() -> None:
    articles = pool([FRUIT], "en", 30)
    assert pool([FRUIT], "en", 30) == articles
    assert all(pool([FRUIT], "en", 2) == articles[:2] for _ in range(12))
    assert len({each["id"] for each in articles}) == 30
    written = " ".join(each["body"] for each in FRUIT.articles)
    for each in articles[2:]:
        assert each["title"] in {"Peel an a pear", "Keep a an apple"}
        assert all(sentence.strip(".") in written for sentence in each["body"].split(". "))


def test_the_table_beside_peers_has_a_row_for_each_language_and_kind_of_figure() -> None:
    figures = {"s1": 70.0, "s3": 86.0, "auroc": 82.0, "fsr90": 39.0}
    values = {f"{name}_en{peer}": value for name, value in figures.items() for peer in ("", "_lunr")}
    assert beside_peers(values | {"p50_vs_lunr": 0.31}, ["helpleaf", "lunr"]).splitlines() == [
        "| | helpleaf | lunr |",
        "|---|---|---|",
        "| `s1_en` / `s3_en` | 70.0 / 86.0 | 70.0 / 86.0 |",
        "| `auroc_en` / `fsr90_en` | 82.0 / 39.0 | 82.0 / 39.0 |",
        "| `p50_vs_...`: our median time / theirs | | 0.31 |",
    ]


@pytest.mark.parametrize("given", ["", "/nowhere"])
def test_without_questions_it_says_so(
    given: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MATCHING_DATA", given)
    assert matching.main() == 2
    told = capsys.readouterr().err
    assert told.startswith("Set MATCHING_DATA to a folder of question sets")
    assert told.count("\n") == 1


def test_our_own_matcher_answers_the_scorer() -> None:
    assert matching.build(FRUIT.articles)("how is a pear kept")[0][0] == "pear"


def test_the_table_shows_what_is_missed_and_the_manual_has_every_row() -> None:
    assert Target("a", "", low=2).met(2)
    assert not Target("a", "", high=2).met(2.1)
    rows = table({"s1_en": 71.0, "s3_en": 85.0}, TARGETS).splitlines()[2:]
    assert [row.split(" | ")[2] for row in rows] == ["71.0 |", "**85.0** |"]
    for target in TARGETS:
        assert f"| `{target.name}`: {target.what} | {target.wanted()} |" in MANUAL


def test_the_picture_has_a_bar_for_each_system_and_both_figures() -> None:
    drawn = picture({"s1_en": 70.0, "s3_en": 86.0, "s1_en_lunr": 60.0, "s3_en_lunr": 80.0}, ["helpleaf", "lunr"])
    assert drawn.count("<rect") == 4
    assert "70.0 / 86.0" in drawn
    assert "60.0 / 80.0" in drawn
    assert "prefers-color-scheme: dark" in drawn
