"""The desk's own records in the default store: the owner's account, sessions, papers, the mark of the key."""

from collections.abc import Callable
from datetime import datetime

import msgspec
from tinydb import where
from tinydb.table import Document

from ticket_api.store.records import OwnerAccount, Paper, Session
from ticket_api.store.sqlite_storage import SQLiteStorage
from ticket_api.store.tinydb_records import MARK, OWNER, Tables, decoded, put_owner, put_paper, time_of


class TinyDBDesk:
    """What `Store` promises of these."""

    _file: SQLiteStorage
    _tables: Tables

    def paper(self, name: str) -> str:
        """The content of a paper, or ""."""
        row = self._tables.papers.first("name", name)
        return decoded(Paper, row).content if row else ""

    def papers(self, prefix: str) -> list[Paper]:
        """The papers whose names begin so, by name."""
        return [decoded(Paper, row) for row in self._tables.papers.beginning("name", prefix)]

    def change_paper(self, name: str, change: Callable[[str], str]) -> str:
        """Change a paper, or take it away; one that comes back as it was costs no write."""

        def apply() -> str:
            before = self.paper(name)
            after = change(before)
            if after != before:
                put_paper(self._tables, Paper(name, after))
            return after

        return self._file.commit(apply)

    def owner(self) -> OwnerAccount:
        """The owner's account."""
        row = self._tables.desk.row(OWNER)
        return decoded(OwnerAccount, row) if row else OwnerAccount()

    def change_owner(self, change: Callable[[OwnerAccount], OwnerAccount]) -> OwnerAccount:
        """Change the owner's account."""

        def apply() -> OwnerAccount:
            account = change(self.owner())
            put_owner(self._tables, account)
            return account

        return self._file.commit(apply)

    def put_session(self, session: Session) -> None:
        """Store a session, in place of one with the same id."""
        self._tables.sessions.upsert(msgspec.to_builtins(session), where("id") == session.id)

    def touch_session(self, session_id: str, seen_at: datetime) -> None:
        """Note when a session was last seen, if it is still there."""
        self._tables.sessions.update(msgspec.to_builtins({"seen_at": seen_at}), where("id") == session_id)

    def session(self, session_id: str) -> Session | None:
        """The session with this id, or None."""
        row = self._tables.sessions.first("id", session_id)
        return decoded(Session, row) if row else None

    def sessions(self) -> list[Session]:
        """All sessions, by id."""
        found = (decoded(Session, row) for row in self._tables.sessions.stream())
        return sorted(found, key=lambda session: session.id)

    def drop_sessions(self, *, session_id: str | None = None, unseen_since: datetime | None = None) -> None:
        """Forget one session, those not seen since a time, both, or without an argument all of them."""
        sessions = self._tables.sessions
        with self._file.transaction():
            if session_id is not None:
                sessions.remove(where("id") == session_id)
            if unseen_since is not None:
                sessions.remove(where("seen_at").test(lambda seen: time_of(seen) < unseen_since))
            if session_id is None and unseen_since is None:
                sessions.truncate()

    def claim(self, mark: str) -> str:
        """Remember the mark of the desk's key, if none is remembered."""

        def remember() -> str:
            known = self._mark()
            if not known:
                self._tables.desk.upsert(Document({"mark": mark}, MARK))
            return known or mark

        return self._mark() or self._file.commit(remember)

    def _mark(self) -> str:
        known = self._tables.desk.get(doc_id=MARK)
        return str(known["mark"]) if known else ""
