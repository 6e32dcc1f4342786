"""What a check of the help centre finds: nothing in a good one, and each fault in a bad one."""

from datetime import date

import pytest

from tests.knowledge.library import LANGUAGES, read, written
from ticket_api.knowledge.articles import Article, line_of
from ticket_api.knowledge.checking import Asked, Finding, _shown_in, ask_each, check, figures, to_ask
from ticket_api.knowledge.index import build_index
from ticket_api.knowledge.matching import threshold

TODAY = date(2026, 11, 21)
UPDATED = "updated: 2026-10-02\n"


def page(title: str, body: str, *questions: str, updated: str = UPDATED) -> str:
    """An article that was looked at lately."""
    return written(
        title, body, updated + ("questions:\n" if questions else "") + "".join(f"  - {q}\n" for q in questions)
    )


GOOD = {
    "refunds/ask.md": page("Ask for a refund", "Money comes back within 14 days.", "refund my money", "money back"),
    "refunds/ask.zh.md": page("申请退款", "14 天内把钱退回来。", "怎么退款", "把钱退回来"),
    "account/password.md": page(
        "Reset a forgotten password", "Choose the reset link.", "forgot password", "reset link"
    ),
    "account/password.zh.md": page("忘记密码", "点重置密码的链接。", "密码忘了", "重置密码"),
    "devices/sync.md": page("Devices show different data", "Wait for the tick.", "different data on my devices"),
    "devices/sync.zh.md": page("设备数据不同步", "等到出现对勾。", "数据不同步"),
    "billing/vat.md": page("VAT on invoices", "Set the rate.", "which VAT rate"),
    "billing/vat.zh.md": page("发票的增值税", "设置税率。", "增值税税率"),
    "privacy/cookies.md": page("Cookies and trackers", "There are none.", "do you use cookies"),
    "privacy/cookies.zh.md": page("Cookie 与跟踪", "一个也没有。", "有没有跟踪"),
}


def findings(files: dict[str, str | bytes], languages: tuple[str, ...] = LANGUAGES) -> list[Finding]:
    """What a check finds in these files."""
    library = read(files, languages)
    asked = list(ask_each(library.articles, build_index(library.articles)))
    data = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
    return check(library, data, asked, languages, TODAY)


def only(files: dict[str, str | bytes], languages: tuple[str, ...] = LANGUAGES) -> Finding:
    """The one thing that a check finds in these files."""
    (finding,) = findings(files, languages)
    return finding


def missed(article: Article, question: str, *before: str, place: int = 0) -> Asked:
    """A question that found other articles first."""
    return Asked(article, question, place, before, offered=False, silent=False)


def rivalry(*asked: tuple[str, str, str]) -> list[Finding]:
    """What is found when these questions of articles, by path, found another article, by id, first."""
    library = read(GOOD)
    by_path = {article.path: article for article in library.articles}
    lost = [missed(by_path[path], question, other, place=2) for path, question, other in asked]
    return check(library, {path: str(text).encode() for path, text in GOOD.items()}, lost, LANGUAGES, TODAY)


def test_in_a_good_help_centre_nothing_is_found():
    assert findings(GOOD) == []


def test_the_figures_of_each_language_are_told():
    library = read(GOOD)
    index = build_index(library.articles)
    told = figures(library.articles, ask_each(library.articles, index), index, LANGUAGES)
    assert [(each.articles, each.asked) for each in told.values()] == [(5, 7), (5, 7)]
    for lang, each in told.items():
        assert each.silent <= each.asked >= each.within_three >= each.first > 0
        assert each.threshold == pytest.approx(threshold(index, lang), abs=1e-4)


def test_figures_count_what_was_offered_and_what_stayed_silent():
    library = read(GOOD)
    article = library.articles[0]
    asked = [
        Asked(article, "a", 1, (), offered=True, silent=True),
        Asked(article, "b", 3, ("x", "y"), offered=True, silent=False),
        missed(article, "c", "x", "y", "z", place=4),
        missed(article, "d"),
    ]
    english = figures(library.articles, asked, build_index(library.articles), LANGUAGES)["en"]
    assert (english.asked, english.first, english.within_three, english.offered, english.silent) == (4, 1, 2, 2, 1)


def test_problems_of_the_library_keep_their_level_and_line():
    found = findings(GOOD | {"billing/vat.md": page("VAT on invoices", "# VAT\n\n[x](no.md)", "which VAT rate")})
    assert [(each.kind, each.level, each.path, each.line) for each in found] == [
        ("article", "warning", "billing/vat.md", 8),
        ("article", "error", "billing/vat.md", 10),
    ]
    assert "'no.md' is dead" in found[1].message


