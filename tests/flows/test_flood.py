"""Floods of questions: taken, quarantined or refused, and never lost."""

from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from tests.conftest import ORIGIN
from tests.flows.asking import REFUND, UNKNOWN, ask, path_of
from tests.serving import SECRET
from ticket_api.app import create_app


@pytest.fixture
def at(bob):
    """A customer at an address."""
    return lambda address: TestClient(bob.app, ORIGIN, follow_redirects=False, client=(address, 4711))


@pytest.fixture
def begin(bob, clock):
    """Begin a form, and take some seconds to fill it in."""

    def make(seconds: float = 20) -> str:
        token = bob.get("/api/form").json()["form"]
        clock.move(seconds=seconds)
        return token

    return make


def test_a_question_with_a_form_is_taken(bob, store, begin):
    assert ask(bob, form=begin())["status"] == "offered"
    assert store.count_tickets() == {"offered": 1}


def test_one_without_is_taken_too(bob, store, begin):
    for form in ("", "x", "x" * 200, begin(1), begin(90_000)):
        assert ask(bob, form=form)["status"] == "offered"
    assert store.count_tickets() == {"offered": 5}


def test_the_sixth_within_ten_minutes_is_answered_as_always_and_waits_in_quarantine(bob, store, at):
    answers = [ask(bob, f"{UNKNOWN} {number}") for number in range(6)]
    assert {(answer["status"], *answer) for answer in answers} == {("open", *answers[0])}
    assert store.count_tickets() == {"open": 5, "quarantined": 1}
    assert store.ticket(6).quarantined_for == ("many_from_one",)
    assert UNKNOWN in bob.get(path_of(answers[5])).text
    assert ask(at("192.0.2.1"))["status"] == "offered"


def test_what_has_no_suspicion_keeps_no_trace_of_one(bob, store):
    ask(bob)
    assert store.ticket(1).quarantined_for is not None
    assert not store.ticket(1).quarantined_for


def test_the_owner_opens_it_with_one_click(bob, alice, store):
    ask(bob, topic="cheap tablets")
    assert store.ticket(1).quarantined_for == ("trap",)
    version = str(store.ticket(1).version)
    assert alice.post("/desk/tickets/1", data={"do": "reopen", "version": version}).status_code == 303
    assert (store.ticket(1).status, bool(store.ticket(1).quarantined_for)) == ("open", False)


def test_a_filled_trap_on_the_page_is_quarantined(bob, store):
    answer = bob.post("/ask", data={"message": REFUND, "topic": "https://cheap.example"})
    assert answer.status_code == 303
    assert bob.get(answer.headers["location"]).status_code == 200
    assert store.ticket(1).quarantined_for == ("trap",)


def test_the_twenty_first_of_a_day_is_refused_and_the_text_stays_on_the_page(bob, store, at):
    for number in range(20):
        ask(bob, f"{UNKNOWN} {number}")
    answer = bob.post("/api/tickets", json={"message": REFUND})
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "too_many_today")
    assert 86_000 < int(answer.headers["retry-after"]) <= 86_400
    page = bob.post("/ask", data={"message": "Every <word> of mine", "email": "bob@example.org"})
    assert page.status_code == 429
    assert int(page.headers["retry-after"]) > 86_000
    assert "Every &lt;word&gt; of mine</textarea>" in page.text
    assert "bob@example.org" in page.text
    assert "今天从你所在的网络" in bob.post("/ask?lang=zh", data={"message": REFUND}).text
    assert sum(store.count_tickets().values()) == 20
    assert ask(at("192.0.2.1"))["status"] == "offered"


def test_what_cannot_be_stored_does_not_count(bob, store):
    for _ in range(30):
        assert bob.post("/api/tickets", json={"message": "x", "email": "nobody"}).status_code == 422
    assert ask(bob)["status"] == "offered"


def test_a_retry_finds_its_ticket_also_when_there_are_too_many(bob, store):
    key = {"Idempotency-Key": "0123456789abcdef"}
    first = bob.post("/api/tickets", json={"message": REFUND}, headers=key).json()
    for number in range(8):
        ask(bob, f"{UNKNOWN} {number}")
    assert bob.post("/api/tickets", json={"message": REFUND}, headers=key).json() == first


@pytest.fixture
def flooded(at):
    """Sixty questions from everywhere, none with a form."""
    for number in range(60):
        ask(at(f"2001:db8:{number:x}::1"), f"{UNKNOWN} {number}")


