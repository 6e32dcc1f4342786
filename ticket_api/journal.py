"""Journal: the server's log. One event is one line, whatever strangers put into it; tracebacks stand indented below."""

import logging
import re
import sys

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What moves a terminal's cursor, colours it, ends a line or turns the writing around; but for tabs and line ends."""


class OneLine(logging.Formatter):
    """Level and message in one line, with nothing in it that a terminal would obey."""

    def format(self, record: logging.LogRecord) -> str:
        """An event, and its traceback so that none of its lines looks like another event."""
        line = seen(f"{record.levelname}: {record.getMessage()}").replace("\n", "\\n")
        trace = self.formatException(record.exc_info).split("\n") if record.exc_info else []
        return "\n".join((line, *(f"    {seen(each)}" for each in trace)))


def seen(text: str) -> str:
    """A text with its control characters spelled out."""
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def begin() -> None:
    """Let everything be logged so, to where errors go."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
