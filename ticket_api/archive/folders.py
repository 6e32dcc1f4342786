"""The folders that backups were written into, so that each learns who is erased."""

import os
from collections.abc import Sequence
from pathlib import Path

from ticket_api.archive import erased, files
from ticket_api.errors import Stop

NAME = "backups.txt"


def known(data: Path) -> list[Path]:
    """Every folder that a backup was written into from this data folder, in the order of the first one."""
    try:
        content = (data / NAME).read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise Stop(f"{data / NAME} can't be read: {error.strerror}. It names the folders of backups.") from error
    lines = dict.fromkeys(os.fsdecode(line) for line in content.split(b"\n") if line)
    return [Path(line) for line in lines if Path(line).is_absolute()]


def make(data: Path, folder: Path) -> None:
    """Make a folder for backups, or see that they can be written into it. Raises Stop.

    Only the last folder of the path is made: a disk that isn't plugged in must not turn into a folder.
    """
    try:
        for path in (folder.parent, folder):
            if path.is_file():
                raise Stop(f"{path} is a file. Name a folder for backups.")
        if not folder.parent.is_dir():
            raise Stop(f"{folder.parent} isn't there. If it is on a disk, plug that in; else make it first.")
        folder.mkdir(mode=0o700, exist_ok=True)
        if data.exists() and folder.samefile(data):
            raise Stop(f"{folder} is the data folder, and a backup there is lost with it. Name another folder.")
    except OSError as error:
        raise files.not_written(folder, error) from error
    files.require_writable(folder, folder)


def remember(data: Path, folder: Path) -> None:
    """Note a folder of backups, and give it the list of those erased before. Raises Stop."""
    folder = folder.absolute()
    if "\n" in str(folder):
        raise Stop("A folder with a line break in its name can't hold backups. Name another one.")
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)  # with PostgreSQL nothing else may lie in it
        if folder not in known(data):
            files.append(data / NAME, [str(folder)])
        erased.add(folder / erased.NAME, erased.read(data / erased.NAME))
    except OSError as error:
        raise files.not_written(Path(error.filename or data / NAME), error) from error


def tell(data: Path, entries: erased.Erased) -> Sequence[Path]:
    """Put entries on the list of the data folder, then on that of each known folder; returns those out of reach.

    A folder out of reach, such as on a disk that isn't plugged in, gets its list with the next backup. Raises Stop
    when the list of the data folder can't be written.
    """
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        erased.add(data / erased.NAME, entries)
    except OSError as error:
        raise files.not_written(data / erased.NAME, error) from error
    return [folder for folder in known(data) if not _told(folder, entries)]


def _told(folder: Path, entries: erased.Erased) -> bool:
    try:
        erased.add(folder / erased.NAME, entries)
    except (OSError, Stop):
        return False
    return True
