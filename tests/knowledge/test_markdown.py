"""Headings, links and plain text of Markdown."""

import subprocess
import sys

import markdown
import pytest

from ticket_api.knowledge.markdown import anchor, anchors, headings, links, plain_text, unlink

EXTENSIONS = ["toc", "admonition", "attr_list", "tables", "footnotes", "def_list", "pymdownx.superfences"]

DOCUMENTS = [
    "## A\n\n## A\n\n## A_1\n\n## A",
    "# 退款\n\n## **Bold** and `code` x",
    "## 「退款」怎么办？",
    "```\n# no\n```\n\n## yes",
    "~~~\n## no\n~~~\n\n````md\n```\n## no\n```\n````\n\n## yes",
    "#tag\n",
    "Title\n===\n\nsub\n---\ntext",
    "para\nmore\n---\n",
    "---\n\n## z\n\n***\n",
    "| a |\n|---|\n| b |\n\n## z",
    "* a\n* b\n---\n",
    "!!! note\n    ## inside\n\n    text\n\n## after",
    "- item\n\n    ## in item\n\n        # code\n",
    "1. one\n\n    ```\n    # no\n    ```\n\n2. two\n\n## end",
    "    # code\n\n## x",
    "text\n    ## not code, lazy\n",
    "> ## quoted\n\n## q",
    "## [link](a.md) text ![alt](x.png) [y `z`](u)",
    "## [a][r]\n\n[r]: x.md",
    "## a \\* b and a\\_b_c",
    "## snake_case __init__ `__init__` ***x*** a*b*c",
    "## AT&amp;T & <b>x</b> `<b>` ``x`y``",
    "## x {#own}\n\n## own\n\n## x {.cls}",
    "## x ##\n\n## C#\n\n##\n",
    "## x \\##\n\n## C\\#\n\n## {x} y {#z}\n\n## x {}\n\n## x { }",
    "## a\n\n## a_1\n\n## a\n\n## a_1\n\n## a\n\n## b {#a_4}\n\n## a\n\n## _1\n\n## ?\n\n## ?",
    "text\n## mid\nmore\n---\nx",
    "<!-- ## hidden\n\n## h -->\n\n## y",
    "## Ünï — “q” … Café  B\tC",
    "## x-_- y\n\n## 1. First\n\n## 1. First",
    "## foo[^1]\n\n[^1]: note",
    "  ## not at the margin",
]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_anchors_are_those_that_the_site_gives(document):
    page = markdown.Markdown(extensions=EXTENSIONS, extension_configs={"toc": {"slugify": anchor}})
    page.convert(document)

    def ids(tokens):
        return [each for token in tokens for each in (token["id"], *ids(token["children"]))]

    assert [heading.anchor for heading in headings(document)] == ids(page.toc_tokens)


def test_headings_have_level_text_and_line():
    found = headings("Text\n\n## By *when*\n\nSub\n---\n")
    assert [(each.level, each.text, each.line) for each in found] == [(2, "By when", 3), (2, "Sub", 5)]


def test_a_link_may_name_headings_and_ids_given_by_hand():
    found = anchors('## 退款\n\nText {#by-hand}\n\n<a id="raw"></a>\n\n```\n## no\n```\n')
    assert found == {"退款", "by-hand", "raw"}


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("[a](x.md) ![i](p.png 'T') [c]( <a b.md> \"t\" )", ["x.md", "p.png", "a b.md"]),
        ("`[a](x.md)` and ``[b](y.md) ` ``", []),
        ("\\[n](no.md) [d [e]](f(1).md) [a](a\\_b.md)", ["f(1).md", "a_b.md"]),
        ("```\n[x](no)\n```\n\n    [x](no)\n", []),
        ("[r]: r.md 'x'\n[^1]: [k](k.md)", ["r.md", "k.md"]),
        ("[![im](in.png)](out.md)", ["in.png", "out.md"]),
        ("<!-- [x](no.md) -->", []),
        ("- [a](x.md)\n\n    > [b](y.md)", ["x.md", "y.md"]),
    ],
)
def test_links_outside_code_are_found(text, targets):
    assert [link.target for link in links(text)] == targets


def test_links_tell_the_line_on_which_they_lead_away():
    assert [link.line for link in links("one\n\n[two\nlines](x.md)\n\n!!! note\n    [y](y.md)")] == [4, 7]


def test_unlink_leaves_the_words_and_the_code():
    code = "\n\n```\n[x](x.md)\n```\n\n"
    body = "[a](x.md) `[b](x.md)` ![i](p.png) [![im](p.png)](x.md)\n[t][r] [keep](ok.md)" + code + "[r]: x.md"
    assert unlink(body, {"x.md", "p.png"}) == "a `[b](x.md)` i im\nt [keep](ok.md)" + code


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("**Settings > Account** and *this* `code *x*`", "Settings > Account and this code *x*"),
        ("[text](a.md) ![a picture](b.png) [ref][r]", "text a picture ref"),
        ("a\\*b &amp; <b>bold</b> <https://x.example>", "a*b & bold https://x.example"),
        ("snake_case_word and 2 * 3 * 4", "snake_case_word and 2 * 3 * 4"),
    ],
)
def test_plain_text_has_no_marks(text, plain):
    assert plain_text(text) == plain


@pytest.mark.parametrize("piece", ["`", "[", "[a](", "**a", "<!--", "_a ", "# ", "<a ", "\\", "> ", "![", "`a ``b "])
def test_hostile_text_comes_to_an_end(piece):
    text = piece * 5_000
    assert isinstance(plain_text(text), str)
    assert len(headings(text)) + len(links(text)) + len(anchors(text)) < 20_000
    assert unlink(text, {"x"}) == text


SLOW = [
    "[see " + "[a](b)\n\n" * 100,
    "see ```a " + "``b " * 100,
    "# a\n\n" * 20_000,
    "".join(f"# a_{number}\n\n" for number in [*range(5_000), *range(5_000)]),
    "# " + "#" * 30_000 + "a",
    "# a" + " " * 30_000 + "b",
    "# a" + " {x" * 20_000,
    "[a](" * 20_000,
    "[a](" + " " * 2_000 + "b",
    "[" + "\\[" * 20_000,
    "{" + " " * 30_000,
    "| a" + " " * 30_000 + "b",
    "[a](b) `c`\n" * 20_000,
]


def test_no_text_takes_more_than_moments():
    """Each of these once took minutes or years; the limit is far above what all of them take now."""
    program = """if True:
        import ast, sys
        from tests.knowledge.library import only_article, written
        from ticket_api.knowledge.foreign import foreign_links, harmless
        from ticket_api.knowledge.markdown import anchors, headings, links, plain_text, unlink
        from ticket_api.knowledge.sections import cut
        for text in ast.literal_eval(sys.stdin.read()):
            for read in (anchors, headings, links, plain_text, foreign_links, harmless):
                read(text)
            unlink(text, {"b"})
            list(cut(only_article(written("A", text))))
    """
    subprocess.run([sys.executable, "-c", program], input=repr(SLOW), text=True, check=True, timeout=240)


def test_headings_of_one_name_are_numbered_on():
    names = [heading.anchor for heading in headings("## a\n\n## a_1\n\n## a\n\n## a_1\n\n## a\n\n## b {#a_4}\n\n## a")]
    assert names == ["a", "a_1", "a_2", "a_3", "a_5", "a_4", "a_6"]


def test_an_escaped_mark_at_a_headings_end_stays():
    assert [heading.text for heading in headings("## C\\#\n\n## D ##\n\n## E \\##")] == ["C#", "D", "E #"]
