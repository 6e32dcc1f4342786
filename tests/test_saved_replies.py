"""The saved reply that fits a ticket, as the replies and the ticket become others."""

import pytest
from msgspec.structs import replace

from tests.store.asking import NOON, question
from ticket_api.preferences import CurrentPreferences, SavedReply
from ticket_api.saved_replies import SavedReplies, waiting
from ticket_api.tickets.message import Message

REFUND = SavedReply("Refund", "en", "Hello {name},\n\nyou get your money back within 14 days. {company}")
EXPORT = SavedReply("Export", "en", "Hello {name},\n\nchoose Export everything under Settings. {company}")


def ticket(*messages: str, subject: str = "", lang: str = "en"):
    """A ticket with what was written, the owner's messages with > before them."""
    written = tuple(
        Message("owner" if text.startswith("> ") else "requester", text.removeprefix("> "), NOON) for text in messages
    )
    return replace(question(), subject=subject, lang=lang, messages=written)


@pytest.fixture
def preferences(store):
    return CurrentPreferences(store)


@pytest.fixture
def save(store, preferences):
    def save(reply, mark=""):
        store.together([lambda: preferences.put_reply(reply, mark, NOON)])
        preferences.stored()

    return save


@pytest.fixture
def saved(preferences):
    return SavedReplies(lambda: preferences.now.replies, tuple)


def test_what_waits_is_all_that_the_customer_wrote_since_the_owners_last_message():
    assert waiting(ticket("My money", "back, please", subject="Refund")) == "Refund\nMy money\nback, please"
    assert waiting(ticket("My money", "> Done.", subject="Refund")) == ""
    assert waiting(ticket("My money", "> Done.", "Export?", "All of it", subject="Refund")) == "Export?\nAll of it"
    asked_by_itself = replace(ticket("My money"), messages=(Message("automatic", "Which version?", NOON),))
    assert waiting(asked_by_itself) == ""


def test_it_follows_the_replies(saved, save, preferences):
    asked = ticket("I want my money back")
    assert saved.fitting(asked) is None
    save(REFUND)
    save(EXPORT)
    assert saved.fitting(asked).reply == REFUND
    other = replace(REFUND, text="Dear {name}, within 30 days you get your money back.")
    save(other, REFUND.mark)
    assert saved.fitting(asked).reply == other
    save(SavedReply("Thanks", "en", "Thank you."), other.mark)
    assert saved.fitting(asked) is None


def test_the_reply_to_a_further_message_is_another_one(saved, save):
    save(REFUND)
    save(EXPORT)
    assert saved.fitting(ticket("I want my money back")).reply == REFUND
    assert saved.fitting(ticket("I want my money back", "> Done.")) is None
    assert saved.fitting(ticket("I want my money back", "> Done.", "Can I export everything?")).reply == EXPORT


def test_the_names_of_variables_are_no_words_of_a_reply(saved, save):
    save(REFUND)
    assert saved.fitting(ticket("name company")) is None


def test_synonyms_that_change_count_at_once(preferences, save):
    synonyms = []
    saved = SavedReplies(lambda: preferences.now.replies, lambda: tuple(synonyms))
    save(EXPORT)
    assert saved.fitting(ticket("evacuate")) is None
    synonyms.append(("export", "evacuate"))
    assert saved.fitting(ticket("evacuate")).reply == EXPORT
