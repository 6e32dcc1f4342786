"""The material of the benchmark of the site, and what the manual says of it."""

import re
from pathlib import Path
from statistics import fmean

import pytest

from benchmarks import site
from benchmarks._site_articles import write_centre
from benchmarks._site_questions import QUESTIONS
from benchmarks._site_targets import TARGETS
from ticket_api.knowledge.articles import read_library

ROOT = Path(__file__).parents[1]
MANUAL = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")


def texts(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_generated_articles_are_sound_and_the_same_each_time(tmp_path: Path) -> None:
    write_centre(tmp_path / "one", 100, 5)
    write_centre(tmp_path / "two", 100, 5)
    files = texts(tmp_path / "one")
    assert files == texts(tmp_path / "two")
    library = read_library(files, ["en", "zh"])
    assert library.problems == ()
    english = [article for article in library.articles if article.lang == "en"]
    assert (len(library.articles), len(english)) == (100, 80)
    assert len({article.title for article in library.articles}) == 100
    assert 350 < fmean(len(re.findall(r"[\w'-]+", article.body)) for article in english) < 450
    translated = {article.id for article in english} & {one.id for one in library.articles if one.lang == "zh"}
    assert len(translated) == 10


def test_every_question_names_an_article_that_is_there() -> None:
    assert len(QUESTIONS) == len(dict(QUESTIONS)) == 24
    for _, address in QUESTIONS:
        lang, path = ("zh", address[3:]) if address.startswith("/zh/") else ("en", address)
        assert (ROOT / "kb_articles" / f"{path.strip('/')}{'.zh' if lang == 'zh' else ''}.md").is_file()


def test_a_part_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SITE_PARTS", "visit, nothing")
    assert site.main() == 2
    assert capsys.readouterr().err.startswith("There is no part 'nothing'; there are build, save, visit")


def test_the_manual_has_every_row_and_part() -> None:
    for target in TARGETS:
        assert f"| `{target.name}`: {target.what} | {target.wanted()} |" in MANUAL
    assert " ".join(site.PARTS) in MANUAL
