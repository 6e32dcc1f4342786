"""The bytes of attachments: a file each in one folder, under a random id, so that no name from outside gets there."""

import os
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from ticket_api.errors import NotFound, StoreFull, StoreUnavailable
from ticket_api.keys import new_uid
from ticket_api.store.disk import NO_ROOM, sync_folder

ID = re.compile("[0-9a-f]{32}")
OURS = re.compile(rf"{ID.pattern}|\.{ID.pattern}\.{ID.pattern}")
"""Files, and drafts of files; whatever else is in the folder isn't ours."""


class Attachments:
    """The files of a desk. Every method raises StoreUnavailable (StoreFull without room) when the disk refuses."""

    def __init__(self, folder: Path) -> None:
        """In this folder, which is made with the first file."""
        self.folder = folder

    def put(self, content: bytes) -> str:
        """Keep a file and return its id: 128 random bits in hex. It is on disk by then."""
        file_id = new_uid()
        self.put_as(file_id, content)
        return file_id

    def put_as(self, file_id: str, content: bytes) -> None:
        """Keep a file under the id that it was given before. Raises NotFound for what is no id."""
        place = self._place(file_id)
        draft = place.with_name(f".{file_id}.{new_uid()}")
        try:
            _make(self.folder)
            try:
                with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(place)
            finally:
                draft.unlink(missing_ok=True)
            sync_folder(self.folder)
        except OSError as error:
            raise _trouble(error) from error

    def open(self, file_id: str) -> BinaryIO:
        """A file, open for reading. Raises NotFound for one that isn't there, and for what is no id."""
        try:
            return os.fdopen(os.open(self._place(file_id), os.O_RDONLY | os.O_NOFOLLOW), "rb")
        except FileNotFoundError as error:
            raise NotFound("not_found") from error
        except OSError as error:
            raise _trouble(error) from error

    def remove(self, ids: Iterable[str]) -> None:
        """Remove files; one that isn't there costs nothing."""
        places = [self._place(file_id) for file_id in ids]
        self._remove(places)

    def ids(self) -> set[str]:
        """The ids of all files."""
        return {path.name for path in self._files() if ID.fullmatch(path.name)}

    def remove_strays(self, named: Iterable[str], since: datetime, until: datetime) -> int:
        """Remove the files that aren't `named`, and what a kill left half written; returns how many.

        Only those that were written between two times: later ones may be named yet, earlier ones be of another desk.
        """
        known = frozenset(named)
        strays = [path for path in self._files() if path.name not in known and since <= _written(path) < until]
        self._remove(strays)
        return len(strays)

    def _place(self, file_id: str) -> Path:
        if not ID.fullmatch(file_id):
            raise NotFound("not_found")
        return self.folder / file_id

    def _files(self) -> list[Path]:
        try:
            return sorted(path for path in self.folder.iterdir() if OURS.fullmatch(path.name))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise _trouble(error) from error

    def _remove(self, places: list[Path]) -> None:
        try:
            for place in places:
                place.unlink(missing_ok=True)
            if places and self.folder.is_dir():
                sync_folder(self.folder)
        except OSError as error:
            raise _trouble(error) from error


def _make(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_folder(folder.parent)


def _written(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.lstat().st_mtime, UTC)
    except FileNotFoundError:  # somebody else removed it
        return datetime.max.replace(tzinfo=UTC)


def _trouble(error: OSError) -> StoreUnavailable:
    return StoreFull("store_full") if error.errno in NO_ROOM else StoreUnavailable("store_unavailable")
