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
    assert text == "Mind: Not now. Solo: 8. Open Settings. Done. E-1042 __init__"


def columns(body, path="billing/a.md"):
    return [each.columns for each in cut(only_article(written("A", body), path))]


def test_a_row_of_a_table_reads_as_a_sentence():
    table = (
        "| Plan | Ask within | You get |\n|---|---|---|\n| Solo | 14 days | All. |\n| Free: | – | no |\n| | so | on |"
    )
    assert sections(table) == [("", "", "Solo: 14 days, All. Free: no. so, on.")]
    table = "| 套餐 | 申请 | 退款 |\n|---|---|---|\n| 单人 | 14 天内 | 全额 |\n| 免费 | | |\n\n正文。"
    assert sections(table, "billing/a.zh.md") == [("", "", "单人：14 天内，全额。免费。正文。")]


def test_the_names_of_columns_are_found_once_and_not_shown():
    table = "| *Plan* | Price |\n|---|---|\n" + "| A plan of some length | 8 EUR |\n" * 40
    assert columns(table) == ["Plan Price", "", ""]


def test_each_cell_of_a_grid_has_the_name_of_its_column():
    grid = "| | Solo | Studio |\n|---|---|---|\n| Late | | no refund |\n| | | |\n| Early | all | all |"
    assert sections(grid) == [("", "", "Late – Studio: no refund. Early – Solo: all, Studio: all.")]
    grid = "| | 单人 | 团队 |\n|---|---|---|\n| 邀请 | 不能 | 能 |"
    assert sections(grid, "billing/a.zh.md") == [("", "", "邀请——单人：不能，团队：能。")]


def test_no_space_stands_after_a_chinese_stop():
    body = '第一段。\n\n第二段：\n\n- 甲；\n- 乙。\n\n!!! note "退款？"\n    可以。\n\n完了 End. Then'
    assert sections(body, "billing/a.zh.md") == [("", "", "第一段。第二段：甲；乙。退款？可以。完了 End. Then")]


def test_long_text_is_cut_at_paragraphs_and_sentences():
    paragraphs = sections("\n\n".join(["A sentence of words. " * 12] * 4))
    assert len(paragraphs) > 1
    assert all(len(text) <= 500 and text.endswith(".") for _, _, text in paragraphs)
    chinese = sections("打开设置，点申请退款。" * 60, "billing/a.zh.md")
    assert all(len(text) <= 110 and text.endswith("。") for _, _, text in chinese)


def test_text_without_a_border_is_cut_all_the_same():
    assert "".join(text for _, _, text in sections("x" * 1200)) == "x" * 1200
    assert max(len(text) for _, _, text in sections("x" * 1200)) <= 500
