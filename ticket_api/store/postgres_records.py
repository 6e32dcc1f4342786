"""What lies in the tables of the PostgreSQL store: records as JSON text, with what they are found by beside it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from ticket_api.errors import Broken, NotFound
from ticket_api.keys import new_uid
from ticket_api.mailbox import address_key
from ticket_api.store.postgres_transaction import Row, Statement, Transaction, counted
from ticket_api.store.records import Batch, Feedback, Mail, OwnerAccount, Paper, Search, Session, draft_name
from ticket_api.tickets import event as events
from ticket_api.tickets.event import Act
from ticket_api.tickets.ticket import Status, Ticket

Record = TypeVar("Record", bound=msgspec.Struct)

HIGHEST = 2**63 - 1
SOME_IDS = 500
OWNER = "owner"
MARK = "mark"
SCRUB = "scrub"

COLUMNS = "id, link, request, status, address, requester, doc"
TICKET = "SELECT doc FROM tickets WHERE id = %s"
KNOWN = (
    "SELECT (SELECT doc FROM tickets WHERE request = %s),"
    " (SELECT requester FROM tickets WHERE address = %s ORDER BY id LIMIT 1)"
)
ADD_TICKET = f"INSERT INTO tickets ({COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s)"  # noqa: S608
PUT_TICKET = (
    f"{ADD_TICKET} ON CONFLICT (id) DO UPDATE SET link = excluded.link, request = excluded.request,"
    " status = excluded.status, address = excluded.address, requester = excluded.requester, doc = excluded.doc"
)
CHANGE_TICKET = (
    "UPDATE tickets SET link = %s, request = %s, status = %s, address = %s, requester = %s, doc = %s WHERE id = %s"
)
REMOVE_TICKET = "DELETE FROM tickets WHERE id = %s"
ADD_FEEDBACK = "INSERT INTO feedback VALUES (%s, %s, %s)"
PUT_FEEDBACK = f"{ADD_FEEDBACK} ON CONFLICT (id) DO UPDATE SET article = excluded.article, doc = excluded.doc"
SEARCH = "SELECT doc FROM searches WHERE id = %s"
SEARCHES_OF = "SELECT count(*) FROM searches WHERE day = %s"
PUT_SEARCH = "INSERT INTO searches VALUES (%s, %s, %s) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc"
REMOVE_SEARCH = "DELETE FROM searches WHERE id = %s"
PUT_SESSION = (
    "INSERT INTO sessions VALUES (%s, %s, %s)"
    " ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, doc = excluded.doc"
)
PUT_MAIL = (
    "INSERT INTO mails VALUES (%s, %s, %s, %s, %s) ON CONFLICT (id) DO UPDATE"
    " SET ticket = excluded.ticket, due_at = excluded.due_at, troubled = excluded.troubled, doc = excluded.doc"
)
PUT_PAPER = "INSERT INTO papers VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET doc = excluded.doc"
DESK = "SELECT value FROM desk WHERE name = %s"
PUT_DESK = "INSERT INTO desk VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value"


def as_text(record: msgspec.Struct) -> str:
    """A record as JSON."""
    return msgspec.json.encode(record).decode()


def record_of(kind: type[Record], text: str) -> Record:
    """The record that a text holds. Raises Broken for one that doesn't."""
    try:
        return msgspec.json.decode(text, type=kind)
    except ValueError as error:  # msgspec's errors are ValueErrors
        raise Broken("damaged", table=kind.__name__) from error


def ticket_of(row: Row) -> Ticket:
    """The ticket in a row whose last column is its document."""
    return record_of(Ticket, row[-1])


def columns_of(ticket: Ticket) -> Row:
    """What lies in the columns of a ticket's row."""
    request = ticket.request or None
    address = address_key(ticket.email)
    return ticket.id, ticket.link, request, ticket.status, address, ticket.requester, as_text(ticket)


def mail_columns(mail: Mail) -> Row:
    """What lies in the columns of a mail's row."""
    return mail.id, mail.ticket, mail.due_at if mail.pending else None, mail.troubled, as_text(mail)


