"""How it stands with what is promised: by quadrant, in opening time, paused while it is the customer's turn."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from ticket_api.tickets import handling
from ticket_api.tickets import ticket as tickets
from ticket_api.tickets.event import Act, next_event
from ticket_api.tickets.hours import Calendar, DaysOff, Opening
from ticket_api.tickets.message import Message
from ticket_api.tickets.priority import QUADRANTS
from ticket_api.tickets.promises import Targets, Terms, deadline_of, note_of, promises
from ticket_api.tickets.ticket import Ticket

BERLIN = ZoneInfo("Europe/Berlin")
WEEKDAYS = tuple(Opening(day, 9 * 60, 17 * 60) for day in range(5))
GOOD_FRIDAY = DaysOff(lambda year: {date(2026, 4, 3): False} if year == 2026 else {})
CALENDAR = Calendar(WEEKDAYS, BERLIN, GOOD_FRIDAY)
HOUR = timedelta(hours=1)
TARGETS = msgspec.convert(
    {
        "first_response": {"now": "1h", "soon": "4h", "plan": "8h", "whenever": "2d"},
        "resolution": {"now": "8h", "soon": "2d"},
        "warn_at": 0.75,
    },
    Targets,
)
TERMS = Terms(TARGETS, 8 * HOUR, CALENDAR)


def at(text):
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=BERLIN).astimezone(UTC)


MONDAY = at("03-02T09:00")


def asked(when=MONDAY):
    message = Message("requester", "Help!", when)
    return Ticket(uid="u", link="l", messages=(message,), created_at=when, changed_at=when, status="open")


def stood(ticket, now, quadrant="now", terms=TERMS, history=()):
    """What is told of each kind of promise: how it stands, in hours used, when due, and whether it is paused."""
    return {
        each.kind: (each.state, each.used / HOUR, each.due, each.paused)
        for each in promises(ticket, terms, quadrant, now, history)
    }


def test_an_open_ticket_runs_towards_both():
    told = stood(asked(), at("03-02T09:30"))
    assert told == {
        "first_response": ("running", 0.5, at("03-02T10:00"), False),
        "resolution": ("running", 0.5, at("03-02T17:00"), False),
    }
    assert "resolution" not in stood(asked(), MONDAY, "plan")


@pytest.mark.parametrize(
    ("quadrant", "due"),
    [("now", "03-02T10:00"), ("soon", "03-02T13:00"), ("plan", "03-02T17:00"), ("whenever", "03-03T17:00")],
)
def test_each_quadrant_has_its_own_target(quadrant, due):
    assert stood(asked(), MONDAY, quadrant)["first_response"][2] == at(due)


def test_without_targets_the_preferences_hold_and_nothing_else_is_promised():
    terms = Terms(Targets(), 3 * HOUR, CALENDAR)
    for quadrant in QUADRANTS:
        assert stood(asked(), MONDAY, quadrant, terms) == {
            "first_response": ("running", 0, at("03-02T12:00"), False),
        }


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("03-02T09:44", "running"),
        ("03-02T09:45", "near"),
        ("03-02T10:00", "near"),
        ("03-02T10:01", "late"),
    ],
)
def test_it_is_near_and_then_late(now, state):
    assert stood(asked(), at(now))["first_response"][0] == state


def test_what_is_due_at_the_end_of_a_day_may_be_answered_until_the_next_begins():
    (first,) = promises(asked(), TERMS, "plan", at("03-03T08:59"))
    assert (first.state, first.due, first.left) == ("near", at("03-02T17:00"), timedelta(0))
    assert first.again == at("03-03T09:00") + timedelta(seconds=1)
    (first,) = promises(asked(), TERMS, "plan", first.again)
    assert (first.state, first.again) == ("late", None)


def test_it_says_when_it_changes_next():
    ticket, now = asked(at("04-02T16:30")), at("04-02T16:45")
    first = promises(ticket, TERMS, "now", now)[0]
    assert (first.due, first.again) == (at("04-06T09:30"), at("04-06T09:15"))  # Good Friday and a weekend are between
    assert promises(ticket, TERMS, "now", first.again)[0].state == "near"


def test_an_answer_keeps_it_or_comes_too_late():
    kept = tickets.reply(asked(), "Here.", at("03-02T10:00"))
    assert stood(kept, at("03-05T12:00"))["first_response"] == ("kept", 1, at("03-02T10:00"), False)
    missed = tickets.reply(asked(), "Here.", at("03-02T11:30"))
    assert stood(missed, at("03-05T12:00"))["first_response"] == ("missed", 2.5, at("03-02T10:00"), False)


def test_an_automatic_message_answers_nobody():
    ticket = asked()
    said = msgspec.structs.replace(ticket, messages=(*ticket.messages, Message("automatic", "Thanks", MONDAY)))
    assert stood(said, at("03-02T10:30")) == stood(ticket, at("03-02T10:30"))


def lived():
    """A ticket that was answered, asked on, closed without a word and asked on once more; with its events."""
    steps = [
        ("replied", lambda each, now: tickets.reply(each, "Try this.", now), "03-02T11:00"),
        ("wrote", lambda each, now: tickets.write(each, "It doesn't work.", now), "03-04T11:00"),
        ("snoozed", lambda each, now: handling.snooze(each, at("03-10T09:00"), now), "03-04T12:00"),
        ("closed", lambda each, now: tickets.close(each, now), "03-04T13:00"),
        ("wrote", lambda each, now: tickets.write(each, "Not at all.", now), "03-09T13:00"),
    ]
    ticket = asked()
    events = [next_event(None, ticket, Act("requester", "asked", MONDAY))]
    yield ticket, events
    for what, change, when in steps:
        ticket = change(ticket, at(when))
        events = [*events, next_event(events[-1], ticket, Act("system", what, at(when)))]
        yield ticket, events


def test_the_clock_stands_still_while_it_is_the_customers_turn():
    told = [stood(ticket, at("03-09T14:00"), history=events)["resolution"] for ticket, events in lived()]
    assert told == [
        ("late", 45, at("03-02T17:00"), False),
        ("running", 2, None, True),
        ("late", 29, at("03-04T17:00"), False),
        ("late", 29, at("03-04T17:00"), False),  # put off isn't paused
        ("kept", 4, None, False),
        ("running", 5, at("03-09T17:00"), False),
    ]


def test_without_events_the_messages_tell_as_much_as_they_can():
    *others, last = lived()
    for ticket, events in others:
        assert stood(ticket, at("03-09T14:00")) == stood(ticket, at("03-09T14:00"), history=events)
    assert stood(last[0], at("03-09T14:00"))["resolution"][1] == 29  # that it was closed stands in no message


def test_taken_up_again_without_a_word_it_runs_from_then_on():
    answered = tickets.reply(asked(), "Here.", at("03-02T10:00"))
    again = tickets.reopen(answered, at("03-03T10:00"))
    assert stood(again, at("03-03T12:00"))["resolution"] == ("running", 3, at("03-03T17:00"), False)


@pytest.mark.parametrize(
    "ticket",
    [
        msgspec.structs.replace(asked(), status="quarantined"),
        msgspec.structs.replace(asked(), merged_into=7),
    ],
)
def test_nothing_is_promised_about_a_ticket_that_goes_on_elsewhere(ticket):
    assert promises(ticket, TERMS, "now", MONDAY) == []


def test_what_an_article_solved_needs_no_answer():
    solved = msgspec.structs.replace(asked(), status="deflected", solved_at=at("03-02T09:30"))
    assert stood(solved, at("03-09T09:00")) == {"resolution": ("kept", 0.5, None, False)}


def test_the_first_deadline_is_that_of_what_is_still_to_be_kept():
    assert deadline_of(asked(), TERMS) == at("03-03T17:00")
    assert deadline_of(asked(), TERMS, "now") == at("03-02T10:00")
    answered = tickets.reply(asked(), "Here.", at("03-02T10:00"))
    assert deadline_of(answered, TERMS, "now") is None
    again = tickets.write(answered, "And now?", at("03-02T13:00"))
    assert deadline_of(again, TERMS, "now") == at("03-03T12:00")
    assert deadline_of(again, TERMS) is None  # whenever, nothing is promised but an answer


def test_a_note_names_the_promise_and_when_it_was_due():
    (first, _) = promises(asked(), TERMS, "now", MONDAY)
    assert note_of(first, "near") == "promise:first_response:near:2026-03-02T09:00Z"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"first_response": {"now": "1x"}}, "the target for now, “1x”, is no span of time"),
        ({"first_response": {"now": "0h"}}, "no span of time above 0"),
        ({"first_response": {"now": "-1h"}}, "no span of time"),
        ({"resolution": {"plan": "1001h"}}, "up to 1000 hours"),
        ({"resolution": {"plan": "60001m"}}, "up to 1000 hours"),
        ({"resolution": {"plan": "٣h"}}, "no span of time"),
        ({"resolution": {"later": "1h"}}, "later"),
        ({"first_response": "1h"}, "Expected `object`, got `str`"),
        ({"warn_at": 0}, "> 0"),
        ({"warn_at": 1.5}, "<= 1"),
        ({"warn": 0.5}, "warn"),
    ],
)
def test_targets_that_make_no_sense_are_refused(given, told):
    with pytest.raises(msgspec.ValidationError, match=told):
        msgspec.convert(given, Targets)


@pytest.mark.parametrize(("text", "hours"), [("30m", 0.5), ("1.5h", 1.5), ("8 h", 8), ("3d", 24), ("60000m", 1000)])
def test_spans_are_minutes_hours_and_opening_days(text, hours):
    targets = msgspec.convert({"resolution": {"now": text}}, Targets)
    assert targets.span("resolution", "now", CALENDAR) == hours * HOUR
    around_the_clock = targets.span("resolution", "now", Calendar((), UTC))
    assert around_the_clock == (72 * HOUR if text == "3d" else hours * HOUR)
