"""A28: no other site's page acts for the owner, plants a session, or puts the desk into a frame."""

import re
from itertools import product

import pytest
from starlette.routing import Route

from tests.conftest import ORIGIN, PASSWORD

SITES = (None, "same-origin", "same-site", "cross-site", "none", "Same-Origin", "same-origin, cross-site", "")
ORIGINS = (None, ORIGIN, "null", "https://mallory.example", f"{ORIGIN}.mallory.example", "http://127.0.0.1", "")
OWN = {(None, ORIGIN), ("same-origin", None), ("same-origin", ORIGIN), ("same-origin", "null")}
"""What a browser sends from a page of ours; "null" because our pages tell nobody where they are."""


def test_only_a_page_of_ours_acts_for_the_owner(alice, visitor):
    cookie = f"helpleaf={alice.cookies['helpleaf']}"
    for site, origin, signed_in in product(SITES, ORIGINS, (True, False)):
        sent = {"sec-fetch-site": site, "origin": origin, "cookie": cookie if signed_in else None}
        headers = {name: value for name, value in sent.items() if value is not None}
        answer = visitor(**headers).post("/desk/account", data={"do": "end", "session": "nobody's"})
        allowed = signed_in and (site, origin) in OWN
        assert answer.status_code == (303 if allowed else 403), sent


def posts(client) -> list[str]:
    """An address of everything of the desk that takes a post."""
    routes = [each for each in client.app.routes if isinstance(each, Route) and each.path.startswith("/desk")]
    return [re.sub(r"{\w+(:\w+)?}", "1", each.path) for each in routes if "POST" in (each.methods or ())]


def test_every_post_of_the_desk_asks_where_it_comes_from(alice, visitor):
    mallory = visitor(
        cookie=f"helpleaf={alice.cookies['helpleaf']}",
        origin="https://mallory.example",
        **{"sec-fetch-site": "cross-site"},
    )
    assert len(posts(alice)) > 8
    for path in posts(alice):
        assert mallory.post(path, data={"do": "others", "password": PASSWORD}).status_code == 403, path
    assert alice.get("/desk").status_code == 200


@pytest.mark.parametrize("planted", ["planted", "A" * 43, ""])
def test_a_planted_session_is_never_taken_over(alice, visitor, planted):
    victim = visitor(origin=ORIGIN, cookie=f"helpleaf={planted}")
    answer = victim.post("/desk/login", data={"password": PASSWORD})
    token = re.match(r"helpleaf=([^;]*)", answer.headers["set-cookie"])[1]
    assert token != planted
    assert visitor(cookie=f"helpleaf={planted}").get("/desk").status_code == 303
    assert visitor(cookie=f"helpleaf={token}").get("/desk").status_code == 200


def test_the_session_is_another_one_after_each_sign_in(alice, visitor):
    client = visitor(origin=ORIGIN)
    tokens = set()
    for _ in range(3):
        client.post("/desk/login", data={"password": PASSWORD})
        tokens.add(client.cookies["helpleaf"])
    assert len(tokens) == 3


def test_no_page_of_the_desk_may_be_framed(alice, bob):
    gets = [each.path for each in alice.app.routes if isinstance(each, Route) and each.path.startswith("/desk")]
    for path in (re.sub(r"{\w+(:\w+)?}", "1", path) for path in gets):
        for client in (alice, bob):
            headers = client.get(path).headers
            assert headers["x-frame-options"] == "DENY", path
            assert "frame-ancestors 'none'" in headers["content-security-policy"], path
            assert headers["cross-origin-opener-policy"] == "same-origin", path
