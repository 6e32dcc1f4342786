"""Forms: who posts has had a form for a while, and posts it once. Their tokens are signed, so none has to be kept."""

from datetime import datetime, timedelta

from ticket_api.keys import form_of, new_form_token

YOUNGEST, OLDEST = timedelta(seconds=3), timedelta(hours=24)
USED_REMEMBERED = 50_000


class Forms:
    """The forms of one desk. Which were used is remembered in memory, the last USED_REMEMBERED of them.

    So after a restart, and on another server of the same desk, a form that was used works once more, until it is a day
    old. `now` is an aware UTC time. Used from one thread.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._used: dict[bytes, None] = {}

    def token(self, now: datetime) -> str:
        """The token of a new form."""
        return new_form_token(self._secret, now)

    def made(self, token: str) -> bool:
        """Whether a token was made here, however old and often used."""
        return form_of(self._secret, token) is not None

    def kept(self, token: str, now: datetime) -> str:
        """The token of a form that is shown once more: its own while that may still be used, else a new one."""
        found = form_of(self._secret, token)
        keeps = found and found.mark not in self._used and timedelta() <= now - found.at < OLDEST / 2
        return token if keeps else self.token(now)

    def use(self, token: str, now: datetime) -> bool:
        """Whether a form may be posted now; it may be only once."""
        found = form_of(self._secret, token)
        if found is None or found.mark in self._used or not YOUNGEST <= now - found.at <= OLDEST:
            return False
        self._used[found.mark] = None
        if len(self._used) > USED_REMEMBERED:
            del self._used[next(iter(self._used))]
        return True
