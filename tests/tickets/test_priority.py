"""How much a ticket presses, and why."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from ticket_api.tickets.customers import NOBODY, Profile
from ticket_api.tickets.hours import Calendar, DaysOff, Opening, open_time
from ticket_api.tickets.message import Message
from ticket_api.tickets.priority import (
    Facts,
    Part,
    Scale,
    Target,
    Weights,
    assess,
    facts_of,
    quadrant_of,
    quadrant_of_word,
)
from ticket_api.tickets.row import since
from ticket_api.tickets.ticket import Category, Ticket
from ticket_api.tickets.timeline import Timeline
from ticket_api.tickets.urgent_words import Words

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WORDS = Words()


def ticket(*texts: str, **more: object) -> Ticket:
    """A ticket of these messages; one that begins with "> " is the owner's."""
    messages = tuple(
        Message("owner" if text.startswith("> ") else "requester", text, NOW) for text in texts or ["How?"]
    )
    given = {"uid": "1", "link": "1", "messages": messages, "created_at": NOW, "changed_at": NOW, "status": "open"}
    return Ticket(**(given | more))


def facts(*texts: str, scale: Scale | None = None, profile: Profile = NOBODY, **more: object) -> Facts:
    given = ticket(*texts, **more)
    return facts_of(given, scale or Scale(), profile, since=since(given))


def points(found) -> dict[str, float]:
    return dict(found.points)


def test_a_ticket_of_which_nothing_is_known_is_usual():
    found = assess(facts(), Weights(), NOW)
    assert (found.score, found.importance, found.urgency, found.quadrant, found.parts) == (2.5, 3, 2, "whenever", ())
    assert (found.until, found.owner) == (NOW + DAY, 0)


def test_importance_comes_of_plan_value_and_category():
    scale = Scale(Weights(categories={"Billing": 5}), {"Pro": 4, "free": 1})
    more = {"scale": scale, "category": Category("billing", "owner")}
    found = assess(facts(profile=Profile(plan="PRO", value=5), **more), scale.weights, NOW)
    assert found.parts == (
        Part("plan", 1, 1, "plan", "PRO"),
        Part("value", 2, 0.5, "value", "5"),
        Part("category", 2, 1, "category", "billing"),
    )
    assert (found.importance, found.quadrant) == (5, "plan")  # 3 + 1 + 1 + 2, held at 5
    poor = assess(facts(scale=scale, profile=Profile(plan="free", value=1)), scale.weights, NOW)
    assert (poor.importance, points(poor)) == (1, {"plan": -2, "value": -2})
    assert not points(assess(facts(profile=Profile(plan="none of ours")), scale.weights, NOW))


@pytest.mark.parametrize(
    ("text", "urgent", "calm"),
    [
        ("This is URGENT!", "urgent", ""),
        ("Ｕｒｇｅｎｔ", "urgent", ""),
        ("It isn’t urgent", "", "isn't urgent"),
        ("Not urgent, no hurry", "", "not urgent"),
        ("Not urgent for me, but our site is down", "is down", "not urgent"),
        ("insurgents", "", ""),
        ("很urgent的", "urgent", ""),
        ("请尽快处理", "尽快", ""),
        ("不着急，有空再看", "", "不着急"),
        ("不急", "", "不急"),
        ("盡快", "盡快", ""),
        ("How do I get a refund?", "", ""),
        ("x" * 10_000 + " urgent", "", ""),
    ],
)
def test_words_in_both_languages(text, urgent, calm):
    assert WORDS.tone(text) == (urgent, calm)


def test_the_owners_own_words_are_looked_for_too():
    scale = Scale(Weights(urgent_words=("Demo day", "发布会"), calm_words=("by the way",)))
    assert assess(facts("Our demo day is near", scale=scale), scale.weights, NOW).urgency == 4
    assert assess(facts("明天发布会", scale=scale), scale.weights, NOW).urgency == 4
    assert assess(facts("By the way, how?", scale=scale), scale.weights, NOW).urgency == 1


def test_what_was_said_before_the_owners_last_answer_is_settled():
    assert not facts("It is urgent", "> Done.", "Thank you, one thing more").urgent
    assert facts("Hello", "> Yes?", "Now it is urgent").urgent == "urgent"
    assert facts(subject="Urgent").urgent == "urgent"
    assert not facts("Hello", "> Yes?", "Well", subject="Urgent", first_reply_at=NOW).urgent


def test_who_writes_again_presses_more():
    assert [assess(facts(*["Hello"] * number), Weights(), NOW).urgency for number in (1, 2, 3, 9)] == [2, 3, 4, 4]
    assert facts("One", "Two", "> Yes?", "Three").written == 1


