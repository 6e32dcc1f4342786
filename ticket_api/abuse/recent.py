"""Recent: how often each client did something lately."""

from array import array
from collections.abc import Callable, Hashable
from time import monotonic

CLIENTS_REMEMBERED = 10_000


class Recent:
    """The last `kept` times at which each client did something. Used from one thread.

    `clock` gives seconds and never goes back. Of more than CLIENTS_REMEMBERED, those unseen for longest are forgotten.
    """

    def __init__(self, kept: int, clock: Callable[[], float] = monotonic) -> None:
        self._kept = kept
        self._clock = clock
        self._times: dict[Hashable, array[float]] = {}

    def wait(self, client: Hashable, most: int, seconds: float) -> float:
        """The seconds until a client has done it less than `most` times within `seconds`; 0.0 when that is so now."""
        times = self._times.get(client, ())
        return max(times[-most] + seconds - self._clock(), 0.0) if len(times) >= most else 0.0

    def add(self, client: Hashable) -> None:
        """The client does it now."""
        times = self._times.pop(client, None) or array("d")  # taken out, so that who comes now stands last
        times.append(self._clock())
        if len(times) > self._kept:
            del times[0]
        self._times[client] = times
        if len(self._times) > CLIENTS_REMEMBERED:
            del self._times[next(iter(self._times))]
