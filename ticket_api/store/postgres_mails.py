"""The mails of the PostgreSQL store."""

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec.structs import replace

from ticket_api.errors import NotFound
from ticket_api.store.postgres_database import Database
from ticket_api.store.postgres_records import HIGHEST, PUT_MAIL, erased, mail_columns, record_of
from ticket_api.store.postgres_transaction import Transaction
from ticket_api.store.records import Mail

MAIL = "SELECT doc FROM mails WHERE id = %s"
OF_TICKET = "SELECT doc FROM mails WHERE ticket = %s ORDER BY id"
DUE = "SELECT doc FROM mails WHERE due_at <= %s ORDER BY due_at, id LIMIT %s"
TROUBLED = "SELECT doc FROM mails WHERE troubled ORDER BY id DESC LIMIT %s"
REMOVE = "DELETE FROM mails WHERE id = %s"


class PostgresMails:
    """What `Store` promises of mails."""

    _database: Database

    def add_mail(self, mail: Mail) -> Mail:
        """Put a mail into the outbox."""

        def work(transaction: Transaction) -> Mail:
            transaction.highest_mail += 1
            stored = replace(mail, id=transaction.highest_mail)
            transaction.write([(PUT_MAIL, mail_columns(stored))])
            return stored

        return self._database.write(work)

    def change_mail(self, mail_id: int, change: Callable[[Mail], Mail | None]) -> Mail | None:
        """Change a mail, or take it out. `change` may be called more than once."""

        def work(transaction: Transaction) -> Mail | None:
            before = _find(transaction, mail_id)
            changed = change(before)
            if changed is None:
                transaction.write([(REMOVE, (mail_id,))])
                return None
            after = replace(changed, id=mail_id)
            if after != before:
                transaction.write([(PUT_MAIL, mail_columns(after))])
            return after

        return self._database.write(work)

    def mails_due(self, now: datetime, *, limit: int) -> list[Mail]:
        """Mails to be sent by now."""
        return self._mails(DUE, now, max(0, min(limit, HIGHEST)))

    def mails_of(self, ticket_id: int) -> list[Mail]:
        """All mails about a ticket."""
        return self._mails(OF_TICKET, ticket_id) if 0 <= ticket_id <= HIGHEST else []

    def mails_failed(self, *, limit: int) -> list[Mail]:
        """The mails that failed."""
        return self._mails(TROUBLED, max(0, min(limit, HIGHEST)))

    def erase_mails(self, mail_ids: Sequence[int]) -> None:
        """Remove these mails."""
        removals = [(REMOVE, (each,)) for each in mail_ids if 0 < each <= HIGHEST]
        self._database.write(lambda transaction: transaction.write([*removals, *([erased()] if removals else [])]))

    def _mails(self, sql: str, *values: object) -> list[Mail]:
        return [record_of(Mail, doc) for (doc,) in self._database.rows(sql, values)]


def _find(transaction: Transaction, mail_id: int) -> Mail:
    rows = transaction.rows(MAIL, (mail_id,)) if 0 < mail_id <= HIGHEST else []
    if not rows:
        raise NotFound("not_found")
    return record_of(Mail, rows[0][0])
