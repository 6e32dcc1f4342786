"""Customers first: a page of the desk lets a question that is being answered go before."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

LONGEST = 0.1
"""How many seconds a page waits at most, so that the owner gets on while customers keep asking."""
LOOK = 0.001
"""How many seconds pass between two looks."""


class Precedence:
    """Counts the questions that are being answered. One thread, the event loop's, comes here."""

    def __init__(self) -> None:
        self._asking = 0

    @contextmanager
    def asking(self) -> Iterator[None]:
        """A question is answered within."""
        self._asking += 1
        try:
            yield
        finally:
            self._asking -= 1

    async def give_way(self) -> None:
        """Return once no question is being answered, or after `LONGEST`."""
        until = time.monotonic() + LONGEST
        while self._asking and time.monotonic() < until:
            await asyncio.sleep(LOOK)
