"""A31: no text of a stranger, and no pattern of the owner, holds up what goes by itself. The sweep tries thousands."""

import random

import msgspec
import pytest

from benchmarks._automation_rules import HOSTILE, USUAL, made
from tests.attacks.payloads import SAMPLE
from tests.tickets.test_rules import NOW, rule, ticket
from ticket_api.rules import spelled
from ticket_api.tickets.pattern import ALL_SECONDS, Budget, OutOfTime, compiled, found, tried
from ticket_api.tickets.rule_checks import Known, wrongs
from ticket_api.tickets.rules import Facts, holding, ready

NEVER_ENDS = ("(a+)+$", "(a|aa)+$", "([a-zA-Z]+)*\\d", "(\\w+\\s?)*$", "^(([a-z])+.)+[A-Z]([a-z])+$")
TEXT = "a" * 400 + "!"


def through(rules, text: str) -> tuple[list[str], list[str], Facts]:
    """The names of the rules that hold, of those whose pattern ran out of time, and what is left of the time."""
    slow = []
    facts = Facts(ticket(text), spelled, NOW)
    held = holding([ready(each, spelled) for each in rules], facts, ran=frozenset(), slow=slow.append)
    return [each.rule.name for each in held], [each.name for each in slow], facts


@pytest.mark.parametrize("pattern", NEVER_ENDS)
def test_a_pattern_that_never_ends_is_refused_when_it_is_made(pattern):
    (wrong,) = wrongs([rule(pattern=pattern)], Known())
    assert wrong.code == "endless_pattern"


def test_a_pattern_that_never_ends_holds_nothing_up_and_the_others_are_looked_at():
    rules = [rule("bad", pattern="(a+)+$"), rule("words", words=["hello"]), rule("good", pattern="hello")]
    held, slow, _ = through(rules, "hello " + TEXT)
    assert held == ["words", "good"]
    assert slow == ["bad"]


def test_all_patterns_together_have_a_limit_too():
    rules = [rule(f"bad {number}", pattern=f"(a+)+${number * 'x'}") for number in range(50)]
    held, slow, facts = through([*rules, rule("words", words=["hello"])], "hello " + TEXT)
    assert held == ["words"]
    assert len(slow) == 50
    assert facts.budget.left <= 0


def test_when_the_time_is_over_nothing_is_looked_for_any_more():
    for left in (0.0, -1.0):
        with pytest.raises(OutOfTime):
            found(compiled("a"), "a", Budget(left))
    budget = Budget()
    assert found(compiled("a"), "a", budget) == "a"
    assert budget.left < ALL_SECONDS


@pytest.mark.parametrize("pattern", USUAL)
def test_patterns_as_owners_write_them_are_taken(pattern):
    assert tried(pattern)


def test_whatever_strangers_write_each_rule_holds_or_does_not():
    rules = [ready(each, spelled) for each in made()]
    choose = random.Random("a31")
    letters = "ab1 -@.退款\u202e\u0000\u0301\ufdfa😀\ud800\n"
    texts = [*SAMPLE, *("".join(choose.choices(letters, k=300)) for _ in range(50)), "退" * 20_000, "", " "]
    for text in texts:
        facts = Facts(ticket(text), spelled, NOW)
        for each in holding(rules, facts, ran=frozenset(), slow=lambda _: None):
            assert dict(each.why).keys() == each.rule.when.given().keys()


def test_hostile_patterns_are_refused_or_held_up_by_nothing():
    for pattern in HOSTILE:
        given = msgspec.structs.replace(rule(pattern=pattern), on=True)
        held, slow, _ = through([given], TEXT)
        assert len(held) + len(slow) <= 1


@pytest.mark.parametrize("pattern", ["(" * 500, "[a-", "a{2,1}", "(?P<a>x)(?P<a", "\\", "(?<=", "*", "(?P=none)"])
def test_what_is_no_pattern_is_told(pattern):
    with pytest.raises(ValueError, match=r"."):
        compiled(pattern)