def owner_of(rows: Sequence[Row]) -> OwnerAccount:
    """The account in the rows that DESK gave."""
    return record_of(OwnerAccount, rows[0][0]) if rows else OwnerAccount()


def findable(text: str) -> bool:
    """Whether PostgreSQL can be asked for a text at all: there are no NUL and no lone surrogates in it."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def find_ticket(transaction: Transaction, ticket_id: int) -> Ticket:
    """Raises NotFound."""
    rows = transaction.rows(TICKET, (ticket_id,)) if 0 < ticket_id <= HIGHEST else []
    if not rows:
        raise NotFound("not_found")
    return ticket_of(rows[0])


def add_ticket(transaction: Transaction, ticket: Ticket) -> Ticket:
    """Store a new ticket with its event, or find the one with the same request."""
    address = address_key(ticket.email)
    ((known, requester),) = transaction.rows(KNOWN, (ticket.request or None, address or None))
    if known is not None:
        return record_of(Ticket, known)
    transaction.highest += 1
    stored = replace(ticket, id=transaction.highest, requester=requester or ticket.requester)
    asked = transaction.event(stored, Act("requester", "asked", ticket.created_at))
    transaction.write([(ADD_TICKET, columns_of(stored)), asked, *counted([(stored.status, 1)])])
    return stored


def change_ticket(transaction: Transaction, ticket_id: int, change: Callable[[Ticket], Ticket], act: Act) -> Ticket:
    """Store what `change` makes of a ticket, with its event."""
    before = find_ticket(transaction, ticket_id)
    after = replace(change(before), id=before.id, version=before.version)
    if after == before:
        return before
    stored = replace(after, version=before.version + 1, requester=_requester(transaction, before, after))
    number, *columns = columns_of(stored)
    counts = counted([(before.status, -1), (stored.status, 1)])
    transaction.write([(CHANGE_TICKET, (*columns, number)), transaction.event(stored, act), *counts])
    return stored


def _requester(transaction: Transaction, before: Ticket, after: Ticket) -> str:
    """Who wrote a ticket now: with another address it is somebody else, known by that address or new."""
    address = address_key(after.email)
    if address == address_key(before.email):
        return after.requester
    ((_, known),) = transaction.rows(KNOWN, (None, address or None))
    return known or new_uid()


def erase_tickets(transaction: Transaction, ticket_ids: Sequence[int], act: Act) -> list[int]:
    """Remove tickets, their mails and drafts, with an event for each."""
    found = {ticket.id: ticket for ticket in _tickets(transaction, ticket_ids)}
    gone = [found[ticket_id] for ticket_id in dict.fromkeys(ticket_ids) if ticket_id in found]
    ids = [ticket.id for ticket in gone]
    removals: list[Statement] = [
        *((REMOVE_TICKET, (ticket_id,)) for ticket_id in ids),
        ("DELETE FROM mails WHERE ticket = ANY(%s::bigint[])", (ids,)),
        ("DELETE FROM papers WHERE name = ANY(%s)", ([draft_name(ticket_id) for ticket_id in ids],)),
    ]
    appended = [transaction.event(ticket, act) for ticket in gone]
    due = [erased()] if gone else []
    transaction.write([*removals, *appended, *counted([(ticket.status, -1) for ticket in gone]), *due])
    return ids


def load(transaction: Transaction, batch: Batch) -> None:
    """Put records in as they are. Raises Broken when the events don't continue the chain."""
    events.verify(batch.events, transaction.head)
    wanted = {ticket.id: ticket for ticket in batch.tickets}
    there = _tickets(transaction, [*wanted, *batch.erased])
    gone = set(batch.erased) - set(wanted)
    kept: list[tuple[Status, int]] = [(ticket.status, 1) for ticket in wanted.values()]
    left: list[tuple[Status, int]] = [(ticket.status, -1) for ticket in there]
    transaction.write(
        [
            *((REMOVE_TICKET, (ticket_id,)) for ticket_id in sorted(gone)),
            *((PUT_TICKET, columns_of(ticket)) for ticket in wanted.values()),
            *(transaction.add(event) for event in batch.events),
            *counted([*left, *kept]),
            *_others(batch),
        ]
    )
    given = (*wanted, *(event.ticket for event in batch.events))
    transaction.highest = max(transaction.highest, *given, 0)
    transaction.highest_feedback = max(transaction.highest_feedback, *(each.id for each in batch.feedback), 0)
    transaction.highest_mail = max(transaction.highest_mail, *(each.id for each in batch.mails), 0)


