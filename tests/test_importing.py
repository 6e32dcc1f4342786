"""Articles from elsewhere become files that build."""

import json
import re
from pathlib import Path

import pytest

from tests.site.built import CONFIG, Site, settings_for
from ticket_api.errors import Stop
from ticket_api.importing import import_articles
from ticket_api.knowledge.folder import load_library
from ticket_api.knowledge.foreign import is_foreign
from ticket_api.knowledge.rendered import EXTENSIONS
from ticket_api.site.build import build_site

LANGUAGES = ("en", "zh")


@pytest.fixture
def into(tmp_path):
    return tmp_path / "kb"


@pytest.fixture
def bring(tmp_path, into):
    """Import lines of JSONL (dicts, or text as it is); whatever comes of it must build without an error."""

    def run(*lines):
        source = tmp_path / "articles.jsonl"
        source.write_text("\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines), encoding="utf-8")
        return checked(source)

    def checked(source):
        report = import_articles(source, into, LANGUAGES)
        if report.written:
            assert [str(problem) for problem in load_library(into, LANGUAGES).errors] == []
        return report

    run.file = checked
    return run


def row(**more):
    return {"id": "billing/a", "title": "A", "body": "Text.", **more}


def names(into):
    return sorted(path.relative_to(into).as_posix() for path in into.rglob("*.md"))


def test_an_id_becomes_the_path_and_two_languages_one_article(bring, into):
    report = bring(
        row(id="billing/charged-twice", lang="en", questions=["i paid two times", "i paid two times", " "]),
        row(id="billing/charged-twice", lang="zh", title="重复扣款", body="正文。"),
        row(id="fapiao", lang="zh-CN", title="发票", body="正文。"),
        row(id="退款", title="退款", body="怎么申请退款。"),
        row(id=404, title="No category"),
    )
    assert (report.skipped, report.notes) == ([], [])
    assert names(into) == [
        "404.md",
        "billing/charged-twice.md",
        "billing/charged-twice.zh.md",
        "fapiao.zh.md",
        "退款.zh.md",
    ]
    assert sorted(report.written) == sorted(into / name for name in names(into))
    english = load_library(into, LANGUAGES).articles[1]
    assert (english.title, english.questions, english.body) == ("A", ("i paid two times",), "\nText.\n")


@pytest.mark.parametrize(
    "given",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "..\\..\\x",
        "a/../../b",
        "~/x",
        "zh/a",
        "api/a",
        "A B/Ç ?",
        "..",
        "index",
        "?",
    ],
)
def test_no_id_leads_out_of_the_folder(bring, into, given):
    bring(row(id=given))
    (name,) = names(into)
    assert all(part not in ("..", ".", "") for part in name.split("/"))
    assert load_library(into, LANGUAGES).articles[0].listed


def test_two_ids_never_share_a_path(bring, into):
    report = bring(row(id="A B", title="One"), row(id="a-b", title="Two"))
    assert names(into) == ["A-B.md", "a-b-2.md"]
    assert [line for line, _ in report.notes] == [2]


def test_nothing_is_overwritten(bring, into):
    (into / "billing").mkdir(parents=True)
    mine = "---\ntitle: Mine\n---\n\nMine.\n"
    (into / "billing/a.md").write_text(mine, encoding="utf-8")
    report = bring(row(title="Theirs"), row(id="billing/b", title="Mine"))
    assert (into / "billing/a.md").read_text(encoding="utf-8") == mine
    assert report.skipped == [(1, "billing/a.md is there already and stays as it is.")]
    assert "title: Mine (2)" in (into / "billing/b.md").read_text(encoding="utf-8")
    again = bring(row(title="Theirs"), row(id="billing/b", title="Mine"))
    assert (again.written, len(again.skipped)) == ([], 2)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{broken", "isn't JSON"),
        ('["a"]', "no object"),
        ("[" * 100_000, "isn't JSON"),
        ('{"id": ' + "9" * 10_000 + "}", "isn't JSON"),
        (row(title=""), "'title' is missing or empty"),
        (row(title=None), "'title' is missing or empty"),
        (row(title=7), "'title' must be text"),
        (row(body=" \n"), "'body' is missing or empty"),
        (row(body="# A\n"), "nothing but the title"),
        (row(body=["x"]), "'body' must be text"),
        (row(id=["x"]), "'id' must be text"),
        (row(id=True), "'id' must be text"),
        (row(lang="fr"), "not one of the languages (en, zh)"),
        (row(lang=3), "not one of the languages"),
        (row(questions="one"), "'questions' must be a list"),
        (row(questions=[1]), "'questions' must be a list"),
        (row(body="half \ud800"), "lone surrogate"),
        (row(id="ok", title="Again"), "stands on line 1 already"),
    ],
)
def test_a_bad_line_is_told_and_the_rest_goes_on(bring, into, line, words):
    report = bring(row(id="ok", title="First"), "", line, row(id="also-ok", title="Last"))
    assert names(into) == ["also-ok.md", "ok.md"]
    ((number, reason),) = report.skipped
    assert number == 3
    assert words in reason


