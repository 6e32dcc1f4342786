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
        "[x](https://example.org/gone) [x](mailto:a@b.example) [x](//example.org)",
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
