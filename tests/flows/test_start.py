"""Alice starts her desk on what is there: another key, a file that is gone, a folder that can only be read."""

import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from tests.flows.asking import api_of, ask
from tests.serving import SECRET
from tests.store.postgres import postgres, postgres_url
from tests.waiting import PATIENCE
from ticket_api.app import create_app
from ticket_api.chores import chores
from ticket_api.commands import owner, serve
from ticket_api.errors import Stop, StoreUnavailable
from ticket_api.keys import load_secret
from ticket_api.store import open_store
from ticket_api.store.records import Batch

__all__ = ["postgres", "postgres_url"]  # fixtures


def refuse(*_, **__):
    raise StoreUnavailable("store_unavailable")


def test_the_same_key_goes_on(settings, store):
    for _ in range(2):
        assert serve._key(settings, store) == load_secret(settings)


def keyed(settings, key):
    return replace(settings, secret=key.decode())


def test_another_key_is_refused_with_what_to_do(settings, store):
    serve._key(keyed(settings, SECRET), store)
    with pytest.raises(Stop, match=r"The key differs .* Put back secret\.key or set HELPLEAF_SECRET\."):
        serve._key(keyed(settings, b"another" + SECRET), store)


def test_a_key_that_is_gone_isnt_made_anew(settings, store):
    serve._key(settings, store)
    path = settings.data / "secret.key"
    kept = path.read_bytes()
    path.unlink()
    with pytest.raises(Stop, match=r"secret\.key is missing.* helpleaf restore ARCHIVE --data NEW-FOLDER"):
        serve._key(settings, store)
    assert not path.exists()
    path.write_bytes(kept)
    serve._key(settings, store)


@pytest.mark.parametrize("command", ["restore", "copy"])
def test_half_a_store_isnt_served(settings, store, command):
    store.load(Batch(mark={"restore": "restoring:0", "copy": "copying:0"}[command]))
    with pytest.raises(Stop, match=f"interrupted. Run helpleaf {command} again"):
        serve._key(settings, store)
    assert not (settings.data / "secret.key").exists()
    with pytest.raises(Stop, match=f"interrupted. Run helpleaf {command} again"):
        owner.code(settings, None)


def test_a_store_that_can_only_be_read_is_served(settings, store, monkeypatch, capsys):
    for name in ("claim", "change_owner"):
        monkeypatch.setattr(type(store), name, refuse)
    assert serve._key(keyed(settings, SECRET), store) == SECRET
    serve._greet(settings, store)
    assert "can be read and not written" in capsys.readouterr().out


def test_tickets_that_are_gone_while_their_key_is_there_are_missed(settings):
    serve._open(settings).close()
    load_secret(settings)
    serve._open(settings).close()
    file = settings.data / "tickets.db"
    file.rename(settings.data / "elsewhere.db")
    with pytest.raises(Stop, match=r"tickets\.db is missing.*helpleaf restore ARCHIVE"):
        serve._open(settings)
    assert not file.exists()


def test_a_store_elsewhere_is_nobodys_loss(settings, tmp_path):
    load_secret(settings)
    serve._open(replace(settings, store=str(tmp_path / "kept.db"))).close()


def test_a_new_database_is_taken_once_the_tickets_are_in_it(settings, store, bob, postgres_url):
    named = replace(settings, store=postgres_url)
    serve._open(named).close()
    ask(bob)
    with pytest.raises(Stop, match=r"127\.0\.0\.1.* is new, while .*tickets\.db holds 1 ticket\. Copy them"):
        serve._open(named)
    with closing(open_store(postgres_url)) as other:
        other.claim("mark")
    serve._open(named).close()


def test_the_start_says_where_the_tickets_are_and_no_password(settings, store, capsys):
    serve._greet(
        replace(settings, store="postgresql://alice:hidden@db.example:5433/helpleaf?sslpassword=hidden"), store
    )
    data = capsys.readouterr().out.splitlines()[-1]
    assert data == f"Data:  {settings.data.resolve()}  (tickets: postgresql://db.example:5433/helpleaf)"


def test_damage_found_while_serving_turns_health_red(settings, index, tmp_path, clock, caplog, monkeypatch):
    path = tmp_path / "data" / "tickets.db"
    store = open_store(str(path))
    client = TestClient(create_app(settings, store, index, SECRET, clock), base_url="http://127.0.0.1")
    assert client.post("/api/tickets", json={"message": "Where is my refund?"}).status_code == 201
    assert client.get("/api/health").status_code == 200
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE tickets SET _doc = CAST(replace(_doc, 'refund', 'rebate') AS BLOB)")
    raw.close()
    monkeypatch.setattr(type(store), "verify", heard(store.verify, done := threading.Event()))
    with chores(store, 0, clock, 30):
        assert done.wait(30)
    assert client.get("/api/health").status_code == 503
    assert client.post("/api/tickets", json={"message": "Hello there"}).status_code == 503
    assert f"{path}" in caplog.text
    assert "helpleaf restore ARCHIVE" in caplog.text
    store.close()


def heard(verify, done: threading.Event):
    def verified(_, progress):
        try:
            verify(progress)
        finally:
            done.set()

    return verified


def test_a_server_that_ends_waits_for_no_verifying(store, clock, monkeypatch):
    heard = []

    def verify(self, progress):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                progress(1, 2)
            except BaseException:
                heard.append("enough")
                raise

    monkeypatch.setattr(type(store), "verify", verify)
    with chores(store, 0, clock, 30):
        pass
    assert heard == ["enough"]


def test_a_server_erases_what_was_solved_long_ago(bob, store, clock, caplog):
    for _ in range(2):
        ticket = ask(bob)
        bob.post(api_of(ticket, "solved"), json={"article": "refunds/get-a-refund"})
        clock.move(days=20)
    with chores(store, 30, clock, 30):
        deadline = time.monotonic() + 30
        while "Erased 1 tickets by retention_days (30)" not in caplog.text:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    assert [event.what for event in store.events(1)] == ["asked", "solved", "erased"]
    assert store.ticket(2).status == "deflected"
