"""Bob says that an article solved it, and may take that back."""

from tests.flows.asking import api_of, ask, path_of

ARTICLE = {"article": "refunds/get-a-refund"}


def test_it_works(bob, store, clock):
    ticket = ask(bob)
    answer = bob.post(api_of(ticket, "solved"), json=ARTICLE)
    assert (answer.status_code, answer.json()["status"]) == (200, "deflected")
    stored = store.ticket(ticket["id"])
    assert (stored.status, stored.solved_by, stored.solved_at) == ("deflected", "refunds/get-a-refund", clock())


def test_twice_changes_nothing(bob, store, clock):
    ticket = ask(bob)
    bob.post(api_of(ticket, "solved"), json=ARTICLE)
    before = store.ticket(ticket["id"])
    clock.move(minutes=5)
    assert bob.post(api_of(ticket, "solved"), json={"article": "devices/sync"}).status_code == 200
    assert store.ticket(ticket["id"]) == before


def test_undo_opens_it(bob, store):
    ticket = ask(bob)
    bob.post(api_of(ticket, "solved"), json=ARTICLE)
    assert bob.post(api_of(ticket, "undo")).json()["status"] == "open"
    stored = store.ticket(ticket["id"])
    assert (stored.status, stored.solved_by, stored.solved_at) == ("open", "", None)


def test_after_the_owner_wrote_it_is_solved_and_not_deflected(bob, alice, store):
    ticket = ask(bob)
    bob.post(api_of(ticket, "send"))
    alice.post(f"/desk/tickets/{ticket['id']}", data={"do": "reply", "message": "Look at the article."})
    assert bob.post(api_of(ticket, "solved"), json=ARTICLE).json()["status"] == "solved"


def test_an_unknown_article_is_refused(bob, store):
    ticket = ask(bob)
    answer = bob.post(api_of(ticket, "solved"), json={"article": "no/such"})
    assert (answer.status_code, answer.json()["error"]["field"]) == (404, "article")
    assert store.ticket(ticket["id"]).status == "offered"


def test_an_unknown_link_is_refused(mallory):
    answer = mallory.post("/api/tickets/AAAAAAAAAAAAAAAAAAAAAA/solved", json=ARTICLE)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_link")


def test_by_the_page(bob, store):
    ticket = ask(bob)
    answer = bob.post(path_of(ticket), data={"do": "solved", **ARTICLE})
    assert (answer.status_code, answer.headers["location"]) == (303, path_of(ticket))
    assert store.ticket(ticket["id"]).status == "deflected"
    assert "Get your money back" in bob.get(path_of(ticket)).text
    assert bob.post(path_of(ticket), data={"do": "undo"}).status_code == 303
    assert store.ticket(ticket["id"]).status == "open"
