"""Where in a message things stand."""

import pytest

from ticket_api.channels.mapping import found, is_marked, text_at

BODY = {
    "comment": {"text": " Where is it? ", "id": 17, "price": 3.5, "tags": ["a"], "empty": None, "true": True},
    "lines": [{"text": "first"}, {"text": "second"}],
    "customer.email": "bob@example.com",
    "headers": {"Auto-Submitted": "auto-replied"},
}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("comment.text", "Where is it?"),
        ("comment.id", "17"),
        ("comment.price", "3.5"),
        ("lines.1.text", "second"),
        ("customer.email", "bob@example.com"),
        ("comment.empty", ""),
        ("comment.missing", ""),
        ("comment.text.more", ""),
        ("lines.2.text", ""),
        ("lines.-1.text", ""),
        ("lines.١.text", ""),
        ("nothing", ""),
        ("", ""),
    ],
)
def test_a_text_is_found_by_its_path(path, text):
    assert text_at(BODY, path) == text


@pytest.mark.parametrize("path", ["comment", "comment.tags", "comment.true", "lines"])
def test_what_is_no_text_is_told(path):
    with pytest.raises(ValueError, match=path):
        text_at(BODY, path)


def test_a_list_and_a_word_may_be_the_whole_body():
    assert found([{"text": "first"}], "0.text") == "first"
    assert found("word", "0") is None


@pytest.mark.parametrize("value", [None, False, 0, "", "no", " No ", "FALSE", "0", "none"])
def test_no_says_that_no_program_wrote_it(value):
    assert not is_marked({"auto": value}, "auto")
    assert not is_marked({}, "")


@pytest.mark.parametrize("value", [True, 1, "auto-replied", "yes", ["x"]])
def test_anything_else_says_that_a_program_wrote_it(value):
    assert is_marked({"auto": value}, "auto")
