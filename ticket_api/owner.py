"""The owner's account: set up once with a code from the terminal, then a password and sessions."""

import threading
from collections.abc import Hashable
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from msgspec.structs import replace

from ticket_api.errors import Invalid, Refused, TooMany
from ticket_api.keys import fingerprint, new_code, new_session_token
from ticket_api.store import Store
from ticket_api.store.records import OwnerAccount, Session

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
IDLE = timedelta(days=7)
LONGEST_SESSION = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=10)
FREE_TRIES = 3
LONGEST_WAIT = timedelta(minutes=5)
CLIENTS_REMEMBERED = 10_000
CLOCK_SLIP = timedelta(hours=1)
"""How far the clock may have gone back since a session was made; one from further ahead is none."""

_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


class Owner:
    """Set-up, sign-in and sessions of the one account. `now` is an aware UTC time, `client` names a visitor."""

    def __init__(self, store: Store, *, limits: bool = True) -> None:
        self._store = store
        self._tries = Tries() if limits else None

    def has_password(self) -> bool:
        """Whether the desk was set up."""
        return bool(self._store.owner().password)

    def new_setup_code(self) -> str:
        """Make a one-time code, which takes the place of any earlier one. It sets a password, or sets it anew."""
        code = new_code()
        self._store.change_owner(lambda account: replace(account, setup_code=_mark(code)))
        return code

    def awaits_code(self) -> bool:
        """Whether a code was given out and not used yet."""
        return bool(self._store.owner().setup_code)

    def set_up(self, code: str, password: str, repeated: str, client: Hashable, now: datetime) -> str:
        """Choose the password with the one-time code, end all sessions and sign in. Returns the session's token.

        Raises Refused for a wrong or used code, Invalid for a password too short, too long or mistyped, TooMany.
        """
        _check_password(password, repeated)
        self._begin(client, now)
        mark = _mark(code)
        _require_code(self._store.owner(), mark)  # before the slow hash
        chosen = OwnerAccount(password=_HASHER.hash(password))

        def change(account: OwnerAccount) -> OwnerAccount:
            _require_code(account, mark)
            return chosen

        self._store.change_owner(change)
        self._store.drop_sessions()
        return self._enter(chosen, client, now)

    def sign_in(self, password: str, client: Hashable, now: datetime) -> str:
        """Check the password and return a new session's token. Raises Refused, and TooMany with the seconds to wait."""
        self._begin(client, now)
        account = self._store.owner()
        if not _verify(account.password, password):
            raise Refused("wrong_password", field="password")
        return self._enter(account, client, now)

    def signed_in(self, token: str, now: datetime) -> Session | None:
        """The session of a cookie's token, or None when it was idle for too long, is too old or from the future."""
        session = self._store.session(fingerprint(token)) if token else None
        if session is None or session.account != fingerprint(self._store.owner().password):
            return None
        fresh = -CLOCK_SLIP <= now - session.seen_at <= IDLE and now - session.created_at >= -CLOCK_SLIP
        return session if fresh and now - session.created_at <= LONGEST_SESSION else None

    def is_due(self, session: Session, now: datetime) -> bool:
        """Whether `touch` should note that the owner is here: every ten minutes is enough."""
        return now - session.seen_at > SEEN_EVERY

    def touch(self, session: Session, now: datetime) -> None:
        """Note that the owner is here, so that the session goes on."""
        self._store.touch_session(session.id, now)

    def sign_out(self, token: str) -> None:
        """End one session."""
        self._store.drop_sessions(session_id=fingerprint(token))

    def _begin(self, client: Hashable, now: datetime) -> None:
        if self._tries:
            self._tries.begin(client, now)

    def _enter(self, account: OwnerAccount, client: Hashable, now: datetime) -> str:
        if self._tries:
            self._tries.forget(client)
        token = new_session_token()
        self._store.drop_sessions(unseen_since=now - IDLE)
        self._store.put_session(Session(fingerprint(token), fingerprint(account.password), now, now))
        return token


class Tries:
    """Wrong passwords of each client, in memory: after three, the pause doubles with each; nobody is locked out."""

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


def _check_password(password: str, repeated: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid("weak_password", field="password", limit=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        raise Invalid("long_password", field="password", limit=LONGEST_PASSWORD)
    if password != repeated:
        raise Invalid("password_mismatch", field="repeated")


def _mark(code: str) -> str:
    """The fingerprint of a code, however it was typed: small letters, spaces or hyphens make no difference."""
    return fingerprint("".join(letter for letter in code.upper() if letter.isalnum()))


def _require_code(account: OwnerAccount, mark: str) -> None:
    if not account.setup_code or account.setup_code != mark:
        raise Refused("wrong_code", field="code")


def _verify(hashed: str, password: str) -> bool:
    try:
        return len(password) <= LONGEST_PASSWORD and _HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False
