"""New tickets get their category by themselves, once, and nobody's word is ever changed."""

import pytest
from msgspec.structs import replace

from tests.test_sorting import ASKED, PASSWORD, REFUND, add, solved
from ticket_api.automation import Automation
from ticket_api.automation.sorting import SortingPart
from ticket_api.sorting import Sorting
from ticket_api.tickets import handling
from ticket_api.tickets import ticket as tickets
from ticket_api.tickets.event import Act
from ticket_api.tickets.ticket import Category


@pytest.fixture
def learned(store, index):
    for number in range(1, 31):
        add(store, solved(number, REFUND if number % 2 else PASSWORD))
    return Sorting(store, lambda: index)


@pytest.fixture
def automation(store, learned, clock):
    learned.follow()
    return Automation(store, [SortingPart(store, learned)], clock)


def ask(store, number: int, text: str = ASKED[PASSWORD], **fields):
    return store.add_ticket(solved(number, "", text.format(n=number), **{"status": "open", **fields}))


def test_a_new_ticket_says_what_it_is_about(store, automation, clock):
    automation.work()
    new = ask(store, 100)
    automation.work()
    sorted_ = store.ticket(new.id)
    assert (sorted_.category.name, sorted_.category.by) == ("account", "classifier")
    assert 0.9 <= sorted_.category.confidence <= 1
    assert sorted_.changed_at == new.changed_at
    assert [(event.who, event.what) for event in store.events(new.id)][1:] == [("system", "categorised")]
    assert handling.as_seen(sorted_, clock()).category is new.category


def test_one_that_nothing_is_known_of_has_none(store, automation):
    new = ask(store, 100, "Do you like elephants?")
    automation.work()
    assert not store.ticket(new.id).category


@pytest.mark.parametrize("category", [Category("billing", "owner"), Category("", "owner"), Category("x", "rule:x")])
def test_nobodys_word_is_changed(store, automation, category):
    new = ask(store, 100, category=category)
    automation.work()
    assert store.ticket(new.id) == new


@pytest.mark.parametrize("status", ["waiting", "solved", "deflected", "quarantined"])
def test_only_what_waits_for_its_first_answer_is_sorted(store, automation, status):
    new = ask(store, 100, status=status)
    automation.work()
    assert store.ticket(new.id) == new


def test_one_look_and_then_the_ticket_stands_still(store, learned, automation, clock):
    """F19: a change of ours while the owner writes would make them do their work again."""
    new = ask(store, 100, "Do you like elephants?")
    automation.work()
    act = Act("owner", "tagged", clock())
    for number in range(200, 230):
        article = PASSWORD if number % 2 else REFUND
        text = "elephants" if number % 2 else ASKED[REFUND].format(n=number)
        add(store, solved(number, article, f"{text} {number}"))
    learned.follow()
    assert learned.judge(new).sure
    tagged = store.change_ticket(new.id, lambda stored: handling.tag(stored, "zoo", clock()), act)
    automation.work()
    assert store.ticket(new.id) == tagged


def test_what_came_before_anything_was_learned_waits_for_it(store, learned, clock):
    new = ask(store, 100)
    automation = Automation(store, [SortingPart(store, learned)], clock)
    automation.work()
    assert not store.ticket(new.id).category
    learned.follow()
    clock.move(seconds=5)
    automation.work()
    assert store.ticket(new.id).category.name == "account"


def test_a_reply_in_the_same_moment_goes_first(store, learned, clock):
    """The ticket that was looked at isn't the one that is stored any more."""
    learned.follow()
    new = ask(store, 100)
    act = Act("owner", "replied", clock())
    replied = store.change_ticket(new.id, lambda stored: tickets.reply(stored, "Done.", clock()), act)
    SortingPart(store, learned).look(new, clock())
    assert store.ticket(new.id) == replied


def test_so_many_are_remembered_and_no_more(store, learned, clock, monkeypatch):
    monkeypatch.setattr("ticket_api.automation.sorting.REMEMBERED", 3)
    learned.follow()
    part = SortingPart(store, learned)
    for number in range(100, 110):
        part.look(replace(ask(store, number, "elephants"), id=number), clock())
    assert list(part._seen) == [107, 108, 109]
