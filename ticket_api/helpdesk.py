"""The use cases of customers and of the queue: the only room that orders the steps."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from ticket_api.current import CurrentIndex
from ticket_api.errors import Conflict, NotFound
from ticket_api.keys import fingerprint, link_token, new_uid
from ticket_api.knowledge import matching
from ticket_api.knowledge.index import ArticleIndex
from ticket_api.question import Question, check_characters, check_question, check_storable, check_text, request_of
from ticket_api.store import Store
from ticket_api.store.records import Feedback
from ticket_api.suggestion import Suggestion
from ticket_api.tickets import ticket as tickets
from ticket_api.tickets.event import Act, What
from ticket_api.tickets.ticket import Message, Status, Ticket

SUGGESTIONS = 3
"""The most articles that are offered for one question."""
PAGE_LENGTH = 50
"""Tickets on one page of the queue."""

log = logging.getLogger(__name__)

Change = Callable[[Ticket], Ticket]


class Asked(Struct, frozen=True):
    """A stored question and the token of its secret link."""

    ticket: Ticket
    token: str


class Queue(Struct, frozen=True):
    """One page of the queue, oldest first; `more`: others follow; `counts`: how many are in each state."""

    tickets: list[Ticket]
    more: bool
    counts: dict[Status, int]


class Helpdesk:
    """The use cases over one store and the current index. `now` is always an aware UTC time, read at the door.

    `least` is the least score that is offered; None leaves it to the index.
    """

    def __init__(
        self,
        store: Store,
        current: CurrentIndex,
        secret: bytes,
        *,
        silence: timedelta,
        message_limit: int,
        least: float | None = None,
    ) -> None:
        self._store = store
        self._current = current
        self._least = least
        self._secret = secret
        self._silence = silence
        self._limit = message_limit

    def suggest(self, text: str, lang: str, *, page: str = "", limit: int = SUGGESTIONS) -> tuple[Suggestion, ...]:
        """The articles that may answer, best first; none when no article is confident enough."""
        check_characters("q", text)
        least, most = self._least, min(limit, SUGGESTIONS)
        return matching.suggest(self._index, text, lang, page=page, least=least, limit=most)

    def threshold(self, lang: str) -> float:
        """The least score, from 0 to 1, with which an article in a language is offered."""
        return matching.threshold(self._index, lang) if self._least is None else self._least

    def search(self, text: str, lang: str, *, limit: int) -> tuple[Suggestion, ...]:
        """The articles in which anything of the text stands, best first."""
        check_characters("q", text)
        return matching.search(self._index, text, lang, limit=limit)

    def articles(self) -> int:
        """How many articles the index holds."""
        return len(self._index)

    def check_store(self) -> None:
        """Raise StoreUnavailable unless a ticket could be written now."""
        self._store.check()

    def together(self, jobs: Sequence[Callable[[], object]]) -> list[object]:
        """Run use cases that write with one commit for all; what each returns, or the exception that it raised."""
        return self._store.together(jobs)

    def ask(self, question: Question, now: datetime, *, key: str = "") -> Asked:
        """Store a question with the articles that are offered for it: `prepare`, then `keep`."""
        return self.keep(self.prepare(question, now, key=key), now)

    def prepare(self, question: Question, now: datetime, *, key: str = "") -> Ticket:
        """The ticket that a question makes, with what is offered; nothing is stored yet.

        `key` is the sender's Idempotency-Key or "": the same key with the same question again gives the same ticket.
        Raises Invalid, and StoreUnavailable.
        """
        check_question(question, self._limit)
        request = request_of(question, key)
        known = self._store.ticket_by_request(request) if request and self.matches else None
        return known or tickets.offer(self._new_ticket(question, request, now), self._offers(question), now)

    def keep(self, prepared: Ticket, now: datetime) -> Asked:
        """Store a prepared ticket, if it isn't stored already. Raises StoreUnavailable."""
        stored = prepared if prepared.id else self._store.add_ticket(prepared)
        return Asked(self.settled(stored, now), self.token(stored))

    @property
    def _index(self) -> ArticleIndex:
        """The index in force; it may be another one the next time it is taken."""
        return self._current.index

    @property
    def matches(self) -> bool:
        """Whether there is any article to offer; else `prepare` neither matches nor reads."""
        return len(self._index) > 0

    def _offers(self, question: Question) -> tuple[Suggestion, ...]:
        """What to offer. A fault in matching costs the offer, never the answer to a question that is stored."""
        if not self.matches:
            return ()
        try:
            return self.suggest(question.message, question.lang, page=question.page)
        except Exception:
            log.exception("No articles could be offered for a question")
            return ()

    def _new_ticket(self, question: Question, request: str, now: datetime) -> Ticket:
        uid = new_uid()
        return Ticket(
            uid=uid,
            link=fingerprint(link_token(self._secret, uid)),
            request=request,
            requester=new_uid(),
            subject=question.subject,
            name=question.name,
            email=question.email,
            lang=question.lang,
            page=question.page,
            messages=(Message("requester", question.message, now),),
            created_at=now,
            changed_at=now,
        )

    def token(self, ticket: Ticket) -> str:
        """The token of a ticket's secret link."""
        return link_token(self._secret, ticket.uid)

    def read(self, token: str, now: datetime) -> Ticket:
        """The ticket behind a secret link. Raises NotFound."""
        return self.settled(self._by_link(token), now)

    def solve(self, token: str, article: str, now: datetime) -> Ticket:
        """The customer says that an article (its id) solved it. Raises NotFound and Conflict."""
        self._check_article(article)
        return self._change(token, "solved", now, lambda ticket: tickets.solve(ticket, article, now))

    def undo(self, token: str, now: datetime) -> Ticket:
        """The customer takes back that an article solved it. Raises NotFound."""
        return self._change(token, "undone", now, lambda ticket: tickets.undo(ticket, now))

    def send(self, token: str, now: datetime) -> Ticket:
        """The customer wants an answer from a person. Raises NotFound."""
        return self._change(token, "sent", now, lambda ticket: tickets.send(ticket, now))

    def write(self, token: str, text: str, now: datetime) -> Ticket:
        """Add a customer's further message. Raises NotFound and Invalid."""
        check_text(text, self._limit)
        return self._change(token, "wrote", now, lambda ticket: tickets.write(ticket, text, now))

    def vote(self, article: str, helpful: bool, lang: str, now: datetime, *, comment: str = "") -> None:
        """Store an answer to "Was this helpful?". Raises NotFound and Invalid."""
        self._check_article(article)
        check_storable("comment", comment, self._limit)
        self._store.add_feedback(Feedback(article=article, lang=lang, helpful=helpful, comment=comment, at=now))

    def queue(self, status: Status, *, after: int = 0) -> Queue:
        """One page of the tickets in a state, oldest first, with an id above `after`."""
        page = self._store.tickets((status,), limit=PAGE_LENGTH + 1, after=after)
        return Queue(page[:PAGE_LENGTH], len(page) > PAGE_LENGTH, self._store.count_tickets())

    def silent(self, now: datetime, *, after: int = 0) -> list[int]:
        """The ids, above `after`, of offered tickets that silence has opened by now; `open_silent` stores that."""
        found: list[int] = []
        while batch := self._store.tickets(("offered",), limit=PAGE_LENGTH, after=after):
            after = batch[-1].id
            found += [ticket.id for ticket in batch if self.settled(ticket, now) is not ticket]
        return found

    def open_silent(self, ticket_ids: Sequence[int], now: datetime) -> None:
        """Store that silence has opened these tickets; one whose requester has chosen meanwhile stays as it is."""
        for ticket_id in ticket_ids:
            self._store.change_ticket(ticket_id, lambda ticket: self.settled(ticket, now), _opened(now))

    def ticket(self, ticket_id: int) -> Ticket:
        """A ticket for the owner, as it is stored. Raises NotFound."""
        return self._store.ticket(ticket_id)

    def settled(self, ticket: Ticket, now: datetime) -> Ticket:
        """The ticket as it is by now: open when its requester has been silent for long enough, else the very same."""
        return tickets.settle(ticket, now, self._silence)

    def reply(
        self, ticket_id: int, text: str, now: datetime, *, solved: bool = False, version: int | None = None
    ) -> Ticket:
        """Add the owner's message, and mark the ticket solved if so wished. Raises NotFound, Invalid and Conflict.

        `version` is that of the ticket as the owner saw it; None skips the check. So in `close` and `reopen`. The same
        reply to the same version again, by a second click, changes nothing.
        """
        check_text(text, self._limit, "missing_reply")

        def change(ticket: Ticket) -> Ticket:
            last = ticket.messages[-1]
            if ticket.version - 1 == version and (last.author, last.text) == ("owner", text):
                return ticket
            _require_version(ticket, version)
            return tickets.reply(ticket, text, now, solved=solved)

        return self._store.change_ticket(ticket_id, change, Act("owner", "replied", now))

    def close(self, ticket_id: int, now: datetime, *, version: int | None = None) -> Ticket:
        """The owner says that it is done. Raises NotFound and Conflict."""
        return self._decide(ticket_id, "closed", now, version, lambda ticket: tickets.close(ticket, now))

    def reopen(self, ticket_id: int, now: datetime, *, version: int | None = None) -> Ticket:
        """The owner takes a ticket back into the queue. Raises NotFound and Conflict."""
        return self._decide(ticket_id, "reopened", now, version, lambda ticket: tickets.reopen(ticket, now))

    def confirm(self, ticket_id: int, article: str, now: datetime, *, version: int | None = None) -> Ticket:
        """The owner says that an article (its id) that was offered answers it; "" takes that back.

        Raises NotFound and Conflict.
        """

        def change(ticket: Ticket) -> Ticket:
            if article and article not in {offer.id for offer in ticket.offers}:
                raise NotFound("unknown_article", field="article", article=article)
            return tickets.confirm(ticket, article, now)

        return self._decide(ticket_id, "confirmed" if article else "unconfirmed", now, version, change)

    def _by_link(self, token: str) -> Ticket:
        try:
            return self._store.ticket_by_link(fingerprint(token))
        except NotFound as error:
            raise NotFound("unknown_link") from error

    def _change(self, token: str, what: What, now: datetime, change: Change) -> Ticket:
        """What the requester does; what silence did before is an event of its own."""
        ticket = self._by_link(token)
        if self.settled(ticket, now) is not ticket:
            self.open_silent([ticket.id], now)
        return self._store.change_ticket(ticket.id, change, Act("requester", what, now))

    def _decide(self, ticket_id: int, what: What, now: datetime, version: int | None, change: Change) -> Ticket:
        """What the owner does to the ticket that they saw, and to no other version of it."""

        def checked(ticket: Ticket) -> Ticket:
            _require_version(ticket, version)
            return change(ticket)

        return self._store.change_ticket(ticket_id, checked, Act("owner", what, now))

    def _check_article(self, article: str) -> None:
        if not self._index.has(article):
            raise NotFound("unknown_article", field="article", article=article)


def _opened(now: datetime) -> Act:
    return Act("system", "opened", now)


def _require_version(ticket: Ticket, version: int | None) -> None:
    if version is not None and ticket.version != version:
        raise Conflict("changed_meanwhile")


def counted(queue: Queue, statuses: Sequence[Status]) -> list[tuple[Status, int]]:
    """Each state with its number of tickets, in the order given."""
    return [(status, queue.counts.get(status, 0)) for status in statuses]
