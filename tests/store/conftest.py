import pytest

from tests.store.postgres import postgres, postgres_url
from ticket_api.store import open_store

__all__ = ["postgres", "postgres_url"]  # fixtures


@pytest.fixture(params=["tinydb", "postgres"])
def url(request, tmp_path):
    """Where a new store of each kind may be opened."""
    if request.param == "postgres":
        return request.getfixturevalue("postgres_url")
    return str(tmp_path / "data" / "tickets.db")


@pytest.fixture
def store(url):
    opened = open_store(url)
    yield opened
    opened.close()
