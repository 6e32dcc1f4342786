"""Where tickets are kept. `Store` is all that the other rooms know; `open_store` chooses which one it is."""

from ticket_api.store.protocol import Snapshot, Store
from ticket_api.store.tinydb_store import TinyDBStore

__all__ = ["Snapshot", "Store", "open_store"]


def open_store(url: str) -> Store:
    """Open the store at `url`: a path to a file, made when it isn't there, or `postgresql://...`.

    Raises Stop with a sentence for the owner when it can't be opened.
    """
    return TinyDBStore.open(url)
