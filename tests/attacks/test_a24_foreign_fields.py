"""A24: what isn't theirs to set can't be set: every field of a record is sent through every door."""

import json
from datetime import UTC, datetime

import msgspec
import pytest

from tests.flows.asking import REFUND, api_of, ask, path_of
from ticket_api.store.records import Feedback, Mail, OwnerAccount, Search, Session
from ticket_api.tickets.message import Message, Note, Rating
from ticket_api.tickets.ticket import Ticket

RECORDS = (Ticket, Message, Note, Rating, Feedback, Search, Mail, Session, OwnerAccount)
INTERNAL = sorted({field.name for kind in RECORDS for field in msgspec.structs.fields(kind)})
MORE = [
    "__class__",
    "constructor",
    "__proto__",
    "owner",
    "is_owner",
    "admin",
    "role",
    "token",
    "actor",
    "who",
    "seq",
    "hash",
]
VALUES = ("solved", 1, True, [], {"id": 1}, "2026-01-01T00:00:00Z")
DOORS = {
    "/api/tickets": {"message", "subject", "name", "email", "lang", "page", "form", "topic"},
    "/api/articles/feedback": {"article", "helpful", "comment", "lang"},
    "/api/searches": {"q", "lang", "results", "opened"},
    "messages": {"message"},
    "rating": {"score", "comment"},
    "solved": {"article"},
    "send": set(),
    "undo": set(),
}
GOOD = {
    "/api/tickets": {"message": REFUND},
    "/api/articles/feedback": {"article": "billing/charged-twice", "helpful": True},
    "/api/searches": {"q": "refund", "results": 1},
    "messages": {"message": "More."},
    "rating": {"score": 5},
    "solved": {"article": "refunds/get-a-refund"},
}


def records(store) -> bytes:
    """All that is stored."""
    with store.snapshot() as snapshot:
        kept = [list(snapshot.tickets()), list(snapshot.events()), list(snapshot.feedback()), list(snapshot.searches())]
        return msgspec.json.encode([*kept, snapshot.owner()])


def test_a24_the_doors_are_all_of_them(bob):
    posted = {each.path for each in bob.app.routes if each.path.startswith("/api") and "POST" in each.methods}
    assert posted == {door if door[0] == "/" else f"/api/tickets/{{token}}/{door}" for door in DOORS}


@pytest.mark.parametrize("door", DOORS)
def test_a24_a_foreign_field_in_json_is_refused_and_changes_nothing(unlimited, bob, store, door):
    ticket = ask(bob)
    path = door if door[0] == "/" else api_of(ticket, door)
    before = records(store)
    for field in {*INTERNAL, *MORE} - DOORS[door]:
        for value in VALUES:
            answer = bob.post(path, json=GOOD.get(door, {}) | {field: value})
            assert (answer.status_code, answer.json()["error"]["code"]) == (422, "unknown_field"), field
    assert records(store) == before


def test_a24_nor_in_a_form(unlimited, bob, store):
    for field in {*INTERNAL, *MORE} - DOORS["/api/tickets"] - {"key"}:
        assert bob.post("/ask", data={"message": REFUND, field: "solved"}).status_code == 422, field
    assert store.count_tickets() == {}


def test_a24_a_form_on_the_tickets_page_sets_what_it_asks_for_and_nothing_else(unlimited, bob, store, clock):
    ticket = ask(bob)
    clock.now = datetime(2026, 3, 2, 10, tzinfo=UTC)
    before = store.ticket(ticket["id"])
    foreign = dict.fromkeys({*INTERNAL, *MORE} - {"message", "article", "score", "comment", "text"}, "solved")
    fields = list(foreign.items())
    for begin in range(0, len(fields), 15):  # a form has twenty fields at most
        sent = {"do": "write", "message": "More.", **dict(fields[begin : begin + 15])}
        assert bob.post(path_of(ticket), data=sent).status_code == 303
    after = store.ticket(ticket["id"])
    assert {message.author for message in after.messages} == {"requester"}
    changed = {"messages", "status", "version", "changed_at"}
    kept = {field.name for field in msgspec.structs.fields(Ticket)} - changed
    assert {name: getattr(after, name) for name in kept} == {name: getattr(before, name) for name in kept}


def test_a24_nor_in_the_address(unlimited, bob, store):
    query = "&".join(f"{field}=solved" for field in INTERNAL if field not in ("lang", "message"))
    assert (
        bob.post(
            f"/api/tickets?{query}",
            content=json.dumps({"message": REFUND}),
            headers={"content-type": "application/json"},
        ).status_code
        == 201
    )
    (ticket,) = store.tickets(("offered",), limit=2)
    assert (ticket.subject, ticket.name, ticket.email, ticket.page, bool(ticket.tags)) == ("", "", "", "", False)
