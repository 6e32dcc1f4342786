"""A14: every address that there is, asked for by everyone: only one's own is answered. Made from the router."""

import re
import secrets

import pytest
from starlette.routing import Route

from tests.attacks.test_a24_foreign_fields import records
from tests.conftest import ORIGIN
from tests.flows.asking import ask, token_of

PUBLIC = {
    "/api/health", "/api/search", "/api/suggestions", "/api/form", "/api/tickets", "/api/articles/feedback",
    "/api/searches", "/api/openapi.json", "/ask", "/feedback", "/find", "/static/tokens.css", "/static/logo/{name}",
    "/hooks/{source}",
}  # fmt: skip
SIGN_IN = {"/desk/setup", "/desk/login", "/desk/login/code"}
GUESSES = 1_000


def routes(bob) -> list[tuple[str, str]]:
    """Each method of each path."""
    listed = [each for each in bob.app.routes if isinstance(each, Route)]
    return [(method, each.path) for each in listed for method in sorted((each.methods or set()) - {"HEAD"})]


def filled(path: str, **values: object) -> str:
    """A path with these values in its places."""
    return re.sub(r"{(\w+)(:\w+)?}", lambda found: str(values.get(found[1], "1")), path)


@pytest.fixture
def desk(alice, bob, store):
    """A desk with a question of Bob's and one of Carol's; its routes."""
    bobs = ask(bob, email="bob@example.org")
    ask(bob, email="carol@example.org")
    return token_of(bobs), routes(bob)


def test_a14_every_route_is_public_or_a_customers_or_the_owners(desk):
    for _, path in desk[1]:
        assert path in PUBLIC | SIGN_IN or "{token}" in path or path.startswith("/desk")


def test_a14_the_desk_is_the_owners_alone(desk, visitor, store):
    token, listed = desk
    owners = [(method, path) for method, path in listed if path.startswith("/desk") and path not in SIGN_IN]
    assert len(owners) >= 10
    before = records(store)
    strangers = [{}, {"authorization": f"Bearer {token}"}]
    strangers += [
        {"cookie": f"{name}={value}"} for name in ("helpleaf", "__Host-helpleaf") for value in (token, "x", "")
    ]
    for sent in strangers:
        for method, path in owners:
            for ticket in (1, 2, 3):
                stranger = visitor(origin=ORIGIN, **sent)
                answer = stranger.request(method, filled(path, id=ticket))
                given = (answer.status_code, answer.headers.get("location", "")[:11])
                assert given in ((303, "/desk/login"), (403, ""), (415, ""), (400, "")), (method, path, given)
                assert "bob@example.org" not in answer.text
    assert records(store) == before


def test_a14_a_ticket_is_whose_link_it_is(desk, visitor, store):
    token, listed = desk
    customers = [(method, path) for method, path in listed if "{token}" in path]
    assert len(customers) >= 6
    before = records(store)
    mallory = visitor(origin=ORIGIN)
    wrong = (token[:-1], token + "A", token.swapcase(), token[::-1], "1", "2", "bob@example.org", "x" * 22)
    for method, path in customers:
        for guess in (*wrong, store.ticket(1).uid, store.ticket(1).link, store.ticket(1).requester, "%20" + token):
            sent = (
                {"json": BODIES.get(path.rpartition("/")[2], {})}
                if path.startswith("/api")
                else {"data": {"do": "send"}}
            )
            answer = mallory.request(method, filled(path, token=guess), **(sent if method == "POST" else {}))
            assert answer.status_code == 404, (method, path, guess)
            assert "bob@example.org" not in answer.text
    assert records(store) == before
    assert mallory.get(f"/t/{token}").status_code == 200, "the link itself opens it"


BODIES = {
    "messages": {"message": "Mine now"},
    "rating": {"score": 1},
    "solved": {"article": "refunds/get-a-refund"},
}


def test_a14_numbers_and_addresses_open_nothing(desk, mallory, store):
    token, _ = desk
    for query in ("number=1&email=bob@example.org", "id=1", "ticket=1", f"token={token}"):
        for path in ("/t", "/t/", "/api/tickets", "/api/tickets/1", "/ask", "/find"):
            assert "bob@example.org" not in mallory.get(f"{path}?{query}").text.replace(f"?{query}", "")


def test_a14_guesses_hit_nothing(desk, mallory, store):
    before = records(store)
    for _ in range(GUESSES):
        assert mallory.get(f"/t/{secrets.token_urlsafe(16)}").status_code == 404
    assert records(store) == before
