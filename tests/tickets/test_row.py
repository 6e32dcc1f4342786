"""What the queue shows of a ticket, and where it stands."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from ticket_api.tickets.message import Message, Rating
from ticket_api.tickets.row import rank, row_of, since, view_of
from ticket_api.tickets.ticket import Ticket

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def ticket(*authors: str, status: str = "open", **more: object) -> Ticket:
    """A ticket with a message an hour."""
    messages = tuple(Message(author, f"words {n}", NOW + n * HOUR) for n, author in enumerate(authors or ["requester"]))
    given = {"uid": "1", "link": "1", "messages": messages, "created_at": NOW, "changed_at": messages[-1].at}
    return Ticket(status=status, **(given | more))


def test_a_row_tells_what_there_is_to_know():
    rated = Rating(4, NOW)
    told = row_of(ticket(name="Bob", email="b@example.com", tags=("a",), rating=rated, subject="S", priority=5, id=7))
    assert (told.id, told.who, told.tags, told.rating, told.subject, told.priority) == (7, "Bob", ("a",), 4, "S", 5)
    assert row_of(ticket(email="b@example.com")).who == "b@example.com"


def test_only_the_first_words_are_shown_on_one_line():
    long = Message("requester", "one\n\n two " + "x" * 5000, NOW)
    assert row_of(ticket(messages=(long,))).words == "one two " + "x" * 152


def test_the_customer_waits_since_their_first_message_after_the_last_answer():
    assert since(ticket("requester", "requester")) == NOW
    assert since(ticket("requester", "owner", "requester", "requester")) == NOW + 2 * HOUR
    assert since(ticket("requester", "owner")) == NOW + HOUR


def test_every_ticket_stands_in_one_view():
    assert view_of(ticket(status="deflected")) == "solved"
    assert view_of(ticket(status="waiting")) == "waiting"
    put_off = ticket(snoozed_until=NOW + HOUR)
    assert view_of(put_off) == "snoozed"
    assert view_of(replace(put_off, status="solved")) == "solved"


def test_score_stands_above_waiting_and_who_waits_longest_comes_first():
    first, second, urgent = (
        ticket(),
        ticket(created_at=NOW, messages=(Message("requester", "a", NOW + HOUR),)),
        ticket(messages=(Message("requester", "a", NOW + 5 * HOUR),)),
    )
    assert rank(urgent, 2.51) < rank(first, 2.5) < rank(second, 2.5) < rank(first, 2.49)
    assert rank(second, 5) < rank(first, 1)


def test_what_changed_last_comes_first_where_nothing_waits():
    old, new = ticket(status="solved"), ticket(status="solved", changed_at=NOW + HOUR)
    assert rank(new) < rank(old)
