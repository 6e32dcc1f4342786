"""A rendered page as an article: what is read of it, and what isn't."""

import html
from datetime import date

import pytest

from ticket_api.knowledge.sections import Section, cut
from ticket_api.site.page_article import LISTING, page_id, read_page


def article(content, meta=None, address="a/b/", prefix=""):
    return read_page(address, prefix, "en", "a/b.md", "From the &amp; navigation", content, meta or {})


def sections(content):
    return list(cut(article(content)))


def test_headings_keep_the_ids_that_they_have_on_the_page():
    content = '<h1 id="t">Title<a class="headerlink" href="#t">¶</a></h1><p>One.</p>'
    content += '<h2 id="fees_1">Fees {now} #1<a class="headerlink" href="#fees_1">¶</a></h2><p>Two.</p>'
    content += '<h3 id="退款"><code>x_y</code></h3><p>Three.</p>'
    assert sections(content) == [
        Section("", "", "One."),
        Section("Fees {now} #1", "fees_1", "Two."),
        Section("x_y", "退款", "Three."),
    ]
    assert article(content).title == "Title"


def test_a_heading_that_no_link_can_name_is_text():
    assert sections("<p>One.</p><h2>No id</h2><h3 id='two words'>Odd</h3>") == [Section("", "", "One. No id Odd")]


LOOKS = r"""
*a* _b_ `c` ~~d~~
[a](b) ![c](d) [e][f]
1. a
- a
> a
# a {#b}
!!! note
=== "a"
| a | b |
---
```
a &amp; b
&lt;b&gt; &lt;!-- c --&gt;
\* \\
[^1]: a
{.a} {: #b}
: a
"""


@pytest.mark.parametrize("text", LOOKS.strip().splitlines())
def test_what_looks_like_markdown_stays_as_it_is_read(text):
    [section] = sections(f"<h2 id='x'>Heading</h2><p>Before {text}</p>")
    assert section.text == " ".join(f"Before {html.unescape(text)}".split())
    begun = sections(f"<p>{text}</p><h2 id='x'>Heading</h2><p>After</p>")
    assert begun[-1] == Section("Heading", "x", "After")


def test_code_tables_lists_and_tabs():
    content = "<div class='highlight'><pre><span></span><code>if a_b:\n    <span>~~~~</span>\n# c</code></pre></div>"
    content += "<table><tr><th>A</th><th>B|C</th></tr><tr><td><p>1</p></td><td>2|3</td></tr></table>"
    content += "<ul><li>x<ul><li>y</li></ul></li></ul><p>one<br>two <img alt='A cat' src='c.png'></p>"
    [section] = sections(content)
    assert section.text == "if a_b: ~~~~ # c 1: 2|3. x y one two A cat"
    assert section.columns == "A B|C"


def test_what_isnt_for_reading_is_left_out():
    content = "<p>Kept<script>var a</script><style>b {}</style><svg><title>c</title></svg><button>d</button></p>"
    content += (
        "<section data-search-exclude><div>e</div><p>f<br>g</p></section><sup><a class='footnote-ref'>1</a></sup>"
    )
    content += "<table><tr><td class='linenos'><pre>7</pre></td><td><pre>code</pre></td></tr></table>"
    [section] = sections(content)
    assert section.text == "Kept code"


def test_front_matter_is_taken_as_it_comes():
    meta = {
        "title": 7,
        "description": None,
        "tags": ["a", 2, None, {"b": 1}],
        "questions": "Why?",
        "updated": "no date",
    }
    read = article("<h1>Heading</h1><p>Text.</p>", meta)
    assert (read.title, read.description, read.tags, read.questions) == ("7", "", ("a", "2"), ("Why?",))
    assert read.updated is None
    assert "Heading" in read.body
    assert article("<p>Text.</p>", {"updated": date(2026, 10, 2)}).updated == date(2026, 10, 2)
    assert article("<p>Text.</p>").title == "From the & navigation"


HOSTILE = ("<h2 ", "<nav>", "<nav><b>", "</i>", "<tr><td>x</td></tr>", "<td>x<br>", '<a x="', "<h2 id=a>", "<![a]>")


@pytest.mark.parametrize("begin", ["", "<nav>", "<table>", "<pre>"])
def test_a_page_of_one_sign_repeated_is_read_once(begin):
    for sign in HOSTILE:  # read anew from each, it would take hours
        article(f"<p>Text.</p>{begin}{sign * 30_000}")
    LISTING.search("<h2 " * 300_000)


def test_a_section_that_only_some_programs_know_is_passed_over():
    assert sections("<p>One <![if IE]>two<![endif]> three.</p>") == [Section("", "", "One two three.")]


def test_what_is_left_open_in_a_part_that_is_left_out_ends_with_it():
    [section] = sections("<p>One</p><nav><b>a<nav><i>b</nav>c</u></b>d</nav><p>two</p>")
    assert section.text == "One two"


@pytest.mark.parametrize("content", ["", "<h1>Only a title</h1>", '<h2><span class="md-tag">a</span></h2><p>b</p>'])
def test_a_page_without_text_and_a_list_of_tags_are_none(content):
    assert article(content) is None


@pytest.mark.parametrize(
    ("address", "prefix", "wanted"),
    [
        ("", "", "index"),
        ("zh/", "zh/", "index"),
        ("zh/billing/refunds/", "zh/", "billing/refunds"),
        ("billing/refunds.html", "", "billing/refunds"),
        ("billing/index.html", "", "billing/index"),
        ("%E9%80%80/", "", "退"),
    ],
)
def test_a_page_and_its_translation_have_one_id(address, prefix, wanted):
    assert page_id(address.removeprefix(prefix)) == wanted
    assert article("<p>Text.</p>", address=address, prefix=prefix).id == wanted
