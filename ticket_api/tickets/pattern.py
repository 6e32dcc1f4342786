"""Pattern: a regular expression with a time limit, however it and the text that it meets were made."""

from time import thread_time
from typing import Protocol

import regex
from msgspec import Struct

SECONDS = 0.004
"""Of processor time: the most that one pattern may take for one text."""
ALL_SECONDS = 0.02
"""The most that all patterns together may take for one ticket."""
PROBE, PROBE_SECONDS = 400, 0.05
"""Characters of a hostile text, and what a pattern may take for it: time enough for all but those that never end."""
LONGEST = 10_000
"""Characters of what a requester wrote that are looked through: of the question and of what came last."""
PROBES = tuple(f"{each * (PROBE // len(each))}!" for each in ("a", "1", " ", "ab1 ", "x-", "a@a.", "退款"))
"""Texts on which patterns with too many ways to fail never end."""


class Match(Protocol):
    """Where a pattern was found."""

    def __getitem__(self, group: int, /) -> str: ...


class Compiled(Protocol):
    """A compiled pattern of the module `regex`."""

    def search(self, string: str, *, timeout: float) -> Match | None:
        """The first place at which it is found. Raises TimeoutError."""
        ...


class Endless(ValueError):
    """A pattern that compiles, and doesn't come to its end on one of PROBES."""


class OutOfTime(Exception):
    """A pattern, or all of them together, took too long for one ticket; it counts as not found."""


class Budget(Struct):
    """The processor time that patterns may still take for one ticket, in seconds."""

    left: float = ALL_SECONDS


def compiled(pattern: str) -> Compiled:
    """A pattern that is found whatever the case, ready to be searched for. Raises ValueError with what is wrong."""
    try:
        ready: Compiled = regex.compile(pattern, regex.IGNORECASE)
    except (regex.error, OverflowError, MemoryError, RecursionError, ValueError) as error:
        told = str(error) if isinstance(error, regex.error) else "it is too large"
        raise ValueError(told) from None
    return ready


def tried(pattern: str) -> Compiled:
    """A pattern that compiles, and ends on hostile texts too. Raises ValueError, and Endless for one that doesn't."""
    ready = compiled(pattern)
    for probe in PROBES:
        try:
            found(ready, probe, Budget(PROBE_SECONDS), PROBE_SECONDS)
        except OutOfTime:
            raise Endless("it takes too long on some texts") from None
    return ready


def found(pattern: Compiled, text: str, budget: Budget, seconds: float = SECONDS) -> str | None:
    """What of the text the pattern finds first; None for nothing. Raises OutOfTime.

    The module `regex` looks at the clock of the whole process, so what other threads need counts against it too.
    """
    if budget.left <= 0:
        raise OutOfTime
    began = thread_time()
    try:
        match = pattern.search(text, timeout=min(seconds, budget.left))
    except (TimeoutError, MemoryError, RecursionError):
        raise OutOfTime from None
    finally:
        budget.left -= thread_time() - began
    return match[0] if match else None
