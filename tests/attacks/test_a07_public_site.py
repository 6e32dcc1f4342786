"""A7: the public site never reaches the owner's session."""

import re

import pytest
from starlette.routing import Route

from tests.conftest import ORIGIN, PASSWORD
from ticket_api.errors import Stop
from ticket_api.settings import load_settings

HELP, DESK = "https://help.example.org", "https://desk.example.org"
APART = {"base_url": HELP, "desk_host": "desk.example.org"}


def cookie_of(answer) -> tuple[str, set[str]]:
    """The cookie's name and its attributes."""
    first, *others = answer.headers["set-cookie"].split("; ")
    return first.partition("=")[0], {each.lower() for each in others}


def sign_in(client):
    return client.post("/desk/login", data={"password": PASSWORD})


def paths(client) -> list[str]:
    """An address of every page of the desk."""
    found = [route.path for route in client.app.routes if isinstance(route, Route) and route.path.startswith("/desk")]
    assert len(found) > 10
    return [re.sub(r"{\w+(:\w+)?}", "1", path) for path in found]


@pytest.mark.parametrize(
    ("origin", "settings_", "name", "secure"),
    [
        ("http://127.0.0.1:8000", {}, "helpleaf", False),
        ("http://localhost:8000", {}, "helpleaf", False),
        ("http://[::1]:8000", {}, "helpleaf", False),
        (HELP, {"base_url": HELP}, "__Host-helpleaf", True),
        ("http://help.example.org", {"base_url": HELP}, "__Host-helpleaf", True),  # behind a proxy that ends https
        (DESK, APART, "__Host-helpleaf", True),
        ("http://desk.example.org", APART, "__Host-helpleaf", True),
    ],
)
def test_the_cookie_is_bound_as_tightly_as_the_address_allows(alice, over, origin, settings_, name, secure):
    given, attributes = cookie_of(sign_in(over(origin, **settings_)))
    assert given == name
    assert {"httponly", "samesite=strict", "path=/"} <= attributes
    assert ("secure" in attributes) is secure
    assert not any(each.startswith("domain") for each in attributes)


def test_a_cookie_without_the_prefix_is_none_over_https(alice, over):
    planted = alice.cookies["helpleaf"]
    client = over(HELP, base_url=HELP)
    assert client.get("/desk", headers={"cookie": f"helpleaf={planted}"}).status_code == 303
    assert client.get("/desk", headers={"cookie": f"__Host-helpleaf={planted}"}).status_code == 200


def test_over_http_on_a_network_the_sign_in_says_why_it_refuses(alice, over):
    client = over("http://help.example.org", hosts=("help.example.org",))
    for answer in (client.get("/desk/login"), sign_in(client), client.get("/desk/login/code")):
        assert answer.status_code == 403
        assert "Signing in needs https" in answer.text
        assert "set-cookie" not in answer.headers


def test_with_a_host_of_its_own_the_desk_answers_there_alone(alice, over):
    client = over(DESK, **APART)
    assert sign_in(client).status_code == 303
    cookie = {"cookie": f"__Host-helpleaf={client.cookies['__Host-helpleaf']}"}
    assert client.get("/desk").status_code == 200
    for path in paths(client):
        for method in ("GET", "POST"):
            answer = client.request(method, f"{HELP}{path}", headers={"origin": HELP, **cookie})
            assert answer.status_code == 404, path
            assert "set-cookie" not in answer.headers
            assert "access-control-allow-origin" not in answer.headers


def test_that_host_has_nothing_else(alice, bob, over):
    client = over(DESK, **APART)
    assert client.get("/").headers["location"] == "/desk"
    for path in ("/ask", "/api/health", "/t/secret", "/billing/refunds/?q=a%20b"):
        assert client.get(path).headers["location"] == f"{HELP}{path}"
    assert client.get(f"{DESK}//mallory.example/x").headers["location"] == f"{HELP}/mallory.example/x"
    for path in ("/api/tickets", "/ask", "/t/secret"):
        assert client.post(path, data={"message": "x"}).status_code == 404
    assert client.get("/static/leaf.svg").status_code == 200


def test_the_help_site_is_no_origin_of_the_desk(alice, over):
    client = over(DESK, **APART)
    sign_in(client)
    for headers in ({"origin": HELP}, {"origin": HELP, "sec-fetch-site": "same-site"}):
        assert client.post("/desk/account", data={"do": "others"}, headers=headers).status_code == 403
    assert client.get("/desk").status_code == 200


@pytest.mark.parametrize("name", ["help.example.org", "HELP.example.org", "a/b", "https://desk.example.org", "a:80"])
def test_a_host_that_cannot_be_the_desks_stops_the_start(tmp_path, name):
    with pytest.raises(Stop, match="desk_host must be"):
        load_settings(tmp_path / "none.toml", {}, {"base_url": HELP, "desk_host": name})


def test_the_desk_is_found_where_it_answers(tmp_path):
    def desk(**given: str) -> str:
        return load_settings(tmp_path / "none.toml", {}, given).desk_url

    assert desk(**APART) == f"{DESK}/desk"
    assert desk(desk_host="localhost") == "http://localhost:8000/desk"
    assert desk() == f"{ORIGIN}/desk"
