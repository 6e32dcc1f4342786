"""A shelf of which only what changed is read anew, and the index built so."""

from tests.knowledge.library import HELP, read
from ticket_api.knowledge.index import Confirmed, build_index, to_json

ARTICLES = read(HELP).articles


def test_what_was_learned_is_not_taken_over_from_the_previous_index():
    plain = build_index(ARTICLES)
    learned = plain.with_confirmed([Confirmed("my zebra ate the card", "billing/payment-failed", "en")])
    again = build_index(ARTICLES, previous=learned)
    assert b"zebra" not in to_json(again)
    assert to_json(again) == to_json(plain)