def form_of(page: str) -> dict[str, str]:
    """What the page's form would send."""
    hidden = ("form", "key")
    fields = {name: page.split(f'name="{name}" value="')[1].split('"')[0] for name in hidden}
    return fields | {"message": page.split('name="message"')[1].split("\n")[1].split("</textarea>")[0], "lang": "en"}


def test_in_a_flood_a_question_from_a_page_without_javascript_is_shown_once_more(at, store, clock, flooded):
    bob = at("192.0.2.1")
    page = bob.post("/ask", data={"message": "Where is my refund?", "lang": "en"})
    assert page.status_code == 429
    assert "press the button once more" in page.text
    assert store.ticket(61).quarantined_for == ("many_without_form",), "it is on disk already"
    hasty = bob.post("/ask", data=form_of(page.text))
    assert form_of(hasty.text) == form_of(page.text), "the same form ripens"
    clock.move(seconds=3)
    answer = bob.post("/ask", data=form_of(page.text))
    assert (answer.status_code, answer.headers["location"][:3]) == (303, "/t/")
    assert store.count_tickets() == {"open": 61}
    assert store.ticket(61).question == "Where is my refund?"
    assert not store.ticket(61).quarantined_for
    again = bob.post("/ask", data=form_of(page.text))
    assert again.headers["location"] == answer.headers["location"], "sent twice, it is one ticket"
    assert store.count_tickets() == {"open": 61}


def test_a_program_that_goes_on_stays_in_quarantine(at, store, flooded):
    for _ in range(3):
        assert ask(at("192.0.2.1"), f"{UNKNOWN} once more")["status"] == "open"
    assert store.count_tickets() == {"open": 60, "quarantined": 3}


def test_what_the_owner_or_another_reason_put_there_is_not_let_out(at, store, begin, clock, flooded):
    key = "0123456789abcdef"
    bob = at("192.0.2.1")
    bob.post("/ask", data={"message": REFUND, "key": key, "topic": "cheap"})
    clock.move(seconds=3)
    bob.post("/ask", data={"message": REFUND, "key": key, "form": begin()})
    assert store.ticket(61).quarantined_for == ("trap", "many_without_form")
    assert store.ticket(61).status == "quarantined"


def test_with_a_form_nobody_notices_the_flood(at, store, begin, flooded):
    assert ask(at("192.0.2.1"), form=begin())["status"] == "offered"


def test_searches_and_suggestions_are_sixty_a_minute(bob, at):
    for path in ("/api/search", "/api/suggestions"):
        assert {bob.get(path, params={"q": "refund"}).status_code for _ in range(60)} == {200}
        answer = bob.get(path, params={"q": "refund"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (429, "too_fast")
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert at("192.0.2.1").get(path, params={"q": "refund"}).status_code == 200


def test_forwarded_addresses_count_only_from_trusted_proxies(settings, store, index, clock):
    trusting = create_app(replace(settings, trusted_proxies=("127.0.0.1",)), store, index, SECRET, clock)
    proxy = TestClient(trusting, ORIGIN, client=("127.0.0.1", 1))
    stranger = TestClient(trusting, ORIGIN, client=("192.0.2.9", 1))
    for number in range(8):
        sent = {"X-Forwarded-For": f"203.0.113.{number}"}
        proxy.post("/api/tickets", json={"message": UNKNOWN}, headers=sent)
        stranger.post("/api/tickets", json={"message": UNKNOWN}, headers=sent)
    assert store.count_tickets() == {"open": 13, "quarantined": 3}
    assert proxy.get("/api/health").json()["warnings"] == []


def test_a_proxy_that_is_not_trusted_is_told(at):
    proxy = at("127.0.0.1")
    assert proxy.get("/api/health").json()["warnings"] == []
    proxy.get("/api/search?q=x", headers={"X-Forwarded-For": "203.0.113.1"})
    assert "trusted_proxies" in proxy.get("/api/health").json()["warnings"][0]


def test_limits_off_switches_all_of_it_off(unlimited, bob, store):
    for number in range(70):
        ask(bob, f"{UNKNOWN} {number}", topic="filled")
        assert bob.get("/api/search?q=refund").status_code == 200
    assert store.count_tickets() == {"open": 70}
    assert bob.get("/api/form").json()["form"]


def test_the_token_of_one_desk_is_none_of_another(settings, store, index, clock, bob):
    other = TestClient(create_app(settings, store, index, b"another key of thirty-two signs!", clock), ORIGIN)
    token = other.get("/api/form").json()["form"]
    clock.move(seconds=20)
    forms = bob.app.state.context.doorkeeper.forms
    assert not forms.use(token, clock())
    assert forms.use(bob.get("/api/form").json()["form"], clock() + timedelta(seconds=5))
