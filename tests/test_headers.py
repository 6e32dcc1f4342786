"""The file `_headers`, read as it was written."""

from ticket_api import headers
from ticket_api.headers import Rule

RULES = (
    Rule("/*", {"Content-Security-Policy": "default-src 'none'; img-src 'self' data:", "X-Frame-Options": "DENY"}),
    Rule("/assets/*", {"X-Frame-Options": "SAMEORIGIN"}),
    Rule("/a.css", {"Cache-Control": "public"}),
)


def test_it_is_read_as_it_was_written():
    assert headers.read(headers.write(RULES)) == RULES
    assert headers.write(RULES).startswith("/*\n  Content-Security-Policy: default-src 'none'; img-src 'self' data:\n")


def test_what_says_nothing_is_passed_over():
    text = "# Alice's own\n\n  Lost: header\n/a/*\n  no colon\n  # X: comment?\n  X-Own: a:b \n"
    assert headers.of(headers.read(text), "/a/b")["x-own"] == "a:b"
    assert "lost" not in headers.of(headers.read(text), "/a/b")


def test_a_star_stands_for_all_that_begin_alike():
    assert headers.of(RULES, "/")["x-frame-options"] == "DENY"
    assert headers.of(RULES, "/assets/b.css")["x-frame-options"] == "SAMEORIGIN"
    assert "cache-control" not in headers.of(RULES, "/b/a.css")
    assert headers.of(RULES, "/a.css")["cache-control"] == "public"
    assert headers.of((), "/") == {}
