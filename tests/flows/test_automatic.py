"""Bob reads what a rule sent him: no answer is claimed, and he is told what to do."""

from dataclasses import replace

import pytest

from tests.conftest import SECRET
from tests.flows.asking import UNKNOWN, api_of, ask, path_of
from tests.flows.working import do
from ticket_api.automation.rules import RulesPart
from ticket_api.mail.compose import compose
from ticket_api.outgoing import Outgoing
from ticket_api.preferences import CurrentPreferences, SavedReply
from ticket_api.rules import Rules

ASKS = {"ask": {"en": "order number", "zh": "订单号"}}
REPLIES = {"reply": "Wait"}
ASKED = {"en": "We need something from you before we can answer.", "zh": "回答之前，我们还需要你提供一些信息。"}
SENT = {"en": "The last message was sent automatically.", "zh": "最后一条消息是自动发送的。"}
ANSWERED = {"en": "We have answered.", "zh": "我们已经回答"}


@pytest.fixture
def got(bob, store, settings, clock):
    """Bob asks, and a rule that does this acts on his ticket; what the API said of it."""

    def make(then: dict, lang: str = "en", message: str = UNKNOWN) -> dict:
        CurrentPreferences(store).put_reply(SavedReply("Wait", lang, "Read on."), "", clock())
        with_rule = replace(settings, sections={"rules": [{"name": "one", "then": then}]})
        part = RulesPart(Rules(store, with_rule), store, Outgoing(store, with_rule, SECRET), 0)
        asked = ask(bob, message, lang=lang, email="bob@example.org")
        bob.post(api_of(asked, "send"))
        part.look(store.ticket(asked["id"]), clock())
        assert store.ticket(asked["id"]).messages[-1].author == "automatic"
        return asked

    return make


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_who_is_asked_for_something_is_told_so_and_no_answer_is_claimed(bob, store, got, lang):
    ticket = got(ASKS, lang)
    page = bob.get(path_of(ticket)).text
    assert ASKED[lang] in page
    assert {"en": "Waiting for you", "zh": "等你补充"}[lang] in page
    assert ANSWERED[lang] not in page
    assert 'value="accept"' not in page
    assert bob.post(path_of(ticket), data={"do": "accept"}).status_code == 409
    bob.post(path_of(ticket), data={"do": "write", "message": "It is 7."})
    page = bob.get(path_of(ticket)).text
    assert ASKED[lang] not in page
    assert {"en": "We have your question.", "zh": "我们已收到你的问题"}[lang] in page
    assert store.ticket(ticket["id"]).status == "open"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_after_an_automatic_reply_a_person_still_answers(bob, got, lang):
    page = bob.get(path_of(got(REPLIES, lang))).text
    assert SENT[lang] in page
    assert {"en": "you need do nothing: a person answers you", "zh": "什么都不用做，会有人回答你"}[lang] in page
    assert ANSWERED[lang] not in page
    assert 'value="decline"' not in page


def test_only_the_customers_own_word_makes_an_automatic_reply_the_answer(bob, store, clock, got):
    ticket = got(REPLIES)
    clock.move(days=30)
    assert SENT["en"] in bob.get(path_of(ticket)).text
    assert store.ticket(ticket["id"]).status == "open"
    assert bob.post(path_of(ticket), data={"do": "accept"}).status_code == 303
    stored = store.ticket(ticket["id"])
    assert (stored.status, stored.first_reply_at) == ("solved", None)
    assert bob.post(path_of(ticket), data={"do": "decline"}).status_code == 303
    assert store.ticket(ticket["id"]).status == "open"


def test_once_the_owner_wrote_it_is_answered(alice, bob, clock, got):
    ticket = got(ASKS)
    do(alice, ticket, "reply", message="It is under Settings.")
    assert ASKED["en"] in bob.get(path_of(ticket)).text  # it may still be taken back
    clock.move(seconds=10)
    page = bob.get(path_of(ticket)).text
    assert ANSWERED["en"] in page
    assert "Did that solve it?" in page


def test_an_article_may_solve_what_a_rule_has_asked_about(bob, store, got):
    ticket = got(ASKS, message="How do I get a refund? I want my money back")
    answer = bob.post(api_of(ticket, "solved"), json={"article": "refunds/get-a-refund"})
    assert (answer.status_code, answer.json()["status"]) == (200, "deflected")
    assert bob.post(api_of(ticket, "undo")).json()["status"] == "open"


@pytest.mark.parametrize(
    ("then", "lang", "said"),
    [
        (ASKS, "en", "Write what it asks for on the page of your question"),
        (ASKS, "zh", "请在问题页面上提供其中所需的信息"),
        (REPLIES, "en", "A person reads your question as well and answers it."),
        (REPLIES, "zh", "之后仍会有专人阅读并回答你的问题"),
    ],
)
def test_its_mail_says_the_same(got, store, settings, clock, then, lang, said):
    got(then, lang)
    outgoing = Outgoing(store, settings, SECRET)
    (letter,) = [each for each in outgoing.take(clock(), 9) if each.kind == "automatic"]
    text = compose(letter, outgoing.sender).get_body(("plain",)).get_content()
    assert said in text
    assert (letter.asks, "This answer" in text) == (then is ASKS, False)
