"""HTML that somebody wrote to keep a build busy, or by mistake: it is read to its end, and in time."""

import pytest

from ticket_api.knowledge.hypertext import Reader

LONG = 50_000
"""Times that a sign is repeated: looked through anew each time, the text would take many minutes."""
SIGNS = ("<a ", "<h2 ", '<a x="', "<!--", "<![CDATA[", "<![if x]", "</a ", "<?", "<!", "<svg>", "<nav><b>", "&#")


class Text(Reader):
    text = ""

    def handle_data(self, data: str) -> None:
        if len(self.text) < 1000:
            self.text += data


def text(html: str) -> str:
    reader = Text()
    reader.read(html)
    return reader.text


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("end", ["", ">", "-->", "]]>"])
def test_a_sign_that_is_repeated_for_ever_is_read_once(sign, end):
    text(sign * LONG + end)


@pytest.mark.parametrize("html", ["<![foo]>", "<![ >", "<![%a]>", "<![", "<!", "<", "<!--", "<a", "<a b='", "</"])
def test_what_is_broken_is_read(html):
    assert text(f"before {html}").startswith("before ")
    assert text(f"<p>before {html}<p>after>").startswith("before ")


def test_what_is_never_closed_is_text():
    assert text("a <!-- b --> c <!-- d <b>e</b>") == "a  c <!-- d e"
    assert text("1 < 2 > 1 <a href='x'>b</a> 3 < 4 <i") == "1 < 2 > 1 b 3 < 4 <i"
