"""A new file of tickets comes to its place whole, or not at all."""

import sqlite3
from contextlib import closing

import pytest

from tests.store.asking import question
from ticket_api.archive import place
from ticket_api.errors import Stop
from ticket_api.store import open_store


@pytest.fixture
def url(tmp_path):
    return str(tmp_path / "tickets.db")


def test_a_new_file_is_in_its_place_with_all_that_was_put_in(url, tmp_path):
    with place.new_store(url) as store:
        store.add_ticket(question(1))
        assert [path.name for path in tmp_path.iterdir()] == [place.DRAFT]
    assert [path.name for path in tmp_path.iterdir()] == ["tickets.db"]
    with closing(open_store(url)) as opened:
        assert opened.ticket(1) == question(1, id=1)


def test_tickets_that_stayed_in_the_log_arent_left_behind(url, tmp_path):
    """SQLite says nothing when it can't empty its log on closing; here because somebody else has the file open."""

    def fill():
        with place.new_store(url) as store:
            store.add_ticket(question(1))
            draft = sqlite3.connect(tmp_path / place.DRAFT / "tickets.db", isolation_level=None)
            draft.execute("BEGIN")
            draft.execute("SELECT count(*) FROM tickets").fetchall()
            readers.append(draft)

    readers = []
    with pytest.raises(Stop) as stop:
        fill()
    readers[0].close()
    assert "Make room and restore again" in str(stop.value)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_restore_left_is_removed_and_one_at_work_goes_on(url, tmp_path):
    with place.new_store(url) as store:
        store.add_ticket(question(1))
        place.remove_draft(url)
        assert (tmp_path / place.DRAFT / "tickets.db").exists()
    left = tmp_path / place.DRAFT
    left.mkdir()
    (left / "tickets.db").write_bytes(b"words of a customer")
    place.remove_draft(url)
    assert not left.exists()
    place.remove_draft("postgresql://db/helpleaf")
