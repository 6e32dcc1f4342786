import pytest

from ticket_api.store import open_store


@pytest.fixture
def url(tmp_path):
    """Where a new store in a file may be opened."""
    return str(tmp_path / "data" / "tickets.db")


@pytest.fixture
def store(url):
    opened = open_store(url)
    yield opened
    opened.close()
