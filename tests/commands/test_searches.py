"""What was searched for in vain, told as the owner asks for it."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from tests.commands.test_cli import desk, run
from ticket_api.store import open_store
from ticket_api.store.records import Search

__all__ = ["desk"]  # fixture

TODAY = datetime.now(UTC).date()
ARTICLE = "billing/charged-twice"


def search(q: str, results: int, opened: str = "", *, lang: str = "en", age: int = 0, count: int = 1) -> Search:
    return Search(q=q, lang=lang, results=results, opened=opened, day=TODAY - timedelta(days=age), count=count)


@pytest.fixture
def searched(desk):
    """A desk with searches in two languages and of several days."""
    with closing(open_store(str(desk / "data" / "tickets.db"))) as store:
        for each in (
            search("Invoice PDF", 0, count=3),
            search("invoice pdf", 0, age=1, count=5),
            search("giraffe", 0, age=29),
            search("long ago", 0, age=30, count=99),
            search("refund", 4, count=7),
            search("refund", 4, ARTICLE, count=2),
            search("发票", 0, lang="zh", count=2),
        ):
            store.add_search(each, most=99)
    return desk


def test_it_tells_what_found_nothing_and_what_was_passed_by(searched):
    done = run(searched, "searches")
    assert (done.returncode, done.stderr) == (0, "")
    since = TODAY - timedelta(days=29)
    assert done.stdout.splitlines() == [
        f"English: 18 searches since {since}",
        "",
        "  9 (50 %) found no article",
        "        8  invoice pdf",
        "        1  giraffe",
        "",
        "  7 (38 %) found some, and opened none",
        "        7  refund",
        "",
        f"Chinese: 2 searches since {since}",
        "",
        "  2 (100 %) found no article",
        "        2  发票",
        "",
        "  0 (0 %) found some, and opened none",
        "",
        "That an article was opened doesn't say that it helped.",
    ]
    assert "solved" not in done.stdout


def test_for_scripts(searched):
    told = json.loads(run(searched, "searches", "--json", "--days", "31", "--limit", "1").stdout)
    assert (told["version"], told["days"], told["since"]) == (1, 31, f"{TODAY - timedelta(days=30)}")
    assert told["languages"]["en"] == {
        "searches": 117,
        "without_result": 108,
        "nothing_opened": 7,
        "most_without_result": [{"q": "long ago", "times": 99}],
        "most_nothing_opened": [{"q": "refund", "times": 7}],
    }


def test_nothing_at_all(desk):
    open_store(str(desk / "data" / "tickets.db")).close()
    assert run(desk, "searches", "--days", "1").stdout == f"Nothing was searched for since {TODAY}.\n"
    off = run(desk, "searches", HELPLEAF_SEARCHES="off").stdout
    assert off.startswith("The setting searches is off: nothing is counted at the moment.\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--days", "0"], "between 1 and 365"),
        (["--days", "366"], "between 1 and 365"),
        (["--limit", "0"], "1 or more"),
        (["--data", "nowhere"], "There is no desk in nowhere"),
    ],
)
def test_what_cannot_be_told_is_refused_in_a_sentence(searched, arguments, told):
    done = run(searched, "searches", *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert told in done.stderr


def test_the_export_for_spreadsheets(searched):
    done = run(searched, "export", "searches.csv", "--searches")
    assert done.stdout.splitlines()[-1] == "Exported 7 different searches to searches.csv."
    assert (searched / "searches.csv").read_text(encoding="utf-8-sig").startswith('"day","lang","q"')
    assert "name one that ends in .csv" in run(searched, "export", "searches.json", "--searches").stderr
    assert "name one that ends in .csv" in run(searched, "export", "a.csv", "--searches", "--requester", "b@c.d").stderr


def test_it_changes_nothing(searched):
    with closing(sqlite3.connect(searched / "data" / "tickets.db")) as file:
        before = file.execute("SELECT * FROM searches").fetchall()
        run(searched, "searches")
        assert file.execute("SELECT * FROM searches").fetchall() == before
