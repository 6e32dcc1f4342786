"""What is mailed: which mails there are, to whom, how often, and what becomes of them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import UNSET
from msgspec.structs import replace

from ticket_api import preferences
from ticket_api.allowance import Allowance
from ticket_api.errors import Invalid, NotFound
from ticket_api.keys import link_token, new_uid
from ticket_api.mail import files, smtp
from ticket_api.mail.compose import compose
from ticket_api.mail.letter import Letter, Link, Sender
from ticket_api.mail.notices import Notices, still_stands
from ticket_api.mail.notices import read as notices_in
from ticket_api.mail.outcome import Outcome, failed
from ticket_api.mailbox import is_mailbox, same_mailbox
from ticket_api.settings import Settings
from ticket_api.store import Store, at_once
from ticket_api.store.records import Mail, MailKind
from ticket_api.tickets.ticket import Ticket

UNDO_SECONDS = 10
"""How long a reply may be taken back before it is mailed."""
MOST_LINKS = 20
"""Tickets whose links one mail tells, the newest."""
LEASE = timedelta(minutes=2)
"""How long a mail is left to the worker that took it: longer than any conversation with a mail server may last."""
PAUSES = tuple(timedelta(minutes=each) for each in (1, 2, 4, 8, 16, 32))
LAST_PAUSE = timedelta(minutes=60)
FAR = timedelta(days=365)
"""Further ahead than any mail is due."""
TRIES = 29
"""With these pauses, the last try is a day after the first."""
ROUNDS = 100
AUTOMATIC = "automatic:"
"""Stands before the address where automatic messages are counted, so that each goes once beside the other mail."""


def reply_mail(ticket: Ticket, text: str, now: datetime) -> Mail | None:
    """The mail of the owner's reply, to be put into the outbox with it; None for a ticket without an address.

    It is due when the reply can't be taken back any more.
    """
    if not ticket.email:
        return None
    return _about(ticket, "reply", now, text, after=timedelta(seconds=UNDO_SECONDS))


def _about(ticket: Ticket, kind: MailKind, now: datetime, text: str = "", *, after: timedelta = timedelta()) -> Mail:
    """A mail to a ticket's requester, about it."""
    return Mail(
        uid=new_uid(),
        kind=kind,
        ticket=ticket.id,
        to=ticket.email,
        lang=ticket.lang,
        text=text,
        created_at=now,
        due_at=now + after,
    )


def require_mailbox(address: str) -> None:
    """Raise Invalid for what no mail can be sent to."""
    if not is_mailbox(address):
        raise Invalid("wrong_address", field="email")


def server_of(own: Settings) -> smtp.Server | None:
    """The mail server of the settings, if they name one."""
    if not own.smtp_host:
        return None
    return smtp.Server(own.smtp_host, own.smtp_port, own.smtp_security, own.smtp_user, own.smtp_password)


def sender_of(own: Settings, secret: bytes, name: str = "") -> Sender:
    """Whom mail comes from; `name` is the owner's choice, "" for that of the settings."""
    return Sender(name or own.company, own.smtp_from or own.mail, own.mail, own.served_url, secret)


