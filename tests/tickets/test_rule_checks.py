"""What is wrong with rules is told in one sentence each, in both languages."""

import pytest

from benchmarks._automation_rules import USUAL
from tests.tickets.test_rules import rule
from ticket_api.rules import fault_said
from ticket_api.tickets.pattern import Endless, tried
from ticket_api.tickets.rule_checks import Known, meet, wrongs

KNOWN = Known(
    articles={"refunds/get-a-refund"},
    categories={"refunds"},
    plans={"pro"},
    webhooks={"shop"},
    languages=("en", "zh"),
    promises=("first_response",),
    replies={"Wait": ["en"], "Both": ["en", "zh"]},
    customer_tags={"vip"},
)
RIGHT = [
    rule("a", offered="refunds/get-a-refund", category="refunds", plan="pro", lang="zh", tag="vip"),
    rule("b", then={"webhook": "shop", "reply": "Both"}, pattern=r"\d+\s*(days|weeks)"),
    rule("c", then={"reply": "Wait"}, lang="en", promise="near:first_response"),
    rule("d", then={"ask": "number"}, promise="missed"),
]
WRONG = [
    (rule(offered="refunds/none"), "unknown_article"),
    (rule(category="bills"), "unknown_category"),
    (rule(plan="gold"), "unknown_plan"),
    (rule(lang="fr"), "unknown_lang"),
    (rule(tag="vipp"), "unknown_customer_tag"),
    (rule(then={"webhook": "chat"}), "unknown_webhook"),
    (rule(then={"reply": "Await"}), "unknown_reply"),
    (rule(then={"reply": "Wait"}), "reply_language"),
    (rule(then={"reply": "Wait"}, lang="zh"), "reply_language"),
    (rule(then={"ask": {"en": "number"}}), "ask_language"),
    (rule(promise="missed:resolution"), "unknown_promise"),
    (rule(then={"tag": "Very  Urgent"}), "tag_spelling"),
    (rule(pattern="(a"), "bad_pattern"),
    (rule(pattern="(" * 500), "bad_pattern"),
    (rule(pattern="(a+)+$"), "endless_pattern"),
    (rule(pattern=r"(\w+\s?)*$"), "endless_pattern"),
]


def test_what_is_right_is_left_alone_and_what_is_not_known_is_not_checked():
    assert wrongs(RIGHT, KNOWN) == []
    assert wrongs([each for each, code in WRONG if code.startswith("unknown")][:1], Known()) == []


@pytest.mark.parametrize(("given", "code"), WRONG, ids=lambda each: each if isinstance(each, str) else "")
def test_each_mistake_is_told(given, code):
    (wrong,) = wrongs([given], KNOWN)
    assert wrong.code == code
    assert wrong.is_warning == (code in ("unknown_customer_tag", "unknown_reply", "reply_language", "ask_language"))
    for lang in ("en", "zh"):
        assert "“one”" in fault_said(wrong, lang)


def test_a_language_is_called_by_its_name():
    (wrong,) = wrongs([rule(then={"reply": "Wait"})], KNOWN)
    assert "none in Chinese" in fault_said(wrong, "en")
    assert "没有中文版本" in fault_said(wrong, "zh")


def test_without_a_table_of_targets_no_rule_waits_for_a_promise():
    for value in ("missed", "missed:first_response"):
        (wrong,) = wrongs([rule(promise=value)], Known(promises=()))
        assert (wrong.code, wrong.is_warning) == ("no_promises", False)
        assert "targets" in fault_said(wrong, "en")
        assert "targets" in fault_said(wrong, "zh")
    assert wrongs([rule(promise="missed")], Known()) == []


@pytest.mark.parametrize(
    ("one", "two", "clash"),
    [
        ("missed", "missed", True),
        ("missed", "missed:resolution", True),
        ("missed:first_response", "missed:resolution", False),
        ("near", "missed", False),
        ("", "missed", False),
    ],
)
def test_what_becomes_of_a_promise_comes_one_after_the_other(one, two, clash):
    rules = [rule("a", then={"priority": 4}, promise=one), rule("b", then={"priority": 5}, promise=two)]
    assert [each.code for each in wrongs(rules, Known())] == ["undo_each_other"] * clash
    assert [each.code for each in wrongs(rules[::-1], Known())] == ["undo_each_other"] * clash


AGAINST = [
    ({"priority": 5}, {"priority": 1}, "priority"),
    ({"tag": "late"}, {"untag": "late"}, "tag"),
    ({"quarantine": True}, {"reply": "Wait"}, "quarantine"),
    ({"snooze": "1d"}, {"quarantine": True}, "quarantine"),
    ({"snooze": "1d"}, {"snooze": "2d"}, "snooze"),
]


@pytest.mark.parametrize(("one", "two", "action"), AGAINST)
def test_two_rules_that_undo_each_other_are_told(one, two, action):
    first, second = rule("a", then=one, words=["x"]), rule("b", then=two, lang="en")
    (wrong,) = wrongs([first, second], KNOWN)
    assert (wrong.code, wrong.values["action"]) == ("undo_each_other", action)
    assert wrongs([rule("a", then=one, stop=True), second], KNOWN) == []
    assert wrongs([rule("a", then=one, on=False), second], KNOWN) == []
    assert wrongs([rule("a", then=one, lang="zh"), second], KNOWN) == []
    assert wrongs([rule("a", then=one, age="3d"), second], KNOWN) == []  # one comes after the other


def test_the_same_priority_twice_undoes_nothing_and_a_name_twice_is_told():
    same = {"priority": 5}
    assert wrongs([rule("a", then=same), rule("b", then=same)], KNOWN) == []
    assert [each.code for each in wrongs([rule("a"), rule("a")], KNOWN)] == ["name_twice"]


def test_rules_meet_unless_a_condition_keeps_them_apart():
    one = rule(rating_at_most=2).when
    assert meet(one, rule(rating_at_least=2).when)
    assert not meet(one, rule(rating_at_least=3).when)
    assert not meet(rule(status="open").when, rule(status="solved").when)
    assert not meet(rule(status="quarantined").when, one)
    assert not meet(rule(hours="open").when, rule(hours="closed").when)


@pytest.mark.parametrize("pattern", ["不.*(退|还).*(钱|款).*(快|急)", "a.+b.{2,}c", "refund.*order.*late"])
def test_who_lets_anything_stand_in_several_places_is_warned(pattern):
    (wrong,) = wrongs([rule("one", pattern=pattern)], Known())
    assert (wrong.code, wrong.is_warning) == ("wide_pattern", True)


@pytest.mark.parametrize(
    "pattern", ["不.{0,40}(退|还).{0,40}(钱|款)", ".*urgent.*", r"1\.*2\.+3", "late.*refund", *USUAL]
)
def test_who_does_not_is_not(pattern):
    assert wrongs([rule("one", pattern=pattern)], Known()) == []


def test_patterns_that_end_are_taken():
    for pattern in (r"\bLB-\d{5}\b", r"(\w+)\s+\1", "[A-Z0-9._%+-]+@[A-Z0-9.-]+", "订单号?\\s*\\d+", ".*urgent.*"):
        assert tried(pattern)
    with pytest.raises(Endless):
        tried(r"([a-z]+)*\d")