def test_unknown_keys_are_ignored_and_told_once(bring):
    report = bring(row(id="a", asked=["x"]), row(id="b", title="B", asked=["y"]))
    assert report.notes == [(1, "'asked' is not read, here and wherever else it stands.")]
    assert len(report.written) == 2


def test_the_same_title_gets_a_number(bring, into):
    report = bring(row(id="a"), row(id="b"), row(id="c", title="a"), row(id="d", title="甲"), row(id="x/a"))
    titles = {article.id: article.title for article in load_library(into, LANGUAGES).articles}
    assert titles == {"a": "A", "b": "A (2)", "c": "a (3)", "d": "甲", "x/a": "A"}
    assert [line for line, _ in report.notes] == [2, 3]


def test_headings_of_level_1_become_level_2_and_the_title_stands_once(bring, into):
    bring(
        row(id="a", title="Refunds", body="# Refunds\n\nText\n\n# More\n\n```\n# code\n```\n\nLast\n====\n\nEnd"),
        row(id="b", title="Setext", body="Setext\n======\n\nText"),
    )
    first, second = load_library(into, LANGUAGES).articles
    assert first.body.strip() == "Text\n\n## More\n\n```\n# code\n```\n\nLast\n----\n\nEnd"
    assert second.body.strip() == "Text"


def test_dead_links_become_plain_text_and_live_ones_stay(bring, into):
    body = "[b](b.md) [gone](gone.md) ![pic](p.png) [web](https://x.example) [here](#no) `[gone](gone.md)`"
    report = bring(row(id="a", body=body), row(id="b", title="B"))
    text = load_library(into, LANGUAGES).articles[0].body.strip()
    assert text == "[b](b.md) gone pic [web](https://x.example) here `[gone](gone.md)`"
    assert report.notes == [(1, "These links lead to nothing here and are plain text now: #no, gone.md, p.png.")]


AWKWARD = [
    "---",
    "--- a: b\n---\n",
    "key: value # comment",
    "'quotes' \"and\" \\ {braces} [brackets]",
    "*a &b !c | > @ `",
    "null",
    "2026-01-01",
    "line\u2028one\u2029two\x85three\nfour",
    "nul\0bell\x07",
    "😀 表情 e\u0301 \ufeff",
    "=" * 5,
    "x" * 5_000,
]


@pytest.mark.parametrize("text", AWKWARD)
def test_foreign_text_survives(bring, into, text):
    report = bring(row(title=text, body=f"Begin\n\n{text}\n\nEnd", questions=[text]))
    assert report.skipped == []
    (article,) = load_library(into, LANGUAGES).articles
    assert "\n" not in article.title
    assert article.title
    assert article.body.strip().startswith("Begin")
    assert article.body.strip().endswith("End")


def test_what_would_fail_the_build_is_left_out(bring, into):
    report = bring(row(id="a", questions=[f"question {n} " * 20 for n in range(200)]), row(id="b", title="B"))
    assert names(into) == ["b.md"]
    assert report.skipped[0][1].startswith("It would fail the build. This block is longer")


@pytest.mark.parametrize(
    "text",
    [
        "Question,Answer\nHow much?,8 EUR\n怎么退款,在设置里申请退款。\n",
        "\ufeffANSWER;x;question\r\n8 EUR;1;How much?\r\n在设置里申请退款。;2;怎么退款\r\n",
        'answer\tquestion\n"8 EUR"\tHow much?\n\n在设置里申请退款。\t怎么退款\n',
    ],
)
def test_csv_in_any_order(bring, into, tmp_path, text):
    source = tmp_path / "faq.csv"
    source.write_bytes(text.encode())
    report = bring.file(source)
    assert report.skipped == []
    assert names(into) == ["imported/how-much.md", "imported/怎么退款.zh.md"]
    assert load_library(into, LANGUAGES).articles[0].body == "\n8 EUR\n"


