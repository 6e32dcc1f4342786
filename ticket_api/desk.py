"""What the owner does at the desk: the room that orders the steps."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from msgspec.structs import replace

from ticket_api.drafts import Draft, kept, name_of, read_draft, written
from ticket_api.errors import Conflict, Invalid, NotFound
from ticket_api.helpdesk import Change, Helpdesk
from ticket_api.outgoing import reply_mail
from ticket_api.priorities import Priorities
from ticket_api.question import check_characters, check_email, check_storable, check_text
from ticket_api.store import Store, at_once
from ticket_api.store.records import Mail
from ticket_api.tickets import handling
from ticket_api.tickets import ticket as tickets
from ticket_api.tickets.event import RULE, Act, What
from ticket_api.tickets.message import Attachment
from ticket_api.tickets.ticket import Ticket

BY_ITSELF: frozenset[What] = frozenset(
    {"warned", "missed", "categorised", "tagged", "prioritised", "noted", "acted", "called"}
)
"""What Helpleaf or a rule may do to a ticket while the owner writes: nothing of it changes what there is to answer."""


class Desk:
    """The owner's use cases. `now` is always an aware UTC time, read at the door."""

    def __init__(
        self, store: Store, helpdesk: Helpdesk, priorities: Priorities | None = None, *, message_limit: int
    ) -> None:
        self._store = store
        self._helpdesk = helpdesk
        self._priorities = priorities or Priorities(store)
        self._limit = message_limit

    def ticket(self, ticket_id: int) -> Ticket:
        """A ticket for the owner, as it is stored. Raises NotFound."""
        return self._store.ticket(ticket_id)

    def reply(
        self,
        ticket_id: int,
        text: str,
        now: datetime,
        files: tuple[Attachment, ...] = (),
        *,
        solved: bool = False,
        version: int | None = None,
    ) -> Ticket:
        """Add the owner's message, and mark the ticket solved if so wished. Raises NotFound, Invalid and Conflict.

        `version` is that of the ticket as the owner saw it; None skips the check. So in all that follows. The same
        reply to the same version again, by a second click, changes nothing.
        """
        check_text(text, self._limit, "missing_reply")

        def change(ticket: Ticket) -> Ticket:
            last = ticket.messages[-1]
            if ticket.version - 1 == version and (last.author, last.text) == ("owner", text):
                return ticket
            self._require(ticket, version)
            return tickets.reply(ticket, text, now, files, solved=solved)

        def job() -> Ticket:
            stored = self._store.ticket(ticket_id)
            replied = change(stored)
            if replied is stored:
                return stored
            letter = reply_mail(replied, text, now)
            mail = self._store.add_mail(letter).id if letter else 0
            self._store.change_paper(name_of(ticket_id), lambda _: "")
            act = Act("owner", "replied", now)
            return self._store.change_ticket(ticket_id, lambda ticket: _with_mail(change(ticket), mail), act)

        return at_once(self._store, job)

    def retract(self, ticket_id: int, now: datetime, *, version: int | None = None) -> Ticket:
        """Take the owner's last reply back within its ten seconds; its words are the draft again.

        Its mail is taken out of the outbox. Raises NotFound, and Conflict when it is too late.
        """

        def job() -> Ticket:
            ticket = self._store.ticket(ticket_id)
            back = self._decide(ticket_id, "retracted", now, version, lambda each: handling.retract(each, now))
            if ticket.before and ticket.before.mail:
                self._store.change_mail(ticket.before.mail, _taken_out)
            self._store.change_paper(name_of(ticket_id), lambda paper: _restored(paper, ticket.messages[-1].text))
            return back

        return at_once(self._store, job)

    def close(self, ticket_id: int, now: datetime, *, version: int | None = None) -> Ticket:
        """The owner says that it is done. Raises NotFound and Conflict."""
        return self._decide(ticket_id, "closed", now, version, lambda ticket: tickets.close(ticket, now))

    def reopen(self, ticket_id: int, now: datetime, *, version: int | None = None) -> Ticket:
        """The owner takes a ticket back into the queue. Raises NotFound and Conflict."""
        return self._decide(ticket_id, "reopened", now, version, lambda ticket: tickets.reopen(ticket, now))

    def note(self, ticket_id: int, text: str, now: datetime, *, version: int | None = None) -> Ticket:
        """Add what the owner writes for themselves. Raises NotFound, Invalid and Conflict."""
        if not text.strip():
            raise Invalid("missing_note", field="note")
        check_storable("note", text, self._limit)
        return self._decide(ticket_id, "noted", now, version, lambda ticket: handling.note(ticket, text, now))

    def tag(self, ticket_id: int, text: str, now: datetime, *, version: int | None = None) -> Ticket:
        """Put a tag on a ticket. Raises NotFound, Invalid and Conflict."""
        check_characters("tag", text)
        return self._decide(ticket_id, "tagged", now, version, lambda ticket: handling.tag(ticket, text, now))

    def untag(self, ticket_id: int, text: str, now: datetime, *, version: int | None = None) -> Ticket:
        """Take a tag off a ticket. Raises NotFound and Conflict."""
        return self._decide(ticket_id, "tagged", now, version, lambda ticket: handling.untag(ticket, text, now))

    def prioritise(self, ticket_id: int, priority: int, now: datetime, *, version: int | None = None) -> Ticket:
        """Say how much a ticket presses, from 1 to 5; 0 leaves it to what is computed.

        What it was computed of is kept with the owner's word. Raises NotFound, Invalid and Conflict.
        """
        parts = self._priorities.explain(self._store.ticket(ticket_id), now).points
        return self._decide(
            ticket_id, "prioritised", now, version, lambda ticket: handling.prioritise(ticket, priority, now, parts)
        )

    def categorise(self, ticket_id: int, category: str, now: datetime, *, version: int | None = None) -> Ticket:
        """Say what a ticket is about, by the name of a category or "" for none. Raises NotFound, Invalid, Conflict."""
        if category and category not in self._helpdesk.categories():
            raise Invalid("wrong_value", field="category", name="category")
        return self._decide(
            ticket_id, "categorised", now, version, lambda ticket: handling.categorise(ticket, category, now)
        )

    def snooze(self, ticket_id: int, until: datetime, now: datetime, *, version: int | None = None) -> Ticket:
        """Keep a ticket out of the queue until a time. Raises NotFound, Invalid and Conflict."""
        return self._decide(ticket_id, "snoozed", now, version, lambda ticket: handling.snooze(ticket, until, now))

    def wake(self, ticket_id: int, now: datetime, *, version: int | None = None) -> Ticket:
        """Put a snoozed ticket back into the queue. Raises NotFound and Conflict."""
        return self._decide(ticket_id, "woke", now, version, lambda ticket: handling.wake(ticket, now))

    def merge(self, ticket_id: int, into: int, now: datetime, *, version: int | None = None) -> Ticket:
        """Let a ticket go on in another one of the same requester, which is returned. Raises NotFound and Conflict."""

        def job() -> Ticket:
            source = self._store.ticket(ticket_id)
            target = self._store.ticket(into)
            act = Act("owner", "merged", now)
            self._decide(ticket_id, "merged", now, version, lambda each: handling.merge(each, target, now)[0])
            return self._store.change_ticket(into, lambda each: handling.merge(source, each, now)[1], act)

        try:
            return at_once(self._store, job)
        except NotFound as error:
            raise Invalid("unknown_ticket", field="into", id=into) from error

    def change_requester(
        self, ticket_id: int, name: str, email: str, now: datetime, *, version: int | None = None
    ) -> Ticket:
        """Say who asked; another address has another secret link. Raises NotFound, Invalid and Conflict."""
        check_characters("name", name)
        check_email(email)
        uid, link = self._helpdesk.new_link()
        return self._decide(
            ticket_id,
            "moved",
            now,
            version,
            lambda ticket: handling.change_requester(ticket, name, email, now, uid=uid, link=link),
        )

    def renew(self, ticket_id: int, now: datetime, *, version: int | None = None) -> Ticket:
        """Give a ticket another secret link; the former one leads nowhere. Raises NotFound and Conflict."""
        uid, link = self._helpdesk.new_link()
        return self._decide(
            ticket_id, "renewed", now, version, lambda ticket: handling.renew(ticket, now, uid=uid, link=link)
        )

    def draft(self, ticket_id: int) -> Draft:
        """The reply that is being written to a ticket."""
        return read_draft(self._store.paper(name_of(ticket_id)))

    def keep_draft(self, ticket_id: int, text: str, number: int) -> Draft:
        """Keep a reply as it is being written, over the draft with this number; one that was just sent is none.

        Raises NotFound, Invalid, and DraftConflict when another window has kept other words.
        """
        check_storable("message", text, self._limit)
        last = self._store.ticket(ticket_id).messages[-1]
        if last.author == "owner" and last.text == text:
            return self.draft(ticket_id)
        paper = self._store.change_paper(
            name_of(ticket_id), lambda paper: written(kept(read_draft(paper), text, number))
        )
        return read_draft(paper)

    def others(self, ticket: Ticket) -> list[Ticket]:
        """The other tickets of a ticket's requester, newest first; none of somebody who gave no address."""
        every = self._store.tickets_of(ticket.email) if ticket.email else []
        return [each for each in reversed(every) if each.id != ticket.id]

    def change_many(self, versions: Mapping[int, int], what: str, text: str, now: datetime) -> int:
        """Do one thing to many tickets, with one commit. Returns how many it was.

        `what`: `tag` with a text, `solve`, `reopen` or `quarantine`.

        `versions`: of each ticket by its id, as the owner saw it; one that has changed meanwhile is left alone, and so
        is one of which it can't be done. Raises Invalid for anything else to be done and for what can't be a tag, and
        StoreUnavailable.
        """
        check_characters("tag", text)
        acts: Mapping[str, tuple[What, Change]] = {
            "tag": ("tagged", lambda ticket: handling.tag(ticket, text, now)),
            "solve": ("closed", lambda ticket: tickets.close(ticket, now)),
            "reopen": ("reopened", lambda ticket: tickets.reopen(ticket, now)),
            "quarantine": ("quarantined", lambda ticket: tickets.move(ticket, "quarantined", now)),
        }
        if what not in acts:
            raise Invalid("wrong_value", field="do", name="do")
        act, change = acts[what]
        jobs = [partial(self._decide, each, act, now, version, change) for each, version in versions.items()]
        outcomes = self._store.together(jobs)
        for outcome in outcomes:
            if isinstance(outcome, Exception) and not isinstance(outcome, Conflict | NotFound):
                raise outcome
        return sum(not isinstance(outcome, Exception) for outcome in outcomes)

    def confirm(self, ticket_id: int, article: str, now: datetime, *, version: int | None = None) -> Ticket:
        """The owner says that an article (its id) that was offered answers it; "" takes that back.

        Raises NotFound and Conflict.
        """

        def change(ticket: Ticket) -> Ticket:
            if article and article not in {offer.id for offer in ticket.offers}:
                raise NotFound("unknown_article", field="article", article=article)
            return tickets.confirm(ticket, article, now)

        return self._decide(ticket_id, "confirmed" if article else "unconfirmed", now, version, change)

    def _decide(self, ticket_id: int, what: What, now: datetime, version: int | None, change: Change) -> Ticket:
        """What the owner does to the ticket that they saw, and to no other version of it."""

        def checked(ticket: Ticket) -> Ticket:
            self._require(ticket, version)
            return handling.sealed(ticket, change(ticket))

        return self._store.change_ticket(ticket_id, checked, Act("owner", what, now))

    def _require(self, ticket: Ticket, version: int | None) -> None:
        """Raise Conflict unless this is the ticket that the owner saw, and it goes on here."""
        if version is not None and ticket.version != version and not self._went_by_itself(ticket, version):
            raise Conflict("changed_meanwhile")
        handling.require_here(ticket)

    def _went_by_itself(self, ticket: Ticket, version: int) -> bool:
        """Whether nothing was done to a ticket since but by Helpleaf itself, and that leaves its answer the same."""
        since = self._store.events(ticket.id)[version - ticket.version :] if version < ticket.version else []
        return bool(since) and all(event.what in BY_ITSELF and _is_by_itself(event.who) for event in since)


def _is_by_itself(who: str) -> bool:
    return who == "system" or who.startswith(RULE)


def _with_mail(ticket: Ticket, mail: int) -> Ticket:
    """A ticket that was replied to, with the mail that is taken back together with the reply."""
    return replace(ticket, before=replace(ticket.before, mail=mail)) if ticket.before and mail else ticket


def _taken_out(mail: Mail) -> None:
    """Raise Conflict unless a mail still waits; then it is no more."""
    if mail.state != "waiting":
        raise Conflict("too_late_to_undo")


def _restored(paper: str, text: str) -> str:
    """The draft with the words of a reply that was taken back, before what was written since."""
    draft = read_draft(paper)
    return written(Draft("\n\n".join(filter(None, (text, draft.text))), draft.number + 1))
