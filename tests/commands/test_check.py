"""The commands that try the articles, run as the owner runs them."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.commands.test_cli import desk, run
from tests.knowledge.test_checking import GOOD, UPDATED
from ticket_api.cli import main

__all__ = ["desk"]  # fixture

BROKEN = "---\ntitle: Two\nupdated: 2026-10-02\n---\n\n[dead](nowhere.md)\n"


@pytest.fixture
def good(desk: Path) -> Path:
    """A desk whose articles find their questions, and two of which don't say when they were updated."""
    shutil.rmtree(desk / "kb_articles")
    for path, text in GOOD.items():
        file = desk / "kb_articles" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace(UPDATED, "") if "account" in path else text.replace("2026", "2999"))
    return desk


def stands(desk: Path) -> set[str]:
    return {path.relative_to(desk).as_posix() for path in desk.rglob("*")}


def test_check_tells_warnings_with_their_place_and_ends_well(good):
    there = stands(good)
    done = run(good, "check", LANG="C")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0].startswith("kb_articles/account/password.md:1: warning: It doesn't say when")
    assert "English: 5 articles, 7 questions, each asked as if its article didn't name it" in lines
    assert lines[-1] == "No errors, 1 warning."
    assert done.stderr.splitlines()[-1] == "Asking: 14/14 questions"
    assert "Asking" not in done.stdout
    assert stands(good) == there


def test_check_fails_where_there_are_errors(good):
    (good / "kb_articles/billing/two.md").write_text(BROKEN)
    done = run(good, "check")
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
def test_check_prints_one_json_object_and_nothing_else(good, broken):
    if broken:
        (good / "kb_articles/billing/two.md").write_text(BROKEN)
    done = run(good, "check", "--json", PYTHONIOENCODING="ascii")
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
    assert (figures["articles"], figures["asked"]) == (5, 7)
    assert "Asking: 14/14 questions" in done.stderr


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


@pytest.fixture
def here(desk, monkeypatch, capsys):
    """Runs a command of that desk in this process, which takes a tenth of the time."""
    monkeypatch.chdir(desk)

    def run_here(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        for name, value in more.items():
            monkeypatch.setenv(name, value)
        code = main(arguments)
        printed = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, code, printed.out, printed.err)

    return run_here


def blocks(printed: str) -> list[list[str]]:
    """What is printed of each article, and the line between those that are offered and the others."""
    return [block.splitlines() for block in printed.strip().split("\n\n")]


def test_ask_prints_the_ranking_with_its_reasons(desk):
    there = stands(desk)
    done = run(desk, "ask", "How do I get my money back?")
    assert (done.returncode, done.stderr) == (0, "")
    asked, first, *_ = blocks(done.stdout)
    assert asked == ["Asked in English."]
    assert first[0] == "1. Get your money back"
    assert re.fullmatch(r"   0\.\d{4}: offered, as it reaches 0\.\d{4}", first[1])
    assert first[2].startswith("   /refunds/get-a-refund/")
    assert any(re.fullmatch(r"   .*money.* in the title \(\d+ %\)", line) for line in first[3:])
    assert any("in one of its questions" in line for line in first[3:])
    assert stands(desk) == there


def test_ask_draws_a_line_where_the_offers_end(here):
    told = json.loads(here("ask", "--json", "get money back twice, sync password").stdout)
    offered = [each["offered"] for each in told["suggestions"]]
    assert offered == sorted(offered, reverse=True)
    assert sum(offered) <= 3
    printed = blocks(here("ask", "get money back twice, sync password").stdout)
    assert blocks(here("ask", "money back", "--limit", "1").stdout)[1][0] == "1. Get your money back"
    line = printed.index(["---- What follows isn't offered ----"])
    assert line == 1 + sum(offered) > 1
    for number, block in enumerate((*printed[1:line], *printed[line + 1 :]), 1):
        assert block[0].startswith(f"{number}. ")
        assert (": offered, as it reaches" in block[1]) is (number < line)


def test_ask_says_what_is_sure_enough_and_comes_too_late(desk, here):
    for name in ("a", "b", "c"):
        (desk / f"kb_articles/refunds/{name}.md").write_text(f"---\ntitle: Get your money back {name}\n---\n\nMoney.\n")
    printed = blocks(here("ask", "get your money back").stdout)
    assert printed[4] == ["---- What follows isn't offered ----"]
    assert "but no more than 3 are offered" in printed[5][1]


