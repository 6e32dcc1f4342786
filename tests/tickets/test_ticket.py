"""Every change of status, allowed or refused."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as some
from msgspec.structs import replace

from ticket_api.errors import Conflict
from ticket_api.mailbox import address_key
from ticket_api.suggestion import Reason, Suggestion
from ticket_api.tickets import ticket as tickets
from ticket_api.tickets.message import Message
from ticket_api.tickets.ticket import MOVES, Status, Ticket

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
STATUSES = get_args(Status)
OFFER = Suggestion(
    "billing/refunds", "en", "/billing/refunds/", "Refunds", "…", "", 0.7, (Reason("title", ("refund",), 1.0),)
)


def ticket(status: Status = "offered", *, answered: bool = False) -> Ticket:
    return Ticket(
        uid="u",
        link="l",
        status=status,
        messages=(Message("requester", "Where is my refund?", NOW),),
        created_at=NOW,
        changed_at=NOW,
        first_reply_at=NOW if answered else None,
    )


def test_every_state_is_in_the_table():
    assert set(MOVES) == set(STATUSES)
    assert all(after <= set(STATUSES) for after in MOVES.values())


@pytest.mark.parametrize("before", STATUSES)
@pytest.mark.parametrize("after", STATUSES)
def test_move_follows_the_table(before, after):
    if before == after:
        assert tickets.move(ticket(before), after, LATER) == ticket(before)
    elif after in MOVES[before]:
        moved = tickets.move(ticket(before), after, LATER)
        assert (moved.status, moved.changed_at) == (after, LATER)
    else:
        with pytest.raises(Conflict):
            tickets.move(ticket(before), after, LATER)


def test_open_is_never_deflected_once_the_owner_wrote():
    with pytest.raises(Conflict):
        tickets.move(ticket("open", answered=True), "deflected", LATER)


@pytest.mark.parametrize("status", STATUSES)
def test_the_owners_word_on_an_article_changes_no_status(status):
    if status == "quarantined":
        with pytest.raises(Conflict):
            tickets.confirm(ticket(status), "billing/refunds", LATER)
        return
    confirmed = tickets.confirm(ticket(status), "billing/refunds", LATER)
    assert (confirmed.status, confirmed.answered_by, confirmed.changed_at) == (status, "billing/refunds", LATER)
    assert tickets.confirm(confirmed, "", NOW) == ticket(status)


def test_a_ticket_without_the_owners_word_is_the_same_to_the_byte_as_before_there_was_one():
    assert b"answered_by" not in msgspec.json.encode(ticket())
    confirmed = tickets.confirm(ticket(), "billing/refunds", LATER)
    assert msgspec.json.decode(msgspec.json.encode(confirmed), type=Ticket) == confirmed


def test_a_ticket_with_nothing_to_offer_opens_at_once():
    assert tickets.offer(ticket(), (), LATER).status == "open"
    offered = tickets.offer(ticket(), (OFFER,), LATER)
    assert (offered.status, offered.offers) == ("offered", (OFFER,))


@pytest.mark.parametrize(("minutes", "status"), [(9, "offered"), (10, "open"), (-9, "offered"), (-1440, "open")])
def test_silence_opens(minutes, status):
    after = timedelta(minutes=10)
    assert tickets.settle(ticket(), NOW + timedelta(minutes=minutes), after).status == status


@pytest.mark.parametrize("status", [status for status in STATUSES if status != "offered"])
def test_silence_changes_nothing_else(status):
    assert tickets.settle(ticket(status), NOW + timedelta(days=9), timedelta(minutes=10)) == ticket(status)


@pytest.mark.parametrize(
    ("before", "after"),
    [("offered", "open"), ("deflected", "open"), ("open", "open"), ("waiting", "waiting"), ("solved", "solved")],
)
def test_send(before, after):
    assert tickets.send(ticket(before), LATER).status == after


@pytest.mark.parametrize("before", STATUSES)
def test_a_customers_message_is_always_kept(before):
    written = tickets.write(ticket(before), "One thing more", LATER)
    assert written.messages[-1] == Message("requester", "One thing more", LATER)
    assert written.status == ("quarantined" if before == "quarantined" else "open")


@pytest.mark.parametrize("before", [status for status in STATUSES if status != "quarantined"])
def test_reply_is_the_customers_turn(before):
    answered = tickets.reply(ticket(before), "Here", LATER)
    assert (answered.status, answered.first_reply_at) == ("waiting", LATER)
    solved = tickets.reply(ticket(before), "Here", LATER, solved=True)
    assert (solved.status, solved.solved_at, solved.messages[-1].author) == ("solved", LATER, "owner")


def test_reply_to_a_quarantined_ticket_is_refused():
    with pytest.raises(Conflict):
        tickets.reply(ticket("quarantined"), "Here", LATER)


def test_the_first_response_keeps_its_time():
    assert tickets.reply(ticket("waiting", answered=True), "Again", LATER).first_reply_at == NOW


def test_solve_names_the_article_and_undo_forgets_it():
    solved = tickets.solve(ticket("open"), "billing/refunds", LATER)
    assert (solved.status, solved.solved_by, solved.solved_at) == ("deflected", "billing/refunds", LATER)
    undone = tickets.undo(solved, LATER)
    assert (undone.status, undone.solved_by, undone.solved_at) == ("open", "", None)


def test_solve_after_an_answer_is_no_deflection():
    assert tickets.solve(ticket("waiting", answered=True), "billing/refunds", LATER).status == "solved"


def test_undo_touches_nothing_that_no_article_solved():
    for status in STATUSES:
        assert tickets.undo(ticket(status), LATER) == ticket(status)


def test_undo_after_an_answer_opens_too():
    solved = tickets.solve(ticket("waiting", answered=True), "billing/refunds", LATER)
    assert tickets.undo(solved, LATER).status == "open"


def test_close_and_reopen():
    closed = tickets.close(ticket("open"), LATER)
    assert (closed.status, closed.solved_at) == ("solved", LATER)
    assert tickets.close(closed, LATER + timedelta(days=1)) == closed
    assert tickets.close(ticket("deflected"), LATER).status == "deflected"
    reopened = tickets.reopen(replace(closed, solved_by="x"), LATER)
    assert (reopened.status, reopened.solved_at, reopened.solved_by) == ("open", None, "")


@pytest.mark.parametrize(
    "ways",
    [
        ["bob@example.com", " Bob@Example.COM\n", "ｂｏｂ＠ｅｘａｍｐｌｅ．ｃｏｍ", "bob@example。com"],
        ["bob@bücher.example", "BOB@BU\u0308CHER.example", "bob@xn--bcher-kva.example", "bob@XN--BCHER-KVA.Example"],
        ["bob@例子.中国", "bob@例子。中国", "bob@例子｡中国", "bob@xn--fsqu00a.xn--fiqs8s", "bob@例子.xn--fiqs8s"],
        ["bob@straße.example", "bob@strasse.example", "bob@xn--strae-oqa.example"],
    ],
)
def test_one_person_however_the_address_is_written(ways):
    assert {address_key(way) for way in ways} == {address_key(ways[0])}


def test_two_persons_stay_two():
    two = ["xn--bcher-kva@bücher.example", "bücher@bücher.example", "b@xn--bcher.example", "b@bcher.example", "b", ""]
    assert len({address_key(address) for address in two}) == len(two)


HALVES = "\ud800\udfff"  # of a surrogate pair; such text is refused at the doors
part = some.text(some.characters() | some.sampled_from(HALVES), max_size=5)
in_ascii = part.map(lambda text: "xn--" + text.encode("punycode", "surrogatepass").decode())
addresses = some.lists(some.one_of(part, in_ascii, in_ascii.map("xn--{}".format), some.sampled_from(".@。 "))).map(
    "".join
)


@given(addresses)
@example("bob@xn--ib9b.example")  # half of a surrogate pair, in ASCII
@example("bob@xn--ab-r13a.example")  # a full stop, in ASCII
@example("bob@xn--xn--mnchen-3ya-.example")
def test_the_key_of_a_key_is_itself_and_as_fit_to_be_stored(address):
    key = address_key(address)
    assert address_key(key) == key
    assert {half for half in key if half in HALVES} <= set(address)
