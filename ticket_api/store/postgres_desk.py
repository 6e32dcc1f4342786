"""The desk's own records in the PostgreSQL store: the owner's account, sessions, papers, the mark of the key."""

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec.structs import replace

from ticket_api.store import postgres_records as records
from ticket_api.store.postgres_database import Database
from ticket_api.store.postgres_records import (
    DESK,
    OWNER,
    PUT_DESK,
    as_text,
    findable,
    owner_of,
    put_paper,
    put_session,
    record_of,
)
from ticket_api.store.postgres_transaction import Transaction
from ticket_api.store.records import OwnerAccount, Paper, Session

SESSION = "SELECT doc FROM sessions WHERE id = %s"
PAPER = "SELECT doc FROM papers WHERE name = %s"
PAPERS = "SELECT doc FROM papers WHERE name >= %s AND name < %s ORDER BY name"
LAST_LETTER = "\U0010ffff"


class PostgresDesk:
    """What `Store` promises of these."""

    _database: Database

    def paper(self, name: str) -> str:
        """The content of a paper, or ""."""
        rows = self._database.rows(PAPER, (name,))
        return record_of(Paper, rows[0][0]).content if rows else ""

    def papers(self, prefix: str) -> list[Paper]:
        """The papers whose names begin so, by name."""
        return [record_of(Paper, doc) for (doc,) in self._database.rows(PAPERS, (prefix, f"{prefix}{LAST_LETTER}"))]

    def change_paper(self, name: str, change: Callable[[str], str]) -> str:
        """Change a paper, or take it away. `change` may be called more than once."""

        def work(transaction: Transaction) -> str:
            before = self.paper(name)
            after = change(before)
            if after != before:
                transaction.write([put_paper(Paper(name, after))])
            return after

        return self._database.write(work)

    def owner(self) -> OwnerAccount:
        """The owner's account."""
        return owner_of(self._database.rows(DESK, (OWNER,)))

    def change_owner(self, change: Callable[[OwnerAccount], OwnerAccount]) -> OwnerAccount:
        """Change the owner's account. `change` may be called more than once."""

        def work(transaction: Transaction) -> OwnerAccount:
            account = change(owner_of(transaction.rows(DESK, (OWNER,))))
            transaction.write([(PUT_DESK, (OWNER, as_text(account)))])
            return account

        return self._database.write(work)

    def put_session(self, session: Session) -> None:
        """Store a session, in place of one with the same id."""
        self._database.write(lambda transaction: put_session(transaction, session))

    def touch_session(self, session_id: str, seen_at: datetime) -> None:
        """Note when a session was last seen, if it is still there."""

        def work(transaction: Transaction) -> None:
            found = self.session(session_id)
            if found:
                put_session(transaction, replace(found, seen_at=seen_at))

        self._database.write(work)

    def session(self, session_id: str) -> Session | None:
        """The session with this id, or None."""
        rows = self._database.rows(SESSION, (session_id,)) if findable(session_id) else []
        return record_of(Session, rows[0][0]) if rows else None

    def sessions(self) -> list[Session]:
        """All sessions, by id."""
        found = [record_of(Session, doc) for (doc,) in self._database.rows("SELECT doc FROM sessions")]
        return sorted(found, key=lambda session: session.id)  # PostgreSQL would sort as its language does

    def drop_sessions(self, *, session_id: str | None = None, unseen_since: datetime | None = None) -> None:
        """Forget one session, those not seen since a time, both, or without an argument all of them."""
        statements: list[tuple[str, Sequence[object]]] = []
        if session_id is not None and findable(session_id):
            statements.append(("DELETE FROM sessions WHERE id = %s", (session_id,)))
        if unseen_since is not None:
            statements.append(("DELETE FROM sessions WHERE seen_at < %s", (unseen_since,)))
        if session_id is None and unseen_since is None:
            statements.append(("DELETE FROM sessions", ()))
        self._database.write(lambda transaction: transaction.write(statements))

    def claim(self, mark: str) -> str:
        """Remember a mark of the desk's key if none is remembered yet, and return the one that is."""
        return self._database.write(lambda transaction: records.claim(transaction, mark))
