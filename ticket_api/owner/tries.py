"""Tries: wrong passwords and codes are answered ever more slowly, and nobody is locked out."""

import threading
from collections.abc import Hashable
from datetime import datetime, timedelta

from ticket_api.errors import TooMany

FREE_TRIES = 3
LONGEST_WAIT = timedelta(minutes=5)
CLIENTS_REMEMBERED = 10_000


class Tries:
    """Wrong tries of each client, in memory: after three, the pause doubles with each; nobody is locked out."""

    def __init__(self) -> None:
        self._failures: dict[Hashable, tuple[int, datetime]] = {}
        self._lock = threading.Lock()

    def begin(self, client: Hashable, now: datetime) -> None:
        """Count a try as wrong until `forget` says otherwise, so that tries at the same time count as well.

        Raises TooMany while the client's pause lasts; a try that is refused doesn't count.
        """
        with self._lock:
            count, until = self._failures.get(client, (0, now))
            if until > now + LONGEST_WAIT:  # the clock went back
                until = now + LONGEST_WAIT
                self._failures[client] = (count, until)
            if until > now:
                raise TooMany("too_many", seconds=int((until - now).total_seconds()) + 1)
            count += 1
            pause = timedelta(seconds=2.0 ** min(count - FREE_TRIES, 20)) if count >= FREE_TRIES else timedelta()
            self._failures.pop(client, None)
            self._failures[client] = (count, now + min(pause, LONGEST_WAIT))
            if len(self._failures) > CLIENTS_REMEMBERED:
                del self._failures[next(iter(self._failures))]

    def forget(self, client: Hashable) -> None:
        """The client signed in."""
        with self._lock:
            self._failures.pop(client, None)