def test_a_bad_row_of_csv_is_told_with_the_line_it_begins_on(bring, into, tmp_path):
    source = tmp_path / "faq.csv"
    source.write_text('question,answer\n"two\nlines","a\n\nb"\nonly one\n,no title\nlast,ok\n', encoding="utf-8")
    report = bring.file(source)
    assert names(into) == ["imported/last.md", "imported/two-lines.md"]
    assert [(line, reason.split(";")[0]) for line, reason in report.skipped] == [
        (6, "This row has 1 cells, the header 2"),
        (7, "'title' is missing or empty."),
    ]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("gone.jsonl", None, "can't be read"),
        ("empty.csv", b" \n", "is empty"),
        ("latin.csv", "question,answer\ncafé,x".encode("latin-1"), "isn't UTF-8"),
        ("page.html", b"<html>\n<p>Hello, world</p>", "neither JSONL"),
        ("other.csv", b"title,text\na,b", "neither JSONL"),
    ],
)
def test_a_source_that_is_no_source_stops_with_a_sentence(tmp_path, into, name, data, words):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(Stop, match=words) as stop:
        import_articles(tmp_path / name, into, LANGUAGES)
    assert name in str(stop.value)
    assert not into.exists()


def test_a_file_in_place_of_the_folder_stops(tmp_path, into):
    source = tmp_path / "a.jsonl"
    source.write_text(json.dumps(row()), encoding="utf-8")
    into.write_text("mine", encoding="utf-8")
    with pytest.raises(Stop, match="is a file"):
        import_articles(source, into, LANGUAGES)


def test_an_id_may_be_the_folder_of_others(bring, into):
    report = bring(row(id="sync", title="Sync"), row(id="sync/setup", title="Set up sync"))
    assert (report.skipped, names(into)) == ([], ["sync.md", "sync/setup.md"])
    library = load_library(into, LANGUAGES)
    assert (library.errors, {article.category for article in library.articles}) == ((), {"sync"})


def test_an_id_is_kept_as_it_is_where_a_path_can_hold_it(bring, into):
    bring(row(id="Refund_not_showing_up"), row(id="search", title="Search"), row(id="zh", title="Chinese"))
    assert names(into) == ["Refund_not_showing_up.md", "search-article.md", "zh-article.md"]


RUNS = "<script>alert(1)</script>"
HOSTILE = [
    RUNS,
    "<SCRIPT\nsrc=//x.example/x.js>",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)//",
    "text <img src=x onerror=alert(1)> text",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<!-- --><img src=x onerror=alert(1)>",
    "<!--\n```\n-->\n\n<img src=x onerror=alert(1)>\n\n<!--\n```\n-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php ?>\n\n<div onclick=alert(1)>x</div>",
    "<div markdown onclick='alert(1)'>\n\n**x**\n\n</div>",
    "- <b onclick=alert(1)>x</b>\n\n    <div onclick=alert(1)>y</div>",
    "| a | b |\n|---|---|\n| <i onclick=alert(1)>x | y |",
    "## <a onclick=alert(1)>Heading</a>",
    "> <form action=javascript:alert(1)><button>x</button></form>",
    "<a href='java&#10;script:alert(1)'>x</a>",
    "<b@x onclick=alert(1)>",
    "`a\n<div onclick=alert(1)>\nb`",
    "- a ` b\n- <img src=x onerror=alert(1)> `",
    "```\nnever closed <b>\n\n<img src=x onerror=alert(1)>",
    "```py unknown options\n\n<img src=x onerror=alert(1)>\n\n```",
    "```{.py onclick=alert(1)}\nx\n```",
    "[x](https://x.example){onclick=alert(1)}",
    "[x](https://x.example){: onclick=alert(1) }",
    "## Heading { onclick=alert(1) }",
    "## Heading {#own onclick=alert(1) }",
    "Paragraph\n{: onclick=alert(1) style=position:fixed }",
    "`x`{onclick=alert(1)} **y**{onclick=alert(1)}",
    "[x](javascript:alert(1)) ![x](javascript:alert(1))",
    "[a [b [c]]](JaVaScRiPt:alert(1, 'x y'))",
    "[x](java&Tab;script&colon;alert(1)) [x](java\nscript:alert(1)) [x](<javascript:alert(1)>)",
    "[x][r] [r]\n\n[r]:\n  javascript:alert(1)",
    "<javascript://%0aalert(1)> <data://text/html,x>",
    "[x](data:text/html,<script>alert(1)</script>) [x](//evil.example) [x](vbscript:x)",
    '=== "<img src=x onerror=alert(1)>"\n    <img src=x onerror=alert(1)>',
    '!!! note "<img src=x onerror=alert(1)>"\n    x\n\n??? tip "<svg onload=alert(1)>"\n    x',
    "x[^1]\n\n[^1]: <img src=x onerror=alert(1)> [x](javascript:alert(1))",
    "Term\n:   <img src=x onerror=alert(1)>",
]


