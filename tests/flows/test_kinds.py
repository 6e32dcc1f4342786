"""Alice sees what a ticket is about and why, says otherwise, and sees whether its answer is known."""

import dataclasses
import re
import time

import pytest
from msgspec.structs import replace

from tests.flows.asking import UNKNOWN, ask
from tests.flows.asking import path_of as link_of
from tests.flows.working import do, field, form_of, path_of
from tests.test_sorting import PASSWORD, REFUND, add, solved
from ticket_api.tickets.event import Act
from ticket_api.tickets.ticket import Category

DEADLINE = 20.0


@pytest.fixture
def settings(settings, tmp_path):
    return dataclasses.replace(settings, articles=tmp_path / "articles")


@pytest.fixture
def learned(store):
    """Tickets that were solved before the server started."""
    for number in range(1, 31):
        add(store, solved(number, REFUND if number % 2 else PASSWORD))


def change(store, clock, ticket, **fields):
    """Give a ticket what something other than a door gave it."""
    act = Act("system", "categorised", clock())
    return store.change_ticket(ticket["id"], lambda stored: replace(stored, **fields), act)


def section(page: str) -> str:
    """What the page says of the ticket's kind, as one line."""
    return " ".join(page.split('<section class="kind">')[1].split("</section>")[0].split())


def test_the_owner_says_what_it_is_about_and_takes_it_back(alice, bob, store):
    ticket = ask(bob, UNKNOWN)
    assert '<option value="" disabled selected>Not said yet</option>' in section(alice.get(path_of(ticket)).text)
    assert do(alice, ticket, "categorise", category="billing").status_code == 303
    assert store.ticket(ticket["id"]).category == Category("billing", "owner")
    assert '<option value="billing" selected>Billing</option>' in section(alice.get(path_of(ticket)).text)
    assert do(alice, ticket, "categorise", category="").status_code == 303
    assert store.ticket(ticket["id"]).category == Category("", "owner")
    assert '<option value="" selected>None of these</option>' in section(alice.get(path_of(ticket)).text)
    assert [(event.who, event.what) for event in store.events(ticket["id"])][-2:] == [("owner", "categorised")] * 2
    assert "said what it is about" in alice.get("/desk/audit").text


def test_a_category_of_the_classifier_becomes_the_owners_when_it_is_chosen(alice, bob, store, clock):
    ticket = ask(bob, UNKNOWN)
    change(store, clock, ticket, category=Category("billing", "classifier", 0.94))
    assert "Sorted by itself: 94% sure." in section(alice.get(path_of(ticket)).text)
    do(alice, ticket, "categorise", category="billing")
    assert store.ticket(ticket["id"]).category == Category("billing", "owner")
    before = store.ticket(ticket["id"])
    do(alice, ticket, "categorise", category="billing")
    assert store.ticket(ticket["id"]) == before


def test_half_a_reply_stays(alice, bob, store):
    answer = do(alice, ask(bob, UNKNOWN), "categorise", category="billing", message="Dear Bob")
    assert (answer.status_code, field(answer.text, "message")) == (200, "Dear Bob")


@pytest.mark.parametrize("fields", [{"category": "nowhere"}, {"category": "<b>"}, {}])
def test_what_is_no_category_is_refused(alice, bob, store, fields):
    ticket = ask(bob, UNKNOWN)
    answer = do(alice, ticket, "categorise", message="Dear Bob", **fields)
    assert (answer.status_code, field(answer.text, "message")) == (422, "Dear Bob")
    assert not store.ticket(ticket["id"]).category


def test_a_ticket_that_changed_meanwhile_is_left_alone(alice, bob, store, clock):
    ticket = ask(bob, UNKNOWN)
    form = form_of(alice.get(path_of(ticket)).text)
    do(alice, ticket, "tag", tag="vip")
    answer = alice.post(path_of(ticket), data={**form, "do": "categorise", "category": "billing"})
    assert answer.status_code == 409
    assert not store.ticket(ticket["id"]).category


def test_the_rest_of_the_world_neither_sees_nor_says_it(alice, bob, mallory, store):
    ticket = ask(bob, UNKNOWN)
    do(alice, ticket, "categorise", category="privacy")
    assert "rivacy" not in bob.get(link_of(ticket)).text.split("<main")[1].split("</main")[0]
    answer = mallory.post(path_of(ticket), data={"do": "categorise", "category": "billing"})
    assert (answer.status_code, store.ticket(ticket["id"]).category.name) == (403, "privacy")


def test_a_rule_is_named_and_a_category_that_is_gone_still_shown(alice, bob, store, clock):
    ticket = ask(bob, UNKNOWN)
    change(store, clock, ticket, category=Category("old-shop", "rule:money <first>"))
    told = section(alice.get(path_of(ticket)).text)
    assert "By the rule “money &lt;first&gt;”." in told
    assert '<option value="old-shop" selected>Old shop</option>' in told


def test_titles_are_those_of_the_owners_file_in_the_owners_language(alice, bob, settings):
    settings.articles.mkdir()
    told = "privacy:\n  en: {title: Your data}\n  zh: {title: 隐私}\n"
    (settings.articles / "categories.yml").write_text(told, encoding="utf-8")
    ticket = ask(bob, UNKNOWN)
    assert '<option value="privacy">Your data</option>' in section(alice.get(path_of(ticket)).text)
    chinese = alice.get(path_of(ticket), headers={"accept-language": "zh"}).text
    assert '<option value="privacy">隐私</option>' in section(chinese)


def test_what_is_learned_says_why(learned, alice, bob, store):
    """What was solved before teaches; the new ticket's words are named."""
    sorting = alice.app.state.context.sorting
    until = time.monotonic() + DEADLINE
    while not sorting.ready and time.monotonic() < until:
        time.sleep(0.02)
    ticket = ask(bob, "I can't sign in as user 77, the password is wrong")
    while not store.ticket(ticket["id"]).category and time.monotonic() < until:
        time.sleep(0.05)
    assert store.ticket(ticket["id"]).category.name == "account"
    told = section(alice.get(path_of(ticket)).text)
    named = re.search("% sure. The words: “(.*)”", told)
    assert named
    assert set(named[1].split("”, “")) < {"sign", "user", "password", "wrong"}


def test_a_known_answer_is_told_with_its_key(alice, bob):
    told = section(alice.get(path_of(ask(bob))).text)
    assert "A known answer:" in told
    assert ">Get your money back</a></p>" in told
    assert "The customer was offered it, and still waits. The key i inserts it." in told


def test_what_no_article_answers_is_the_owners(alice, bob):
    told = section(alice.get(path_of(ask(bob, UNKNOWN))).text)
    assert "For you to answer.</strong></p>" in told
    assert "No article comes near." in told


def test_the_owners_word_is_a_known_answer_and_a_solved_ticket_says_nothing(alice, bob):
    ticket = ask(bob)
    alice.post(path_of(ticket), data={**form_of(alice.get(path_of(ticket)).text), "answers": REFUND})
    assert "You said that it answers this." in section(alice.get(path_of(ticket)).text)
    do(alice, ticket, "solve")
    told = section(alice.get(path_of(ticket)).text)
    assert "A known answer" not in told
    assert "For you to answer" not in told
