"""Alice makes rules at the desk, sees what each would have done, and takes back what one did."""

import re

import pytest
from msgspec import UNSET

from tests.flows.asking import UNKNOWN, ask
from ticket_api.automation.rules import RulesPart
from ticket_api.rules import Rules
from ticket_api.tickets.rule import LONGEST_NAME, Rule, Then, When

RULE = {"name": "Refunds", "words": "zebra\n退款", "add_tag": "Money ", "priority": "5", "do": "save"}


def make(alice, mark: str = "new", **fields: str):
    version = re.search(r'name="version" value="(\d+)"', alice.get(f"/desk/rules/{mark}").text)[1]
    return alice.post(f"/desk/rules/{mark}", data={"version": version, **RULE, **fields})


def press(alice, do: str, name: str = "Refunds"):
    version = re.search(r'name="version" value="(\d+)"', alice.get("/desk/rules").text)[1]
    return alice.post("/desk/rules", data={"version": version, "name": name, "do": do})


def mark_of(alice, name: str = "Refunds") -> str:
    return re.search(rf'/desk/rules/([0-9a-f]{{16}})" aria-label="Change {name}"', alice.get("/desk/rules").text)[1]


@pytest.fixture
def work(bob, store, settings, clock):
    """Let the rules act on a ticket, as their thread does in a moment."""

    def act(ticket_id: int = 1):
        part = RulesPart(Rules(store, settings), store, bob.app.state.context.outgoing, began=0)
        part.look(store.ticket(ticket_id), clock())
        return store.ticket(ticket_id)

    return act


def test_a_rule_is_made_and_acts_on_what_comes_from_then_on(alice, bob, work):
    answer = make(alice)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/rules?done=saved")
    ask(bob, UNKNOWN)
    ticket = work()
    assert (ticket.tags, ticket.priority) == (("money",), 5)
    page = alice.get("/desk/tickets/1").text
    assert "Rules that acted here" in page
    assert "<q>zebra</q>" in page
    assert "Undo what this rule did" in page
    assert "The rule “Refunds”" in alice.get("/desk/audit").text
    assert "acted" not in bob.get("/api/health").text


def test_one_press_takes_it_back(alice, bob, work):
    make(alice)
    ask(bob, UNKNOWN)
    work()
    assert alice.post("/desk/tickets/1/rules", data={"rule": "Refunds"}).status_code == 303
    ticket = work()
    assert (ticket.tags or (), ticket.priority or 3) == ((), 3)
    page = alice.get("/desk/tickets/1").text
    assert "Taken back" in page
    assert "Undo what this rule did" not in page
    assert alice.post("/desk/tickets/1/rules", data={"rule": "Refunds"}).status_code == 409
    assert alice.post("/desk/tickets/x/rules", data={"rule": "Refunds"}).status_code == 404


def test_the_page_tells_what_each_would_have_done_and_did(alice, bob, work, clock):
    ask(bob, UNKNOWN)
    clock.move(minutes=1)
    make(alice)
    page = alice.get("/desk/rules").text
    assert 'Holds of 1 of the last 1 tickets <a href="/desk/tickets/1">#1</a>' in page
    assert "Acted lately on 0 tickets" in page
    ask(bob, UNKNOWN)
    work(2)
    assert 'Acted lately on 1 tickets <a href="/desk/tickets/2">#2</a>' in alice.get("/desk/rules").text


def test_it_is_changed_switched_ordered_and_removed(alice):
    make(alice)
    make(alice, name="Second", words="giraffe")
    assert make(alice, mark_of(alice), name="First", off="on").status_code == 303
    assert alice.get("/desk/rules").text.count(">off<") == 1
    assert press(alice, "on", "First").status_code == 303
    assert ">off<" not in alice.get("/desk/rules").text
    assert press(alice, "down", "First").status_code == 303
    page = alice.get("/desk/rules").text
    assert page.index("<h2>Second") < page.index("<h2>First")
    assert make(alice, mark_of(alice, "First"), do="remove").headers["location"] == "/desk/rules?done=removed"
    assert "<h2>First" not in alice.get("/desk/rules").text


WRONG = [
    ({"name": ""}, "Give the rule a name"),
    ({"name": "x" * (LONGEST_NAME + 1)}, "Give the rule a name"),
    ({"age": "soon"}, "Write a span"),
    ({"rating_at_least": "4", "rating_at_most": "2"}, "Swap them"),
    ({"add_tag": "", "priority": ""}, "Say what the rule is to do"),
    ({"reply": "Wait", "ask_en": "number"}, "sends one message"),
    ({"quarantine": "on", "reply": "Wait"}, "isn’t snoozed"),
    ({"priority": "9"}, "A field is too long"),
    ({"pattern": "(a"}, "can’t be understood"),
    ({"pattern": "(a+)+$"}, "takes too long on some texts"),
    ({"offered": "none/such"}, "there is none"),
    ({"webhook": "chat"}, "isn’t in the table webhooks"),
]


