"""Where tickets are kept. `Store` is all that the other rooms know; `open_store` chooses which one it is."""

from ticket_api.errors import Stop
from ticket_api.store.protocol import Snapshot, Store
from ticket_api.store.tinydb_store import TinyDBStore

__all__ = ["POSTGRES", "Snapshot", "Store", "open_store"]

POSTGRES = ("postgresql:", "postgres:")


def open_store(url: str) -> Store:
    """Open the store at `url`: a path to a file, made when it isn't there, or `postgresql://...`.

    Raises Stop with a sentence for the owner when it can't be opened.
    """
    return _open_postgres(url) if url.startswith(POSTGRES) else TinyDBStore.open(url)


def _open_postgres(url: str) -> Store:
    if not url.partition(":")[2].startswith("//"):
        raise Stop("An address of PostgreSQL has two slashes behind its colon: write postgresql://user@host/database.")
    try:
        from ticket_api.store.postgres_store import PostgresStore  # an extra: most desks have no use for it
    except ImportError as error:
        raise Stop(
            "PostgreSQL needs a package that isn't installed."
            " Run python3 ticket_api/install.py requirements-postgres.lock, then start again."
        ) from error
    return PostgresStore.open(url)