CARDS = {f"cards/{name}.md": page(f"Lost card {name}", f"Lost card of {name}.") for name in ("a", "b", "c", "d")}
LONELY = page("Wait for the tick", "Rain falls.", "clouds in the sky above", "lost card")


def test_a_question_that_its_article_isnt_found_by_is_an_error():
    found = findings(CARDS | {"sync.md": LONELY}, ("en",))
    (lost,) = (each for each in found if each.questions == ("lost card",))
    assert (lost.kind, lost.level, lost.path, lost.line) == ("question", "error", "sync.md", 6)
    assert lost.others == ("cards/a.md",)
    assert lost.message.startswith('"lost card" is found by nothing but this line')
    assert 'cards/a.md, "Lost card a", stands first' in lost.message
    assert "put words of the question into the title or the text" in lost.message


def test_a_question_that_finds_nothing_at_all_says_so():
    library = read({"a.md": page("Wait", "Rain.", "clouds")}, ("en",))
    found = check(library, {"a.md": b""}, [missed(library.articles[0], "clouds")], ("en",), TODAY)
    assert [each.kind for each in found] == ["question"]
    assert "isn't among the first three, and no other is found." in found[0].message


def test_what_stands_third_is_found_and_what_stands_fourth_is_lost():
    library = read(GOOD)
    before = ("account/password", "billing/vat", "devices/sync")
    asked = [missed(library.articles[-1], "q", *before[: place - 1], place=place) for place in (3, 4)]
    assert [each.lost for each in asked] == [False, True]


@pytest.mark.parametrize(("title", "silent"), [("Refund my money", False), ("Invite a colleague", True)])
def test_there_is_silence_for_a_question_that_no_other_article_answers(title, silent):
    library = read(GOOD | {"other.md": page(title, "Other words.")})
    by_question = {each.question: each for each in ask_each(library.articles, build_index(library.articles))}
    assert by_question["refund my money"].silent is silent
    assert by_question["refund my money"].place in (1, 2)


def test_an_article_counts_at_the_threshold_of_the_language_that_it_is_shown_in():
    assert [_shown_in("zh", there) for there in (["en", "zh"], ["zh"], ["en"])] == ["zh", "zh", "en"]


def test_a_question_in_another_language_than_its_article_is_not_tried():
    questions = ("how do i get my money back", "退款 to my Visa card", "E-1042", "怎么退款")
    files = {"a.md": page("Refund", "Money.", *questions), "b.zh.md": page("退款", "退钱。", *questions)}
    assert [(article.path, question) for article, question in to_ask(read(files).articles)] == [
        ("a.md", "how do i get my money back"),
        ("a.md", "E-1042"),
        ("b.zh.md", "退款 to my Visa card"),
        ("b.zh.md", "E-1042"),
        ("b.zh.md", "怎么退款"),
    ]


def test_the_owners_own_pages_are_not_tried():
    assert to_ask(read({"index.md": page("Home", "Hello.", "hello")}).articles) == []


def test_two_articles_that_take_each_others_questions_are_told_once():
    asked = [("refunds/ask.md", "money back", "billing/vat"), ("billing/vat.md", "which VAT rate", "refunds/ask")]
    (found,) = rivalry(*asked)
    assert (found.kind, found.level, found.path, found.line) == ("rivals", "warning", "billing/vat.md", 5)
    assert found.others == ("refunds/ask.md",)
    assert found.message.startswith(
        '"which VAT rate" finds refunds/ask.md before this one, and "money back" finds this one before refunds/ask.md:'
    )
    assert rivalry(*reversed(asked)) == [found]


def test_an_article_that_takes_two_questions_of_another_is_told():
    (found,) = rivalry(
        ("refunds/ask.md", "refund my money", "billing/vat"), ("refunds/ask.md", "money back", "billing/vat")
    )
    assert (found.kind, found.path, found.line) == ("rivals", "refunds/ask.md", 5)
    assert found.message.startswith('"refund my money", "money back" find billing/vat.md before this one: say in')
    assert found.questions == ("refund my money", "money back")


def test_an_article_that_takes_a_single_question_is_no_rival():
    assert rivalry(("refunds/ask.md", "money back", "billing/vat")) == []
    assert rivalry(("refunds/ask.md", "money back", "billing/vat"), ("refunds/ask.md", "x", "devices/sync")) == []


def test_rivals_are_told_with_the_file_of_their_language():
    (found,) = rivalry(
        ("refunds/ask.zh.md", "怎么退款", "billing/vat"), ("billing/vat.zh.md", "增值税税率", "refunds/ask")
    )
    assert (found.path, found.others) == ("billing/vat.zh.md", ("refunds/ask.zh.md",))


