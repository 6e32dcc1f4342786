"""Reading what the owner wrote, with every problem in it."""

from datetime import date

import pytest

from tests.knowledge.library import only_article, read, told, written

FULL = """---
title: Charged twice
description: What to do.
tags: [payment, "2024"]
questions:
  - i paid two times
updated: 2026-10-02
---

Text.
"""


def test_an_article_is_read_whole():
    article = only_article(FULL, "billing/charged-twice.md")
    assert (article.id, article.lang, article.url) == ("billing/charged-twice", "en", "/billing/charged-twice/")
    assert (article.title, article.description, article.category) == ("Charged twice", "What to do.", "billing")
    assert (article.tags, article.questions) == (("payment", "2024"), ("i paid two times",))
    assert (article.updated, article.body.strip(), article.body_line) == (date(2026, 10, 2), "Text.", 9)


def test_a_translation_has_the_same_id_and_an_address_of_its_own():
    library = read({"billing/a.md": written("A"), "billing/a.zh.md": written("甲")})
    assert [(a.id, a.lang, a.url) for a in library.articles] == [
        ("billing/a", "en", "/billing/a/"),
        ("billing/a", "zh", "/zh/billing/a/"),
    ]
    assert library.problems[0].path == "categories.yml" if library.problems else True


def test_an_article_in_chinese_alone_is_no_problem():
    library = read({"billing/发票.zh.md": written("发票")})
    assert library.problems == ()
    assert library.articles[0].url == "/zh/billing/发票/"


def test_the_owners_own_pages_are_no_articles_to_list():
    library = read({"index.md": written("Home"), "contact.zh.md": written("联系"), "billing/index.md": written("B")})
    assert [(a.url, a.listed) for a in library.articles] == [
        ("/billing/", False),
        ("/zh/contact/", False),
        ("/", False),
    ]


def test_windows_line_ends_and_a_byte_order_mark_are_fine():
    article = only_article("\ufeff" + written("A", "one\n\n[x](#y)\n\n## y").replace("\n", "\r\n"))
    assert article.body == "\none\n\n[x](#y)\n\n## y\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (b"---\ntitle: A\n---\n\nabc \xff\n", 5, "UTF-8"),
        ("Just text.\n", 1, "no front matter"),
        ("---\ntitle: A\nText without an end\n", 1, "no front matter"),
        ("---\n- a\n- b\n---\nText\n", 2, "key: value"),
        ("---\ntitle: A\ntags: [a\n---\nText\n", 4, "valid YAML"),
        ("---\ntitle: Refunds: when\n---\nText\n", 2, "in quotes"),
        ("---\ntags: [a]\n---\nText\n", 1, "no title"),
        ("---\ntags: [a]\ntitle: ' '\n---\nText\n", 3, "title is empty"),
        ("---\ntitle:\n---\nText\n", 2, "title is empty"),
        ("---\ntitle: 404\n---\nText\n", 2, "title must be text"),
        ("---\ntitle: A\nauthor: Bob\n---\nText\n", 3, "title, description, tags, questions, updated"),
        ("---\ntitle: A\nquestions: one\n---\nText\n", 3, "questions must be a list"),
        ("---\ntitle: A\ntags: [1, yes]\n---\nText\n", 3, "tags must be a list"),
        ("---\ntitle: A\nupdated: soon\n---\nText\n", 3, "2026-10-02"),
        ("---\ntitle: A\nupdated: 2026-13-45\n---\nText\n", 3, "no such date"),
        ("---\ntitle: A\ntags: [a]\ntitle: B\n---\nText\n", 4, "given twice"),
        ("---\ntitle: &a A\ndescription: *a\n---\nText\n", 3, "alias"),
        ("---\ntitle: !!python/object:os.system A\n---\nText\n", 2, "valid YAML"),
        ("---\ntitle: A\0\n---\nText\n", 2, "control characters"),
        ("---\ntitle: A\ntags: " + "[" * 5000 + "]" * 5000 + "\n---\nText\n", 3, "nested too deeply"),
        ("---\ntitle: A\nupdated: 2026-10-02\ntags: " + "[" * 21 + "]" * 21 + "\n---\nText\n", 4, "nested too deeply"),
        ("---\ntitle: A\ndescription: " + "x" * 30_000 + "\n---\nText\n", 2, "longer than"),
        ("---\ntitle: A\n---\n\n \n", 4, "no text"),
    ],
)
def test_each_fault_of_a_file_is_told_with_its_line(text, line, words):
    (problem,) = told({"billing/a.md": text})
    assert problem.startswith(f"billing/a.md:{line}: ")
    assert words in problem
    assert problem.endswith(".")


