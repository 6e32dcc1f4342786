"""Entry: the owner comes and goes."""

from collections.abc import Hashable
from datetime import datetime

from msgspec.structs import replace

from ticket_api.errors import Refused
from ticket_api.keys import code_mark, fingerprint, new_code, new_session_token
from ticket_api.owner import passwords, second_factor, sessions
from ticket_api.owner.tries import Tries
from ticket_api.store import Store, at_once
from ticket_api.store.records import OwnerAccount, Session
from ticket_api.tickets.event import Act, What

_CODES = "codes"
"""Wrong codes of the second factor are counted for the account as a whole: who types them knows the password."""


class Entry:
    """Set-up and sign-in. `now` is an aware UTC time, `client` names a visitor, `agent` their browser.

    What it does is noted in the same transaction as what changes by it.
    """

    def __init__(self, store: Store, *, limits: bool = True) -> None:
        self._store = store
        self._tries = Tries() if limits else None

    def has_password(self) -> bool:
        """Whether the desk was set up."""
        return bool(self._store.owner().password)

    def awaits_code(self) -> bool:
        """Whether a set-up code was given out and not used yet."""
        return bool(self._store.owner().setup_code)

    def new_setup_code(self) -> str:
        """Make a one-time code, which takes the place of any earlier one. It sets a password, or sets it anew."""
        code = new_code()
        self._store.change_owner(lambda account: replace(account, setup_code=code_mark(code)))
        return code

    def reset(self, now: datetime) -> str:
        """Begin anew: no password, no second factor, nobody signed in. Returns the one-time code to set up with."""
        code = new_code()

        def job() -> None:
            if self._store.change_owner(lambda _: OwnerAccount(setup_code=code_mark(code))):
                self._store.drop_sessions()
                self._note("account_reset", now)

        at_once(self._store, job)
        return code

    def set_up(self, code: str, password: str, repeated: str, client: Hashable, now: datetime, agent: str = "") -> str:
        """Choose the password with the one-time code, end all sessions and sign in. Returns the session's token.

        A second factor stays, and is asked for next. Raises Refused for a wrong or used code, Invalid for a password
        too short, too long or mistyped, TooMany.
        """
        passwords.check(password, repeated)
        self._begin(client, now)
        _require_code(self._store.owner(), code)  # before the slow hash
        hashed = passwords.HASHER.hash(password)

        def change(account: OwnerAccount) -> OwnerAccount:
            _require_code(account, code)
            return replace(account, password=hashed, setup_code="")

        def job() -> str:
            account = self._store.change_owner(change)
            self._store.drop_sessions()
            self._note("password_set", now)
            return self._enter(account, now, agent)

        return self._done(at_once(self._store, job), client, now)

    def sign_in(self, password: str, client: Hashable, now: datetime, agent: str = "") -> str:
        """Check the password and return a new session's token; with a second factor, `confirm` makes it whole.

        Raises Refused, and TooMany with the seconds to wait.
        """
        self._begin(client, now)
        hashed = self._store.owner().password
        passwords.require(hashed, password)
        kept = passwords.renewed(hashed, password)

        def job() -> str:
            return self._enter(self._with_password(hashed, kept), now, agent)

        return self._done(at_once(self._store, job), client, now)

    def confirm(self, token: str, code: str, client: Hashable, now: datetime, agent: str = "") -> str:
        """Take the second factor, or a recovery code, after the password; returns the token of the whole session.

        Raises Refused for a wrong or used code, and where the password must come first, and TooMany.
        """
        self._require_half(token, now)
        self._begin(client, now)
        self._begin(_CODES, now)

        def job() -> str:
            self._require_half(token, now)
            account = self._use(code, now)
            self._store.drop_sessions(session_id=fingerprint(token))
            return self._enter(account, now, agent, whole=True)

        entered = at_once(self._store, job)
        self._forget(_CODES)
        return self._done(entered, client, now)

    def awaits_second(self, token: str, now: datetime) -> bool:
        """Whether the password was right and the second factor is still to come."""
        session = self._store.session(fingerprint(token)) if token else None
        return session is not None and sessions.is_half(session, self._store.owner(), now)

    def signed_in(self, token: str, now: datetime) -> Session | None:
        """The session of a cookie's token, or None when it was idle for too long, is too old or from the future."""
        session = self._store.session(fingerprint(token)) if token else None
        return session if session and sessions.is_whole(session, self._store.owner(), now) else None

    def is_due(self, session: Session, now: datetime) -> bool:
        """Whether `touch` should note that the owner is here: every ten minutes is enough."""
        return now - session.seen_at > sessions.SEEN_EVERY

    def touch(self, session: Session, now: datetime) -> None:
        """Note that the owner is here, so that the session goes on."""
        self._store.touch_session(session.id, now)

    def sign_out(self, token: str, now: datetime) -> None:
        """End one session."""

        def job() -> None:
            self._store.drop_sessions(session_id=fingerprint(token))
            self._note("signed_out", now)

        at_once(self._store, job)

    def _require_half(self, token: str, now: datetime) -> None:
        if not self.awaits_second(token, now):
            raise Refused("signed_out")

    def _with_password(self, hashed: str, chosen: str) -> OwnerAccount:
        """The account with a password in place of the one that was just checked, unless that was changed meanwhile."""

        def change(account: OwnerAccount) -> OwnerAccount:
            require_same(account, hashed)
            return replace(account, password=chosen)

        return self._store.change_owner(change)

    def _use(self, code: str, now: datetime) -> OwnerAccount:
        """The account after a code of its second factor was used; without one, any will do."""

        def change(account: OwnerAccount) -> OwnerAccount:
            return replace(account, second=second_factor.used(account.second, code, now)) if account.second else account

        return self._store.change_owner(change)

    def _enter(
        self, account: OwnerAccount, now: datetime, agent: str, *, whole: bool = False, noted: bool = True
    ) -> str:
        """Begin a session, half of one where the second factor is still to come. Inside of a job."""
        token = new_session_token()
        half = bool(account.second) and not whole
        self._store.drop_sessions(unseen_since=now - sessions.IDLE)
        self._store.put_session(sessions.begin(token, account, now, agent, half=half))
        if noted and not half:
            self._note("signed_in", now)
        return token

    def _note(self, what: What, now: datetime) -> None:
        self._store.record(Act("owner", what, now))

    def _begin(self, client: Hashable, now: datetime) -> None:
        if self._tries:
            self._tries.begin(client, now)

    def _forget(self, client: Hashable) -> None:
        if self._tries:
            self._tries.forget(client)

    def _done(self, token: str, client: Hashable, now: datetime) -> str:
        """The client has signed in, unless the second factor is still to come: then the tries go on counting."""
        if not self.awaits_second(token, now):
            self._forget(client)
        return token


def _require_code(account: OwnerAccount, code: str) -> None:
    if not account.setup_code or account.setup_code != code_mark(code):
        raise Refused("wrong_code", field="code")


def require_same(account: OwnerAccount, hashed: str) -> None:
    """Raise Refused when the password was changed since it was checked."""
    if account.password != hashed:
        raise Refused("wrong_password", field="password")
