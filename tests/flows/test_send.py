"""Bob sends his question anyway; so does his silence."""

from tests.flows.asking import REFUND, api_of, ask, path_of


def test_it_works(bob, alice, store):
    ticket = ask(bob)
    answer = bob.post(api_of(ticket, "send"))
    assert (answer.status_code, answer.json()["status"]) == (200, "open")
    assert "How do I get a refund?" in alice.get("/desk").text


def test_twice_changes_nothing(bob, store, clock):
    ticket = ask(bob)
    bob.post(api_of(ticket, "send"), json={})
    before = store.ticket(ticket["id"])
    clock.move(minutes=5)
    assert bob.post(api_of(ticket, "send")).status_code == 200
    assert store.ticket(ticket["id"]) == before


def test_silence_sends_after_ten_minutes(bob, alice, store, clock):
    ticket = ask(bob)
    clock.move(minutes=9, seconds=59)
    assert "How do I get a refund?" not in alice.get("/desk").text
    clock.move(seconds=1)
    assert "How do I get a refund?" in alice.get("/desk").text
    assert store.ticket(ticket["id"]).status == "open"


def test_silence_shows_on_the_customers_page_too_which_stores_nothing(bob, store, clock):
    ticket = ask(bob)
    before = store.ticket(ticket["id"])
    clock.move(minutes=10)
    assert "Waiting for our answer" in bob.get(path_of(ticket)).text
    assert store.ticket(ticket["id"]) == before


def test_what_silence_opened_is_an_event_of_its_own(bob, alice, store, clock):
    first, second = ask(bob), ask(bob)
    clock.move(minutes=10)
    bob.post(api_of(first, "messages"), json={"message": "One thing more"})
    alice.get("/desk")
    assert [(event.who, event.what) for event in store.events(first["id"])][1:] == [
        ("system", "opened"),
        (store.ticket(first["id"]).requester, "wrote"),
    ]
    assert [(event.who, event.what) for event in store.events(second["id"])][1:] == [("system", "opened")]


def test_whatever_is_answered_after_ten_minutes_says_open(bob, clock):
    body, key = {"message": REFUND}, {"Idempotency-Key": "s" * 20}
    ticket = bob.post("/api/tickets", json=body, headers=key).json()
    clock.move(hours=5)
    assert bob.post("/api/tickets", json=body, headers=key).json()["status"] == "open"
    assert bob.post(api_of(ticket, "undo")).json()["status"] == "open"


def test_silence_never_counts_as_success(unlimited, bob, alice, store, clock):
    for _ in range(120):
        ask(bob)
    clock.move(days=1)
    alice.get("/desk")
    assert store.count_tickets() == {"open": 120}


def test_by_the_page(bob, store):
    ticket = ask(bob)
    page = bob.get(path_of(ticket)).text
    assert "This solved it" in page
    assert "Send my question anyway" in page
    assert bob.post(path_of(ticket), data={"do": "send"}).status_code == 303
    assert store.ticket(ticket["id"]).status == "open"


def test_a_made_up_choice_is_refused(mallory, bob, store):
    ticket = ask(bob)
    answer = mallory.post(path_of(ticket), data={"do": "erase"})
    assert answer.status_code == 422
    assert store.ticket(ticket["id"]).status == "offered"