def test_all_problems_of_all_files_are_told_at_once():
    problems = told(
        {
            "billing/b.md": "no front matter",
            "billing/a.md": "---\nauthor: x\ntags: 3\n---\n\n[x](gone.md)\n",
            "billing/c.md": written("C", "[x](gone.md) ![p](gone.png)\n\n[y](#nowhere)"),
        }
    )
    assert [problem.split(": ")[0] for problem in problems] == [
        "billing/a.md:1",
        "billing/a.md:2",
        "billing/a.md:3",
        "billing/b.md:1",
        "billing/c.md:5",
        "billing/c.md:5",
        "billing/c.md:7",
    ]


def test_a_heading_of_level_1_is_a_warning():
    files = {"billing/a.md": written("A", "Text\n\n# Again")}
    assert told(files) == []
    assert told(files, error=False)[0].startswith("billing/a.md:7: This is a heading of level 1")


@pytest.mark.parametrize("path", ["api/a.md", "desk/a.md", "contact/a.md", "zh/a.md", "t/a.md", "ask.md"])
def test_names_that_the_site_needs_are_refused(path):
    (problem,) = told({path: written("A")})
    assert "needed by the site itself" in problem


@pytest.mark.parametrize("path", ["billing/My File.md", "billing/a.b.md", "billing/é.md"])
def test_a_path_that_makes_a_poor_address_is_a_warning(path):
    assert told({path: written("A")}) == []
    assert "poor address" in told({path: written("A")}, error=False)[0]


def test_a_language_that_is_not_spoken_here_is_an_error():
    (problem,) = told({"billing/a.fr.md": written("A")})
    assert problem.startswith("billing/a.fr.md:1: 'fr' isn't one of the languages (en, zh)")


def test_other_markdown_suffixes_are_told():
    assert "rename it" in told({"billing/a.markdown": "x", "billing/b.md": written("B")})[0]


def test_the_same_title_fails_in_one_category_and_language_alone():
    files = {"billing/a.md": written("Same"), "billing/b.md": written("same ")}
    assert told(files) == [
        "billing/b.md:2: billing/a.md has the same title; "
        "give each one of its own, so that customers can tell them apart."
    ]
    elsewhere = {"billing/a.md": written("Same"), "refunds/b.md": written("Same"), "billing/a.zh.md": written("Same")}
    assert told(elsewhere) == []
    assert [each.split(": ")[0] for each in told(elsewhere, error=False)] == ["refunds/b.md:2"]


def test_the_same_question_on_two_articles_is_a_warning():
    files = {
        "billing/a.md": written("A", front="questions:\n  - How much?\n"),
        "billing/b.md": written("B", front="tags: [x]\nquestions:\n  - how much?\n"),
    }
    assert told(files) == []
    assert told(files, error=False)[0].startswith("billing/b.md:4: billing/a.md names one of the same questions")


def test_two_files_with_one_address_are_an_error():
    assert "same address as billing/a.en.md" in told({"billing/a.md": written("A"), "billing/a.en.md": written("B")})[0]


def test_an_article_beside_a_folder_of_its_name_is_the_categorys_own_page():
    library = read({"billing.md": written("A"), "billing/a.md": written("B")})
    assert library.errors == ()
    assert [(article.id, article.category) for article in library.articles] == [
        ("billing", "billing"),
        ("billing/a", "billing"),
    ]


def test_more_questions_than_are_looked_up_are_told_and_lose_nothing():
    def asked(count):
        return {"billing/a.md": written("A", front="questions:\n" + "".join(f"  - say {n}\n" for n in range(count)))}

    (warning,) = told(asked(47), error=False)
    assert warning == (
        "billing/a.md:3: Of its 47 questions the first 46 are looked up; leave out those that say the same, or make two"
        " articles of it."
    )
    assert told(asked(46), error=False) == []
    assert len(read(asked(47)).articles[0].questions) == 47
