"""What people read: times, and the owner's Markdown."""

import re
from datetime import UTC, datetime

import pytest

from ticket_api.prose import markdown
from ticket_api.web.pages import when

MOMENT = datetime(2026, 3, 1, 22, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "lang", "read"),
    [
        ("UTC", "en", "1 March 2026, 22:05 (UTC)"),
        ("Asia/Shanghai", "zh", "2026 年 3 月 2 日 06:05（UTC+8）"),
        ("Asia/Kolkata", "en", "2 March 2026, 03:35 (UTC+5:30)"),
        ("America/New_York", "en", "1 March 2026, 17:05 (UTC-5)"),
    ],
)
def test_times_are_shown_in_the_desks_time_zone(zone, lang, read):
    assert when(MOMENT, lang, zone) == read


@pytest.mark.parametrize(
    "text",
    [
        "[a](javascript:alert(1))",
        "[a](java\nscript:alert(1))",
        "[a](&#106;avascript:alert(1))",
        "[a](data:text/html,x)",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![a](https://example.org/a.png)",
        '[a](https://example.org "" onclick=alert(1) x="")',
    ],
)
def test_nothing_in_markdown_runs_or_is_fetched(text):
    html = markdown(text)
    assert "<script" not in html
    assert "<img" not in html
    assert not re.search(r"<[^>]*\son\w+=", html)
    assert "href=" not in html or 'href="https://' in html


def test_links_and_emphasis_work():
    html = markdown("**Look** at [this](/billing/charged-twice/) or <https://example.org>")
    assert "<strong>Look</strong>" in html
    assert 'href="/billing/charged-twice/"' in html
    assert 'href="https://example.org"' in html
