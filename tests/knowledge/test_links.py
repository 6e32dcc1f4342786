"""Dead links between articles."""

import pytest

from tests.knowledge.library import told, written

FILES = {
    "billing/b.md": written("B", "## By when\n\nText"),
    "billing/b.zh.md": written("乙", "## 多久\n\n正文"),
    "billing/图.zh.md": written("图", "正文"),
    "refunds/c d.md": written("C", "Text"),
    "img/p.png": b"\x89PNG",
}


def faults(link):
    return [
        problem for problem in told({**FILES, "billing/a.md": written("A", f"{link}\n\n## Here")}) if "dead" in problem
    ]


@pytest.mark.parametrize(
    "link",
    [
        "[x](b.md)",
        "[x](b.md#by-when)",
        "[x](./b.md 'A title')",
        "[x](b.zh.md#多久)",
        "[x](b.zh.md#%E5%A4%9A%E4%B9%85)",
        "[x](<../refunds/c d.md>)",
        "[x](../refunds/c%20d.md)",
        "[x](%E5%9B%BE.zh.md)",
        "[x](#here)",
        "![x](../img/p.png)",
        "[x][r]\n\n[r]: b.md",
        "[x](/billing/b/#by-when)",
        "[x](/zh/billing/b)",
        "[x](/billing/) [x](/zh/) [x](/contact/) [x](/ask) [x](/img/p.png)",
        "[x](../index.md) [x](../contact.md) [x](../refunds/index.md) [x](../contact.zh.md)",
        "[x](https://example.org/gone) [x](mailto:a@b.example) [x](TEL:+1-555-0100) <https://x.example>",
        "[x](b.md 'javascript:') [x]: y (javascript:z) `[x](javascript:alert)` \\[x](javascript:alert)",
        "`[x](gone.md)`",
        "```\n[x](gone.md)\n```",
    ],
)
def test_a_link_that_leads_somewhere_is_fine(link):
    assert faults(link) == []


@pytest.mark.parametrize(
    "link",
    [
        "[x](gone.md)",
        "[x](b.md#gone)",
        "[x](#gone)",
        "[x]()",
        "[x](../b.md)",
        "[x](../../../etc/passwd)",
        "[x](../billing/b/)",
        "![x](../img/gone.png)",
        "[x][r]\n\n[r]: gone.md",
        "[x](/billing/gone/)",
        "[x](/billing/b.md)",
        "[x](/billing/b/#gone)",
        "!!! note\n    [x](gone.md)",
        "- a\n\n    [x](gone.md)",
    ],
)
def test_a_dead_link_is_told(link):
    (problem,) = faults(link)
    assert problem.startswith("billing/a.md:")


@pytest.mark.parametrize(
    "link",
    [
        "[x](javascript:alert(1))",
        "[x](JavaScript:alert(1, 2))",
        "[x]( <javascript:alert(1)> 'title')",
        "[a [b] c](javascript:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](java\nscript:alert(1))",
        "[x](&#106;avascript&colon;alert(1))",
        "[x](&#x0000006A;avascript:alert(1))",
        "[x](java&Tab;script&#x3a;alert(1))",
        "[x](javascript%3Aalert(1))",
        "[x](\u200bjavascript:alert(1))",
        "![x](data:image/svg+xml;base64,PHN2Zz4=)",
        "[![x](vbscript:y)](b.md)",
        "[x][r]\n\n[r]: javascript:alert(1)",
        "[x][r]\n\n[r]:\n    javascript:alert(1)",
        "<javascript://%0aalert(1)>",
        "<ftp://example.org/>",
        "[x](//example.org)",
        "[x](/\\\\example.org)",
        "- a\n\n    > [x](file:///etc/passwd)",
    ],
)
def test_a_link_that_may_run_something_is_refused_with_its_line(link):
    (problem,) = told({**FILES, "billing/a.md": written("A", f"Begin\n\n{link}")})
    assert problem.startswith(
        f"billing/a.md:{7 + link.removesuffix(')').count(chr(10)) - ('java' + chr(10) in link)}: "
    )
    assert "is refused: it must begin with http:" in problem


def test_a_picture_from_elsewhere_is_refused():
    (problem,) = told({"billing/a.md": written("A", "![A cat](https://example.org/cat.png)")})
    assert problem.startswith("billing/a.md:5: The link to 'https://example.org/cat.png' is refused: a picture from")
    assert told({"billing/a.md": written("A", "[A cat](https://example.org/cat.png)")}) == []
    assert told({"billing/a.md": written("A", "![A cat](cat.png)"), "billing/cat.png": b"x"}) == []
