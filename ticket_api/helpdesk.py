"""What customers do: the room that orders the steps."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from msgspec import UNSET, Struct

from ticket_api.current import CurrentIndex
from ticket_api.errors import NotFound
from ticket_api.keys import fingerprint, link_token, new_uid
from ticket_api.knowledge import matching
from ticket_api.knowledge.asker import Asker
from ticket_api.knowledge.index import ArticleIndex
from ticket_api.knowledge.quoting import Answer, answer_of
from ticket_api.outgoing import Outgoing
from ticket_api.question import Question, check_characters, check_question, check_storable, check_text, request_of
from ticket_api.store import Store, at_once
from ticket_api.suggestion import Suggestion
from ticket_api.tickets import handling
from ticket_api.tickets import ticket as tickets
from ticket_api.tickets.event import Act, What
from ticket_api.tickets.message import Attachment, Message
from ticket_api.tickets.ticket import Ticket

SUGGESTIONS = 3
"""The most articles that are offered for one question."""

log = logging.getLogger(__name__)

Change = Callable[[Ticket], Ticket]


class Asked(Struct, frozen=True):
    """A stored question as its requester sees it, the token of its secret link, and whether only a form is missing."""

    ticket: Ticket
    token: str
    awaits_form: bool = False


class Helpdesk:
    """The use cases over one store and the current index. `now` is always an aware UTC time, read at the door.

    `least` is the least score that is offered; None leaves it to the index. Without `outgoing`, nothing is mailed.
    """

    def __init__(
        self,
        store: Store,
        current: CurrentIndex,
        secret: bytes,
        outgoing: Outgoing | None = None,
        *,
        silence: timedelta,
        message_limit: int,
        least: float | None = None,
    ) -> None:
        self._store = store
        self._current = current
        self._least = least
        self._secret = secret
        self._outgoing = outgoing
        self._silence = silence
        self._limit = message_limit

    def suggest(self, text: str, lang: str, *, page: str = "", limit: int = SUGGESTIONS) -> tuple[Suggestion, ...]:
        """The articles that may answer, best first; none when no article is confident enough."""
        check_characters("q", text)
        least, most = self._least, min(limit, SUGGESTIONS)
        return matching.suggest(self._index, text, lang, page=page, least=least, limit=most)

    def answers(self, ticket: Ticket, site: str, asker: Asker | None = None) -> list[Answer]:
        """The articles nearest to a ticket's question today, half as sure as what is offered; `site`: their address.

        What is known of the `asker` is for the owner's eyes alone: the public is offered the same whoever asks.
        """
        least = self.threshold(ticket.lang) / 2
        asked, limit = (ticket.question, ticket.lang), SUGGESTIONS
        found = matching.suggest(self._index, *asked, asker=asker, least=least, limit=limit)
        return [answer_of(each, self._index, site) for each in found]

    def tags(self) -> frozenset[str]:
        """The tags of all articles."""
        return self._index.tags

    def categories(self) -> frozenset[str]:
        """The names of the categories that articles are in."""
        return self._index.categories

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

    def check(self, question: Question) -> None:
        """Raise Invalid for a question that can't be stored."""
        check_question(question, self._limit)

    def prepare(self, question: Question, now: datetime, *, key: str = "", suspicions: tuple[str, ...] = ()) -> Ticket:
        """The ticket that a question makes, with what is offered; nothing is stored yet.

        `key` is the sender's Idempotency-Key or "": the same key with the same question again gives the same ticket.
        `suspicions` are the reasons to put it into quarantine, where nothing is offered. Raises Invalid, and
        StoreUnavailable.
        """
        self.check(question)
        request = request_of(question, key, self._store.ticket_by_request, now)
        if known := self._store.ticket_by_request(request) if request and self.matches else None:
            return known
        new = self._new_ticket(question, request, now)
        if suspicions:
            return tickets.quarantine(new, suspicions, now)
        return tickets.offer(new, self._offers(question), now)

    def keep(self, prepared: Ticket, now: datetime, *, suspicions: tuple[str, ...] = ()) -> Asked:
        """Store a prepared ticket, if it isn't stored already, with its mail. Raises StoreUnavailable.

        One that only waited for a form opens when it is sent again without suspicions.
        """
        stored = prepared if prepared.id else self._mailing(prepared, now, lambda: self._store.add_ticket(prepared))
        if not suspicions and tickets.awaits_form(stored):
            stored = self._mailing(stored, now, partial(self._release, stored.id, now))
        return Asked(self._seen(stored, now), self.token(stored), tickets.awaits_form(stored))

    def _release(self, ticket_id: int, now: datetime) -> Ticket:
        sent = Act("requester", "sent", now)
        return self._store.change_ticket(ticket_id, lambda ticket: tickets.release(ticket, now), sent)

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
        if question.by_hook or not self.matches:
            return ()
        try:
            return self.suggest(question.message, question.lang, page=question.page)
        except Exception:
            log.exception("No articles could be offered for a question")
            return ()

    def new_link(self) -> tuple[str, str]:
        """What a ticket needs for a secret link of its own: a new `uid`, and the hash by which the link finds it."""
        uid = new_uid()
        return uid, fingerprint(link_token(self._secret, uid))

    def _new_ticket(self, question: Question, request: str, now: datetime) -> Ticket:
        uid, link = self.new_link()
        return Ticket(
            uid=uid,
            link=link,
            request=request,
            requester=new_uid(),
            subject=question.subject,
            name=question.name,
            email=question.email,
            lang=question.lang,
            page=question.page,
            channel=question.channel or UNSET,
            automatic=question.automatic or UNSET,
            messages=(Message("requester", question.message, now),),
            created_at=now,
            changed_at=now,
        )

    def token(self, ticket: Ticket) -> str:
        """The token of a ticket's secret link."""
        return link_token(self._secret, ticket.uid)

    def read(self, token: str, now: datetime) -> Ticket:
        """The ticket behind a secret link, as its customer sees it (`as_seen`), like all that follow. Raises NotFound.

        Where it was merged, that is the ticket that it goes on in.
        """
        return self._seen(self._by_link(token), now)

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

    def write(self, token: str, text: str, now: datetime, files: tuple[Attachment, ...] = ()) -> Ticket:
        """Add a customer's further message. Raises NotFound and Invalid."""
        check_text(text, self._limit)
        return self._change(token, "wrote", now, lambda ticket: tickets.write(ticket, text, now, files))

    def accept(self, token: str, now: datetime) -> Ticket:
        """The customer says that the owner's answer solved it. Raises NotFound and Conflict."""
        return self._change(token, "solved", now, lambda ticket: handling.accept(ticket, now))

    def decline(self, token: str, now: datetime) -> Ticket:
        """The customer says that it isn't solved. Raises NotFound."""
        return self._change(token, "undone", now, lambda ticket: handling.decline(ticket, now))

    def rate(self, token: str, score: int, now: datetime, *, comment: str = "") -> Ticket:
        """The customer rates the answer, from 1 to 5. Raises NotFound, Invalid and Conflict."""
        check_storable("comment", comment, self._limit)
        said = comment.strip()
        return self._change(token, "rated", now, lambda ticket: handling.rate(ticket, score, said, now))

    def open_silent(self, ticket_ids: Sequence[int], now: datetime) -> None:
        """Store that silence has opened these tickets; one whose requester has chosen meanwhile stays as it is."""
        for ticket in self._store.tickets_by_id(ticket_ids):
            self._mailing(ticket, now, partial(self._open_silent, ticket.id, now))

    def settled(self, ticket: Ticket, now: datetime) -> Ticket:
        """The ticket as it is by now: open when its requester has been silent for long enough, else the very same."""
        return tickets.settle(ticket, now, self._silence)

    def _open_silent(self, ticket_id: int, now: datetime) -> Ticket:
        opened = Act("system", "opened", now)
        return self._store.change_ticket(ticket_id, lambda ticket: self.settled(ticket, now), opened)

    def _mailing(self, before: Ticket, now: datetime, write: Callable[[], Ticket]) -> Ticket:
        """Write a ticket, and if that opens it the mail which says that it has arrived, both or neither."""
        outgoing = self._outgoing
        opens = before.status != "open" or not before.id
        if before.automatic or not (outgoing and opens and before.email and outgoing.may_receive(before.email, now)):
            return write()

        def both() -> Ticket:
            written = write()
            if written.status == "open" and not written.answered:
                outgoing.received(written, now)
            return written

        return at_once(self._store, both)

    def _by_link(self, token: str) -> Ticket:
        """The ticket behind a secret link, or where it goes on, unless that has become somebody else's since."""
        try:
            ticket = self._store.ticket_by_link(fingerprint(token))
            while ticket.merged_into:
                source, ticket = ticket, self._store.ticket(ticket.merged_into)
                if ticket.requester != source.requester:
                    raise NotFound("unknown_link")
        except NotFound as error:
            raise NotFound("unknown_link") from error
        return ticket

    def _change(self, token: str, what: What, now: datetime, change: Change) -> Ticket:
        """What the requester does; what silence did before is an event of its own."""
        ticket = self._by_link(token)
        if self.settled(ticket, now) is not ticket:
            self.open_silent([ticket.id], now)
        act = Act("requester", what, now)

        def sealed(ticket: Ticket) -> Ticket:
            return handling.sealed(ticket, change(ticket))

        changed = self._mailing(ticket, now, lambda: self._store.change_ticket(ticket.id, sealed, act))
        return self._seen(changed, now)

    def _seen(self, ticket: Ticket, now: datetime) -> Ticket:
        return handling.as_seen(self.settled(ticket, now), now)

    def _check_article(self, article: str) -> None:
        if not self._index.has(article):
            raise NotFound("unknown_article", field="article", article=article)
