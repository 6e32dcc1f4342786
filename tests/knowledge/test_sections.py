"""Articles cut into sections."""

from tests.knowledge.library import only_article, written
from ticket_api.knowledge.sections import cut


def sections(body, path="billing/a.md"):
    return [(each.heading, each.anchor, each.text) for each in cut(only_article(written("A", body), path))]


def test_a_section_ends_at_a_heading():
    assert sections("First.\n\nSecond.\n\n## By *when*\n\nThird.\n\n### Deep\n\nFourth.") == [
        ("", "", "First. Second."),
        ("By when", "by-when", "Third."),
        ("Deep", "deep", "Fourth."),
    ]


def test_marks_are_gone_and_code_stays():
    body = (
        '!!! warning "Mind"\n    Not **now**.\n\n| Plan | Price |\n| --- | --- |\n| Solo | 8 |\n\n'
        "1. Open [Settings](#x).\n2. Done.\n\n```\nE-1042 __init__\n```\n\n***\n\n[r]: gone.md\n\n## x"
    )
    ((_, _, text),) = sections(body)
    assert text == "Mind Not now. Plan · Price; Solo · 8 Open Settings. Done. E-1042 __init__"


def test_rows_of_a_table_end_as_their_language_writes():
    table = "| 套餐 | 价格 |\n|---|---|\n| 单人 | 8 |\n\n正文。"
    assert [text for *_, text in sections(table, "billing/a.zh.md")] == ["套餐 · 价格；单人 · 8 正文。"]


def test_an_empty_cell_of_a_table_leaves_no_mark():
    table = "| | Solo | Studio |\n|---|---|---|\n| Late | | no refund |\n| | | |\n| Early | all | all |"
    assert [text for *_, text in sections(table)] == ["Solo · Studio; Late · no refund; Early · all · all"]


def test_long_text_is_cut_at_paragraphs_and_sentences():
    paragraphs = sections("\n\n".join(["A sentence of words. " * 12] * 4))
    assert len(paragraphs) > 1
    assert all(len(text) <= 500 and text.endswith(".") for _, _, text in paragraphs)
    chinese = sections("打开设置，点申请退款。" * 60, "billing/a.zh.md")
    assert all(len(text) <= 110 and text.endswith("。") for _, _, text in chinese)


def test_text_without_a_border_is_cut_all_the_same():
    assert "".join(text for _, _, text in sections("x" * 1200)) == "x" * 1200
    assert max(len(text) for _, _, text in sections("x" * 1200)) <= 500
