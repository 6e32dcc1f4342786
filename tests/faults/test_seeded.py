"""The manual lists the bugs that are planted; that each is caught is shown by the sweep, and by one of them here."""

import re

from tests.faults.seeded import BUGS, ROOT, failing


def test_the_manual_lists_each_bug():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = page.partition("bugs that the tests catch\n")[2].partition("\n### ")[0]
    told = re.findall(r"^\| ([^|]+?) \|", section, re.MULTILINE)[1:]
    assert told == [bug.told for bug in BUGS.values()]


def test_a_planted_bug_is_caught():
    assert failing("no_sync_of_a_checkpoint")
