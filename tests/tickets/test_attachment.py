"""A4: which files are taken is told by what is in them, whatever they are called."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticket_api.errors import Invalid
from ticket_api.tickets.attachment import ENDINGS, HEAD, LARGEST, accepted

TAKEN = {
    "image/png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "image/jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "image/gif": b"GIF89a\1\0\1\0",
    "image/webp": b"RIFF\n\n\0\0WEBPVP8 ",
    "application/pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3",
    "text/plain": "Line one\r\n\t第二行 😀 \x1b[1m x < y, <3".encode(),
}
HTML = b"<script>alert(1)</script>"
REFUSED = [
    HTML,
    b"<!DOCTYPE html><p>",
    b"\xef\xbb\xbf <svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    b"\n\t <?xml version='1.0'?><svg/>",
    b"<!-- x --><html>",
    b"</p>",
    "<svg/>".encode("utf-16"),
    b"MZ\x90\0\3",
    b"PK\3\4\x14\0",
    b"\x7fELF",
    b"RIFF\0\0\0\0WAVEfmt ",
    b"text\0more",
    "Grüße".encode("latin-1"),
    b"\x1f\x8b\x08",
    b" %PDF-1.7\x00",
]


@pytest.mark.parametrize("kind", sorted(TAKEN))
@pytest.mark.parametrize("name", ["x.html", "../../etc/passwd", "x.svg\0.png", ""])
def test_a_kind_is_known_by_its_beginning(kind, name):
    assert kind in ENDINGS
    assert accepted(name, TAKEN[kind], len(TAKEN[kind])) == kind


@pytest.mark.parametrize("head", REFUSED)
def test_every_other_kind_is_refused_under_a_name_of_one_that_is_taken(head):
    with pytest.raises(Invalid) as refused:
        accepted("picture.png", head, len(head))
    assert refused.value.code == "file_kind"


def test_size_is_bounded_and_nothing_is_no_file():
    assert accepted("a.txt", b"a", LARGEST) == "text/plain"
    for size, code in ((0, "file_empty"), (LARGEST + 1, "file_too_large")):
        with pytest.raises(Invalid) as refused:
            accepted("a.txt", b"a"[:size], size)
        assert refused.value.code == code
        assert refused.value.field == "files"


def test_a_text_may_be_cut_within_a_letter():
    text = ("a" + "语" * HEAD).encode()
    assert accepted("a", text[: HEAD - 1], len(text)) == "text/plain"
    wrong = [(text[:HEAD] + b"\xff", len(text)), (text[: HEAD - 1], HEAD - 1), (text + b"\xff", len(text) + 1)]
    for head, size in (*wrong, (b"\xef", 1)):
        with pytest.raises(Invalid):
            accepted("a", head, size)


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=200))
def test_whatever_comes_is_one_of_the_kinds_or_refused(head):
    try:
        kind = accepted("x", head, len(head))
    except Invalid:
        return
    assert kind in ENDINGS
    if kind == "text/plain":
        assert "<svg" not in head.decode().lstrip("\ufeff \t\r\n")[:4].lower()
