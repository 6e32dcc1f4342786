"""Pages of the listed origins may use the API; Mallory's page learns nothing from it."""

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from tests.conftest import ORIGIN
from tests.flows.asking import UNKNOWN, api_of, ask, path_of
from tests.serving import SECRET
from ticket_api.app import create_app
from ticket_api.errors import StoreFull
from ticket_api.web.origins import normal

SITE = "https://help.example.org"
STRANGERS = (
    "https://mallory.example",
    "null",
    "",
    "https://help.example.org.evil.org",
    "https://evil-help.example.org",
    "https://help.example.or",
    "http://help.example.org",
    "https://help.example.org:8443",
    "https://help.example.org/",
    "https://HELP.example.org",
    "https://help.example.org, https://mallory.example",
    "*",
)
ASKS_FIRST = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
ALLOW = "access-control-allow-origin"


@pytest.fixture
def page(settings, store, index, clock):
    """A browser that shows a page of some origin, with the server on another one."""
    listed = replace(settings, origins=(f"{SITE}/", "https://bücher.example:443"), base_url="https://desk.example.org")
    app = create_app(listed, store, index, SECRET, clock)
    with TestClient(app):
        yield lambda origin: TestClient(
            app, ORIGIN, follow_redirects=False, raise_server_exceptions=False, headers={"origin": origin}
        )


@pytest.mark.parametrize("origin", [SITE, "https://xn--bcher-kva.example", "https://desk.example.org"])
def test_a_listed_origin_may_ask_first_and_then_use_the_api(page, origin):
    client = page(origin)
    first = client.options("/api/tickets", headers=ASKS_FIRST)
    assert (first.status_code, first.headers[ALLOW], first.headers["vary"]) == (204, origin, "Origin")
    assert first.headers["access-control-allow-methods"] == "GET, POST"
    assert first.headers["access-control-allow-headers"] == "Content-Type, Idempotency-Key, Accept-Language"
    assert int(first.headers["access-control-max-age"]) > 0
    ticket = ask(client)
    answers = [
        client.get("/api/search?q=refund"),
        client.get("/api/openapi.json"),
        client.options(api_of(ticket, "send"), headers=ASKS_FIRST),
        client.post(api_of(ticket, "send")),
        client.post("/api/tickets", json={"message": ""}),
        client.post("/api/articles/feedback", content="x"),
        client.get("/api/nowhere"),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 204, 200, 422, 415, 404]
    assert {(answer.headers[ALLOW], answer.headers["vary"]) for answer in answers} == {(origin, "Origin")}
    assert not any("access-control-allow-credentials" in answer.headers for answer in (first, *answers))


@pytest.mark.parametrize("origin", STRANGERS)
def test_no_other_origin_is_told_anything(page, origin):
    client = page(origin)
    first = client.options("/api/tickets", headers=ASKS_FIRST)
    assert (first.status_code, first.headers["vary"]) == (405, "Origin")
    for answer in (first, client.get("/api/search?q=refund"), client.post("/api/tickets", json={"message": ""})):
        assert not [name for name in answer.headers if name.startswith("access-control")]


def test_what_goes_wrong_inside_is_told_to_a_listed_origin(page, store, monkeypatch):
    client, ticket = page(SITE), {"message": "Every word of mine"}
    for error, status in ((StoreFull("store_full"), 507), (ZeroDivisionError(), 500)):
        monkeypatch.setattr(type(store), "together", lambda _, jobs, error=error: [error] * len(jobs))
        answer = client.post("/api/tickets", json=ticket)
        assert (answer.status_code, answer.headers[ALLOW]) == (status, SITE)
        assert answer.json()["error"]["text"] == ticket["message"]
        assert ALLOW not in page("null").post("/api/tickets", json=ticket).headers


def test_only_the_api_is_read_by_other_pages(page):
    """Neither tickets behind their links nor the desk, whoever asks."""
    client = page(SITE)
    for path in ("/", "/ask", path_of(ask(client)), "/desk/login", "/static/tokens.css"):
        for answer in (client.get(path), client.options(path, headers=ASKS_FIRST)):
            assert not [name for name in answer.headers if name.startswith("access-control")]


def test_forms_without_javascript_come_from_any_site_and_the_desk_takes_none(page, store):
    """A question that is refused would be lost, and a form of a page with a strict policy says `null`."""
    for number, origin in enumerate((SITE, "null", "https://mallory.example"), 1):
        client = page(origin)
        assert client.post("/ask", data={"message": UNKNOWN}).status_code == 303
        vote = {"article": "refunds/get-a-refund", "helpful": "no"}
        assert client.post("/feedback", data=vote).status_code == 200
        assert len(store.feedback("refunds/get-a-refund")) == number
        for path in ("/desk/login", "/desk/setup", "/desk/logout", "/desk/tickets/1"):
            assert client.post(path, data={"password": "x"}).status_code == 403
    assert store.count_tickets() == {"open": 3}


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://Help.Example.org/", "https://help.example.org"),
        ("http://help.example.org:80", "http://help.example.org"),
        ("https://help.example.org:80", "https://help.example.org:80"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://a..b", "https://a..b"),
        ("https://x:port", "https://x:port"),
    ],
)
def test_addresses_are_compared_as_browsers_write_them(address, origin):
    assert normal(address) == origin