@pytest.mark.parametrize("question", ["!!!", "🦊", "x" * 20_000, "\udcff"])
def test_ask_says_that_nothing_would_be_offered(here, question):
    done = here("ask", question)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Asked in English.\nNothing would be offered: no article ")


def test_ask_tells_nothing_sure_from_nothing_in_common(here):
    assert here("ask", "!!!").stdout.endswith("no article has anything in common with it.\n")
    unsure = blocks(here("ask", "wombats zebras giraffes lions tigers bears reservation").stdout)
    assert unsure[0][1] == "Nothing would be offered: no article is sure enough."
    assert unsure[1] == ["---- What follows isn't offered ----"]
    assert re.fullmatch(r"   0\.\d{4}: not sure enough, as it doesn't reach 0\.\d{4}", unsure[2][1])


@pytest.mark.parametrize("limit", [1, 4])
def test_ask_tells_as_many_as_it_is_told_to(here, limit):
    question = "export everything, get money back twice, sync devices, reset password"
    whole = json.loads(here("ask", "--json", question).stdout)["suggestions"]
    told = json.loads(here("ask", "--json", question, "--limit", str(limit)).stdout)["suggestions"]
    assert told == whole[:limit]
    assert len({(each["id"], each["lang"]) for each in whole}) == len(whole) > limit


def test_ask_takes_a_long_question_and_one_without_quotes(here):
    assert "1. Get your money back" in here("ask", "how do I get my money back? " * 500).stdout
    assert "1. Get your money back" in here("ask", "get", "my", "money", "back").stdout


@pytest.mark.parametrize(
    ("options", "lang", "first"),
    [
        (("怎么退款",), "zh", "refunds/get-a-refund"),
        (("refund 怎么退款",), "zh", "refunds/get-a-refund"),
        (("password",), "en", "account/forgotten-password"),
        (("password", "--lang", "zh"), "zh", "account/forgotten-password"),
    ],
)
def test_ask_guesses_the_language_or_is_told(here, options, lang, first):
    told = json.loads(here("ask", "--json", *options).stdout)
    assert (told["lang"], told["suggestions"][0]["id"]) == (lang, first)


def test_ask_in_a_desk_of_one_language_asks_in_that_one(desk, here):
    for path in desk.rglob("*.zh.md"):
        path.unlink()
    told = json.loads(here("ask", "怎么退款 money", "--json", HELPLEAF_LANGUAGES="en").stdout)
    assert told["lang"] == "en"


def test_ask_prints_one_json_object_and_nothing_else(desk):
    done = run(desk, "ask", "怎么退款", "--json", "--limit", "2", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert list(told) == ["version", "lang", "suggestions"]
    assert (told["version"], len(told["suggestions"])) == (1, 2)
    first = told["suggestions"][0]
    assert {*first} == {"id", "lang", "url", "title", "excerpt", "section", "score", "why", "threshold", "offered"}
    assert first["score"] >= first["threshold"]
    assert first["offered"] is True
    assert {*first["why"][0]} == {"part", "words", "weight"}


def test_ask_leaves_out_the_page_that_is_read(here):
    first = json.loads(here("ask", "money back", "--json").stdout)["suggestions"][0]
    assert first["id"] == "refunds/get-a-refund"
    left = json.loads(here("ask", "money back", "--json", "--page", "/refunds/get-a-refund/").stdout)
    assert "refunds/get-a-refund" not in [each["id"] for each in left["suggestions"] if each["lang"] == "en"]


def test_ask_says_what_is_true_without_a_build_and_that_articles_are_broken(desk, here):
    (desk / "kb_articles/billing/two.md").write_text(BROKEN.replace("Two", "Wombats"))
    done = here("ask", "wombats")
    assert done.returncode == 0
    assert "1. Wombats" in done.stdout
    assert done.stderr == "1 error in the articles: helpleaf check tells them. What can't be read isn't found.\n"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("",), "The question is empty: write it in quotes"),
        (("  \n ",), "The question is empty: write it in quotes"),
        (("refund", "--lang", "fr"), "'fr' isn't one of the languages (en, zh): name one of them."),
        (("refund", "--page", "billing"), "--page billing: name a path on the site"),
        (("refund", "--limit", "0"), "--limit 0: name a number of articles, 1 or more."),
    ],
)
def test_ask_refuses_with_one_clear_sentence(here, options, told):
    done = here("ask", *options)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"helpleaf: {told}")
    assert done.stderr.count("\n") == 1
