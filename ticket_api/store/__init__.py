"""Where tickets are kept. `Store` is all that the other rooms know; `open_store` chooses which one it is."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TypeVar, cast

from ticket_api.errors import Stop, own
from ticket_api.store.protocol import Snapshot, Store
from ticket_api.store.records import Votes
from ticket_api.store.sqlite_votes import votes_in
from ticket_api.store.tinydb_store import TinyDBStore

__all__ = ["POSTGRES", "Snapshot", "Store", "at_once", "open_store", "votes_at"]

T = TypeVar("T")

POSTGRES = ("postgresql:", "postgres:")


def open_store(url: str) -> Store:
    """Open the store at `url`: a path to a file, made when it isn't there, or `postgresql://...`.

    Raises Stop with a sentence for the owner when it can't be opened.
    """
    return _open_postgres(url) if url.startswith(POSTGRES) else TinyDBStore.open(url)


def at_once(store: Store, job: Callable[[], T]) -> T:
    """What a job returns that calls the store several times: all that it writes is stored, or nothing of it.

    Raises what the job raises. The job may be run again from the same state.
    """
    (outcome,) = store.together([job])
    if isinstance(outcome, BaseException):
        raise own(outcome)
    return cast(T, outcome)


def votes_at(url: str) -> dict[str, Votes]:
    """How many found each article helpful, and how many didn't, by a look that changes nothing and makes no store.

    Raises StoreUnavailable and Stop.
    """
    if not url.startswith(POSTGRES):
        return votes_in(Path(url))
    votes: dict[str, Votes] = _postgres(url).votes_at(url)
    return votes


def _open_postgres(url: str) -> Store:
    store: Store = _postgres(url).PostgresStore.open(url)
    return store


def _postgres(url: str) -> ModuleType:
    if not url.partition(":")[2].startswith("//"):
        raise Stop("An address of PostgreSQL has two slashes behind its colon: write postgresql://user@host/database.")
    try:
        from ticket_api.store import postgres_store  # an extra: most desks have no use for it
    except ImportError as error:
        raise Stop(
            "PostgreSQL needs a package that isn't installed."
            " Run python3 ticket_api/install.py requirements-postgres.lock, then start again."
        ) from error
    return postgres_store
