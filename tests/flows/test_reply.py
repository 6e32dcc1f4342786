"""Alice answers, Bob reads it by his link and writes again."""

import html
import re

from tests.conftest import PASSWORD
from tests.flows.asking import UNKNOWN, api_of, ask, path_of
from ticket_api.tickets.event import Act
from ticket_api.tickets.ticket import move


def reply(alice, ticket, message="It is under **Settings**.", do="reply"):
    return alice.post(f"/desk/tickets/{ticket['id']}", data={"do": do, "message": message})


def test_it_works(alice, bob, store, clock):
    ticket = ask(bob, UNKNOWN)
    clock.move(minutes=30)
    assert reply(alice, ticket).status_code == 303
    stored = store.ticket(ticket["id"])
    assert (stored.status, stored.first_reply_at) == ("waiting", clock())
    clock.move(seconds=10)
    page = bob.get(path_of(ticket)).text
    assert "It is under <strong>Settings</strong>." in page
    assert "Answered" in page


def test_the_first_response_is_stamped_once(alice, bob, store, clock):
    ticket = ask(bob, UNKNOWN)
    first = clock()
    reply(alice, ticket)
    clock.move(hours=5)
    reply(alice, ticket, "And one thing more.")
    assert store.ticket(ticket["id"]).first_reply_at == first


def test_reply_and_solve_at_once(alice, bob, store, clock):
    ticket = ask(bob, UNKNOWN)
    reply(alice, ticket, do="reply_solve")
    assert (store.ticket(ticket["id"]).status, store.ticket(ticket["id"]).solved_at) == ("solved", clock())


def test_solve_without_a_word_and_reopen(alice, bob, store):
    ticket = ask(bob, UNKNOWN)
    alice.post(f"/desk/tickets/{ticket['id']}", data={"do": "solve"})
    assert store.ticket(ticket["id"]).status == "solved"
    alice.post(f"/desk/tickets/{ticket['id']}", data={"do": "reopen"})
    assert store.ticket(ticket["id"]).status == "open"


def test_a_customers_new_message_reopens(alice, bob, store):
    ticket = ask(bob, UNKNOWN)
    reply(alice, ticket, do="reply_solve")
    answer = bob.post(api_of(ticket, "messages"), json={"message": "It is not there."})
    assert (answer.status_code, answer.json()["status"]) == (201, "open")
    assert "It is not there." in alice.get(f"/desk/tickets/{ticket['id']}").text


def test_writing_again_by_the_page(alice, bob, store):
    ticket = ask(bob, UNKNOWN)
    reply(alice, ticket)
    assert bob.post(path_of(ticket), data={"do": "write", "message": "Thank you!"}).status_code == 303
    assert [message.text for message in store.ticket(ticket["id"]).messages][-1] == "Thank you!"
    assert store.ticket(ticket["id"]).status == "open"


def test_an_empty_message_changes_nothing(alice, bob, store):
    ticket = ask(bob, UNKNOWN)
    before = store.ticket(ticket["id"])
    assert reply(alice, ticket, " ").status_code == 422
    assert bob.post(path_of(ticket), data={"do": "write", "message": ""}).status_code == 422
    assert bob.post(api_of(ticket, "messages"), json={"message": "\n"}).status_code == 422
    assert store.ticket(ticket["id"]) == before


def test_a_reply_whose_session_has_ended_is_kept_through_signing_in(alice, bob, store):
    ticket = ask(bob, UNKNOWN)
    store.drop_sessions()
    path = f"/desk/tickets/{ticket['id']}"
    assert alice.get(path).headers["location"] == f"/desk/login?next={path}"
    page = reply(alice, ticket, "A long and careful answer")
    assert page.status_code == 403
    assert "A long and careful answer" in page.text
    fields = {"password": PASSWORD, "next": path, "message": "A long and careful answer"}
    back = alice.post("/desk/login", data=fields)
    assert back.status_code == 200
    assert f'action="{path}"' in back.text
    assert "A long and careful answer</textarea>" in back.text
    assert len(store.ticket(ticket["id"]).messages) == 1
    assert reply(alice, ticket, "A long and careful answer").status_code == 303


def test_signing_in_leads_nowhere_else(alice):
    for wanted in ("https://mallory.example", "//mallory.example", "/desk/logout", "/t/x"):
        answer = alice.post("/desk/login", data={"password": PASSWORD, "next": wanted})
        assert answer.headers["location"] == "/desk"


def test_an_empty_reply_is_told_as_such(alice, bob):
    assert "Please write your reply first." in reply(alice, ask(bob, UNKNOWN), " ").text


