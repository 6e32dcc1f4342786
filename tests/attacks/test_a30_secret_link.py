"""A30: the secret link leaks neither by headers, nor in logs, nor in what is exported."""

import io
import logging

import pytest

from tests.flows.asking import REFUND, api_of, ask, path_of, token_of
from ticket_api.archive.export import Export
from ticket_api.errors import StoreUnavailable


def test_a30_pages_behind_it_are_not_kept_indexed_or_referred_from(bob, alice):
    ticket = ask(bob)
    path = path_of(ticket)
    answers = [
        bob.get(path),
        bob.get(f"{path}?lang=zh"),
        bob.get(path + "x"),
        bob.get(path + "/"),
        bob.head(path),
        bob.post(path, data={"do": "nothing"}),
        bob.post(path, data={"do": "send"}),
        bob.post(path, content=b"x", headers={"content-type": "text/plain"}),
        bob.put(path),
        bob.post(api_of(ticket, "send")),
        bob.post("/api/tickets", json={"message": "Another"}),
        bob.post("/ask", data={"message": "Another"}),
        alice.get("/desk/tickets/1"),
    ]
    assert {answer.status_code for answer in answers} >= {200, 201, 303, 404, 405, 415, 422}
    for answer in answers:
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-robots-tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in answers[0].text


def test_a30_a_page_behind_it_loads_nothing_from_elsewhere(bob):
    policy = bob.get(path_of(ask(bob))).headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy


@pytest.mark.parametrize("fault", [None, StoreUnavailable("store_unavailable"), RuntimeError("a fault of ours")])
def test_a30_no_log_holds_it(bob, store, monkeypatch, caplog, fault):
    caplog.set_level(logging.DEBUG)
    ticket = ask(bob)
    token, path = token_of(ticket), path_of(ticket)

    def fail(*_, **__):
        raise fault

    if fault:
        monkeypatch.setattr(type(store), "ticket_by_link", fail)
        monkeypatch.setattr(type(store), "change_ticket", fail)
    bob.get(path)
    bob.get(f"{path}?token={token}")
    bob.post(path, data={"do": "write", "message": token})
    for action in ("send", "undo", "messages", "solved", "rating"):
        bob.post(api_of(ticket, action), json={"message": token})
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("httpx")]
    assert not any(token in told for told in ours)


def test_a30_neither_stored_nor_exported(bob, store, tmp_path):
    token = token_of(ask(bob)).encode()
    files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert files
    assert not any(token in path.read_bytes() for path in files)
    exported = io.BytesIO()
    with store.snapshot() as snapshot:
        Export(snapshot).write_json(exported)
        Export(snapshot).write_csv(exported)
    assert REFUND.encode() in exported.getvalue()
    assert token not in exported.getvalue()
