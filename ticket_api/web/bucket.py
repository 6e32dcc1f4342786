"""Bucket: how much of something each client may do, some at once and then slowly."""

from collections.abc import Callable, Hashable
from time import monotonic

CLIENTS_REMEMBERED = 10_000


class Bucket:
    """Each client has `size` drops, and gets one back every `seconds`. Used from one thread.

    Of more than CLIENTS_REMEMBERED, those who came first are forgotten, and begin with a full one.
    """

    def __init__(self, size: int, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._size = size
        self._seconds = seconds
        self._clock = clock
        self._full_at: dict[Hashable, float] = {}

    def take(self, client: Hashable) -> bool:
        """Take one of a client's drops; False when there is none."""
        now = self._clock()
        full_at = max(self._full_at.pop(client, now), now)  # taken out, so that who comes now stands last
        taken = full_at + self._seconds <= now + self._size * self._seconds
        self._full_at[client] = full_at + self._seconds if taken else full_at
        if len(self._full_at) > CLIENTS_REMEMBERED:
            del self._full_at[next(iter(self._full_at))]
        return taken
