"""A12: neither the host nor the path of a request gets into a link, and an unknown host is refused everywhere."""

import pytest

from tests.attacks.test_a14_everyone_everywhere import filled, routes
from tests.conftest import ORIGIN
from tests.flows.asking import ask, path_of

EVIL = "mallory.example"
HOSTS = (
    EVIL,
    f"127.0.0.1.{EVIL}",
    f"127.0.0.1@{EVIL}",
    f"127.0.0.1:8000@{EVIL}",
    f"{EVIL}#127.0.0.1",
    f"127.0.0.1,{EVIL}",
)
FORWARDED = {"x-forwarded-host": EVIL, "x-host": EVIL, "forwarded": f"host={EVIL}", "x-original-url": f"//{EVIL}/"}


@pytest.mark.parametrize("host", HOSTS)
def test_a12_an_unknown_host_is_refused_at_every_address(bob, host):
    for method, path in routes(bob):
        answer = bob.request(method, filled(path), headers={"host": host})
        assert answer.status_code == 400, path
        assert "location" not in answer.headers


@pytest.mark.parametrize("sent", [{"host": "localhost:1"}, {"host": "LOCALHOST"}, FORWARDED], ids=str)
def test_a12_links_are_those_of_the_settings(bob, sent):
    answer = bob.post("/api/tickets", json={"message": "Where is it?"}, headers=sent)
    assert answer.json()["link"].startswith(f"{ORIGIN}/t/")
    posted = bob.post("/ask", data={"message": "Where is it?"}, headers=sent)
    assert posted.headers["location"].startswith("/t/")
    page = bob.get(path_of(answer.json()), headers=sent).text
    assert f"{ORIGIN}/t/" in page
    assert EVIL not in page


@pytest.mark.parametrize(
    "path",
    [f"//{EVIL}", f"//{EVIL}/", f"/%2f{EVIL}/", f"/\\{EVIL}/", f"/t//{EVIL}/", f"/ask/@{EVIL}/", f"/desk//{EVIL}/"],
)
def test_a12_no_path_leads_elsewhere(bob, settings, path):
    (settings.site_path / EVIL).mkdir()
    (settings.site_path / EVIL / "index.html").write_text("Own page")
    ask(bob)
    for address in (path, path.rstrip("/"), f"{path}?next=//{EVIL}"):
        answer = bob.get(f"{ORIGIN}{address}")
        leads = answer.headers.get("location", "/")
        assert leads.startswith("/")
        assert not leads.startswith(("//", "/\\"))


def test_a12_after_signing_in_one_stays_here(alice):
    for wanted in (f"//{EVIL}", f"https://{EVIL}/desk/tickets/1", f"/desk/tickets/1@{EVIL}", "/desk/tickets/1\r\nx: y"):
        answer = alice.post("/desk/login", data={"password": "correct horse battery", "next": wanted})
        assert answer.headers["location"] == "/desk"