def test_a_refused_reply_stays_in_its_box(alice, bob):
    ticket = ask(bob, UNKNOWN)
    answer = reply(alice, ticket, "y" * 10_001)
    assert answer.status_code == 422
    assert "y" * 10_001 in answer.text


def test_scripts_in_words_stay_words(alice, bob, clock):
    ticket = ask(bob, "<script>alert(1)</script> zebra", name='"><img src=x onerror=alert(1)>')
    reply(alice, ticket, "[click](javascript:alert(1)) <script>alert(2)</script> ![x](https://x.example/p.png)")
    clock.move(seconds=10)
    for page in (
        bob.get(path_of(ticket)).text,
        alice.get(f"/desk/tickets/{ticket['id']}").text,
        alice.get("/desk").text,
    ):
        assert "<script" not in re.sub('<script src="/static/[a-z]+.js[?]v=[0-9a-f]{12}" defer></script>', "", page)
        assert "<img" not in page
        assert 'href="javascript' not in page


def test_mallory_sees_nothing_of_the_desk(mallory, bob, alice, store):
    ticket = ask(bob, UNKNOWN)
    for path in ("/desk", f"/desk/tickets/{ticket['id']}"):
        answer = mallory.get(path)
        assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/desk/login")
    assert mallory.post(f"/desk/tickets/{ticket['id']}", data={"do": "solve"}).status_code == 403
    assert store.ticket(ticket["id"]).status == "open"


def test_a_ticket_that_is_not_there(alice):
    for number in (7, 2**63, 10**30):
        assert alice.get(f"/desk/tickets/{number}").status_code == 404
        assert alice.post(f"/desk/tickets/{number}", data={"do": "solve"}).status_code == 404


def test_the_queue_shows_the_longest_waiting_first_and_goes_on(unlimited, alice, bob):
    for number in range(60):
        ask(bob, f"{UNKNOWN} {number}")
    first = alice.get("/desk").text
    assert first.index(f"{UNKNOWN} 0<") < first.index(f"{UNKNOWN} 49<")
    assert f"{UNKNOWN} 50<" not in first
    following = re.search(r'href="(/desk\?after=[^"]+)" rel="next"', first)[1]
    second = alice.get(html.unescape(following)).text
    assert f"{UNKNOWN} 50<" in second
    assert f"{UNKNOWN} 49<" not in second
    assert 'rel="next"' not in second


def test_a_customers_refused_message_stays_in_its_box(bob):
    ticket = ask(bob, UNKNOWN)
    answer = bob.post(path_of(ticket), data={"do": "write", "message": "z" * 10_001})
    assert answer.status_code == 422
    assert "z" * 10_001 in answer.text


def test_quarantine_is_told_to_the_owner_alone(alice, bob, store, clock):
    ticket = ask(bob, UNKNOWN)
    hide = Act("system", "closed", clock())
    store.change_ticket(ticket["id"], lambda stored: move(stored, "quarantined", clock()), hide)
    answer = bob.post(api_of(ticket, "messages"), json={"message": "Are you there?"})
    assert answer.json()["status"] == "open"
    assert "quarantined<" not in bob.get(path_of(ticket)).text
    refused = alice.post(f"/desk/tickets/{ticket['id']}", data={"do": "reply", "message": "Yes"})
    assert refused.status_code == 409
    assert "while this question is quarantined" in refused.text
    assert "Yes" in refused.text


def test_a_ticket_that_is_open_again_is_solved_by_nothing(alice, bob, store):
    ticket = ask(bob)
    bob.post(api_of(ticket, "solved"), json={"article": "refunds/get-a-refund"})
    bob.post(api_of(ticket, "send"))
    assert (store.ticket(ticket["id"]).status, store.ticket(ticket["id"]).solved_by) == ("open", "")
    bob.post(api_of(ticket, "solved"), json={"article": "refunds/get-a-refund"})
    reply(alice, ticket)
    stored = store.ticket(ticket["id"])
    assert (stored.status, stored.solved_by, stored.solved_at) == ("waiting", "", None)


def test_a_single_line_end_in_a_reply_is_kept(alice, bob, clock):
    ticket = ask(bob, UNKNOWN)
    reply(alice, ticket, "First line\nSecond line")
    clock.move(seconds=10)
    assert "First line<br>" in bob.get(path_of(ticket)).text


def test_what_was_offered_says_why_on_the_desk(alice, bob):
    ticket = ask(bob)
    page = alice.get(f"/desk/tickets/{ticket['id']}").text
    assert "Get your money back" in page
    assert "refund" in page.split("Articles that may answer")[1]
    assert "Offered: the customer hasn&#39;t chosen yet." in page
