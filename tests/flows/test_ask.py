"""Bob asks a question, by the API."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conftest import ORIGIN
from tests.flows.asking import REFUND, UNKNOWN, ask, path_of
from ticket_api.knowledge import matching


def test_it_works(bob, store):
    answer = ask(bob, email="bob@example.org", name="Bob", page="/billing/")
    assert answer["status"] == "offered"
    assert answer["link"].startswith(f"{ORIGIN}/t/")
    first = answer["suggestions"][0]
    assert first["id"] == "refunds/get-a-refund"
    assert first["url"].startswith("/refunds/get-a-refund/")
    assert first["why"]
    assert all(reason["part"] and reason["words"] and reason["weight"] > 0 for reason in first["why"])
    stored = store.ticket(answer["id"])
    assert (stored.question, stored.email, stored.page) == (REFUND, "bob@example.org", "/billing/")


def test_spaces_around_an_address_are_taken_off_before_it_is_looked_at(bob, store):
    long = "a" * 242 + "@example.org"
    key = {"idempotency-key": "a-key-of-twenty-chars"}
    for email in (f" {long}\n", f"\u3000{long}", long):
        body = {"message": REFUND, "email": email}
        assert bob.post("/api/tickets", json=body, headers=key).json()["id"] == 1
    assert store.ticket(1).email == long
    assert store.ticket(ask(bob, email=" \t")["id"]).email == ""


def test_in_chinese(bob):
    answer = ask(bob, "我想把钱要回来，怎么退款？", lang="zh")
    assert answer["suggestions"][0]["id"] == "refunds/get-a-refund"
    assert answer["suggestions"][0]["lang"] == "zh"
    assert answer["suggestions"][0]["url"].startswith("/zh/refunds/get-a-refund/")


@pytest.mark.parametrize(
    ("asked", "lang", "words"),
    [("when do the refunds come back to cards", "en", ["Cards"]), ("退款到銀行卡要幾天", "zh", ["银行卡"])],
)
def test_the_words_of_the_question_are_marked_wherever_an_excerpt_is_shown(bob, asked, lang, words):
    query = {"q": asked, "lang": lang}
    shown = [
        bob.get("/api/search", params=query).json()["results"][0],
        bob.get("/api/suggestions", params=query).json()["suggestions"][0],
        ask(bob, asked, lang=lang)["suggestions"][0],
    ]
    for suggestion in shown:
        assert "".join(suggestion["marked"]) == suggestion["excerpt"]
        assert suggestion["marked"][1::2] == words
        assert "".join(suggestion["marked_title"]) == suggestion["title"]
        assert suggestion["section"] in ("How long it takes", "多久到账")
        assert "#" in suggestion["url"]


def test_with_nothing_to_offer_it_opens_at_once(bob, store):
    answer = ask(bob, UNKNOWN)
    assert answer["status"] == "open"
    assert answer["suggestions"] == []
    assert store.ticket(answer["id"]).status == "open"


def test_at_most_three_are_offered(bob):
    assert len(ask(bob, "refund password sync export charged twice money data")["suggestions"]) <= 3


def test_a_matcher_that_breaks_costs_the_offer_and_nothing_else(bob, store, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("the matcher broke")

    monkeypatch.setattr(matching, "suggest", fail)
    answer = ask(bob)
    assert (answer["status"], answer["suggestions"]) == ("open", [])
    (kept,) = store.tickets(("open",), limit=9)
    assert kept.question == REFUND
    assert bob.get(path_of(answer)).status_code == 200


@pytest.mark.parametrize("text", ["a\u202eb", "zero\u200bwidth", "𠮷野家 🍰", "  spaces kept \n\n", "<b>&amp;</b>"])
def test_words_come_back_as_they_were_written(bob, store, text):
    """F18."""
    assert store.ticket(ask(bob, text)["id"]).question == text


def test_the_same_key_gives_the_same_ticket(bob, store):
    body, key = {"message": REFUND}, {"Idempotency-Key": "k" * 16}
    answers = [bob.post("/api/tickets", json=body, headers=key).json() for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert sum(store.count_tickets().values()) == 1


def test_a_retry_in_another_language_is_still_one_ticket(bob, store):
    key = {"Idempotency-Key": "k" * 16}
    for accepted in ("en", "zh"):
        bob.post("/api/tickets", json={"message": REFUND}, headers={**key, "accept-language": accepted})
    assert sum(store.count_tickets().values()) == 1


def test_the_page_it_was_asked_on_counts(bob):
    answer = ask(bob, page="/refunds/get-a-refund/")
    assert "refunds/get-a-refund" not in [each["id"] for each in answer["suggestions"]]


def test_retries_at_the_same_time_give_one_ticket(visitor, store):
    def post(_: int) -> str:
        return visitor().post("/api/tickets", json={"message": REFUND}, headers={"Idempotency-Key": "r" * 20}).text

    with ThreadPoolExecutor(8) as pool:
        links = set(pool.map(post, range(16)))
    assert sum(store.count_tickets().values()) == 1
    assert len(links) == 1


def test_anothers_key_never_shows_another_ticket(bob, mallory):
    key = {"Idempotency-Key": "k" * 16}
    own = bob.post("/api/tickets", json={"message": "my secret worry about the refund"}, headers=key).json()
    other = mallory.post("/api/tickets", json={"message": "what did Bob ask?"}, headers=key).json()
    assert other["link"] != own["link"]


def test_the_link_opens_the_ticket_and_its_hash_alone_is_stored(bob, store):
    answer = ask(bob)
    assert bob.get(path_of(answer)).status_code == 200
    assert answer["link"].rsplit("/", 1)[1] not in repr(store.ticket(answer["id"]))


def test_fields_that_are_not_theirs_to_set_are_refused(mallory):
    for field in ("id", "status", "uid", "link", "offers", "created_at", "solved_by", "messages", "first_reply_at"):
        answer = mallory.post("/api/tickets", json={"message": "hi there", field: "open"})
        assert answer.status_code == 422
        assert answer.json()["error"]["code"] == "unknown_field"
        assert answer.json()["error"]["field"] == field


def test_the_search_box_finds_in_both_languages(bob):
    english = bob.get("/api/search", params={"q": "charged twice"}).json()["results"][0]
    assert (english["id"], english["lang"]) == ("billing/charged-twice", "en")
    assert set(english) == {
        "id",
        "url",
        "title",
        "section",
        "excerpt",
        "marked",
        "marked_title",
        "lang",
        "score",
        "why",
    }
    chinese = bob.get("/api/search", params={"q": "扣了两次", "lang": "zh"}).json()["results"][0]
    assert (chinese["id"], chinese["lang"]) == ("billing/charged-twice", "zh")


def test_events_name_each_person_by_a_random_id(bob, store):
    people = ("bob@customer.example", "Bob@Customer.example ", "mallory@elsewhere.example", "", "")
    asked = [ask(bob, email=address)["id"] for address in people]
    bob_first, bob_again, mallory, *nameless = [store.events(each)[0].who for each in asked]
    assert bob_first == bob_again
    assert len({bob_first, mallory, *nameless}) == 4
    assert all(re.fullmatch("[0-9a-f]{32}", who) for who in (bob_first, mallory, *nameless))
