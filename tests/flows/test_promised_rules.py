"""Alice lets a rule wait for a missed promise, is warned where customers get nothing, and reads what wasn't sent."""

from dataclasses import replace

import pytest

from tests.flows.asking import UNKNOWN, ask
from tests.flows.test_rules import make, mark_of, work
from ticket_api.preferences import CurrentPreferences, SavedReply
from ticket_api.tickets import handling
from ticket_api.tickets.event import Act

__all__ = ["work"]


@pytest.fixture
def settings(settings):
    return replace(settings, sections={"targets": {}})


def test_a_rule_waits_until_a_promise_is_missed(alice, bob, work, store, clock):
    assert make(alice, words="", promise="missed").status_code == 303
    page = alice.get(f"/desk/rules/{mark_of(alice)}").text
    assert '<option value="missed" selected>one was missed</option>' in page
    assert "one was missed" in alice.get("/desk/rules").text
    ask(bob, UNKNOWN)
    assert not work().tags
    note = "promise:first_response:missed:2026-03-02T13:00Z"
    store.change_ticket(1, lambda each: handling.run(each, note, clock()), Act("system", "missed", clock()))
    assert work().tags == ("money",)
    assert "<q>the first answer is late</q>" in alice.get("/desk/tickets/1").text
    assert "首次回复已超时" in alice.get("/desk/tickets/1", headers={"accept-language": "zh"}).text


def test_a_promise_that_nobody_made_is_told_and_what_was_typed_stays(alice):
    answer = make(alice, promise="near:resolution")
    assert answer.status_code == 422
    assert "waits for the promise resolution" in answer.text
    assert '<option value="near:resolution" selected>' in answer.text


def test_a_language_without_the_saved_reply_is_told_and_the_rule_is_saved(alice, store, clock):
    CurrentPreferences(store).put_reply(SavedReply("Wait", "en", "Wait."), "", clock())
    assert make(alice, reply="Wait").status_code == 303
    assert "there is none in Chinese: customers of that language get nothing" in alice.get("/desk/rules").text
    assert make(alice, mark_of(alice), reply="Wait", lang="en").status_code == 303
    assert "get nothing" not in alice.get("/desk/rules").text


def test_a_message_that_was_not_sent_is_told_with_the_reason(alice, bob, work):
    make(alice, add_tag="", priority="", reply="Wait")
    ask(bob, UNKNOWN)
    work()
    page = alice.get("/desk/tickets/1").text
    assert "The saved reply “Wait” wasn’t sent: there was none with this title." in page
    assert "It changed nothing" not in page
    assert "The message was sent" not in page
    chinese = alice.get("/desk/tickets/1", headers={"accept-language": "zh"}).text
    assert "常用回复“Wait”没有发送：没有这个标题的常用回复。" in chinese