def _others(batch: Batch) -> Iterable[Statement]:
    """The statements for all of a batch but tickets and events."""
    yield from ((PUT_FEEDBACK, (each.id, each.article, as_text(each))) for each in batch.feedback)
    yield from map(_put, batch.searches)
    yield from ((PUT_SESSION, (each.id, each.seen_at, as_text(each))) for each in batch.sessions)
    yield from ((PUT_MAIL, mail_columns(each)) for each in batch.mails)
    yield from map(put_paper, batch.papers)
    if batch.owner is not None:
        yield PUT_DESK, (OWNER, as_text(batch.owner))
    if batch.mark is not None:
        yield PUT_DESK, (MARK, batch.mark)


def add_feedback(transaction: Transaction, feedback: Feedback) -> None:
    """Store one visitor's feedback under the next id."""
    transaction.highest_feedback += 1
    stored = replace(feedback, id=transaction.highest_feedback)
    transaction.write([(ADD_FEEDBACK, (stored.id, stored.article, as_text(stored)))])


def add_search(transaction: Transaction, search: Search, most: int) -> None:
    """Count a search, or store it if its day has room."""
    rows = transaction.rows(SEARCH, (search.id,))
    if rows:
        known = record_of(Search, rows[0][0])
        transaction.write([_put(replace(known, count=known.count + search.count))])
    elif transaction.rows(SEARCHES_OF, (search.day,))[0][0] < most:
        transaction.write([_put(search)])


def drop_searches(transaction: Transaction, before: date | None) -> None:
    """Forget all searches, or those of the days before one."""
    old = ("DELETE FROM searches WHERE day < %s", (before,))
    transaction.write([("DELETE FROM searches", ()) if before is None else old])


def erase_searches(transaction: Transaction, ids: Sequence[int]) -> None:
    """Remove searches, and note that they are to be scrubbed."""
    transaction.write([*((REMOVE_SEARCH, (each,)) for each in ids), *([erased()] if ids else [])])


def _put(search: Search) -> Statement:
    return PUT_SEARCH, (search.id, search.day, as_text(search))


def erased() -> Statement:
    """The statement that notes that `scrub` is due."""
    return PUT_DESK, (SCRUB, new_uid())


def put_paper(paper: Paper) -> Statement:
    """The statement that stores a paper; an empty one takes that with its name away."""
    if paper.content:
        return PUT_PAPER, (paper.name, as_text(paper))
    return "DELETE FROM papers WHERE name = %s", (paper.name,)


def put_session(transaction: Transaction, session: Session) -> None:
    """Store a session, in place of one with the same id."""
    transaction.write([(PUT_SESSION, (session.id, session.seen_at, as_text(session)))])


def claim(transaction: Transaction, mark: str) -> str:
    """Remember a mark if none is there."""
    rows = transaction.rows(DESK, (MARK,))
    if rows and rows[0][0]:
        return str(rows[0][0])
    transaction.write([(PUT_DESK, (MARK, mark))])
    return mark


def _tickets(transaction: Transaction, ticket_ids: Iterable[int]) -> list[Ticket]:
    """Those of the tickets that are there."""
    wanted = [ticket_id for ticket_id in dict.fromkeys(ticket_ids) if 0 < ticket_id <= HIGHEST]
    found: list[Ticket] = []
    for start in range(0, len(wanted), SOME_IDS):
        some = wanted[start : start + SOME_IDS]
        marks = ", ".join(["%s"] * len(some))
        found += map(ticket_of, transaction.rows(f"SELECT doc FROM tickets WHERE id IN ({marks})", some))  # noqa: S608
    return found
