"""Which rules hold of a ticket and why; all of it without a store."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from ticket_api.rules import spelled
from ticket_api.suggestion import Suggestion
from ticket_api.tickets.customers import Profile
from ticket_api.tickets.message import Message, Rating
from ticket_api.tickets.rule import Rule, When, span
from ticket_api.tickets.rules import Facts, holding, next_look, ready
from ticket_api.tickets.ticket import Category, Ran, Ticket

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
NEAR = "promise:resolution:near:2026-03-02T13:00Z"
MISSED = "promise:first_response:missed:2026-03-02T13:00Z"
OFFER = Suggestion("refunds/get-a-refund", "en", "/refunds/get-a-refund/", "Refund", "…", "", 0.5, ())


def ticket(text: str = "I want two refunds for order LB-12345. 我要退款", **fields) -> Ticket:
    values = {
        "id": 7,
        "uid": "ab" * 16,
        "link": "l",
        "status": "open",
        "lang": "en",
        "email": "bob@customer.example",
        "messages": (Message("requester", text, NOW),),
        "created_at": NOW,
        "changed_at": NOW,
    }
    return Ticket(**(values | fields))


def rule(name: str = "one", *, on: bool = True, stop: bool = False, then=None, **when) -> Rule:
    return msgspec.convert({"name": name, "on": on, "stop": stop, "when": when, "then": then or {"tag": "x"}}, Rule)


def held(rules, about=None, now=NOW, ran=frozenset(), slow=None, **facts) -> dict[str, dict[str, str]]:
    known = {name: (lambda value=value: value) for name, value in facts.items()}
    made = [ready(each, spelled) for each in rules]
    found = holding(made, Facts(about or ticket(), spelled, now, **known), ran=ran, slow=slow or (lambda _: None))
    return {each.rule.name: dict(each.why) for each in found}


@pytest.mark.parametrize(
    ("word", "there"),
    [
        ("refund", True),
        ("Refunds", True),
        ("退款", True),
        ("退欵", False),
        ("fund", False),
        ("two refund", True),
        ("refund two", False),
        ("LB-12345", True),
        ("12345", False),
        ("款", True),
        ("...", False),
    ],
)
def test_words_are_whole_whatever_their_endings_in_both_languages(word, there):
    assert held([rule(words=["nothing", word])]) == ({"one": {"words": word}} if there else {})


def test_words_stand_in_what_the_requester_wrote_alone():
    about = ticket("hello")
    about = msgspec.structs.replace(about, messages=(*about.messages, Message("owner", "a refund", NOW)))
    assert held([rule(words=["refund"])], about) == {}
    assert held([rule(words=["refund"])], ticket("hello", subject="A refund")) == {"one": {"words": "refund"}}


def test_a_pattern_says_what_it_found():
    assert held([rule(pattern=r"lb-\d{5}")]) == {"one": {"pattern": "LB-12345"}}
    assert held([rule(pattern=r"^LB-\d{6}")]) == {}


EACH = [
    ({"category": "billing"}, {"category": Category("billing", "owner")}, {"category": Category("account", "owner")}),
    ({"lang": "zh"}, {"lang": "zh"}, {"lang": "en"}),
    ({"offered": "refunds/get-a-refund"}, {"offers": (OFFER,)}, {}),
    ({"channel": "shop"}, {"channel": "shop"}, {}),
    (
        {"rating_at_most": 2},
        {"status": "solved", "rating": Rating(2, NOW)},
        {"status": "solved", "rating": Rating(3, NOW)},
    ),
    ({"rating_at_least": 4}, {"status": "solved", "rating": Rating(4, NOW)}, {"status": "solved"}),
    ({"status": "waiting"}, {"status": "waiting"}, {}),
    ({"promise": "near"}, {"ran": (Ran(NEAR, NOW),)}, {"ran": (Ran(MISSED, NOW),)}),
    ({"promise": "missed"}, {"ran": (Ran(MISSED, NOW),)}, {"ran": (Ran(NEAR, NOW), Ran("rule:missed", NOW))}),
    ({"promise": "near:resolution"}, {"ran": (Ran(NEAR, NOW),)}, {"ran": (Ran(MISSED, NOW),)}),
    ({"promise": "missed:first_response"}, {"ran": (Ran(MISSED, NOW),)}, {"ran": (Ran(NEAR, NOW),)}),
    ({"promise": "missed:resolution"}, {"ran": (Ran(MISSED.replace("first_response", "resolution"), NOW),)}, {}),
    ({"age": "2h"}, {"created_at": NOW - timedelta(hours=2)}, {"created_at": NOW - timedelta(minutes=119)}),
]


@pytest.mark.parametrize(("when", "fits", "fails"), EACH, ids=lambda each: str(next(iter(each), "")))
def test_each_condition_of_the_ticket_holds_or_does_not(when, fits, fails):
    assert list(held([rule(**when)], ticket(**fits)).get("one", {})) == list(when)
    assert held([rule(**when)], ticket(**fails)) == {}


def test_a_rule_for_any_promise_says_of_which_the_owner_was_told():
    about = ticket(ran=(Ran(MISSED, NOW),))
    assert held([rule(promise="missed")], about) == {"one": {"promise": "missed:first_response"}}


def test_the_customer_and_the_hours_count():
    vip = Profile(plan="pro", tags=("VIP",))
    assert held([rule(tag="vip"), rule("two", plan="pro")], profile=vip) == {
        "one": {"tag": "vip"},
        "two": {"plan": "pro"},
    }
    assert held([rule(tag="vip"), rule("two", plan="pro")]) == {}
    night, day = rule("night", hours="closed"), rule("day", hours="open")
    assert list(held([night, day], was_open=True)) == ["day"]
    assert list(held([night, day], was_open=False)) == ["night"]


def test_all_conditions_must_hold_at_once():
    both = rule(words=["refund"], lang="zh")
    assert held([both]) == {}
    assert held([both], ticket(lang="zh")) == {"one": {"lang": "zh", "words": "refund"}}


@pytest.mark.parametrize("status", ["offered", "quarantined", "deflected"])
def test_without_a_status_it_is_left_alone_unless_it_is_the_owners_business(status):
    assert held([rule()], ticket(status=status)) == {}
    assert held([rule(status=status)], ticket(status=status)) == {"one": {"status": status}}


def test_rules_are_in_order_until_one_says_stop_and_each_acts_once():
    rules = [rule("off", on=False), rule("one"), rule("two", stop=True), rule("three")]
    assert list(held(rules)) == ["one", "two"]
    assert list(held(rules, ran=frozenset({"one"}))) == ["two"]
    assert list(held(rules, ran=frozenset({"one", "two"}))) == []  # what stopped it stops it later too


def test_the_next_look_is_when_a_rule_is_old_enough():
    rules = [
        ready(each, spelled) for each in (rule("a", age="3d"), rule("b", age="2h"), rule("c"), rule("d", age="30m"))
    ]
    at = NOW + timedelta(hours=1)
    assert next_look(rules, Facts(ticket(), spelled, at), frozenset()) == NOW + timedelta(hours=2)
    assert next_look(rules, Facts(ticket(), spelled, at), frozenset({"b"})) == NOW + timedelta(days=3)
    assert next_look(rules[2:3], Facts(ticket(), spelled, at), frozenset()) is None


def test_a_pattern_that_never_ends_is_not_found_and_is_told():
    told = []
    about = ticket("a" * 400 + "!")
    assert list(held([rule("slow", pattern="(a+)+$"), rule("two")], about, slow=told.append)) == ["two"]
    assert [each.name for each in told] == ["slow"]


@pytest.mark.parametrize(("text", "hours"), [("30m", 0.5), ("2h", 2), ("3d", 72), ("1w", 168), (" 2 h ", 2)])
def test_spans(text, hours):
    assert span(text) == timedelta(hours=hours)


@pytest.mark.parametrize("text", ["", "2", "h", "0h", "-1h", "2 hours", "99999d", "２h", "1.5h"])
def test_what_is_no_span_is_refused(text):
    with pytest.raises(ValueError, match="no span of time"):
        span(text)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"name": "a", "then": {}}, "a rule has to do something"),
        ({"name": "a", "then": {"reply": "A", "ask": "b"}}, "one message"),
        ({"name": "a", "then": {"quarantine": True, "ask": "b"}}, "can't also"),
        ({"name": "", "then": {"tag": "b"}}, "length >= 1"),
        ({"name": " a", "then": {"tag": "b"}}, "spaces around"),
        ({"name": "a\u2028b", "then": {"tag": "b"}}, "can't be seen"),
        ({"name": "a", "then": {"tag": "b"}, "when": {"word": ["b"]}}, "unknown field `word`"),
        ({"name": "a", "then": {"tag": "b"}, "when": {"age": "soon"}}, "no span of time"),
        ({"name": "a", "then": {"priority": 6}}, "<= 5"),
        ({"name": "a", "then": {"tag": "b"}, "when": {"rating_at_least": 4, "rating_at_most": 2}}, "above"),
        ({"name": "a", "then": {"tag": "b"}, "when": {"status": "closed"}}, "Invalid"),
        ({"name": "a", "then": {"tag": "b"}, "when": {"promise": "late"}}, "Invalid"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(given, told):
    with pytest.raises(msgspec.ValidationError, match=told):
        msgspec.convert(given, Rule)


def test_nothing_given_holds_of_every_ticket():
    assert When().given() == {}
    assert held([rule()]) == {"one": {}}
