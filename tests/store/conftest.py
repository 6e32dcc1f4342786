import pytest

from ticket_api.store import open_store


@pytest.fixture(params=["tinydb"])
def url(request, tmp_path):
    """Where a new store of each kind may be opened."""
    return {"tinydb": str(tmp_path / "data" / "tickets.db")}[request.param]


@pytest.fixture
def store(url):
    opened = open_store(url)
    yield opened
    opened.close()