def test_nothing_that_is_imported_runs_on_the_site(bring, into, tmp_path):
    rows = [row(id=f"x/a{number}", title=f"T{number} end", body=body) for number, body in enumerate(HOSTILE)]
    report = bring(*rows)
    assert (len(report.written), report.skipped) == (len(HOSTILE), [])
    assert {line for line, _ in report.notes} == set(range(1, len(HOSTILE) + 1))
    settings = settings_for(tmp_path, into)
    build_site(settings, config_file=CONFIG)
    site = Site(settings.site_path)
    for path in report.written:
        page = site.page(f"/x/{path.stem}/")
        written = {tag.name for tag in page.tags if "article" in tag.inside}
        assert written > {"h1"}, path
        assert not {"script", "iframe", "svg", "form", "button", "b", "i"} & written, path
        for tag in page.tags:
            assert not [name for name in tag.attributes if name.startswith("on") or name in ("srcdoc", "style")], path
            assert not is_foreign(tag.attributes.get("href", "") or tag.attributes.get("src", "")), path


def test_a_line_whose_html_shows_is_told_and_its_code_stays(bring, into):
    code = "`<b>`\n\n```html\n<script>{x}</script>\n```\n\n- a\n\n    ```\n    <i>\n    ```"
    links = "<https://x.example> [x](<b c.md>) a < b"
    report = bring(row(id="a", body=f"{RUNS}\n\n{links}\n\n{code}"), row(id="b", title="B", body=code))
    first, second = load_library(into, LANGUAGES).articles
    assert first.body.strip() == f"&lt;script>alert(1)&lt;/script>\n\n{links.replace('[x](<b c.md>)', 'x')}\n\n{code}"
    assert second.body.strip() == code
    assert report.notes[0] == (1, "HTML shows as text now.")
    assert {line for line, _ in report.notes} == {1}


def test_a_heading_keeps_the_id_given_by_hand(bring, into):
    report = bring(row(body="## H {#own}\n\n[x](#own)"))
    assert (report.notes, load_library(into, LANGUAGES).articles[0].body.strip()) == ([], "## H {#own}\n\n[x](#own)")


def test_titles_and_questions_from_elsewhere_are_text_on_the_site(bring, into, tmp_path):
    bring(
        row(id="x/a", title=f"Title {RUNS}", questions=[f"asked {RUNS}"]), row(id="x/b", title="<svg onload=alert(1)>")
    )
    settings = settings_for(tmp_path, into)
    build_site(settings, config_file=CONFIG)
    site = Site(settings.site_path)
    for address, page in site.pages():
        scripts = [tag for tag in page.tags if tag.name == "script" and "json" not in tag.attributes.get("type", "")]
        assert "alert(1)" not in "".join(tag.text for tag in scripts), address
        assert not [tag for tag in page.tags if "onload" in tag.attributes], address
    assert RUNS in site.page("/x/a/").all("h1")[0].text


def test_imported_text_is_tried_with_the_extensions_of_the_site():
    config = (Path(__file__).parents[1] / "mkdocs.yml").read_text(encoding="utf-8")
    switched_on = re.findall(r"^  - ([\w.]+):?$", config.partition("markdown_extensions:")[2], re.MULTILINE)
    assert sorted(switched_on) == sorted(EXTENSIONS)
