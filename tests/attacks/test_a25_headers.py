"""A25: no header that anybody may write signs in, or makes a client another one."""

import pytest

from tests.conftest import ORIGIN, PASSWORD
from tests.flows.asking import UNKNOWN

NAMES = ("owner", "alice", "admin", "1", PASSWORD)
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP")
HEADERS = (
    "x-remote-user",
    "remote-user",
    "x-forwarded-user",
    "x-forwarded-email",
    "x-forwarded-preferred-username",
    "x-auth-request-user",
    "x-webauth-user",
    "x-authenticated-user",
    "x-user",
    "authorization",
)


@pytest.mark.parametrize("header", HEADERS)
def test_no_header_signs_in(alice, visitor, header):
    for name in NAMES:
        for value in (name, f"Bearer {name}", f"Basic {name}"):
            assert visitor(**{header: value}).get("/desk").headers["location"] == "/desk/login"


def test_rotating_addresses_win_no_further_tries(alice, visitor):
    mallory = visitor(origin=ORIGIN)
    statuses = []
    for n in range(300):
        address = f"203.0.113.{n % 250}"
        headers = {
            "x-forwarded-for": f"{address}, 10.{n % 200}.0.1",
            "forwarded": f"for={address}",
            "x-real-ip": address,
            "cf-connecting-ip": address,
            "true-client-ip": address,
        }
        statuses.append(mallory.post("/desk/login", data={"password": f"guess {n}"}, headers=headers).status_code)
    assert statuses == [403] * 3 + [429] * 297


def rotate(client, store, count: int) -> None:
    """Ask so often, each time as somebody else; no more than twenty of these are taken."""
    for number in range(count):
        address = f"203.0.{number // 250 % 250}.{number % 250}"
        sent = dict.fromkeys(FORWARDED, address) | {"Forwarded": f"for={address}"}
        answer = client.post("/api/tickets", json={"message": f"{UNKNOWN} {number}"}, headers=sent)
        assert answer.status_code == (201 if number < 20 else 429)
    assert store.count_tickets() == {"open": 5, "quarantined": 15}


def test_rotating_forwarded_headers_win_nothing(bob, store):
    rotate(bob, store, 300)
