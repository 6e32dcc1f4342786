"""The mails of the default store."""

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec.structs import replace

from ticket_api.errors import NotFound
from ticket_api.store.records import Mail
from ticket_api.store.sqlite_storage import SQLiteStorage
from ticket_api.store.tinydb_records import Tables, as_document, decoded, microseconds, note_erase


class TinyDBMails:
    """What `Store` promises of mails."""

    _file: SQLiteStorage
    _tables: Tables

    def add_mail(self, mail: Mail) -> Mail:
        """Put a mail into the outbox."""
        return self._file.commit(lambda: replace(mail, id=self._tables.mails.add(as_document(mail))))

    def change_mail(self, mail_id: int, change: Callable[[Mail], Mail | None]) -> Mail | None:
        """Change a mail, or take it out; one that comes back as it was costs no write."""

        def apply() -> Mail | None:
            row = self._tables.mails.whole_row(mail_id)
            if row is None:
                raise NotFound("not_found")
            before = decoded(Mail, row)
            changed = change(before)
            if changed is None:
                self._tables.mails.remove(doc_ids=[mail_id])
                return None
            after = replace(changed, id=mail_id)
            if after != before:
                self._tables.mails.put(mail_id, as_document(after), as_document(before))
            return after

        return self._file.commit(apply)

    def mails_due(self, now: datetime, *, limit: int) -> list[Mail]:
        """Mails to be sent by now."""
        return [decoded(Mail, row) for row in self._tables.mails.least("due", microseconds(now), limit=limit)]

    def mails_of(self, ticket_id: int) -> list[Mail]:
        """All mails about a ticket."""
        return [decoded(Mail, row) for row in self._tables.mails.rows("ticket", ticket_id)]

    def mails_failed(self, *, limit: int) -> list[Mail]:
        """The mails that failed."""
        return [decoded(Mail, row) for row in self._tables.mails.page("troubled", [1], limit=limit, newest_first=True)]

    def erase_mails(self, mail_ids: Sequence[int]) -> None:
        """Remove these mails."""

        def erase() -> None:
            if self._tables.mails.remove(doc_ids=mail_ids):
                note_erase(self._tables)

        self._file.commit(erase)
