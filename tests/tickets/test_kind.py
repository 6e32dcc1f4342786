"""Which questions have a known answer, and why."""

import pytest
from msgspec.structs import replace

from tests.tickets.test_ticket import LATER, ticket
from ticket_api.suggestion import Reason, Suggestion
from ticket_api.tickets import ticket as tickets
from ticket_api.tickets.kind import Kind, kind_of


def near(score: float, id_: str = "refunds/get-a-refund") -> Suggestion:
    return Suggestion(id_, "en", "/refunds/", "Get your money back", "…", "", score, (Reason("title", ("a",), 0.3),))


@pytest.mark.parametrize(
    ("best", "kind"),
    [
        (near(0.5), Kind("refunds/get-a-refund", "sure")),
        (near(0.9), Kind("refunds/get-a-refund", "sure")),
        (near(0.49), Kind("", "unsure")),
        (None, Kind("", "none")),
    ],
)
def test_an_article_that_is_sure_enough_is_a_known_answer(best, kind):
    assert kind_of(replace(ticket(), offers=()), best, 0.5) == kind
    assert kind.simple == bool(kind.article)


def test_what_was_offered_already_is_told():
    offered = replace(ticket(), offers=(near(0.8),))
    assert kind_of(offered, near(0.8), 0.5) == Kind("refunds/get-a-refund", "offered")
    assert kind_of(offered, near(0.8, "other/one"), 0.5) == Kind("other/one", "sure")


def test_the_owners_word_stands_above_all():
    said = tickets.confirm(replace(ticket("open"), offers=(near(0.8),)), "refunds/get-a-refund", LATER)
    for best in (None, near(0.9, "other/one")):
        assert kind_of(said, best, 0.5) == Kind("refunds/get-a-refund", "confirmed")


def test_who_writes_again_after_an_answer_needs_the_owner():
    twice = tickets.write(ticket("open"), "And another thing", LATER)
    assert kind_of(twice, near(0.9), 0.5).simple
    again = tickets.write(tickets.reply(twice, "It is under Settings.", LATER), "It isn't there", LATER)
    assert kind_of(again, near(0.9), 0.5) == Kind("", "wrote_again")
