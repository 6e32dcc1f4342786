"""Promises of time: the owner is warned before one is missed, and told when it is, once each."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from msgspec.structs import replace

from ticket_api.keys import new_uid
from ticket_api.mail.notices import Notice, Notices, read, written
from ticket_api.promised import Promised
from ticket_api.settings import Settings
from ticket_api.store import Store, at_once
from ticket_api.store.records import Mail
from ticket_api.tickets import handling
from ticket_api.tickets.event import Act, What
from ticket_api.tickets.promises import News, Promise, is_known, note_of
from ticket_api.tickets.ticket import Ticket

TOGETHER = timedelta(seconds=30)
"""How long a notice waits for others that go into the same mail."""
AT_LEAST = timedelta(hours=1)
"""A ticket whose clock runs is looked at so often, as its quadrant and the opening hours may have changed."""
ACTS: dict[News, What] = {"near": "warned", "missed": "missed"}


class Promises:
    """Warns and tells of the promises over one store; `mails`: by mail as well."""

    def __init__(self, store: Store, settings: Settings, promised: Promised) -> None:
        self._store = store
        self._promised = promised
        self._mails = promised.targets.mail
        self._to = settings.mail
        self._lang = settings.languages[0]

    def look(self, ticket: Ticket, now: datetime) -> datetime | None:
        """Warn, or tell, of what is due by now; when something changes next."""
        found = self._promised.of(ticket, now)
        if list(_untold(ticket, found)):
            at_once(self._store, lambda: self._tell(ticket.id, now))
        again = [each.again for each in found if each.again]
        return min(*again, now + AT_LEAST) if again else None

    def _tell(self, ticket_id: int, now: datetime) -> None:
        """Note what there is to tell, and put it into the outbox, all in one transaction."""
        ticket = self._store.ticket(ticket_id)
        for name, notice in list(_untold(ticket, self._promised.of(ticket, now))):
            act = Act("system", ACTS[notice.what], now)
            self._store.change_ticket(ticket_id, partial(handling.run, name=name, now=now), act)
            if self._mails:
                self._mail(notice, now)

    def _mail(self, notice: Notice, now: datetime) -> None:
        """Put a notice into the mail that waits for others, or into a new one."""
        for mail in self._store.mails_of(0):
            if mail.kind == "notice" and mail.state == "waiting" and not mail.attempts:
                self._store.change_mail(
                    mail.id, lambda each: replace(each, text=written(read(each.text).with_one(notice)))
                )
                return
        self._store.add_mail(
            Mail(
                uid=new_uid(),
                kind="notice",
                to=self._to,
                lang=self._lang,
                text=written(Notices((notice,))),
                created_at=now,
                due_at=now + TOGETHER,
            )
        )


def _untold(ticket: Ticket, found: list[Promise]) -> Iterator[tuple[str, Notice]]:
    """What the owner hasn't been told yet of these promises, with the name by which it is noted."""
    for promise in found:
        if promise.paused or promise.due is None or promise.state not in ("near", "late"):
            continue
        notice = Notice(ticket.id, promise.kind, "near" if promise.state == "near" else "missed", promise.due)
        if not is_known(ticket, promise, notice.what):
            yield note_of(promise, notice.what), notice
