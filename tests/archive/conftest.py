import pytest

from tests.archive.desks import Desk
from tests.store.postgres import postgres, postgres_url
from ticket_api.store import open_store, sqlite_file

__all__ = ["postgres", "postgres_url"]  # fixtures


@pytest.fixture(params=["tinydb", "postgres"])
def url(request, tmp_path):
    """Where a new store of each kind may be opened."""
    if request.param == "postgres":
        return request.getfixturevalue("postgres_url")
    return str(tmp_path / "other" / "tickets.db")


@pytest.fixture(autouse=True)
def _sqlite_that_leaves_traces(monkeypatch):
    """Some systems' SQLite overwrites what is deleted by itself, and would find no trace where ours left one."""
    connect = sqlite_file.connect

    def connected(*arguments, **more):
        connection = connect(*arguments, **more)
        connection.execute("PRAGMA secure_delete = OFF")
        return connection

    monkeypatch.setattr(sqlite_file, "connect", connected)


@pytest.fixture
def desk(tmp_path):
    """A desk with some of everything in its store, and its key."""
    made = Desk(tmp_path / "data")
    yield made
    made.store.close()


@pytest.fixture
def other(url):
    """An empty store of each kind."""
    opened = open_store(url)
    yield opened
    opened.close()
