import pytest

from tests.archive.desks import Desk
from tests.store.postgres import postgres, postgres_url
from ticket_api.store import open_store

__all__ = ["postgres", "postgres_url"]  # fixtures


@pytest.fixture(params=["tinydb", "postgres"])
def url(request, tmp_path):
    """Where a new store of each kind may be opened."""
    if request.param == "postgres":
        return request.getfixturevalue("postgres_url")
    return str(tmp_path / "other" / "tickets.db")


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
