"""Which confirmed questions count, in both stores, and that they stop counting when they are taken back or erased."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.serving import SECRET
from tests.store.conftest import postgres, postgres_url, store, url
from ticket_api import gathering, learning
from ticket_api.archive.erase import erase_requester
from ticket_api.current import CurrentIndex
from ticket_api.desk import Desk
from ticket_api.helpdesk import Helpdesk
from ticket_api.knowledge.index import Confirmed
from ticket_api.learning import LONGEST, PER_ARTICLE, Learning
from ticket_api.question import Question
from ticket_api.store import open_store
from ticket_api.tickets import ticket as tickets
from ticket_api.tickets.event import Act

__all__ = ["postgres", "postgres_url", "store", "url"]  # fixtures

REFUND, TWICE = "refunds/get-a-refund", "billing/charged-twice"
WORDS = "alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa".split()  # noqa: SIM905


@pytest.fixture
def helpdesk(store, index):
    current = CurrentIndex(index, Path("nowhere"))
    return Helpdesk(store, current, SECRET, silence=timedelta(minutes=10), message_limit=10_000, least=0.0)


@pytest.fixture
def desk(store, helpdesk):
    return Desk(store, helpdesk, message_limit=10_000)


@pytest.fixture
def confirm(helpdesk, clock):
    """Ask, and say that an article solved it; the token of the ticket's link."""

    def ask(message: str, article: str = REFUND, **more: str) -> str:
        asked = helpdesk.ask(Question(message=message, **more), clock())
        assert article in {offer.id for offer in asked.ticket.offers}
        helpdesk.solve(asked.token, article, clock())
        return asked.token

    return ask


@pytest.fixture
def learned(store):
    """What a server that has run all the while knows; the same as one that starts now."""
    running = Learning(store)
    running.follow(lambda: None)

    def questions() -> list[tuple[str, str]]:
        running.follow(lambda: None)
        started = Learning(store)
        started.follow(lambda: None)
        assert running.confirmed == started.confirmed
        return [(each.question, each.article) for each in running.confirmed]

    return questions


def test_what_a_customer_confirmed_counts_from_then_on(confirm, learned, store, helpdesk, clock):
    assert learned() == []
    helpdesk.ask(Question(message="Refund of my money, maybe?"), clock())
    assert learned() == []
    confirm("How do I get a refund for March?")
    confirm("三月的钱怎么退款？", lang="zh")
    assert learned() == [("三月的钱怎么退款？", REFUND), ("How do I get a refund for March?", REFUND)]
    fresh = Learning(store)
    assert fresh.follow(lambda: None)
    assert fresh.confirmed[0] == Confirmed("三月的钱怎么退款？", REFUND, "zh")
    assert not fresh.follow(lambda: None)


def test_what_is_taken_back_counts_no_more(confirm, learned, helpdesk, clock):
    token = confirm("How do I get a refund for March?")
    assert learned()
    helpdesk.undo(token, clock())
    assert learned() == []


def test_a_further_message_takes_it_back_too(confirm, learned, helpdesk, clock):
    helpdesk.write(confirm("How do I get a refund for March?"), "No, that wasn't it.", clock())
    assert learned() == []


def test_the_words_are_those_of_the_first_message(confirm, learned, helpdesk, clock):
    asked = helpdesk.ask(Question(message="How do I get a refund?"), clock())
    helpdesk.write(asked.token, "My card is 4000 1234.", clock())
    helpdesk.solve(asked.token, REFUND, clock())
    assert learned() == [("How do I get a refund?", REFUND)]


def test_an_erase_by_another_process_ends_it(confirm, learned, url, clock):
    confirm("How do I get a refund for March?", email="bob@example.com")
    confirm("How do I get a refund for April?", email="carol@example.com")
    assert len(learned()) == 2
    other = open_store(url)
    erase_requester(other, "bob@example.com", clock())
    other.close()
    assert learned() == [("How do I get a refund for April?", REFUND)]