@pytest.mark.parametrize(("fields", "told"), WRONG, ids=lambda each: each if isinstance(each, str) else "")
def test_what_is_wrong_is_told_and_what_was_typed_stays(alice, fields, told):
    answer = make(alice, words="zebra, 长颈鹿", **fields)
    assert answer.status_code == 422
    assert told in answer.text
    assert "zebra, 长颈鹿" in answer.text
    assert "Refunds" not in alice.get("/desk/rules").text


def test_a_pattern_that_a_stranger_can_make_slow_is_warned_of_when_it_is_made(alice):
    assert make(alice, pattern="不.*(退|还).*(钱|款).*(快|急)").status_code == 303
    assert "lets any text stand in two places or more (.* or .+)" in alice.get("/desk/rules").text
    assert make(alice, mark_of(alice), pattern="不.{0,40}(退|还)").status_code == 303
    assert "lets any text stand" not in alice.get("/desk/rules").text


def test_the_page_tells_on_which_tickets_a_pattern_was_too_slow(alice, bob, work):
    rules = bob.app.state.context.rules
    slow = Rule(name="Slow", when=When(pattern="(a+)+$"), then=Then(tag="x"))  # as an older version would have taken it
    rules.put(slow, "", 0, bob.app.state.context.clock())
    ask(bob, "a" * 400 + "!")
    assert work().ran is UNSET
    page = " ".join(alice.get("/desk/rules").text.split())
    assert "ran out of time on 1 questions" in page
    assert 'The last ones: <a href="/desk/tickets/1">#1</a>' in page
    assert ">off<" not in page


def test_two_rules_that_undo_each_other_are_not_taken(alice):
    make(alice)
    answer = make(alice, name="Other", priority="1")
    assert answer.status_code == 422
    assert "“Refunds” and “Other”" in answer.text
    make(alice, mark_of(alice), stop="on")
    assert make(alice, name="Other", priority="1").status_code == 303


def test_who_saves_over_a_newer_page_is_told_and_loses_nothing(alice):
    make(alice)
    mark = mark_of(alice)
    assert alice.post(f"/desk/rules/{mark}", data={**RULE, "version": "0", "note": "kept"}).status_code == 409
    gone = alice.post("/desk/rules/0123456789abcdef", data={**RULE, "version": "1", "note": "kept words"})
    assert gone.status_code == 409
    assert "kept words" in gone.text
    assert 'action="/desk/rules/new"' in gone.text
    assert alice.post("/desk/rules", data={"version": "0", "name": "Refunds", "do": "off"}).status_code == 409
    assert alice.post("/desk/rules", data={"version": "x", "name": "Refunds", "do": "off"}).status_code == 422
    assert alice.post("/desk/rules", data={"version": "1", "name": "Refunds", "do": "up!"}).status_code == 422
    assert alice.get("/desk/rules/0123456789abcdef").status_code == 404


def test_nobody_else_sees_or_changes_them(bob):
    for path in ("/desk/rules", "/desk/rules/new"):
        assert bob.get(path).status_code in (303, 403)
        assert bob.post(path, data=RULE).status_code in (303, 403)


def test_a_form_holds_all_of_a_rule_and_gives_it_back(alice):
    whole = {
        "name": "Whole",
        "pattern": r"LB-\d+",
        "category": "refunds",
        "lang": "zh",
        "offered": "refunds/get-a-refund",
        "customer_tag": "VIP",
        "plan": "pro",
        "channel": "shop",
        "hours": "closed",
        "rating_at_least": "1",
        "rating_at_most": "2",
        "age": "2h",
        "status": "solved",
        "untag": "old",
        "note": "Look.",
        "ask_en": "order number",
        "ask_zh": "订单号",
        "snooze": "1d",
        "stop": "on",
    }
    assert make(alice, **whole).status_code == 303
    mark = mark_of(alice, "Whole")
    page = alice.get(f"/desk/rules/{mark}").text
    for name, value in (whole | {"customer_tag": "vip"}).items():
        if name == "stop":
            assert 'name="stop" checked' in page
        elif name in ("lang", "hours", "status", "rating_at_least", "rating_at_most"):
            assert f'value="{value}" selected' in page
        elif name == "note":
            assert "Look.</textarea>" in page
        else:
            assert f'name="{name}" value="{value}"' in page
    chinese = alice.get("/desk/rules", headers={"accept-language": "zh"}).text
    assert "推荐过的文章" in chinese
    assert "非营业时间提出" in chinese
