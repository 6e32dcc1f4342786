"""The place that an archive is restored into: a store, and the data folder beside it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ticket_api.archive.files import FOR_ITS_OWNER, lock, not_written, written_whole
from ticket_api.errors import Stop
from ticket_api.store import POSTGRES, Store, open_store
from ticket_api.store.disk import sync_folder

DRAFT = ".restore"
"""The folder beside the tickets that a new file of tickets grows in."""


def is_file(url: str) -> bool:
    """Whether a store's URL is the path of a file."""
    return "://" not in url and not url.startswith(POSTGRES)


def shown(url: str) -> str:
    """A store's URL as it may be printed: without a user, a password or options."""
    if is_file(url):
        return url
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}"


def same_file(source: str, target: str) -> bool:
    """Whether two URLs of stores name one file, by whichever path or link."""
    with suppress(OSError):  # one that isn't there, or can't be looked at, is told when it is opened
        return is_file(source) and is_file(target) and Path(source).samefile(target)
    return False


def require_empty(url: str) -> None:
    """Raises Stop when tickets are in the file at `url`; a database is looked into when it is open."""
    for path in (Path(url), Path(f"{url}-wal")) if is_file(url) else ():
        if path.exists():
            raise Stop(
                f"{path} is there already, and an archive is restored into an empty place alone."
                f" Stop the server, move {Path(url).name} and {Path(url).name}-wal away, but leave erased.txt; or name"
                " another folder with --data."
            )


def put_file(path: Path, content: bytes) -> None:
    """Put a small file in place, whole, for its owner alone. Raises Stop."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise not_written(path, error) from error
    with written_whole(path) as file:
        file.write(content)


@contextmanager
def new_store(url: str) -> Iterator[Store]:
    """A store to fill. A file grows beside its place and gets there when all is done, or not at all.

    Raises Stop when it can't be made, when something stands in the place by then, or when another restore is at work.
    """
    if not is_file(url):
        store = open_store(url)
        try:
            yield store
        finally:
            store.close()
        return
    path = Path(url).absolute()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _draft_folder(path.parent / DRAFT) as folder:
            store = open_store(str(folder / path.name))
            try:
                yield store
            finally:
                store.close()
            _put_in_place(folder / path.name, path)
    except FileExistsError as error:
        raise Stop(f"{path} came to be there meanwhile. Nothing was put in its place.") from error
    except OSError as error:
        raise not_written(path, error) from error


def remove_draft(url: str) -> None:
    """Remove what a killed restore left beside the tickets; the draft of one that is at work stays."""
    folder = Path(url).absolute().parent / DRAFT
    if is_file(url) and folder.is_dir():
        with suppress(Stop), _draft_folder(folder):
            pass


@contextmanager
def _draft_folder(folder: Path) -> Iterator[Path]:
    """An empty folder that this process has for itself; what a killed restore left in it is removed."""
    folder.mkdir(mode=0o700, exist_ok=True)
    with os.fdopen(os.open(folder / "lock", os.O_RDWR | os.O_CREAT, FOR_ITS_OWNER), "r+b") as held:
        if not lock(held):
            raise Stop(f"Another restore is at work in {folder.parent}. Wait until it has ended.")
        for path in folder.iterdir():
            if path.name != "lock":
                path.unlink()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _put_in_place(draft: Path, path: Path) -> None:
    """Link and not rename: what came to stand there meanwhile is never overwritten."""
    with suppress(FileNotFoundError):
        if draft.with_name(f"{draft.name}-wal").stat().st_size:  # SQLite closes without a word where the disk is full
            raise Stop(f"{path} can't be written: the disk has no room left. Make room and restore again.")
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    os.link(draft, path)
    draft.unlink()
    sync_folder(path.parent)
