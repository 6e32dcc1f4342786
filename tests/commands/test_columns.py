"""Text for a terminal: nothing in it is obeyed, and columns line up."""

import io

import pytest

from ticket_api.commands.columns import aligned, cut, in_one_line, padded, plain, width
from ticket_api.terminal import styled


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),  # would name the window
        ("\x1b[2J\x1b[31m", r"\x1b[2J\x1b[31m"),
        ("\x9b31m", r"\x9b31m"),  # the same in one character
        ("a\rb\bc\0", r"a\rb\x08c\x00"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("\ud800", r"\ud800"),
        ("one\r\ntwo\tthree", "one\ntwo    three"),
        ("退款 👍🏽 é", "退款 👍🏽 é"),
    ],
)
def test_a_terminal_obeys_none_of_it(written, shown):
    assert plain(written) == shown
    assert "\n" not in in_one_line(written)


def test_every_control_character_is_written_out():
    every = "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)))
    assert all(letter == "\n" or letter.isprintable() for letter in plain(every))


@pytest.mark.parametrize(
    ("text", "cells"),
    [("", 0), ("abc", 3), ("退款", 4), ("ＡＢ", 4), ("한글", 4), ("e\u0301", 1), ("a\u200bb", 2), ("😀", 2)],
)
def test_width(text, cells):
    assert width(text) == cells


def test_what_is_too_wide_is_cut_with_an_ellipsis():
    assert [cut("退款退款", room) for room in (9, 8, 7, 6, 1)] == ["退款退款", "退款退款", "退款退…", "退款…", "…"]
    assert (padded("退款", 6), padded("退款", 6, right=True), padded("退款", 3)) == ("退款  ", "  退款", "退…")


def test_columns_line_up_whatever_the_letters():
    rows = [("7", "王小明", "", "怎么退款"), ("12", "Bob", "", "Refund?"), ("3", "Alexandrina", "", "Why?")]
    head, *lines = aligned(("#", "Who", "Tags", "Question"), rows, (5, 8, 9, 7), (0,))
    assert head == [" #", "Who     ", "Questi…"]
    assert lines == [[" 7", "王小明  ", "怎么退…"], ["12", "Bob     ", "Refund?"], [" 3", "Alexand…", "Why?"]]
    assert {width(cell) for line in lines for cell in line[1:2]} == {8}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_colours_only_on_a_terminal_that_wants_them(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert styled("late", "red", Terminal()) == "\x1b[31mlate\x1b[0m"
    assert styled("late", "red", io.StringIO()) == "late"
    monkeypatch.setenv("NO_COLOR", "1")
    assert styled("late", "red", Terminal()) == "late"
    monkeypatch.setenv("NO_COLOR", "")  # no-color.org: only when it isn't empty
    monkeypatch.setenv("TERM", "dumb")
    assert styled("late", "red", Terminal()) == "late"
