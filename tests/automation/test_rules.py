"""What rules do to a ticket: each in one transaction with its events, once, and taken back by the owner."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from tests.conftest import SECRET
from tests.store.asking import NOON, question
from ticket_api import preferences
from ticket_api.automation import Automation
from ticket_api.automation.rules import RulesPart
from ticket_api.errors import Conflict, Invalid, NotFound, Stop
from ticket_api.mail.compose import compose
from ticket_api.outgoing import Outgoing
from ticket_api.preferences import CurrentPreferences, SavedReply
from ticket_api.rules import Rules, Slow, known_of
from ticket_api.tickets import handling
from ticket_api.tickets import ticket as tickets
from ticket_api.tickets.calls import is_called
from ticket_api.tickets.event import Act
from ticket_api.tickets.message import Message
from ticket_api.tickets.rule import Rule, Then, When
from ticket_api.tickets.rule_acts import undone

REPLY = SavedReply("Wait", "en", "Hello {name}, number {number} at {company}. Read {article}.")

PAST = Act("owner", "noted", NOON)
ENDLESS, SLOW_ON = "(a+)+$", "a" * 400 + "!"


class Works:
    """Rules of a file over a store, at work."""

    def __init__(self, store, settings, clock, *rules) -> None:
        self.store, self.clock = store, clock
        clock.now = NOON
        settings = replace(settings, sections={"rules": list(rules)})
        self.rules = Rules(store, settings, known=lambda: known_of(settings, ()))
        self.outgoing = Outgoing(store, settings, SECRET)
        self.settings = settings
        self.restart()

    def restart(self) -> None:
        part = RulesPart(self.rules, self.store, self.outgoing, self.rules.last())
        self.automation = Automation(self.store, [part], self.clock)
        self.automation.work()

    def ask(self, number: int = 1, text: str = "I want a refund", **fields):
        at = self.clock()
        given = {"lang": "en", "status": "open", "created_at": at, "changed_at": at, "offers": ()}
        given |= {"messages": (Message("requester", text, at),), "request": f"r{number}", "link": f"l{number}"}
        added = self.store.add_ticket(question(number, **(given | fields)))
        self.automation.work()
        return self.store.ticket(added.id)

    def happen(self, ticket_id: int = 1):
        """Something else happens to a ticket."""
        act = Act("owner", "noted", self.clock())
        self.store.change_ticket(ticket_id, lambda each: handling.note(each, "more", self.clock()), act)
        self.automation.work()
        return self.store.ticket(ticket_id)

    def events(self, ticket_id: int = 1) -> list[tuple[str, str]]:
        return [(each.who, each.what) for each in self.store.events(ticket_id)][1:]


@pytest.fixture
def works(store, settings, clock):
    CurrentPreferences(store).put_reply(REPLY, "", NOON)
    return lambda *rules: Works(store, settings, clock, *rules)


def rule(name: str = "one", when=None, **then) -> dict:
    return {"name": name, "when": when or {}, "then": then}


def test_each_action_is_an_event_with_the_rules_name_and_happens_once(works):
    desk = works(rule("refunds", {"words": ["refund"]}, tag="money", priority=5, note="Look at the bank first."))
    ticket = desk.ask()
    assert (ticket.tags, ticket.priority, ticket.notes[0].text) == (("money",), 5, "Look at the bank first.")
    assert desk.events() == [("rule:refunds", what) for what in ("tagged", "prioritised", "noted")]
    assert ticket.ran[0].why == (("words", "refund"),)
    assert desk.store.change_ticket(1, lambda each: handling.untag(each, "money", NOON), Act("owner", "tagged", NOON))
    assert desk.happen().tags is msgspec.UNSET
    assert desk.ask(2, "Something else").ran is msgspec.UNSET


def test_a_rule_that_changes_nothing_is_noted_all_the_same(works):
    desk = works(rule(untag="elsewhere"))
    assert [each.name for each in desk.ask().ran] == ["rule:one"]
    assert desk.events() == [("rule:one", "acted")]


def test_a_reply_is_automatic_and_holds_none_of_the_customers_words(works, store):
    ticket = works(rule(reply="Wait")).ask()
    assert ticket.messages[-1].author == "automatic"
    assert ticket.messages[-1].text.startswith("Hello, number 1 at ")
    assert "{" not in ticket.messages[-1].text
    assert (ticket.status, ticket.first_reply_at) == ("open", None)
    (mail,) = store.mails_of(1)
    assert (mail.kind, mail.text) == ("automatic", ticket.messages[-1].text)


def test_its_mail_says_that_a_machine_wrote_it(works):
    desk = works(rule(reply="Wait"))
    desk.ask()
    (letter,) = desk.outgoing.take(desk.clock(), 9)
    message = compose(letter, desk.outgoing.sender)
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "All"


def test_who_is_asked_for_something_has_their_turn_and_then_the_owner(works):
    desk = works(rule(ask={"en": "order number", "zh": "订单号"}))
    ticket = desk.ask()
    assert "we need your order number" in ticket.messages[-1].text
    assert (ticket.status, ticket.first_reply_at) == ("waiting", None)
    desk.store.change_ticket(1, lambda each: tickets.write(each, "It is 7", NOON), Act("requester", "wrote", NOON))
    desk.automation.work()
    assert desk.store.ticket(1).status == "open"
    assert "请" in desk.ask(2, lang="zh").messages[-1].text


def test_who_cannot_be_mailed_what_is_asked_has_no_turn(works, store):
    desk = works(rule(ask="order number"))
    both = [desk.ask(number) for number in (1, 2)]
    assert [each.status for each in both] == ["waiting", "open"]
    assert [handling.standing(each) for each in both] == ["asked", "asked"]  # the page of both says what is needed
    assert store.mails_of(2) == []
    for number in range(3, 103):  # strangers, who use up what may be mailed in a day
        desk.ask(number, email=f"bot{number}@spam.example")
    assert desk.ask(103, email="ann@customer.example").status == "open"
    assert desk.ask(104, email="").status == "waiting"  # who gave no address reads it on the page


def test_a_rule_that_the_file_switches_on_again_acts_on_no_ticket_from_before(works, store, settings, clock):
    of_file = rule(reply="Wait")
    assert works(of_file).ask(1, email="ann@customer.example").ran
    desk = works(of_file | {"on": False})
    desk.ask(2, email="bob@customer.example")
    clock.move(days=200)
    rules = Rules(store, replace(settings, sections={"rules": [of_file]}))
    desk.rules = rules
    desk.restart()
    assert store.mails_of(2) == []
    assert desk.ask(3, email="eve@customer.example").ran


def test_one_automatic_message_at_most_over_all_rules(works):
    ticket = works(rule("one", reply="Wait"), rule("two", ask="order number", tag="asked")).ask()
    assert [each.author for each in ticket.messages] == ["requester", "automatic"]
    assert ticket.tags == ("asked",)
    assert [each.unsent and each.unsent.why for each in ticket.ran] == [msgspec.UNSET, "answered"]


def test_an_address_gets_one_automatic_mail_a_day(works, store):
    desk = works(rule(reply="Wait"))
    for number in (1, 2, 3):
        assert desk.ask(number).messages[-1].author == "automatic"
    assert [len(store.mails_of(number)) for number in (1, 2, 3)] == [1, 0, 0]
    desk.clock.move(days=1)
    desk.ask(4)
    assert len(store.mails_of(4)) == 1


def test_snooze_and_quarantine_take_it_out_of_the_queue(works):
    desk = works(rule("spam", {"words": ["casino"]}, quarantine=True), rule("later", {"words": ["soon"]}, snooze="2h"))
    spam, later = desk.ask(1, "A casino"), desk.ask(2, "Come soon")
    assert (spam.status, spam.quarantined_for) == ("quarantined", ("rule",))
    assert later.snoozed_until == NOON + timedelta(hours=2)


def test_an_old_ticket_comes_up_at_its_time(works):
    desk = works(rule("old", {"age": "2h", "status": "open"}, tag="late"))
    assert desk.ask().tags is msgspec.UNSET
    desk.clock.move(minutes=119)
    desk.automation.work()
    assert desk.store.ticket(1).tags is msgspec.UNSET
    desk.clock.move(minutes=1)
    desk.automation.work()
    assert desk.store.ticket(1).tags == ("late",)


def test_tickets_from_before_a_rule_are_left_alone(works, store, settings, clock):
    works().ask()
    clock.now = NOON + timedelta(hours=1)
    settings = replace(settings, sections={"rules": [rule(reply="Wait")]})
    rules = Rules(store, settings)
    part = RulesPart(rules, store, Outgoing(store, settings, SECRET), rules.last())
    part.look(store.ticket(1), clock())
    assert len(store.ticket(1).messages) == 1
    again = RulesPart(Rules(store, settings), store, Outgoing(store, settings, SECRET), 5)
    added = store.add_ticket(question(2, status="open", lang="en", created_at=clock(), request="r", link="l"))
    again.look(added, clock())  # a restart begins nothing anew
    assert len(store.ticket(added.id).messages) == 2


WRONG_CLOCKS = [NOON.replace(year=1970), NOON.replace(year=2036)]


@pytest.mark.parametrize("wrong", WRONG_CLOCKS, ids=str)
def test_from_which_ticket_on_a_rule_acts_goes_by_no_clock(works, clock, wrong):
    works().ask(1, email="ann@customer.example")
    desk = works(rule("file", {"words": ["refund"]}, reply="Wait"))
    clock.now = wrong
    desk.rules.put(made("desk", tag="x"), "", 0, clock())
    desk.rules.switch("file", 1, clock(), on=True)
    clock.now = NOON + timedelta(days=1)
    assert desk.happen(1).ran is msgspec.UNSET
    assert [each.name for each in desk.ask(2, email="bob@customer.example").ran] == ["rule:file", "rule:desk"]


@pytest.mark.parametrize("wrong", WRONG_CLOCKS, ids=str)
def test_a_server_that_starts_with_a_wrong_clock_knows_which_tickets_are_new(works, store, clock, wrong):
    works().ask(1, email="ann@customer.example")
    desk = works()
    clock.now = wrong
    desk.rules = Rules(store, replace(desk.settings, sections={"rules": [rule(reply="Wait")]}))
    desk.restart()
    clock.now = NOON + timedelta(days=1)
    assert desk.happen(1).ran is msgspec.UNSET
    assert desk.ask(2, email="bob@customer.example").ran


def test_nothing_is_done_while_the_owners_reply_may_be_taken_back(works):
    desk = works(rule("waits", {"status": "waiting"}, reply="Wait"))
    desk.ask()
    act = Act("owner", "replied", desk.clock())
    desk.store.change_ticket(1, lambda each: tickets.reply(each, "Yes", desk.clock()), act)
    desk.automation.work()
    assert desk.store.ticket(1).messages[-1].author == "owner"
    desk.clock.move(seconds=10)
    desk.automation.work()
    assert desk.store.ticket(1).messages[-1].author == "automatic"


def test_a_webhook_is_called_by_the_event_after_all_else(works, store):
    desk = works(rule("tell", webhook="shop", snooze="2h"))
    ticket = desk.ask()
    assert desk.events() == [("rule:tell", "snoozed"), ("rule:tell", "called")]
    assert is_called(ticket, "shop", store.events(1)[-1])
    assert not is_called(ticket, "chat", store.events(1)[-1])


def test_what_fails_in_the_middle_leaves_nothing_behind(works, store, monkeypatch):
    def fail(*_):
        raise ValueError("a fault of ours")

    monkeypatch.setattr(Outgoing, "automatic", fail)
    ticket = works(rule("tell", tag="x", reply="Wait", webhook="shop")).ask()
    assert (ticket.tags, len(ticket.messages), store.mails_of(1)) == (msgspec.UNSET, 1, [])


def test_what_cannot_be_done_is_left_out_and_the_rest_is_done(works):
    full = tuple(f"t{number}" for number in range(handling.MOST_TAGS))
    ticket = works(rule(tag="one more", priority=5)).ask(tags=full)
    assert (ticket.tags, ticket.priority) == (full, 5)
    assert [each.what for each in ticket.ran[0].did] == ["priority"]


@pytest.mark.parametrize(
    "then",
    [{"tag": "x"}, {"priority": 5}, {"quarantine": True}, {"snooze": "2h"}, {"tag": "x", "priority": 1}],
    ids=str,
)
def test_the_owner_takes_back_what_a_rule_did_and_it_does_not_come_again(works, then):
    desk = works(rule(**then))
    before, act = desk.ask(2, "x", status="offered"), Act("owner", "rule_undone", NOON)
    after = desk.ask(1)
    back = desk.store.change_ticket(after.id, lambda each: undone(each, "one", NOON), act)
    assert (back.tags, back.priority, back.snoozed_until, back.status) == (
        before.tags,
        before.priority,
        before.snoozed_until,
        "open",
    )
    desk.happen(after.id)
    assert len(desk.store.ticket(after.id).ran) == 1
    with pytest.raises(Conflict):
        undone(back, "one", NOON)


def test_what_was_changed_since_stays_when_it_is_taken_back(works):
    desk = works(rule(priority=5))
    desk.ask()
    desk.store.change_ticket(1, lambda each: handling.prioritise(each, 2, NOON), Act("owner", "prioritised", NOON))
    assert undone(desk.store.ticket(1), "one", NOON).priority == 2


def test_a_pattern_that_never_ends_is_told_once_in_the_log(works, caplog):
    desk = works(rule("slow", {"pattern": ENDLESS}, tag="x"))
    for number in range(1, 4):
        assert desk.ask(number, SLOW_ON).tags is msgspec.UNSET
    assert caplog.text.count("The pattern of the rule 'slow' takes too long") == 1


def test_no_flood_of_a_stranger_switches_a_rule_off(works):
    desk = works(rule("slow", {"pattern": ENDLESS}, priority=5))
    for number in range(1, 8):
        desk.ask(number, SLOW_ON)
    assert desk.ask(8, "aaa").priority == 5


def test_the_owner_is_told_on_how_many_tickets_a_pattern_was_slow_and_on_which_lately(works):
    desk = works(rule("slow", {"pattern": ENDLESS}, tag="x"))
    for number in range(1, 8):
        desk.ask(number, SLOW_ON)
    desk.happen(7)  # looked at again, and counted once
    assert desk.rules.slow() == {"slow": Slow(ENDLESS, 7, (7, 6, 5, 4, 3))}


def test_what_is_told_of_a_slow_pattern_is_gone_when_the_pattern_is_changed(works):
    desk, before = works(), Rule(name="slow", when=When(pattern=ENDLESS), then=Then(tag="x"))
    desk.rules.put(before, "", 0, NOON)
    desk.ask(1, SLOW_ON)
    assert [*desk.rules.slow()] == ["slow"]
    desk.rules.put(msgspec.structs.replace(before, when=When(pattern="a+$")), "slow", 1, NOON)
    assert desk.rules.slow() == {}


def made(name: str, **then) -> Rule:
    return msgspec.convert({"name": name, "then": then}, Rule)


def test_rules_of_the_desk_are_put_in_order_switched_and_dropped(works):
    rules = works(rule("file", tag="f")).rules
    for version, name in enumerate(("a", "b")):
        rules.put(made(name, tag="x"), "", version, NOON)
    rules.move("b", -1, 2, NOON)
    assert [each.rule.name for each in rules.present().listed] == ["file", "b", "a"]
    rules.switch("file", 3, NOON, on=False)
    rules.put(made("c", tag="y"), "b", 4, NOON)
    rules.drop("a", 5, NOON)
    assert [(each.rule.name, each.on, each.in_file) for each in rules.present().listed] == [
        ("file", False, True),
        ("c", True, False),
    ]
    assert [each.what for each in rules._store.events(0)][-6:] == ["rules_changed"] * 6


def test_a_change_from_an_older_page_is_refused(works):
    rules = works().rules
    rules.put(made("a", tag="x"), "", 0, NOON)
    for change in (
        lambda: rules.put(made("b", tag="x"), "", 0, NOON),
        lambda: rules.put(made("b", tag="x"), "none", 1, NOON),
        lambda: rules.drop("a", 0, NOON),
    ):
        with pytest.raises(Conflict):
            change()
    for change in (lambda: rules.drop("b", 1, NOON), lambda: rules.switch("b", 1, NOON, on=True)):
        with pytest.raises(NotFound):
            change()
    assert [each.rule.name for each in rules.present().listed] == ["a"]


def test_what_is_wrong_in_the_file_stops_the_start_with_one_sentence(store, settings):
    wrong = replace(settings, sections={"rules": [rule("a", tag="x"), rule("a", tag="y")]})
    with pytest.raises(Stop, match=r"helpleaf\.toml: in rules: two rules are called “a”"):
        Rules(store, wrong).require_right()
    for given, told in (
        ([{"name": "a", "then": {}}], "in rules, number 1.then: a rule has to do something"),
        ([{"name": "a", "then": {"priority": "high"}}], "in rules, number 1.then.priority: expected"),
    ):
        with pytest.raises(Stop, match=told):
            Rules(store, replace(settings, sections={"rules": given}))


def test_a_saved_reply_that_is_missing_is_a_warning(works):
    (wrong,) = works(rule(reply="None such")).rules.wrongs()
    assert (wrong.code, wrong.is_warning) == ("unknown_reply", True)
    assert preferences.read(works().store).replies


def test_too_many_rules_are_refused(works, monkeypatch):
    monkeypatch.setattr("ticket_api.rules.book.MOST_RULES", 1)
    rules = works(rule("file", tag="x")).rules
    with pytest.raises(Invalid):
        rules.put(made("a", tag="x"), "", 0, NOON)


def test_two_servers_that_saw_the_same_ticket_act_once(works, store, settings):
    desk = works(rule(note="Look.", reply="Wait"))
    after = desk.ask()
    seen = msgspec.structs.replace(after, ran=msgspec.UNSET, messages=after.messages[:1])
    part = RulesPart(desk.rules, store, desk.outgoing, desk.rules.last())
    part.look(seen, desk.clock())
    assert store.ticket(1) == after
    assert len(store.mails_of(1)) == 1
