"""Which messages of a rule a customer doesn't get is noted on the ticket, with the reason."""

import msgspec
import pytest

from tests.automation.test_rules import rule, works
from ticket_api.rules import acts_of, unsent_said

__all__ = ["works"]


UNHEARD = [
    ({"reply": "Wait"}, {"automatic": True}, "machine"),
    ({"reply": "Wait"}, {"email": "no-reply@shop.example"}, "machine"),
    ({"reply": "Wait"}, {"lang": "zh"}, "reply_language"),
    ({"reply": "None such"}, {}, "no_reply"),
    ({"ask": {"zh": "订单号"}}, {}, "ask_language"),
    ({"ask": "order number"}, {"status": "deflected"}, "status"),
]


@pytest.mark.parametrize(("then", "fields", "why"), UNHEARD, ids=lambda each: each if isinstance(each, str) else "")
def test_where_nothing_may_or_can_be_written_it_is_noted_why(works, store, then, fields, why):
    ticket = works(rule(when={"status": fields.get("status", "open")}, tag="seen", **then)).ask(**fields)
    assert (len(ticket.messages), ticket.tags, store.mails_of(1)) == (1, ("seen",), [])
    assert [(each.unsent.what, each.unsent.value, each.unsent.why) for each in ticket.ran] == [
        (next(iter(then)), "订单号" if why == "ask_language" else next(iter(then.values())), why)
    ]
    for lang in ("en", "zh"):
        said = unsent_said(ticket.ran[0].unsent, ticket, lang)
        assert ticket.ran[0].unsent.value in said
        assert "{" not in said


def test_what_stands_on_the_page_and_was_not_mailed_is_noted_too(works, store):
    desk = works(rule(reply="Wait"))
    assert desk.ask(1).ran[0].unsent is msgspec.UNSET
    second, third = desk.ask(2), desk.ask(3, email="")
    assert [(each.messages[-1].author, each.ran[0].unsent.why) for each in (second, third)] == [
        ("automatic", "enough"),
        ("automatic", "no_address"),
    ]
    for ticket in (second, third):
        (act,) = acts_of(ticket, "en")
        assert "stands on the customer’s page and wasn’t mailed" in act.unsent
        assert not act.wrote  # that it was sent
    assert store.mails_of(2) == store.mails_of(3) == []
