"""Owner: what the owner does to their account once they are in."""

from collections.abc import Callable, Hashable
from datetime import datetime

from msgspec import UNSET
from msgspec.structs import replace

from ticket_api.errors import Conflict
from ticket_api.keys import fingerprint, new_code
from ticket_api.owner import passwords, second_factor
from ticket_api.owner import sessions as lasting
from ticket_api.owner.entry import Entry, require_same
from ticket_api.store import at_once
from ticket_api.store.records import OwnerAccount, SecondFactor, Session
from ticket_api.tickets.event import What


class Owner(Entry):
    """The one account: how the owner comes in, and what they change of it."""

    def sessions(self, now: datetime) -> list[Session]:
        """Where the owner is signed in, the one seen last first."""
        account = self._store.owner()
        there = [session for session in self._store.sessions() if lasting.is_whole(session, account, now)]
        return sorted(there, key=lambda session: session.seen_at, reverse=True)

    def end_session(self, session_id: str, now: datetime) -> None:
        """End the session with this id; one that isn't there ends nothing."""
        self._end([session.id for session in self._store.sessions() if session.id == session_id], now)

    def end_others(self, token: str, now: datetime) -> None:
        """End all sessions but that of a token."""
        mine = fingerprint(token)
        self._end([session.id for session in self._store.sessions() if session.id != mine], now)

    def change_password(
        self, present: str, password: str, repeated: str, client: Hashable, now: datetime, agent: str = ""
    ) -> str:
        """Choose another password; all sessions end, and a new one begins, whose token is returned.

        Raises Refused for a wrong present one, Invalid for a new one as `set_up` does, TooMany.
        """
        passwords.check(password, repeated)
        hashed = self._require_password(present, client, now, field="present")
        chosen = passwords.HASHER.hash(password)

        def job() -> str:
            account = self._with_password(hashed, chosen)
            self._store.drop_sessions()
            self._note("password_set", now)
            return self._enter(account, now, agent, whole=True, noted=False)

        return at_once(self._store, job)

    def second(self) -> SecondFactor | None:
        """The second factor, or None where there is none."""
        return self._store.owner().second or None

    def switch_on(self, secret: str, code: str, client: Hashable, now: datetime) -> tuple[str, ...]:
        """Ask for a second factor from now on, whose app has shown `code`. Returns the recovery codes.

        Raises Refused for a wrong code, Invalid for a secret that isn't one, Conflict when there is one, TooMany.
        """
        self._begin(client, now)
        factor, codes = second_factor.begun(secret, code, now)

        def change(account: OwnerAccount) -> OwnerAccount:
            if account.second:
                raise Conflict("second_factor_meanwhile")
            return replace(account, second=factor)

        self._change(change, "second_factor_set", now)
        self._forget(client)
        return codes

    def switch_off(self, password: str, client: Hashable, now: datetime) -> None:
        """Ask for the password alone from now on. Raises Refused for a wrong password, and TooMany."""
        hashed = self._require_password(password, client, now)

        def change(account: OwnerAccount) -> OwnerAccount:
            require_same(account, hashed)
            return replace(account, second=UNSET)

        self._change(change, "second_factor_removed", now)

    def new_recovery_codes(self, password: str, client: Hashable, now: datetime) -> tuple[str, ...]:
        """Recovery codes in place of the earlier ones. Raises Refused, TooMany; Conflict without a second factor."""
        hashed = self._require_password(password, client, now)
        codes = tuple(new_code() for _ in range(second_factor.RECOVERY_CODES))

        def change(account: OwnerAccount) -> OwnerAccount:
            require_same(account, hashed)
            if not account.second:
                raise Conflict("second_factor_meanwhile")
            return replace(account, second=replace(account.second, recovery=second_factor.marks(codes)))

        self._change(change, "recovery_codes_set", now)
        return codes

    def _require_password(self, password: str, client: Hashable, now: datetime, *, field: str = "password") -> str:
        """The hash of the password, if it is the right one. Raises Refused, and TooMany."""
        self._begin(client, now)
        hashed = self._store.owner().password
        passwords.require(hashed, password, field=field)
        self._forget(client)
        return hashed

    def _change(self, change: Callable[[OwnerAccount], OwnerAccount], what: What, now: datetime) -> None:
        def job() -> None:
            self._store.change_owner(change)
            self._note(what, now)

        at_once(self._store, job)

    def _end(self, ids: list[str], now: datetime) -> None:
        def job() -> None:
            for session_id in ids:
                self._store.drop_sessions(session_id=session_id)
            self._note("sessions_ended", now)

        if ids:
            at_once(self._store, job)
