"""Alice has a question open in two tabs, and Bob writes while she does."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec.structs import replace

from tests.conftest import PASSWORD
from tests.flows.asking import UNKNOWN, api_of, ask
from ticket_api.tickets.event import Act

WORDS = "My long & careful answer"


def form_of(page: str) -> dict[str, str]:
    """The hidden fields of the reply's form."""
    return dict(re.findall(r'<input type="hidden" name="(version|seen)" value="(\d+)">', page))


@pytest.fixture
def ticket(bob):
    return ask(bob, UNKNOWN)


@pytest.fixture
def path(ticket):
    return f"/desk/tickets/{ticket['id']}"


@pytest.fixture
def form(alice, path):
    return form_of(alice.get(path).text)


def test_it_works(alice, store, ticket, path, form):
    assert alice.post(path, data={**form, "do": "reply", "message": WORDS}).status_code == 303
    assert store.ticket(ticket["id"]).messages[-1].text == WORDS


def test_a_message_that_came_meanwhile_is_shown_first(alice, bob, store, ticket, path, form):
    """F19: nothing is stored, and the answer has the owner's words and what is new."""
    bob.post(api_of(ticket, "messages"), json={"message": "Never mind, I found it"})
    before = store.ticket(ticket["id"])
    answer = alice.post(path, data={**form, "do": "reply", "message": WORDS})
    assert answer.status_code == 409
    assert "changed meanwhile, so nothing was stored" in answer.text
    assert "My long &amp; careful answer</textarea>" in answer.text
    (marked,) = re.findall(r'<li class="message (\w+) new">', answer.text)
    assert marked == "requester"
    assert answer.text.index("<mark>New</mark>") > answer.text.index(UNKNOWN.split()[0])
    assert store.ticket(ticket["id"]) == before
    again = alice.post(path, data={**form_of(answer.text), "do": "reply", "message": WORDS})
    assert again.status_code == 303
    texts = [message.text for message in store.ticket(ticket["id"]).messages]
    assert texts[1:] == ["Never mind, I found it", WORDS]


@pytest.mark.parametrize(
    ("lang", "told"), [("en", "status of this question changed meanwhile: it is open now"), ("zh", "现在是“待处理”")]
)
def test_a_status_that_changed_meanwhile_is_told_as_such(alice, bob, store, lang, told):
    ticket = ask(bob)
    path = f"/desk/tickets/{ticket['id']}"
    form = form_of(alice.get(path).text)
    bob.post(api_of(ticket, "send"))
    answer = alice.post(path, data={**form, "do": "reply", "message": WORDS}, headers={"accept-language": lang})
    assert answer.status_code == 409
    assert told in answer.text
    assert "<mark>" not in answer.text
    assert "careful answer</textarea>" in answer.text
    assert len(store.ticket(ticket["id"]).messages) == 1


def test_a_second_click_sends_nothing_twice(alice, store, ticket, path, form):
    for _ in range(2):
        assert alice.post(path, data={**form, "do": "reply", "message": WORDS}).status_code == 303
    assert [message.text for message in store.ticket(ticket["id"]).messages].count(WORDS) == 1


def test_the_two_tabs_of_the_owner(alice, store, ticket, path, form):
    assert alice.post(path, data={**form, "do": "reply", "message": "First"}).status_code == 303
    answer = alice.post(path, data={**form, "do": "reply_solve", "message": "Second"})
    assert answer.status_code == 409
    assert re.findall(r'<li class="message (\w+) new">', answer.text) == ["owner"]
    assert store.ticket(ticket["id"]).status == "waiting"


@pytest.mark.parametrize("do", ["solve", "reopen"])
def test_closing_and_reopening_what_nobody_saw_is_refused(alice, bob, store, ticket, path, form, do):
    bob.post(api_of(ticket, "messages"), json={"message": "One thing more"})
    before = store.ticket(ticket["id"])
    answer = alice.post(path, data={**form, "do": do, "message": WORDS})
    assert answer.status_code == 409
    assert "careful answer</textarea>" in answer.text
    assert store.ticket(ticket["id"]) == before


def test_in_chinese(alice, bob, ticket, path, form):
    bob.post(api_of(ticket, "messages"), json={"message": "One thing more"})
    answer = alice.post(path, data={**form, "do": "reply", "message": WORDS}, headers={"accept-language": "zh"})
    assert "这个问题刚才有了变化，所以没有保存" in answer.text
    assert "<mark>新</mark>" in answer.text


def test_what_silence_opens_is_no_change_that_the_owner_missed(alice, bob, store, clock):
    ticket = ask(bob)
    clock.move(minutes=11)
    path = f"/desk/tickets/{ticket['id']}"
    form = form_of(alice.get(path).text)
    alice.get("/desk")
    assert alice.post(path, data={**form, "do": "reply", "message": WORDS}).status_code == 303


def test_a_reply_kept_through_signing_in_shows_what_is_new(alice, bob, store, ticket, path, form):
    store.drop_sessions()
    kept = alice.post(path, data={**form, "do": "reply", "message": WORDS}).text
    assert f'name="seen" value="{form["seen"]}"' in kept
    bob.post(api_of(ticket, "messages"), json={"message": "One thing more"})
    fields = {"password": PASSWORD, "next": path, "message": WORDS, "seen": form["seen"]}
    back = alice.post("/desk/login", data=fields).text
    assert re.findall(r'<li class="message (\w+) new">', back) == ["requester"]
    assert alice.post(path, data={**form_of(back), "do": "reply", "message": WORDS}).status_code == 303


@pytest.mark.parametrize("name", ["version", "seen"])
@pytest.mark.parametrize("value", ["x", "-1", "9" * 30, "1.5"])
def test_made_up_numbers_do_no_harm(alice, store, ticket, path, form, name, value):
    answer = alice.post(path, data={**form, name: value, "do": "reply", "message": WORDS})
    assert answer.status_code == (422 if name == "version" else 303)


def at_once(post, texts: list[str]) -> list[int]:
    with ThreadPoolExecutor(40) as pool:
        return list(pool.map(lambda text: post(text).status_code, texts))


def test_of_two_hundred_replies_to_one_version_exactly_one_is_stored(alice, store, ticket, path, form):
    """F19; that a 409 shows both versions stands above."""
    texts = [f"Reply {number}" for number in range(200)]
    statuses = at_once(lambda text: alice.post(path, data={**form, "do": "reply", "message": text}), texts)
    assert (statuses.count(303), statuses.count(409)) == (1, 199)
    _, stored = store.ticket(ticket["id"]).messages
    assert stored.text == texts[statuses.index(303)]


def test_two_hundred_messages_of_the_customer_are_all_there(bob, store, ticket):
    """F19."""
    texts = [f"Message {number}" for number in range(200)]
    statuses = at_once(lambda text: bob.post(api_of(ticket, "messages"), json={"message": text}), texts)
    assert statuses == [201] * 200
    stored = store.ticket(ticket["id"])
    assert sorted(message.text for message in stored.messages[1:]) == sorted(texts)
    assert len(store.events(ticket["id"])) == 201


@pytest.mark.parametrize(("what", "status"), [("tagged", 303), ("prioritised", 303), ("answered_automatically", 409)])
def test_a_rule_refuses_a_reply_only_where_it_has_written(alice, bob, store, clock, what, status):
    ask(bob, UNKNOWN)
    version = store.ticket(1).version
    store.change_ticket(1, lambda ticket: replace(ticket, tags=("vip",)), Act("rule:vip", what, clock()))
    reply = {"message": "Here.", "do": "reply", "version": str(version)}
    assert alice.post("/desk/tickets/1", data=reply).status_code == status
