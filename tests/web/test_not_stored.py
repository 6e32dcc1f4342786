"""What can't be stored comes back to be copied, and who only reads is never held up."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from tests.flows.asking import REFUND, UNKNOWN, api_of, ask, path_of
from ticket_api.errors import Broken, StoreFull, StoreUnavailable

WORDS = "Every <word> of mine\n退款 🍰"
FAULTS = {
    503: lambda: StoreUnavailable("store_unavailable"),
    507: lambda: StoreFull("store_full"),
}
SENTENCES = {
    (503, "en"): "could not be stored at the moment",
    (503, "zh"): "现在无法保存你的文字",
    (507, "en"): "There is no room left",
    (507, "zh"): "没有空间保存你的文字了",
}


@pytest.fixture
def fail(store, monkeypatch):
    """Let every write fail with an error; `fail(None)`: from now on they work again."""
    real = type(store).together

    def make(error: Exception | None) -> None:
        monkeypatch.setattr(
            type(store), "together", lambda own, jobs: [error] * len(jobs) if error else real(own, jobs)
        )

    return make


@pytest.mark.parametrize("status", FAULTS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_api_gives_the_text_back(bob, fail, status, lang):
    ticket = ask(bob, UNKNOWN)
    fail(FAULTS[status]())
    posts = {
        "/api/tickets": {"message": WORDS},
        api_of(ticket, "messages"): {"message": WORDS},
        "/api/articles/feedback": {"article": "refunds/get-a-refund", "helpful": False, "comment": WORDS},
    }
    for path, body in posts.items():
        answer = bob.post(path, json=body, headers={"accept-language": lang})
        error = answer.json()["error"]
        assert (answer.status_code, error["text"]) == (status, WORDS)
        assert SENTENCES[status, lang] in error["message"]
        assert ("retry-after" in answer.headers) is (status == 503)
    assert "text" not in bob.post(api_of(ticket, "send")).json().get("error", {})


@pytest.mark.parametrize("status", FAULTS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_pages_give_the_text_back(bob, fail, status, lang):
    ticket = ask(bob, UNKNOWN, lang=lang)
    fail(FAULTS[status]())
    typed = {"message": WORDS, "name": "Bob", "email": "bob@example.org", "lang": lang}
    again = {"do": "write", "message": WORDS}
    for answer in (bob.post("/ask", data=typed), bob.post(path_of(ticket), data=again)):
        assert answer.status_code == status
        assert SENTENCES[status, lang] in answer.text
        assert "Every &lt;word&gt; of mine\n退款 🍰</textarea>" in answer.text
        assert ("retry-after" in answer.headers) is (status == 503)
    assert 'value="bob@example.org"' in bob.post("/ask", data=typed).text


@pytest.mark.parametrize("status", FAULTS)
def test_the_owners_reply_stays_in_its_box(alice, bob, fail, status):
    ticket = ask(bob, UNKNOWN)
    fail(FAULTS[status]())
    answer = alice.post(f"/desk/tickets/{ticket['id']}", data={"do": "reply", "message": WORDS})
    assert answer.status_code == status
    assert "Every &lt;word&gt; of mine" in answer.text


def test_reading_works_all_the_same_and_writing_again_as_soon_as_it_can(alice, bob, fail, clock):
    ticket = ask(bob)
    fail(StoreFull("store_full"))
    clock.move(hours=1)
    for client, path in (
        (bob, path_of(ticket)),
        (bob, "/api/search?q=refund"),
        (alice, "/desk"),
        (alice, "/desk?view=offered"),
        (alice, f"/desk/tickets/{ticket['id']}"),
    ):
        assert client.get(path).status_code == 200
    fail(None)
    assert ask(bob, UNKNOWN)["status"] == "open"


def test_a_store_that_cannot_even_be_read_keeps_the_words_too(alice, bob, store, monkeypatch):
    ticket = ask(bob, UNKNOWN)

    def unreachable(*_, **__):
        raise StoreUnavailable("store_unavailable")

    for name in ("ticket", "ticket_by_link", "ticket_by_request", "together", "session"):
        monkeypatch.setattr(type(store), name, unreachable)
    for client, path, do in ((bob, path_of(ticket), "write"), (alice, f"/desk/tickets/{ticket['id']}", "reply")):
        answer = client.post(path, data={"do": do, "message": WORDS})
        assert answer.status_code == 503
        assert "Every &lt;word&gt; of mine\n退款 🍰</textarea>" in answer.text


def test_a_fault_of_ours_gives_the_text_back_as_well(bob, fail):
    fail(RuntimeError("the inside"))
    error = bob.post("/api/tickets", json={"message": WORDS}).json()["error"]
    assert (error["code"], error["text"]) == ("internal", WORDS)
    assert "Every &lt;word&gt; of mine" in bob.post("/ask", data={"message": WORDS}).text


def test_what_is_broken_is_not_for_customers_to_read(bob, fail):
    fail(Broken("broken_chain", seq=7))
    answer = bob.post("/api/tickets", json={"message": WORDS})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "store_unavailable")


def test_other_refusals_do_not_repeat_the_text(bob):
    assert "text" not in bob.post("/api/tickets", json={"message": "x" * 10_001}).json()["error"]


def test_a_disk_that_hangs_holds_up_nobody_who_reads(unlimited, server, monkeypatch):
    """More customers than there are threads wait for the disk; then others search and read."""
    disk = threading.Event()
    real = type(server.store).together
    monkeypatch.setattr(type(server.store), "together", lambda self, jobs: (disk.wait(30), real(self, jobs))[1])
    client = httpx2.Client(base_url=server.url, timeout=30, limits=httpx2.Limits(max_connections=100))
    with client, ThreadPoolExecutor(80) as pool:
        writing = [pool.submit(client.post, "/api/tickets", json={"message": f"{REFUND} {n}"}) for n in range(80)]
        for path in ("/api/search?q=refund", "/api/suggestions?q=refund", "/", "/ask"):
            assert client.get(path).status_code == 200
        assert not any(each.done() for each in writing)
        disk.set()
        assert [each.result().status_code for each in writing] == [201] * 80
    assert sum(server.store.count_tickets().values()) == 80
