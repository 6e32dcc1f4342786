"""What tickets teach about their categories, and that they stop teaching it when it is taken back or erased."""

from dataclasses import dataclass

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from tests.store.asking import question
from ticket_api import sorting
from ticket_api.archive.erase import erase_requester
from ticket_api.knowledge.index import ArticleIndex
from ticket_api.sorting import OF_CUSTOMERS, Sorting, known_of
from ticket_api.suggestion import Reason, Suggestion
from ticket_api.tickets import handling
from ticket_api.tickets.event import Act
from ticket_api.tickets.message import Message
from ticket_api.tickets.ticket import Category

REFUND, PASSWORD = "refunds/get-a-refund", "account/forgotten-password"
OFFERS = tuple(
    Suggestion(article, "en", "/", "Title", "…", "", 0.5, (Reason("title", ("a",), 0.3),))
    for article in (REFUND, PASSWORD)
)
ASKED = {
    REFUND: "Please send {n} coins of my money back",
    PASSWORD: "I can't sign in as user {n}, the password is wrong",
}


def solved(number: int, article: str, text: str = "", **fields):
    """A ticket that an article solved, as its customer says."""
    said = text or ASKED[article].format(n=number)
    common = {"subject": "", "lang": "en", "status": "deflected", "offers": OFFERS, "solved_by": article}
    message = Message("requester", said, question(number).created_at)
    return question(number, **{**common, "messages": (message,), **fields})


def add(store, ticket):
    """Store a ticket as it comes, and then what became of it: only that is an event that teaches."""
    asked = store.add_ticket(replace(ticket, status="offered", solved_by="", answered_by=UNSET))
    became = replace(ticket, id=asked.id, requester=asked.requester)
    return store.change_ticket(asked.id, lambda _: became, Act("requester", "solved", ticket.created_at))


@dataclass
class Teaching:
    """A store with tickets, and what is learned of them."""

    store: object
    sorting: Sorting

    def ask(self, count: int, first: int = 1, **fields) -> list:
        added = [
            add(self.store, solved(number, article, **(fields if article == PASSWORD else {})))
            for number in range(first, first + count)
            for article in [REFUND if number % 2 else PASSWORD]
        ]
        self.sorting.follow()
        return added

    def change(self, ticket, change):
        changed = self.store.change_ticket(ticket.id, change, Act("owner", "categorised", ticket.created_at))
        self.sorting.follow()
        return changed

    def judge(self, text: str):
        return self.sorting.judge(solved(999, REFUND, text))


@pytest.fixture
def teaching(store, index):
    return Teaching(store, Sorting(store, lambda: index))


def test_solved_tickets_teach_the_category_of_the_article(teaching):
    assert not teaching.sorting.ready
    teaching.ask(4)
    assert teaching.sorting.ready
    assert not teaching.judge("My password is wrong").sure
    teaching.ask(26, first=5)
    verdict = teaching.judge("My password is wrong")
    assert (verdict.category, verdict.sure) == ("account", True)
    assert set(verdict.words) == {"password", "wrong"}
    assert teaching.judge("Send the money back").category == "refunds"


def test_what_is_learned_while_it_runs_is_what_a_new_start_learns(teaching, index):
    teaching.ask(30)
    fresh = Sorting(teaching.store, lambda: index)
    fresh.follow()
    for text in ("My password", "money", "coins for user 5"):
        assert fresh.judge(solved(999, REFUND, text)) == teaching.judge(text)
    assert not fresh.follow()


