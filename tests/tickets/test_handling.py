"""What the owner does with a ticket, and what its requester sees of it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some
from msgspec import UNSET
from msgspec.structs import replace

from tests.tickets.test_ticket import LATER, NOW, STATUSES, ticket
from ticket_api.errors import Conflict, Invalid
from ticket_api.tickets import handling
from ticket_api.tickets import ticket as tickets
from ticket_api.tickets.message import Message
from ticket_api.tickets.snooze import moment

SECOND = timedelta(seconds=1)


def replied(status="open", *, solved=False):
    return tickets.reply(ticket(status), "It is under Settings.", LATER, solved=solved)


def test_tags_are_written_one_way_sorted_and_there_once():
    tagged = ticket()
    for text in (" Refund ", "ＶＩＰ", "refund", "Straße"):
        tagged = handling.tag(tagged, text, LATER)
    assert tagged.tags == ("refund", "strasse", "vip")
    assert handling.tag(tagged, "VIP", LATER) is tagged
    assert handling.untag(tagged, "vip ", LATER).tags == ("refund", "strasse")
    assert handling.untag(handling.tag(ticket(), "a", LATER), "A", NOW) == ticket()
    assert handling.untag(tagged, "nowhere", LATER) is tagged


@given(some.text(min_size=1, max_size=40))
def test_the_key_of_a_tags_key_is_itself(text):
    try:
        key = handling.tag_key(text)
    except Invalid:
        return
    assert handling.tag_key(key) == key


@pytest.mark.parametrize("text", ["", "  \t", "x" * 41, "ﷺ" * 3])
def test_a_tag_that_is_none_or_too_long_is_refused(text):
    with pytest.raises(Invalid):
        handling.tag(ticket(), text, LATER)


def test_there_are_twenty_tags_at_most():
    full = replace(ticket(), tags=tuple(f"{number:02}" for number in range(20)))
    with pytest.raises(Invalid, match="many_tags"):
        handling.tag(full, "one more", LATER)


def test_notes_are_no_messages():
    noted = handling.note(ticket(), "Knows our boss", LATER)
    assert [each.text for each in noted.notes] == ["Knows our boss"]
    assert noted.messages == ticket().messages


def test_the_owners_word_on_a_priority_is_kept_with_what_was_computed_until_it_is_taken_back():
    parts = (("plan", 2.0), ("words", -1.0))
    pressing = handling.prioritise(ticket(), 5, LATER, parts)
    assert (pressing.priority, pressing.corrected) == (5, tickets.Correction(5, parts, LATER))
    usual = handling.prioritise(pressing, 3, NOW)
    assert (usual.priority, usual.corrected) == (3, tickets.Correction(3, (), NOW))
    back = handling.prioritise(usual, 0, NOW)
    assert (back.priority, back.corrected) == (UNSET, UNSET)
    assert handling.prioritise(pressing, 5, NOW) is pressing
    assert handling.prioritise(ticket(), 0, NOW) == ticket()
    for wrong in (6, -1):
        with pytest.raises(Invalid):
            handling.prioritise(ticket(), wrong, LATER)


def test_a_snoozed_ticket_wakes_by_itself_by_hand_and_when_its_requester_writes():
    snoozed = handling.snooze(ticket("open"), LATER, NOW)
    assert handling.is_snoozed(snoozed, LATER - SECOND)
    assert not handling.is_snoozed(snoozed, LATER)
    assert handling.wake(snoozed, NOW) == ticket("open")
    assert tickets.write(snoozed, "Hello?", NOW).snoozed_until is UNSET
    assert tickets.reply(snoozed, "Here.", NOW).snoozed_until is UNSET
    with pytest.raises(Invalid):
        handling.snooze(ticket("open"), NOW, NOW)


def test_a_ticket_that_was_put_off_is_so_again_when_the_reply_is_taken_back():
    asleep = handling.snooze(ticket("open"), LATER + timedelta(days=3), LATER)
    answered = tickets.reply(asleep, "It is under Settings.", LATER)
    assert answered.snoozed_until is UNSET
    assert handling.retract(answered, LATER + SECOND).snoozed_until == LATER + timedelta(days=3)


@pytest.mark.parametrize("status", [each for each in STATUSES if each != "quarantined"])
@pytest.mark.parametrize("solved", [False, True])
def test_a_retracted_reply_leaves_the_ticket_as_it_was(status, solved):
    back = handling.retract(replied(status, solved=solved), LATER + 9 * SECOND)
    assert replace(back, changed_at=NOW) == ticket(status)


def test_a_reply_can_be_taken_back_for_ten_seconds_and_only_while_nothing_else_happened():
    too_late = (
        (replied(), LATER + 10 * SECOND),
        (replied(), LATER - 10 * SECOND),
        (ticket("open"), LATER),
        (handling.sealed(replied(), handling.note(replied(), "Hm", LATER)), LATER),
        (handling.sealed(replied(), tickets.write(replied(), "Wait", LATER)), LATER),
        (tickets.write(replied(), "Wait", LATER), LATER),
    )
    for each, now in too_late:
        with pytest.raises(Conflict, match="too_late_to_undo"):
            handling.retract(each, now)


def test_the_requester_sees_a_reply_once_it_stays_and_never_what_is_the_owners():
    own = {"tags": ("vip",), "priority": 5, "snoozed_until": LATER, "answered_by": "a"}
    private = handling.note(replace(replied(solved=True), **own), "Secret", LATER)
    seen = handling.as_seen(private, LATER + 9 * SECOND)
    assert seen == replace(ticket("open"), changed_at=LATER)
    later = handling.as_seen(private, LATER + 10 * SECOND)
    assert (later.status, [each.text for each in later.messages][1:]) == ("solved", ["It is under Settings."])
    assert not any((later.notes, later.tags, later.priority, later.snoozed_until, later.before, later.answered_by))
    assert handling.as_seen(ticket("quarantined"), LATER).status == "open"


def at(minute: int, text: str, author="requester") -> Message:
    return Message(author, text, NOW + timedelta(minutes=minute))


def two(source="open", target="open"):
    first = replace(ticket(source), id=1, messages=(at(0, "a"), at(10, "c")))
    second = replace(ticket(target), id=2, messages=(at(5, "b"), at(15, "d")))
    return first, second


def test_a_merged_ticket_goes_on_in_the_other_by_time():
    source, target = two()
    source = handling.tag(handling.note(source, "n", LATER), "x", LATER)
    gone, here = handling.merge(source, handling.tag(target, "y", LATER), LATER)
    assert (gone.status, gone.merged_into, gone.solved_at) == ("solved", 2, LATER)
    assert [message.text for message in here.messages] == ["a", "b", "c", "d"]
    assert (here.tags, here.notes[0].text, here.status) == (("x", "y"), "n", "open")


@pytest.mark.parametrize("status", [each for each in STATUSES if each != "quarantined"])
@pytest.mark.parametrize("target", [each for each in STATUSES if each != "quarantined"])
def test_what_waits_for_the_owner_still_does_after_a_merge(status, target):
    gone, here = handling.merge(*two(status, target), LATER)
    assert gone.status == "solved"
    assert here.status == ("open" if status in ("open", "offered") else target)


def test_what_cannot_be_merged():
    source, target = two()
    for pair, code in (
        ((source, source), "merge_itself"),
        ((source, replace(target, requester="mallory")), "merge_others"),
        ((replace(source, merged_into=9), target), "merged_away"),
        ((source, replace(target, merged_into=9)), "merged_away"),
        ((replace(source, status="quarantined"), target), "status_conflict"),
        ((source, replace(target, status="quarantined")), "status_conflict"),
    ):
        with pytest.raises(Conflict, match=code):
            handling.merge(*pair, LATER)


def test_an_answer_that_came_before_the_other_ticket_was_asked_counts_from_then():
    source, target = two()
    answered = replace(source, first_reply_at=NOW - timedelta(days=1))
    assert handling.merge(answered, target, LATER)[1].first_reply_at == target.created_at
    assert handling.merge(source, target, LATER)[1].first_reply_at is None


def test_another_address_has_another_link_and_the_same_one_keeps_it():
    bobs = replace(ticket(), email="bob@example.org", request="r")
    new = {"uid": "u2", "link": "l2"}
    carols = handling.change_requester(bobs, "Carol", "carol@example.org", LATER, **new)
    assert (carols.uid, carols.link, carols.request, carols.email) == ("u2", "l2", "", "carol@example.org")
    named = handling.change_requester(bobs, "Bob", "BOB@example.org", LATER, **new)
    assert (named.uid, named.link, named.name) == ("u", "l", "Bob")
    assert handling.change_requester(bobs, "", "bob@example.org", LATER, **new) is bobs


def test_the_requester_says_whether_it_is_solved():
    answered = replied()
    done = handling.accept(answered, LATER)
    assert (done.status, done.solved_at) == ("solved", LATER)
    assert handling.accept(done, NOW) is done
    assert handling.decline(done, LATER).status == "open"
    assert handling.decline(ticket("open"), LATER) == ticket("open")
    with pytest.raises(Conflict):
        handling.accept(ticket("open"), LATER)


def test_an_automatic_message_is_no_answer_and_shows_as_what_it_is():
    def said(status, *messages, **given):
        return replace(ticket(status), messages=(at(0, "a"), *messages), **given)

    asks, tells = replace(at(1, "Your number?", "automatic"), asks=True), at(1, "Read on.", "automatic")
    for each, standing in (
        (said("open"), "open"),
        (said("open", tells), "automatic"),
        (said("open", tells, at(2, "b")), "open"),
        (said("waiting", asks), "asked"),
        (said("open", asks), "asked"),
        (said("waiting", tells), "asked"),  # from before messages told whether they ask
        (said("waiting", tells, first_reply_at=NOW), "waiting"),
        (said("waiting", asks, first_reply_at=NOW), "asked"),
        (said("waiting", asks, at(2, "Here", "owner"), first_reply_at=NOW), "waiting"),
        (said("solved", asks), "solved"),
        (said("quarantined", tells), "quarantined"),
    ):
        assert handling.standing(each) == standing
    with pytest.raises(Conflict):
        handling.accept(said("waiting", asks), LATER)
    assert handling.accept(said("open", tells), LATER).status == "solved"


def test_a_rating_is_given_once_when_it_is_solved():
    done = replied(solved=True)
    assert handling.may_rate(done)
    rated = handling.rate(done, 5, "Quick!", LATER)
    assert (rated.rating.score, rated.rating.comment, handling.may_rate(rated)) == (5, "Quick!", False)
    assert handling.rate(rated, 5, "Quick!", NOW) is rated
    for each, score, error in ((rated, 4, Conflict), (replied(), 5, Conflict), (done, 0, Invalid), (done, 6, Invalid)):
        with pytest.raises(error):
            handling.rate(each, score, "", LATER)


FRIDAY = datetime(2026, 3, 27, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wish", "until"),
    [
        ("later", datetime(2026, 3, 27, 23, 0, tzinfo=UTC)),
        ("tomorrow", datetime(2026, 3, 28, 8, 0, tzinfo=UTC)),
        ("week", datetime(2026, 3, 30, 7, 0, tzinfo=UTC)),  # summer time has begun
        ("2026-04-02", datetime(2026, 4, 2, 7, 0, tzinfo=UTC)),
    ],
)
def test_a_wish_as_a_time_in_berlin(wish, until):
    assert moment(wish, FRIDAY, "Europe/Berlin") == until


def test_next_week_on_a_monday_is_the_next_one():
    assert moment("week", datetime(2026, 3, 2, 9, 0, tzinfo=UTC), "UTC").day == 9


@pytest.mark.parametrize("wish", ["", "soon", "2026-03-27", "2020-01-01", "2031-01-01", "9999-12-31", "0001-01-01"])
def test_what_is_no_time_to_come_is_refused(wish):
    with pytest.raises(Invalid):
        moment(wish, FRIDAY, "Asia/Shanghai")
