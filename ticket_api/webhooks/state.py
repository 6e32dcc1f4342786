"""How a webhook is: what was delivered, since when it fails, and whether it is switched off."""

from datetime import datetime, timedelta

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ticket_api.calling import Called

STATE = "webhook:"
"""What the names of the papers begin with; behind it stands the name of the webhook."""
PAUSES = tuple(timedelta(seconds=each) for each in (10, 30, 60, 120, 240, 480, 960, 1920))
LAST_PAUSE = timedelta(hours=1)
PATIENCE = timedelta(days=1)
"""How long a webhook may fail before it is switched off, if it was tried often enough meanwhile."""
LEAST_TRIES = 24
"""So many tries at least failed then: fewer than the 32 that the pauses leave room for in PATIENCE, and more than there
are when a clock jumps or a machine was off."""


class State(Struct, frozen=True, kw_only=True):
    """`trouble` and `status` are those of the last failure, "" when none has followed the last delivery.

    `failing_since` is the first failure since then, `tries` counts them, and the next try is due `again_at`. `gone_at`:
    since when no server that started has it in its settings, unless one that has it runs.
    """

    off: bool = False
    delivered: int = 0
    delivered_at: datetime | None = None
    trouble: str = ""
    status: int = 0
    failed_at: datetime | None = None
    failing_since: datetime | None = None
    tries: int = 0
    again_at: datetime | None = None
    gone_at: datetime | None = None

    def waits(self, now: datetime) -> bool:
        """Whether nothing is to be sent now; a pause that is longer than any is none: the clock went back."""
        again = self.again_at
        return self.off or (again is not None and now < again <= now + LAST_PAUSE)


def read(paper: str) -> State:
    """The state in a paper."""
    return msgspec.json.decode(paper, type=State) if paper else State()


def written(state: State) -> str:
    """A state as a paper."""
    return msgspec.json.encode(state).decode()


def after(state: State, delivered: int, failed: Called | None, now: datetime) -> State:
    """The state after so many deliveries, and after a failure if there was one behind them."""
    if delivered:
        count = state.delivered + delivered
        state = State(off=state.off, delivered=count, delivered_at=now)
    return _failed(state, failed, now) if failed else state


def switched(state: State, *, off: bool) -> State:
    """The state after the owner has switched it on or off: on, it is tried at once."""
    if off:
        return replace(state, off=True, again_at=None)
    return State(delivered=state.delivered, delivered_at=state.delivered_at)


def _failed(state: State, failed: Called, now: datetime) -> State:
    since = state.failing_since if state.failing_since and state.failing_since <= now else now
    pause = PAUSES[state.tries] if state.tries < len(PAUSES) else LAST_PAUSE
    tries = state.tries + 1
    return replace(
        state,
        off=state.off or (now - since >= PATIENCE and tries >= LEAST_TRIES),
        trouble=failed.trouble,
        status=failed.status,
        failed_at=now,
        failing_since=since,
        tries=tries,
        again_at=now + pause,
    )
