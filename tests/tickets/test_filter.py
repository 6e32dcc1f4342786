"""What the owner types into the search field."""

from datetime import date

import pytest

from ticket_api.errors import Invalid
from ticket_api.tickets.filter import LONGEST, Filter, read_filter
from ticket_api.tickets.tag import spelling


def test_words_alone_are_looked_for_in_the_view():
    assert read_filter("refund card", "open") == Filter(words="refund card", view="open")


def test_everything_at_once():
    typed = 'refund tag:Card tag:"late delivery" lang:zh from:bob@example.com after:2026-10-01 before:2026-11-01'
    typed += " status:solved"
    assert read_filter(typed, "open") == Filter(
        words="refund",
        tags=("card", "late delivery"),
        lang="zh",
        people=("bob@example.com",),
        after=date(2026, 10, 1),
        before=date(2026, 11, 1),
        view="solved",
    )


def test_who_is_overdue_waits_for_an_answer_whatever_the_view():
    assert read_filter("is:overdue", None) == Filter(view="open", overdue=True)
    assert read_filter("is:unanswered", "solved") == Filter(view="solved", unanswered=True)


def test_a_word_with_a_colon_is_a_word():
    assert read_filter("error:500 http://x.example re:tag:x", None).words == "error:500 http://x.example re:tag:x"


def test_a_view_and_nothing_else_is_plain():
    assert read_filter("  ", "open").is_plain
    assert not read_filter("a", "open").is_plain


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("is:late", "unknown_flag"),
        ("status:done", "unknown_status"),
        ("after:yesterday", "unknown_day"),
        ("before:2026-02-30", "unknown_day"),
        ("a" * (LONGEST + 1), "long_search"),
    ],
)
def test_what_cant_be_understood_is_told(typed, code):
    with pytest.raises(Invalid) as refused:
        read_filter(typed, "open")
    assert (refused.value.code, refused.value.field) == (code, "q")


def test_a_tag_is_the_same_however_it_was_typed():
    assert spelling("  Ｌate   DELIVERY ") == "late delivery"
