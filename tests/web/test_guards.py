"""What every answer carries, which host names are ours, and what a fault inside looks like."""

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from tests.conftest import ORIGIN
from tests.flows.asking import UNKNOWN, ask, path_of
from tests.serving import SECRET
from ticket_api.app import create_app
from ticket_api.errors import StoreFull, StoreUnavailable
from ticket_api.web.guards import allowed_hosts, host_name


@pytest.mark.parametrize(
    "host",
    [
        "mallory.example",
        "127.0.0.1.mallory.example",
        "",
        "127.0.0.1@mallory.example",
        "a b",
        "[::1]mallory.example",
        "127.0.0.1:80&x",
    ],
)
def test_an_unknown_host_is_refused_everywhere(bob, host):
    for path in ("/api/health", "/", "/ask", "/desk", "/t/x"):
        answer = bob.get(path, headers={"host": host})
        assert answer.status_code == 400
    assert bob.get("/api/health", headers={"host": host}).json()["error"]["code"] == "unknown_host"


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "LOCALHOST:99", "[::1]:8000"])
def test_our_own_names_are_answered(bob, host):
    assert bob.get("/api/health", headers={"host": host}).status_code == 200


def test_names_come_from_the_settings(settings):
    named = replace(settings, base_url="https://help.example.org", hosts=("desk.example.org",))
    assert {"help.example.org", "desk.example.org"} <= allowed_hosts(named)
    assert host_name("help.example.org:443") == "help.example.org"


def test_links_never_follow_the_host_header(bob):
    answer = bob.post("/api/tickets", json={"message": UNKNOWN}, headers={"host": "localhost:1"})
    assert answer.json()["link"].startswith(f"{ORIGIN}/t/")


def test_private_pages_are_not_kept_framed_or_indexed(bob, alice):
    ticket = ask(bob)
    for client, path in ((bob, path_of(ticket)), (bob, "/ask"), (alice, "/desk"), (bob, "/api/health")):
        headers = client.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-robots-tag"] == "noindex"
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_visitors_get_no_cookie(bob):
    ticket = ask(bob)
    bob.get(path_of(ticket))
    bob.post(path_of(ticket), data={"do": "send"})
    bob.get("/ask")
    bob.get("/desk/login")
    assert not bob.cookies


@pytest.fixture
def over(settings, store, index, clock):
    """A client of the application under other settings."""

    def make(origin: str, /, **changes: object) -> TestClient:
        app = create_app(replace(settings, **changes), store, index, SECRET, clock)
        return TestClient(app, base_url=origin, follow_redirects=False, headers={"origin": origin})

    return make


def test_signing_in_over_plain_http_on_a_network_is_refused(alice, over):
    client = over("http://help.example.org", hosts=("help.example.org",))
    answer = client.post("/desk/login", data={"password": "correct horse battery"})
    assert answer.status_code == 403
    assert "https" in answer.text
    assert client.get("/desk/login").status_code == 403
    assert client.get("/desk/setup").status_code == 403
    assert client.post("/desk/setup", data={"code": "x"}).status_code == 403


def test_a_configured_https_address_vouches_for_its_own_name_alone(alice, over):
    given = {"base_url": "https://help.example.org", "hosts": ("other.example.org",)}
    assert over("http://help.example.org", **given).get("/desk/login").status_code == 200
    assert over("http://other.example.org", **given).get("/desk/login").status_code == 403


def test_over_https_the_cookie_is_bound_to_the_host(alice, over):
    client = over("https://help.example.org", base_url="https://help.example.org")
    answer = client.post("/desk/login", data={"password": "correct horse battery"})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-helpleaf=")
    assert "Secure" in cookie
    assert client.get("/desk").status_code == 200


def test_limits_switched_off_are_told(over):
    assert over(ORIGIN).get("/api/health").json()["warnings"] == []
    assert "HELPLEAF_LIMITS" in over(ORIGIN, limits=False).get("/api/health").json()["warnings"][0]


@pytest.mark.parametrize(("error", "status"), [(StoreUnavailable, 503), (StoreFull, 507)])
def test_a_store_that_fails_keeps_the_customers_words_on_the_page(bob, store, monkeypatch, error, status):
    def fail(*_):
        raise error("store_full" if status == 507 else "store_unavailable")

    monkeypatch.setattr(type(store), "add_ticket", fail)
    answer = bob.post("/ask", data={"message": "Every word of mine", "email": "bob@example.org"})
    assert answer.status_code == status
    assert "Every word of mine" in answer.text
    assert "bob@example.org" in answer.text
    assert bob.post("/api/tickets", json={"message": "Every word"}).status_code == status


def test_health_turns_red_when_nothing_can_be_stored(bob, store, monkeypatch):
    def fail(_):
        raise StoreUnavailable("store_unavailable")

    assert bob.get("/api/health").json() == {
        "status": "ok", "articles": 10, "store": "ok", "version": "0.1.0", "warnings": []
    }  # fmt: skip
    monkeypatch.setattr(type(store), "check", fail)
    answer = bob.get("/api/health")
    assert (answer.status_code, answer.json()["status"], answer.json()["store"]) == (503, "failing", "failing")


def test_a_fault_inside_says_nothing_of_itself(bob, store, monkeypatch):
    def fail(*_):
        raise RuntimeError("the inside of the machine")

    monkeypatch.setattr(type(store), "add_ticket", fail)
    answer = bob.post("/api/tickets", json={"message": "Hello there"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal")
    assert "inside of the machine" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


def test_two_host_names_are_none(bob):
    answer = bob.get("/api/health", headers=[("host", "127.0.0.1"), ("host", "127.0.0.1")])
    assert answer.status_code == 400


def test_the_site_redirects_to_its_own_path_alone(bob, settings):
    (settings.site_path / "billing").mkdir()
    (settings.site_path / "billing" / "index.html").write_text("Billing")
    assert bob.get("/billing", headers={"host": "localhost:9999"}).headers["location"] == "/billing/"


def test_head_is_get_without_a_body(bob):
    for path in ("/ask", "/api/health"):
        answer = bob.head(path)
        assert (answer.status_code, answer.content) == (200, b"")
