"""What commands say while they work: how far they are, and a question before they destroy anything."""

import io
import os
import sys
from contextlib import suppress
from typing import Any, TextIO

from ticket_api.errors import Stop

WIDTH = 30
QUARTERS = 4
STYLES = {"bold": 1, "dim": 2, "red": 31}
"""What a terminal is told for each (ECMA-48, select graphic rendition)."""


class _Heedless(io.FileIO):
    """What can't be written goes nowhere: its reader is gone, or its disk is full."""

    def write(self, data: Any, /) -> int:
        with suppress(OSError):
            return super().write(data) or len(data)
        return len(data)


def go_on_unheard() -> None:
    """See that the work goes on to its end whatever becomes of what is printed, from now until the process ends.

    Letters that a terminal can't show are escaped. Streams that somebody put in place of the process's own are left.
    """
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # it was closed: without another one, the next file that is opened gets its number
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), "r" if name == "stdin" else "w"))
        elif name != "stdin" and stream is getattr(sys, f"__{name}__"):
            setattr(sys, name, _heedless(stream))


def _heedless(stream: TextIO) -> TextIO:
    at_once = bool(stream.line_buffering or getattr(stream, "write_through", False))
    raw = io.BufferedWriter(_Heedless(stream.fileno(), "w", closefd=False))
    return io.TextIOWrapper(raw, stream.encoding, "backslashreplace", line_buffering=at_once)


class Progress:
    """How far a task is: a bar on one line of a terminal, elsewhere a line every quarter. Call it with done, total.

    It goes to standard output, or to a stream that is named.
    """

    def __init__(self, doing: str, things: str, to: TextIO | None = None) -> None:
        self._doing = doing
        self._things = things
        self._to = to
        self._shown = (-1, -1)

    def __call__(self, done: int, total: int) -> None:
        """Show that `done` of `total` things are done."""
        if not total:
            return
        out = self._to or sys.stdout
        bar = out.isatty()
        parts = 100 if bar else QUARTERS
        reached = (parts * done // total, total)
        if reached == self._shown or not (bar or reached[0]):
            return
        self._shown = reached
        if bar:
            filled = WIDTH * done // total
            end = "\n" if done >= total else ""
            drawn = "#" * filled + "." * (WIDTH - filled)
            print(f"\r{self._doing} [{drawn}] {done}/{total} {self._things}", end=end, file=out, flush=True)
        else:
            print(f"{self._doing}: {done}/{total} {self._things}", file=out, flush=True)


def confirm(told: str, *, yes: bool) -> None:
    """Print what will be destroyed and ask for a yes. Raises Stop without one, and where nobody can be asked."""
    print(told, flush=True)
    if yes:
        return
    if not sys.stdin.isatty():
        raise Stop("Nothing was changed, because nobody can be asked here. Add --yes to do it without a question.")
    if _answer() not in ("y", "yes"):
        raise Stop("Nothing was changed.")


def _answer() -> str:
    try:
        return input("Go on? Type yes: ").strip().lower()
    except EOFError:  # Ctrl-D
        print()
        return ""


def counted(number: int, thing: str) -> str:
    """A number with its noun: 1 ticket, 1,200 tickets."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def styled(text: str, style: str, to: TextIO | None = None) -> str:
    """A text in one of STYLES on a terminal that may show it, elsewhere as it is; see https://no-color.org."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not (to or sys.stdout).isatty()
    return text if plain or not text else f"\x1b[{STYLES[style]}m{text}\x1b[0m"
