"""The desk that a command works on: it is there already, and any trouble with it is told in one sentence."""

import contextlib
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ticket_api.archive import place
from ticket_api.archive.restore import KEY
from ticket_api.archive.unfinished import require_whole
from ticket_api.errors import Broken, HelpleafError, Stop, StoreFull, StoreUnavailable
from ticket_api.keys import key_mark, load_secret
from ticket_api.settings import Settings
from ticket_api.store import Snapshot, Store, open_store


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """The desk's store, which is there already. Raises Stop when it isn't, and for every trouble with it."""
    require_folder(settings.data)
    if not _is_there(settings.store_url):
        raise _missing(settings)
    with _open(settings.store_url) as store:
        _require_whole(store, place.shown(settings.store_url))
        yield store


@contextmanager
def opened_from(url: str) -> Iterator[Store]:
    """The store that FROM names; as `opened`, and FROM stands in the sentence."""
    with _named("FROM"):
        if not _is_there(url):
            raise Stop(f"{url} isn't there. Name the tickets.db of a desk, or postgresql://...")
        _require_no_folder(url)
    with _open(url, "FROM") as store:
        _require_whole(store, f"FROM: {place.shown(url)}")
        yield store


@contextmanager
def opened_to(url: str) -> Iterator[Store]:
    """The store that TO names, which may be new; TO stands in every sentence."""
    with _named("TO"):
        _require_no_folder(url)
    with _open(url, "TO") as store:
        yield store


@contextmanager
def told(url: str, name: str = "") -> Iterator[None]:
    """Turns troubles of a store into a sentence; the log, which would say the same, is silent meanwhile.

    `name` begins the sentence, where a command has two stores.
    """
    where = f"{name}: {place.shown(url)}" if name else place.shown(url)
    try:
        with _silent_log():
            yield
    except StoreFull as trouble:
        raise Stop(f"There is no room left for {where}. Make room, then try again.") from trouble
    except Broken as broken:
        raise Stop(
            f"{where} is damaged ({broken.told}). Move it away together with its -wal file and put a backup in its"
            " place: helpleaf restore ARCHIVE."
        ) from broken
    except StoreUnavailable as trouble:
        raise Stop(f"{where} {_unusable(trouble.__cause__)}") from trouble


def own_key(settings: Settings, snapshot: Snapshot) -> bytes:
    """The desk's key, which is never made here. Raises Stop when it is missing or not that of the tickets."""
    path = settings.data / KEY
    if not settings.secret and not path.exists():
        raise Stop(f"{path} isn't there. Put it back, or set HELPLEAF_SECRET: customers' links are made with it.")
    key = load_secret(settings)
    if snapshot.mark() not in ("", key_mark(key)):
        where = "HELPLEAF_SECRET" if settings.secret else path
        raise Stop(f"{where} isn't the key that the links of these tickets were made with. Put the right one back.")
    return key


def require_folder(data: Path) -> None:
    """Raises Stop when the data folder is something else, or when this user may not enter it."""
    if _is_there(str(data)):
        if not data.is_dir():
            raise Stop(f"{data} is a file. Name the data folder, with --data or HELPLEAF_DATA.")
        if not may(data, os.X_OK):
            raise _not_allowed(data)


def may(path: Path, mode: int) -> bool:
    """Whether this user may do that (os.R_OK, os.W_OK, os.X_OK) with a file or folder that is there."""
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


@contextmanager
def _open(url: str, name: str = "") -> Iterator[Store]:
    with told(url, name):
        with _named(name):
            store = open_store(url)
        with contextlib.closing(store):
            yield store


def _require_whole(store: Store, where: str) -> None:
    with store.snapshot() as snapshot:
        require_whole(snapshot.mark(), where)


@contextmanager
def _named(name: str) -> Iterator[None]:
    """`name`, where there is one, begins the sentence, and stands in it where stores speak of their setting."""
    try:
        yield
    except Stop as stop:
        told = re.sub(r"HELPLEAF_STORE(_FILE)?\b", name, str(stop))
        raise Stop(f"{name}: {told}" if name else str(stop)) from stop


@contextmanager
def _silent_log() -> Iterator[None]:
    handler = logging.NullHandler()
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)


def _is_there(url: str) -> bool:
    """Whether a file or folder is there, and a file can be read; a database is asked when it is opened."""
    path = Path(url)
    if not place.is_file(url):
        return True
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except PermissionError as error:
        raise _not_allowed(path) from error
    except OSError as error:
        raise Stop(f"{path} can't be used: {error.strerror}. Name another place.") from error
    if path.is_file() and not may(path, os.R_OK):
        raise _not_allowed(path)
    return True


def _missing(settings: Settings) -> Stop:
    """The sentence for tickets that aren't there: lost, or looked for in the wrong place."""
    path, key = Path(settings.store_url), settings.data / KEY
    if settings.store:
        return Stop(f"There is no desk at {path}, which HELPLEAF_STORE names. Set it as the server has it.")
    if key.exists():
        return Stop(
            f"{path} is missing, though {key} is there. Put the file back, or a backup in its place:"
            " helpleaf restore ARCHIVE."
        )
    return Stop(
        f"There is no desk in {settings.data}: {path.name} isn't there. Name the server's data folder with --data or"
        " HELPLEAF_DATA, or start the server once."
    )


def _require_no_folder(url: str) -> None:
    if place.is_file(url) and _is_there(url) and Path(url).is_dir():
        raise Stop(f"{url} is a folder. Name the file of tickets in it, such as {Path(url) / 'tickets.db'}.")


def _not_allowed(path: Path) -> Stop:
    return Stop(f"{path} can't be read: Permission denied. Run this as the user who runs the server.")


def _unusable(cause: BaseException | None) -> str:
    if isinstance(cause, HelpleafError):  # it was opened for reading
        return "can't be written. Run this as a user who may write to it and to its folder."
    return f"can't be used at the moment ({cause or 'it does not answer'}). Try again; it goes on where it was."
