"""The commands that try the articles, run as the owner runs them."""

import json
import shutil
from pathlib import Path

import pytest

from tests.test_cli import desk, run

__all__ = ["desk"]  # fixture

BROKEN = "---\ntitle: Two\nupdated: 2026-10-02\n---\n\n[dead](nowhere.md)\n"


def stands(desk: Path) -> set[str]:
    return {path.relative_to(desk).as_posix() for path in desk.rglob("*")}


def test_check_tells_warnings_with_their_place_and_ends_well(desk):
    there = stands(desk)
    done = run(desk, "check", LANG="C")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0].startswith("kb_articles/account/forgotten-password.md:1: warning: It doesn't say when")
    assert "English: 5 articles, 7 questions, each asked as if its article didn't name it" in lines
    assert lines[-1] == "No errors, 1 warning."
    assert done.stderr.splitlines()[-1] == "Asking: 13/13 questions"
    assert "Asking" not in done.stdout
    assert stands(desk) == there


def test_check_fails_where_there_are_errors(desk):
    (desk / "kb_articles/billing/two.md").write_text(BROKEN)
    done = run(desk, "check")
    assert done.returncode == 1
    assert "kb_articles/billing/two.md:6: The link to 'nowhere.md' is dead" in done.stdout
    assert "kb_articles/billing/two.md:1: warning: There is no translation into Chinese" in done.stdout
    last = done.stderr.splitlines()[-1]
    assert last == "helpleaf: 1 error and 2 warnings: mend the errors, then check again."


def test_check_is_calm_where_all_is_well(desk):
    shutil.rmtree(desk / "kb_articles")
    (desk / "kb_articles").mkdir()
    (desk / "kb_articles/a.md").write_text("---\ntitle: Refunds\nupdated: 2999-01-01\n---\n\nAsk.\n")
    done = run(desk, "check", HELPLEAF_LANGUAGES="en")
    assert (done.returncode, done.stderr) == (0, "")
    advice = "no questions to try; give each a few under questions:, to see whether customers find it."
    assert done.stdout == f"English: 1 article, {advice}\nAll is well.\n"


@pytest.mark.parametrize("broken", [False, True])
def test_check_prints_one_json_object_and_nothing_else(desk, broken):
    if broken:
        (desk / "kb_articles/billing/two.md").write_text(BROKEN)
    done = run(desk, "check", "--json", PYTHONIOENCODING="ascii")
    assert done.returncode == broken
    told = json.loads(done.stdout)
    assert list(told) == ["version", "errors", "warnings", "findings", "questions"]
    assert (told["version"], told["errors"], told["warnings"]) == (1, broken, 1 + broken)
    assert len(told["findings"]) == told["errors"] + told["warnings"]
    assert {(each["kind"], each["level"]) for each in told["findings"]} >= {("undated", "warning")}
    assert all(
        each["path"].startswith("kb_articles/") and each["line"] and each["message"] for each in told["findings"]
    )
    figures = told["questions"]["zh"]
    names = ["articles", "asked", "first", "within_three", "threshold", "offered", "silent"]
    assert list(figures) == names
    assert (figures["articles"], figures["asked"]) == (5, 6)
    assert "Asking: 13/13 questions" in done.stderr


def test_the_files_of_other_articles_are_told_as_an_editor_opens_them(desk):
    page = "---\ntitle: {}\nupdated: 2999-01-01\n---\n\nAsk.\n"
    (desk / "kb_articles/billing/a.md").write_text(page.format("Refund of a plan"))
    (desk / "kb_articles/billing/b.md").write_text(page.format("Refunds of plans"))
    told = json.loads(run(desk, "check", "--json", HELPLEAF_LANGUAGES="en").stdout)
    (found,) = (each for each in told["findings"] if each["kind"] == "titles")
    assert (found["path"], found["others"]) == ("kb_articles/billing/b.md", ["kb_articles/billing/a.md"])


@pytest.mark.parametrize("options", [(), ("--json",)])
@pytest.mark.parametrize("there", [False, True])
def test_check_without_articles_is_one_clear_sentence(desk, there, options):
    shutil.rmtree(desk / "kb_articles")
    if there:
        (desk / "kb_articles").mkdir()
    done = run(desk, "check", *options)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("helpleaf: The folder of articles" if there else "helpleaf: There is no folder")
    assert done.stderr.count("\n") == 1