def test_quarantine_ends_it(confirm, learned, store, helpdesk, clock):
    token = confirm("How do I get a refund for March?")
    helpdesk.write(token, "More", clock())
    asked = helpdesk.read(token, clock())
    helpdesk.solve(token, REFUND, clock())
    assert learned()

    def isolate(ticket):
        return replace(tickets.move(tickets.reopen(ticket, clock()), "quarantined", clock()), solved_by=REFUND)

    store.change_ticket(asked.id, isolate, Act("system", "closed", clock()))
    assert learned() == []


def test_an_article_that_was_not_offered_never_counts(helpdesk, learned, clock):
    asked = helpdesk.ask(Question(message="refund"), clock())
    assert "devices/sync" not in {offer.id for offer in asked.ticket.offers}
    helpdesk.solve(asked.token, "devices/sync", clock())
    assert learned() == []


def test_a_long_question_never_counts(confirm, learned):
    confirm("refund " * (LONGEST // 7 + 1))
    assert learned() == []


def test_a_hundred_times_the_same_counts_once(confirm, learned):
    for number in range(100):
        confirm("How do I get a refund?" + "!" * number)
    assert len(learned()) == 1


def test_a_stranger_who_confirms_a_hundred_leaves_other_articles_theirs(confirm, learned):
    confirm("I was charged twice, why did you take the money two times?", TWICE)
    for number in range(100):
        confirm(f"refund {WORDS[number % 16]} {WORDS[number // 16]} {number}")
    counted = learned()
    assert len([each for each in counted if each[1] == REFUND]) == PER_ARTICLE
    assert ("I was charged twice, why did you take the money two times?", TWICE) in counted
    assert counted[0][0].endswith(" 99")


def test_what_counts_is_bounded_in_all(confirm, learned, monkeypatch):
    monkeypatch.setattr(learning, "MOST", 3)
    confirm("I was charged twice, why did you take the money two times?", TWICE)
    for word in WORDS[:5]:
        confirm(f"refund {word}")
    assert [each[0] for each in learned()] == ["refund echo", "refund delta", "refund charlie"]


def test_older_questions_return_to_a_place_that_was_freed(confirm, store, helpdesk, clock, monkeypatch):
    for word in WORDS[: PER_ARTICLE + 1]:
        last = confirm(f"refund {word}")
    running = Learning(store)
    running.follow(lambda: None)
    assert all(each.question != "refund alpha" for each in running.confirmed)
    helpdesk.undo(last, clock())
    monkeypatch.setattr(gathering, "READ_ANEW", 0.0)
    assert running.follow(lambda: None)
    assert running.confirmed[-1].question == "refund alpha"


def test_the_owners_word_stands_above_the_customers(confirm, learned, helpdesk, desk, clock):
    token = confirm("Refund, I was charged twice")
    ticket = helpdesk.read(token, clock())
    assert {REFUND, TWICE} <= {offer.id for offer in ticket.offers}
    desk.confirm(ticket.id, TWICE, clock())
    assert learned() == [("Refund, I was charged twice", TWICE)]
    desk.confirm(ticket.id, "", clock())
    assert learned() == [("Refund, I was charged twice", REFUND)]


def test_the_owner_alone_suffices_once_it_is_sent(helpdesk, desk, learned, clock):
    asked = helpdesk.ask(Question(message="How do I get a refund?"), clock())
    desk.confirm(asked.ticket.id, REFUND, clock())
    assert learned() == []
    helpdesk.send(asked.token, clock())
    assert learned() == [("How do I get a refund?", REFUND)]


def test_after_a_fault_what_was_learned_comes_back_by_itself(store, index, confirm, monkeypatch):
    monkeypatch.setattr("ticket_api.current.AGAIN", 0.0)
    confirm("How do I get a refund for March?")
    current = CurrentIndex(index, Path("nowhere"), Learning(store))

    def failing(*_: object) -> None:
        raise RuntimeError("a fault")

    with monkeypatch.context() as broken:
        broken.setattr("ticket_api.knowledge.index.ArticleIndex.with_confirmed", failing)
        current._keep_up()
    assert current.index is index
    current._keep_up()
    assert any(document.confirmed for document in current.index.shelves["en"].documents)
