"""F25: a file of the first version opens after a copy of it was kept; one of a newer version is refused untouched."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from tests.faults.life import Nursery
from tests.store.asking import NOON, question
from ticket_api.errors import Stop
from ticket_api.store import open_store
from ticket_api.store.records import Feedback, OwnerAccount, Session
from ticket_api.store.sqlite_file import FORMAT
from ticket_api.tickets.event import verify
from ticket_api.tickets.ticket import reply, send

FIELDS = {"tickets": ("link", "status"), "feedback": ("article",), "sessions": ("id",), "owner": ()}
STATES = [lambda ticket: ticket, lambda ticket: send(ticket, NOON), lambda ticket: reply(ticket, "We did.", NOON)]
FEEDBACK = Feedback(article="a/b", lang="zh", helpful=False, comment="没用", at=NOON)
SESSION = Session("hash", "account", NOON, NOON)
OWNER = OwnerAccount(password="hash", setup_code="code")


def _old_tickets():
    """Nine, with id 4 erased by hand."""
    tickets = [STATES[number % 3](question(number)) for number in range(1, 10)]
    return {number: ticket for number, ticket in enumerate(tickets, 1) if number != 4}


def _old_document(record) -> str:
    document = msgspec.to_builtins(record)
    for name in ("id", "requester", "version"):
        if not isinstance(record, Session):
            document.pop(name, None)
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


@pytest.fixture
def old(url):
    """A file as the first version wrote it."""
    Path(url).parent.mkdir()
    connection = sqlite3.connect(url, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA application_id = {0x48_4C_46_31}")
    connection.execute("PRAGMA user_version = 1")
    for name, fields in FIELDS.items():
        connection.execute(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY AUTOINCREMENT, doc TEXT NOT NULL)")
        for field in fields:
            connection.execute(f"CREATE INDEX {name}_{field} ON {name} (json_extract(doc, '$.{field}'))")
    request = "json_extract(doc, '$.request')"
    connection.execute(f"CREATE UNIQUE INDEX tickets_request ON tickets ({request}) WHERE {request} <> ''")
    rows = [("tickets", ticket_id, ticket) for ticket_id, ticket in _old_tickets().items()]
    rows += [("feedback", 1, FEEDBACK), ("sessions", 1, SESSION), ("owner", 1, OWNER), ("tickets", 12, question(12))]
    for name, row_id, record in rows:
        connection.execute(f"INSERT INTO {name} VALUES (?, ?)", (row_id, _old_document(record)))
    connection.execute("DELETE FROM tickets WHERE id = 12")
    connection.close()
    return url


def _assert_brought_over(url) -> None:
    with closing(open_store(url)) as store:
        for ticket_id, ticket in _old_tickets().items():
            found = store.ticket(ticket_id)
            assert found.requester
            assert msgspec.structs.replace(found, requester="", version=0, id=0) == ticket
            assert store.ticket_by_link(ticket.link) == store.ticket_by_request(ticket.request) == found
            assert [event.status for event in store.events(ticket_id)] == [ticket.status]
        with store.snapshot() as snapshot:
            assert verify(snapshot.events()).seq == len(_old_tickets())
        assert store.count_tickets() == {"offered": 3, "open": 2, "waiting": 3}
        assert [msgspec.structs.replace(each, id=0) for each in store.feedback("a/b")] == [FEEDBACK]
        assert store.session("hash") == SESSION
        assert store.owner() == OWNER
        store.verify()
        assert store.add_ticket(question(20)).id == 13


def _copies(url) -> list[Path]:
    return [path for path in Path(url).parent.iterdir() if not path.name.startswith(("tickets.db-", "said"))]


def test_a_file_of_the_first_version_is_brought_over_and_kept(old):
    before = sqlite3.connect(old)
    rows = before.execute("SELECT id, doc FROM tickets ORDER BY id").fetchall()
    before.close()
    _assert_brought_over(old)
    (copy,) = [path for path in _copies(old) if path != Path(old)]
    kept = sqlite3.connect(copy)
    assert kept.execute("SELECT id, doc FROM tickets ORDER BY id").fetchall() == rows
    assert kept.execute("SELECT user_version FROM pragma_user_version").fetchone() == (1,)
    kept.close()
    assert copy.stat().st_mode & 0o777 == 0o600
    open_store(old).close()
    assert len(_copies(old)) == 2


@pytest.mark.parametrize("part", range(20))
def test_killed_while_it_is_brought_over_it_is_brought_over_again(old, part):
    with closing(Nursery()) as nursery:
        nursery.live(old, kill_at=1 + part * 6)
    for said in Path(old).parent.parent.glob("said.*"):
        if b'"ticket"' in said.read_bytes():  # it came to live on, so that the ids are others
            return
    _assert_brought_over(old)
    assert not list(Path(old).parent.glob("*.draft"))


def test_a_file_of_a_newer_version_is_refused_untouched(url):
    open_store(url).close()
    connection = sqlite3.connect(url)
    connection.execute(f"PRAGMA user_version = {FORMAT + 1}")
    connection.close()
    before = {path: path.read_bytes() for path in Path(url).parent.iterdir()}
    with pytest.raises(Stop) as stopped:
        open_store(url)
    assert url in stopped.value.message
    assert "newer Helpleaf" in stopped.value.message
    assert {path: path.read_bytes() for path in Path(url).parent.iterdir()} == before
