"""What silence has opened is stored when the owner looks at it."""

from contextlib import suppress
from datetime import datetime

from ticket_api.errors import StoreUnavailable
from ticket_api.web.context import Context

OPENED_TOGETHER = 50


async def open_silent(context: Context, ticket_ids: list[int], now: datetime) -> None:
    """Store what silence has opened, a few at a time; a store that can't be written can be read all the same."""
    with suppress(StoreUnavailable):
        for start in range(0, len(ticket_ids), OPENED_TOGETHER):
            await context.write(context.helpdesk.open_silent, ticket_ids[start : start + OPENED_TOGETHER], now)
