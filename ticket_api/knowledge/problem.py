"""A problem in what the owner wrote."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, and where. `message` is a whole English sentence that also says what to do.

    `line` counts from 1; an `error` fails the build, anything else is a warning.
    """

    path: str
    line: int
    message: str
    error: bool = True

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"
