"""Which articles of a category are like one another."""

from pathlib import Path

import pytest

from ticket_api.knowledge.articles import read_library
from ticket_api.knowledge.folder import load_library
from ticket_api.knowledge.related import LIMIT, related


def shelf(lang: str, *articles: str):
    """Articles of one category: title, then questions, each after a bar."""
    suffix = "" if lang == "en" else f".{lang}"
    files = {}
    for number, article in enumerate(articles):
        title, *questions = article.split("|")
        asked = "".join(f"\n  - {question}" for question in questions)
        text = f"---\ntitle: {title}\nquestions:{asked or ' []'}\n---\n\nText.\n"
        files[f"billing/a{number}{suffix}.md"] = text.encode()
    return read_library(files, ("en", "zh")).articles


def test_the_most_alike_comes_first_and_strangers_not_at_all():
    found = related(
        shelf(
            "en",
            "Get a refund|how do I get my money back",
            "Install the app|download for my phone",
            "A refund has not arrived|where is my money|refund of a yearly plan",
            "Refund of a yearly plan|money back for a year",
        )
    )
    assert found["billing/a3"] == ("billing/a0", "billing/a2")
    assert found["billing/a1"] == ()


def test_chinese_titles_are_compared_by_their_characters():
    found = related(shelf("zh", "怎么申请退款", "退款多久到账", "安装手机应用", "退款一直没到账"))
    assert found["billing/a1"][0] == "billing/a3"
    assert "billing/a2" not in found["billing/a1"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_help_centre_names_as_many_in_chinese(lang):
    library = load_library(Path("kb_articles"), ("en", "zh"))
    found = related(tuple(one for one in library.articles if one.category == "refunds" and one.lang == lang))
    assert found["refunds/get-a-refund"][0] == "refunds/refund-yearly-plan"
    assert len(found["refunds/get-a-refund"]) == LIMIT


def test_no_article_is_related_to_itself_and_few_are_named():
    found = related(shelf("en", *(f"Refund number {sign}|my refund {sign}" for sign in "abcdefgh")))
    for article, others in found.items():
        assert article not in others
        assert len(others) <= LIMIT


def test_one_article_alone_and_none():
    assert related(shelf("en", "Refunds")) == {"billing/a0": ()}
    assert related(()) == {}


def test_what_every_article_says_tells_nothing():
    many = shelf("en", *(f"Release {number}" for number in range(100)), "Release of money", "Money kept")
    found = related(many)
    assert found["billing/a100"] == ("billing/a101",)