def test_waiting_and_the_target_count_in_steps_and_say_when_the_next_one_is():
    target = Target(NOW + 4 * HOUR, NOW + 6 * HOUR, NOW + 8 * HOUR)
    given = msgspec.structs.replace(facts(), target=target)
    steps, now = [], NOW
    while now:
        found = assess(given, Weights(), now)
        steps.append(((now - NOW) // HOUR, found.urgency, points(found)))
        just_before = found.until and assess(given, Weights(), found.until - timedelta.resolution)
        assert not just_before or just_before == found  # nothing changes in between
        now = found.until
    assert steps == [
        (0, 2, {}),
        (4, 3, {"target": 1}),
        (6, 4, {"target": 2}),
        (8, 5, {"target": 3}),
        (24, 5, {"waiting": 1, "target": 3}),
        (72, 5, {"waiting": 2, "target": 3}),
    ]


def test_the_score_is_the_mean_weighed_by_a_and_b():
    given = facts("urgent")
    assert assess(given, Weights(importance=1, urgency=3), NOW).score == (3 + 3 * 4) / 4
    assert assess(given, Weights(importance=0), NOW).score == 4
    assert assess(given, Weights(words=0), NOW).score == 2.5
    assert assess(given, Weights(words=0.5), NOW).urgency == 3


def test_quadrants_are_high_from_four():
    levels = ((4, 4), (3.99, 4), (4, 3.99), (3.99, 3.99))
    assert [quadrant_of(*each) for each in levels] == ["now", "soon", "plan", "whenever"]


def test_the_owners_word_wins_and_what_was_computed_stays_told():
    found = assess(facts("urgent", priority=1), Weights(), NOW)
    assert (found.score, found.quadrant, found.owner, found.computed) == (1, "whenever", 1, 3.5)
    words = {owner: quadrant_of_word(owner, 3, 2) for owner in range(1, 6)}
    assert words == {1: "whenever", 2: "whenever", 3: "plan", 4: "now", 5: "now"}
    assert quadrant_of_word(3, 3, 3) == "soon"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"importance": 0, "urgency": 0}, "can't both be 0"),
        ({"plan": -1}, ">= 0"),
        ({"plan": 11}, "<= 10"),
        ({"plan": float("nan")}, ">= 0"),
        ({"colour": 1}, "colour"),
        ({"categories": {"billing": 6}}, "<= 5"),
        ({"urgent_words": [" "]}, "blank"),
        ({"urgent_words": [""]}, "length >= 1"),
        ({"urgent_words": ["Soon"], "calm_words": ["soon "]}, "“soon” can't be in urgent_words and in calm_words"),
    ],
)
def test_weights_that_cannot_be_are_refused(given, told):
    with pytest.raises((ValueError, msgspec.ValidationError), match=told):
        msgspec.convert(given, Weights)


WEEK = tuple(Opening(day, 9 * 60, 17 * 60) for day in range(5))
NIGHTS = (Opening(5, 0, 24 * 60), Opening(6, 30, 3 * 60), Opening(0, 23 * 60, 24 * 60))
ZONES = [UTC, ZoneInfo("America/New_York"), ZoneInfo("Asia/Shanghai"), ZoneInfo("Australia/Lord_Howe")]


@pytest.mark.parametrize("zone", ZONES, ids=str)
@pytest.mark.parametrize("hours", [WEEK, NIGHTS, WEEK[:1], ()], ids=["week", "nights", "mondays", "always"])
def test_a_timeline_ends_where_the_hours_say(zone, hours):
    """Held against counting: just as much is open until the end, and less just before it; over the clocks' changes."""
    line = Timeline(Calendar(hours, zone))
    for number in range(0, 400, 7):
        start = NOW + number * DAY + number * 53 * HOUR / 60
        for span in (HOUR / 2, 8 * HOUR, 61 * HOUR):
            end = line.after(start, span)
            assert open_time(start, end, hours, zone) == span
            assert open_time(start, end - timedelta(microseconds=2), hours, zone) < span
            half, most, _ = line.steps(start, span)
            passed = [open_time(start, each, hours, zone) / span for each in (half, most)]
            assert passed == pytest.approx([0.5, 0.75], abs=1e-6)
            assert abs(line.between(start, end) - span) < timedelta(milliseconds=1)


def test_what_lies_before_or_far_behind_is_laid_out_as_well():
    line = Timeline(Calendar(WEEK[:1], UTC))
    for start in (NOW, NOW - 3000 * DAY, NOW + 3000 * DAY, NOW):
        assert open_time(start, line.after(start, 500 * HOUR), WEEK[:1], UTC) == 500 * HOUR


def test_days_off_count_for_nothing():
    closed = DaysOff(lambda year: {date(year, 3, 3): False})
    line = Timeline(Calendar(WEEK, UTC, closed))
    monday = datetime(2026, 3, 2, 15, tzinfo=UTC)
    assert line.after(monday, 4 * HOUR) == datetime(2026, 3, 4, 11, tzinfo=UTC)


def test_a_calendar_that_never_opens_ends_the_search():
    never = DaysOff(lambda year: {date(year, 1, 1) + DAY * day: False for day in range(366)})
    assert Timeline(Calendar(WEEK, UTC, never)).after(NOW, HOUR) > NOW + 365 * DAY