@pytest.mark.parametrize(
    ("one", "other", "suffix"),
    [
        ("Get a refund", "How to get a refund", ""),
        ("Refunds for yearly plans", "Refund of a yearly plan", ""),
        ("Invoice numbers", "Numbers of invoices", ""),
        ("Change your e-mail address", "Change the e-mail address of your account", ""),
        ("申请退款", "怎么申请退款", ".zh"),
        ("忘记密码", "忘记密码，怎么重设", ".zh"),
        ("导出数据", "数据导出", ".zh"),
    ],
)
def test_titles_that_are_too_alike_are_told(one, other, suffix):
    files = {f"x/a{suffix}.md": page(one, "One."), f"y/b{suffix}.md": page(other, "Other.")}
    found = only(files, ("zh",) if suffix else ("en",))
    assert (found.kind, found.level, found.path, found.line) == ("titles", "warning", f"y/b{suffix}.md", 2)
    assert f'x/a{suffix}.md, "{one}"' in found.message


def test_of_many_titles_alike_each_is_told_of_once_for_words_and_once_for_characters():
    notes = {f"news/{n}.md": page(f"Release notes of version {n}", f"It brings {n}.") for n in range(30)}
    assert 29 <= sum(finding.kind == "titles" for finding in findings(notes)) <= 2 * 29


@pytest.mark.parametrize(
    ("one", "other", "suffix"),
    [
        ("Refund a client", "Get a refund", ""),
        ("Where your data lives", "Who can see your data", ""),
        ("Refund of a monthly plan", "Refund of a yearly plan", ""),
        ("Reset your password", "Change your password", ""),
        ("How to", "What is", ""),  # filler alone
        ("年付套餐退款", "月付套餐退款", ".zh"),
        ("怎么退款", "退款多久到账", ".zh"),
        ("修改邮箱", "修改密码", ".zh"),
    ],
)
def test_titles_that_say_different_things_are_not(one, other, suffix):
    files = {f"x/a{suffix}.md": page(one, "One."), f"y/b{suffix}.md": page(other, "Other.")}
    assert findings(files, ("zh",) if suffix else ("en",)) == []


def test_the_same_title_is_told_by_the_library_alone():
    found = only({"x/a.md": page("Get a refund", "One."), "y/b.md": page("get a refund", "Other.")}, ("en",))
    assert (found.kind, found.path) == ("article", "y/b.md")


@pytest.mark.parametrize(("day", "stale"), [("2025-11-20", True), ("2025-11-21", False), ("2027-01-01", False)])
def test_an_article_that_is_older_than_a_year_is_told_with_its_day(day, stale):
    found = findings({"a.md": page("Refund", "Money.", updated=f"updated: {day}\n")}, ("en",))
    assert [(each.kind, each.level, each.line) for each in found] == ([("stale", "warning", 3)] if stale else [])
    assert all(f"last updated on {day}" in each.message for each in found)


def test_articles_without_a_day_are_told_in_one_line():
    files = {
        f"{name}.md": page(title, "Text.", updated="") for name, title in (("a", "One"), ("b", "Two"), ("c", "Six"))
    }
    found = only(files, ("en",))
    assert (found.kind, found.level, found.path, found.others) == ("undated", "warning", "a.md", ("b.md", "c.md"))
    assert found.message == (
        "It doesn't say when it was last updated: add a line such as updated: 2026-11-21. Nor do 2 others."
    )


def test_a_missing_translation_is_told_with_the_file_to_write():
    files = dict(GOOD)
    del files["refunds/ask.md"], files["account/password.zh.md"]
    found = findings(files)
    assert [(each.kind, each.level, each.path) for each in found] == [
        ("translation", "warning", "account/password.md"),
        ("translation", "warning", "refunds/ask.zh.md"),
    ]
    assert "no translation into Chinese: write account/password.zh.md" in found[0].message
    assert "no translation into English: write refunds/ask.md" in found[1].message


@pytest.mark.parametrize(
    "files", [{}, {"a.md": page("Refund", "Money.")}, {"a.md": page("Refund", "Money.", "refund")}]
)
def test_a_help_centre_of_hardly_anything_is_checked_too(files):
    library = read(files)
    index = build_index(library.articles)
    asked = list(ask_each(library.articles, index))
    told = figures(library.articles, asked, index, LANGUAGES)
    assert (told["en"].articles, told["zh"].articles, told["zh"].asked) == (len(files), 0, 0)
    assert {each.level for each in findings(files)} <= {"warning"}


@pytest.mark.parametrize(
    ("front", "line"),
    [
        ("questions:\n  - other\n  - money back\n", 4),
        ('questions:\n  - "money back"\n', 3),
        ("questions: [other, money back]\n", 2),
        ("questions:\n  - money\n    back\n", 2),
    ],
)
def test_a_question_is_told_with_its_own_line_where_it_has_one(front, line):
    assert line_of(f"---\n{front}title: x\n---\n\n- money back\n".encode(), "questions", "money back") == line