def test_the_owners_word_stands_above_the_articles(teaching):
    tickets = teaching.ask(2)
    known = known_of(handling.categorise(tickets[0], "billing", tickets[0].created_at))
    assert (known.category, known.article, known.by_owner) == ("billing", "", True)
    assert known_of(replace(tickets[0], answered_by=PASSWORD)).article == PASSWORD
    assert known_of(handling.categorise(tickets[0], "", tickets[0].created_at)) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"solved_by": "", "category": Category("billing", "classifier", 0.95)},
        {"solved_by": "", "category": Category("billing", "rule:money")},
        {"solved_by": "devices/sync"},
        {"status": "offered"},
        {"status": "quarantined"},
        {"merged_into": 7},
    ],
)
def test_what_teaches_nothing(fields):
    """What was sorted by itself or by a rule, an article that was never offered, and what isn't a question any more."""
    assert known_of(solved(1, REFUND, **fields)) is None


def test_a_category_of_the_classifier_hides_no_article(teaching):
    assert known_of(solved(1, REFUND, category=Category("billing", "classifier", 0.95))).article == REFUND


def test_an_erased_person_is_forgotten(teaching, clock):
    teaching.ask(30, email="carol@example.com")
    assert "password" in teaching.judge("a wrong password").words
    erase_requester(teaching.store, "carol@example.com", clock())
    assert teaching.sorting.follow()
    assert "wrong" not in teaching.judge("a wrong password of mine").words
    assert not any(known.article == PASSWORD for known in teaching.sorting._gathering.gathered.values())


def test_what_is_taken_back_teaches_no_more(teaching):
    tickets = teaching.ask(30)
    for ticket in tickets[:12]:
        teaching.change(ticket, lambda stored: replace(stored, status="open", solved_by=""))
    assert len(teaching.sorting._gathering.gathered) == 18
    assert not teaching.judge("My password is wrong").sure


def test_strangers_teach_so_much_about_one_article_and_no_more(teaching, monkeypatch):
    monkeypatch.setattr(sorting, "OF_CUSTOMERS", 3)
    assert OF_CUSTOMERS > 3
    teaching.ask(20)
    assert len(teaching.sorting._gathering.gathered) == 6
    teaching.ask(20, first=21, answered_by=PASSWORD)
    assert len(teaching.sorting._gathering.gathered) == 16


def test_what_is_learned_is_bounded_by_the_newest(teaching, monkeypatch):
    monkeypatch.setattr(sorting, "MOST", 5)
    tickets = teaching.ask(20)
    assert list(teaching.sorting._gathering.gathered) == [ticket.id for ticket in reversed(tickets[-5:])]


def test_the_same_words_again_teach_nothing_more(teaching):
    for number in range(1, 10):
        add(teaching.store, solved(number, REFUND, "My money back!"))
    teaching.sorting.follow()
    assert len(teaching.sorting._gathering.gathered) == 1


def test_other_articles_are_taken_over(store, index):
    articles = [index]
    teaching = Teaching(store, Sorting(store, lambda: articles[0]))
    teaching.ask(30)
    assert teaching.judge("My password").category == "account"
    articles[0] = ArticleIndex({})
    assert teaching.sorting.follow()
    assert teaching.judge("My password") is None


def test_each_language_is_its_own(teaching):
    teaching.ask(30)
    assert not teaching.sorting.judge(solved(999, REFUND, "wrong user", lang="zh"))
    assert teaching.sorting.judge(solved(999, REFUND, "wrong user", lang="xx")) is None
    assert teaching.sorting.judge(solved(999, REFUND, "wrong user", lang="en")).category == "account"
    assert teaching.sorting.words_for(solved(999, REFUND, "wrong user", lang="xx"), "account") == ()


def test_a_fault_costs_what_was_learned_and_not_the_thread(teaching, monkeypatch, caplog):
    teaching.ask(30)

    def failing(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    with monkeypatch.context() as broken:
        broken.setattr(teaching.sorting._gathering, "follow", failing)
        assert not teaching.sorting._keep_up()
    assert teaching.judge("My password") is None
    assert "can't be learned" in caplog.text
    teaching.ask(1, first=31)
    assert teaching.judge("My password is wrong").sure


def test_a_ticket_is_unset_until_somebody_says():
    assert solved(1, REFUND).category is UNSET