class Outgoing:
    """The mails over one store: what goes into the outbox, and what its worker is handed."""

    def __init__(self, store: Store, settings: Settings, secret: bytes) -> None:
        self._store = store
        self._settings = settings
        self._secret = secret
        self._allowance = Allowance(store, secret)
        self.sender = sender_of(settings, secret)

    def may_receive(self, address: str, now: datetime) -> bool:
        """Whether an address may be told that a question has arrived; only a look, which counts nothing."""
        if not (self._settings.acknowledge and is_mailbox(address)):
            return False
        return self._allowance.has_room(address, now)

    def received(self, ticket: Ticket, now: datetime) -> None:
        """Put the mail that a question has arrived into the outbox, within the transaction that opens its ticket.

        None without an address, with `acknowledge` off, when there was one about this ticket, and beyond what may be
        sent in a day.
        """
        if not self.may_receive(ticket.email, now):
            return
        if any(mail.kind == "received" for mail in self._store.mails_of(ticket.id)):
            return
        if self._allowance.take(ticket.email, now):
            self._store.add_mail(_about(ticket, "received", now))

    def automatic(self, ticket: Ticket, text: str, now: datetime) -> Literal["no_address", "enough"] | None:
        """Put the mail of an automatic message into the outbox, within the transaction that writes it.

        None without an address, and beyond what may be sent in a day: one to an address that nobody has proved to be
        theirs, and those count with all other mails of fixed texts. Returns why there is none.
        """
        if not is_mailbox(ticket.email):
            return "no_address"
        if not self._allowance.take(ticket.email, now, AUTOMATIC):
            return "enough"
        self._store.add_mail(_about(ticket, "automatic", now, text))
        return None

    def find(self, address: str, lang: str, now: datetime) -> None:
        """Note that somebody wants the links of an address. Who has asked nothing costs the same until here.

        Raises Invalid for what is no address.
        """
        require_mailbox(address)
        self._store.add_mail(Mail(uid=new_uid(), kind="links", to=address, lang=lang, created_at=now, due_at=now))

    def take(self, now: datetime, most: int) -> list[Letter]:
        """The letters that are due by now, at most so many, each for this caller alone until its lease ends."""
        for _ in range(ROUNDS):
            due = self._store.mails_due(now, limit=most)
            taken = [at_once(self._store, partial(self._claim, mail.id, now)) for mail in due]
            letters = [letter for mail in taken if mail and (letter := self._letter(mail))]
            if letters or not due:  # else all were dropped, and others wait behind them
                return letters
        return []

    def settle(self, letter: Letter, outcome: Outcome, now: datetime) -> None:
        """Note what became of a letter: sent, to be tried again after a pause, or failed for good."""

        def note(mail: Mail) -> Mail | None:
            if outcome.state == "sent":
                sent = replace(mail, state="sent", text="", error="", sent_at=now, due_at=now)
                return None if mail.kind in ("links", "notice") else sent
            if mail.state != "sending":
                return mail
            if outcome.state == "refused" or mail.attempts >= TRIES:
                return None if mail.kind == "links" else replace(mail, state="failed", error=outcome.kept)
            pause = PAUSES[mail.attempts - 1] if mail.attempts <= len(PAUSES) else LAST_PAUSE
            return replace(mail, state="waiting", error=outcome.kept, due_at=now + pause)

        self._change(letter.id, note)

    def failing(self, limit: int) -> list[Mail]:
        """The mails that failed for good, or are waiting after a failure, newest first."""
        return self._store.mails_failed(limit=limit)

    def outstanding(self, now: datetime, limit: int) -> list[Mail]:
        """The mails that wait to be sent and those that failed, newest first, at most so many of each."""
        waiting = self._store.mails_due(now + FAR, limit=limit)
        found = {mail.id: mail for mail in (*waiting, *self.failing(limit))}
        return [found[id_] for id_ in sorted(found, reverse=True)]

    def retry(self, mail_id: int, now: datetime) -> None:
        """Try a mail that has failed once more, at once, and for another day. One that was sent stays as it is."""

        def again(mail: Mail) -> Mail:
            if mail.state not in ("waiting", "failed"):
                return mail
            return replace(mail, state="waiting", attempts=0, due_at=now)

        self._change(mail_id, again)

    def give_up(self, mail_id: int) -> None:
        """Take a mail out of the outbox unless it was sent or is being sent."""
        self._change(mail_id, lambda mail: None if mail.state in ("waiting", "failed") else mail)

    async def deliver(self, letter: Letter) -> Outcome:
        """Send a letter through the mail server of the settings; without one, write it into the folder of mails."""
        if not is_mailbox(letter.to):
            return failed("no_address", final=True)
        message = compose(letter, sender_of(self._settings, self._secret, preferences.read(self._store).name))
        if server := server_of(self._settings):
            return await smtp.send(server, message)
        return files.write(self._settings.mail_path, f"{letter.written_at:%Y%m%d-%H%M%S}-{letter.id}", message)

    def _claim(self, mail_id: int, now: datetime) -> Mail | None:
        """The mail, when nobody else has taken it; one for links that may not be sent is dropped, and None."""
        mine = False

        def claim(mail: Mail) -> Mail | None:
            nonlocal mine
            mine = mail.state in ("waiting", "sending") and mail.due_at <= now
            if not mine:
                return mail
            if mail.kind == "links" and not mail.attempts and not self._may_find(mail.to, now):
                return None
            return replace(mail, state="sending", attempts=mail.attempts + 1, due_at=now + LEASE)

        try:
            claimed = self._store.change_mail(mail_id, claim)
        except NotFound:
            return None
        return claimed if mine else None

    def _may_find(self, address: str, now: datetime) -> bool:
        return bool(self._found(address)) and self._allowance.take(address, now)

    def _found(self, address: str) -> list[Ticket]:
        """The newest tickets that were asked from this very address, and no other that counts as the same person's."""
        own = [each for each in self._store.tickets_of(address) if same_mailbox(each.email, address)]
        return own[-MOST_LINKS:][::-1]

    def _letter(self, mail: Mail) -> Letter | None:
        """All that a mail says; None for one that has nothing to say any more, and is taken out."""
        if mail.kind == "notice":
            return self._notice(mail)
        tickets = self._found(mail.to) if mail.kind == "links" else self._about(mail)
        if not tickets:
            self._change(mail.id, lambda _: None)
            return None
        return Letter(
            id=mail.id,
            uid=mail.uid,
            kind=mail.kind,
            to=mail.to,
            lang=mail.lang,
            links=tuple(map(self._link, tickets)),
            text=mail.text,
            solved=tickets[0].status == "solved" and tickets[0].rating is UNSET,
            asks=any(each.asks and each.text == mail.text for each in tickets[0].messages),
            written_at=mail.created_at,
        )

    def _notice(self, mail: Mail) -> Letter | None:
        """What the owner is told of promises, without what was done or erased meanwhile; None where that was all."""
        notices, zone = notices_in(mail.text), ZoneInfo(self._settings.timezone)
        there = {each.id: each for each in self._store.tickets_by_id([each.ticket for each in notices.named])}
        left = [each for each in notices.named if each.ticket in there and still_stands(each, there[each.ticket])]
        if not left:
            self._change(mail.id, lambda _: None)
            return None
        desk = self._settings.desk_url
        return Letter(
            id=mail.id,
            uid=mail.uid,
            kind=mail.kind,
            to=mail.to,
            lang=mail.lang,
            links=tuple(
                Link(each.ticket, f"{desk}/tickets/{each.ticket}", there[each.ticket].created_at) for each in left
            ),
            notices=Notices(tuple(replace(each, due=each.due.astimezone(zone)) for each in left), notices.more),
            written_at=mail.created_at,
        )

    def _about(self, mail: Mail) -> list[Ticket]:
        """The ticket of a mail, unless it is another person's by now: their link goes to nobody else."""
        found = self._store.tickets_by_id([mail.ticket])
        return [each for each in found if same_mailbox(each.email, mail.to) and each.status != "quarantined"]

    def _link(self, ticket: Ticket) -> Link:
        return Link(ticket.id, f"{self.sender.base}/t/{link_token(self._secret, ticket.uid)}", ticket.created_at)

    def _change(self, mail_id: int, change: Callable[[Mail], Mail | None]) -> None:
        try:
            self._store.change_mail(mail_id, change)
        except NotFound:  # its ticket was erased meanwhile
            return
