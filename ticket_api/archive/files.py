"""Files that are written whole or not at all, and lists that only grow."""

import errno
import fcntl
import glob
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from ticket_api.errors import Stop
from ticket_api.store.disk import sync_folder

FOR_ITS_OWNER = 0o600
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def written_whole(place: Path) -> Iterator[BinaryIO]:
    """A file to write and read back; on leaving it is on disk at `place`, or nowhere when an exception leaves.

    Only its owner may read it. Raises Stop when it can't be written.
    """
    with drafted(place, leftovers=glob.escape(place.name)) as (draft, file):
        yield file
        sync(file)
        draft.replace(place)


@contextmanager
def drafted(place: Path, *, leftovers: str) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file beside `place`, and its name, which is gone on leaving. Only its owner may read it.

    Drafts that a killed process left in the folder for places that fit the pattern `leftovers` are removed. Raises Stop
    when it can't be written.
    """
    try:
        _remove_leftovers(place.parent, leftovers)
        draft = place.with_name(f".{place.name}.{secrets.token_hex(4)}.draft")
        try:
            with _new_file(draft) as file:
                yield draft, file
        finally:
            draft.unlink(missing_ok=True)
        sync_folder(place.parent)
    except OSError as error:
        raise not_written(place, error) from error


def put_beside(draft: Path, file: BinaryIO, places: Iterable[Path]) -> Path:
    """Put a finished draft into the first of these places that is free at that very moment, and return that place.

    Raises Stop when none is.
    """
    sync(file)
    for place in places:
        try:
            os.link(draft, place)
        except FileExistsError:
            continue
        except OSError:  # a disk that knows no links, such as a stick in FAT
            if place.exists():
                continue
            draft.replace(place)
        return place
    raise Stop(f"All names for this second are taken in {draft.parent}. Try again.")


def not_written(place: Path, error: OSError) -> Stop:
    """The sentence for a file that couldn't be written."""
    if error.errno in NO_ROOM:
        return Stop(f"There is no room for {place}. Make room or name another folder, then try again.")
    blocked = isinstance(error, FileExistsError | NotADirectoryError)
    reason = "a part of its path is a file" if blocked else error.strerror or str(error)
    return Stop(f"{place} can't be written: {reason}. Name a folder that is there and that this user may write to.")


def require_writable(folder: Path, place: Path) -> None:
    """Raises Stop, which names `place`, unless this user may make files in a folder that is there."""
    if not os.access(folder, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
        raise not_written(place, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))


def make_way(file: Path) -> None:
    """Make the folders of a file that is to be written, and see that it can be. Raises Stop."""
    try:
        if file.is_dir():
            raise Stop(f"{file} is a folder. Name a file in it, such as {file / file.name}.")
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise not_written(file, error) from error
    require_writable(file.parent, file)


def append(path: Path, lines: Sequence[str]) -> None:
    """Add lines to a list that only grows; they are on disk afterwards. A torn last line stays, on its own line.

    Raises OSError.
    """
    if not lines:
        return
    known = path.exists()
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, FOR_ITS_OWNER), "r+b") as file:
        torn = bool(size := file.seek(0, os.SEEK_END)) and os.pread(file.fileno(), 1, size - 1) != b"\n"
        file.write((b"\n" if torn else b"") + "".join(f"{line}\n" for line in lines).encode(errors="surrogateescape"))
        file.flush()
        os.fsync(file.fileno())
    if not known:
        sync_folder(path.parent)


def sync(file: BinaryIO) -> None:
    """Have the content of a file on disk."""
    file.flush()
    os.fsync(file.fileno())


def lock(file: BinaryIO) -> bool:
    """Whether this process has the file for itself from now on, until it is closed."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _new_file(path: Path) -> BinaryIO:
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, FOR_ITS_OWNER), "w+b")
    lock(file)  # tells a draft at work from one that was left
    return file


def _remove_leftovers(folder: Path, pattern: str) -> None:
    for path in folder.glob(f".{pattern}.*.draft"):
        with suppress(OSError), path.open("rb") as file:
            if lock(file):
                path.unlink()
