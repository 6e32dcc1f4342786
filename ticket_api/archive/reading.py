"""An archive that is read: nothing in it is believed before its hash is."""

import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast

import msgspec

from ticket_api.archive import manifest
from ticket_api.archive.kinds import KINDS, Kind, Progress, content_hash, silent
from ticket_api.archive.manifest import LONGEST, Manifest, Member, read_manifest
from ticket_api.errors import Broken, Stop
from ticket_api.tickets.event import Event, verify

NOT_WHOLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    ValueError,
    OverflowError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    msgspec.DecodeError,
)


class Archive:
    """An open archive with its manifest. Every method raises Stop for one that is damaged or half written."""

    def __init__(self, path: Path, file: BinaryIO | None = None) -> None:
        """Open the archive at `path`, or the open `file` that will stand there."""
        self.path = path
        with _readable(path):
            if path.exists() and not (path.is_file() or path.is_dir()):  # a pipe would be waited for without an end
                raise Stop(f"{path} isn't a file. Name an archive that `helpleaf backup` wrote.")
            self._bundle = zipfile.ZipFile(file or path)
        try:
            with _readable(path):
                self.manifest = self._read_manifest()
                self._require_exactly_the_members()
        except BaseException:
            self._bundle.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._bundle.close()

    def file(self, name: str) -> bytes | None:
        """The content of one of the desk's files, or None when the archive doesn't hold it."""
        if (member := self.manifest.member(name)) is None:
            return None
        return b"".join(self._lines(member))

    def records(self, kind: Kind) -> Iterator[msgspec.Struct]:
        """All records of a kind; none of one that came later than the archive.

        That they are what was backed up is certain when the last one was read.
        """
        if kind not in self.manifest.kinds:
            return
        decoder = msgspec.json.Decoder(kind.type)
        member = self.manifest.member(kind.member)
        assert member is not None  # noqa: S101  # read_manifest saw to it
        count = 0
        for line in self._lines(member):
            with _readable(self.path):
                record: msgspec.Struct = decoder.decode(line)
            yield record
            count += 1
        if count != self.manifest.counts[kind.name]:
            raise damaged(self.path)

    def _lines(self, member: Member) -> Iterator[bytes]:
        digest = hashlib.sha256()
        with _readable(self.path), self._bundle.open(member.name) as part:
            for line in part:
                digest.update(line)
                yield line
        if digest.hexdigest() != member.sha256:
            raise damaged(self.path)

    def _read_manifest(self) -> Manifest:
        if self._bundle.getinfo(manifest.NAME).file_size > LONGEST:
            raise ValueError("the manifest is too long")
        return read_manifest(self._bundle.read(manifest.NAME), self.path)

    def _require_exactly_the_members(self) -> None:
        there = sorted((part.filename, part.file_size) for part in self._bundle.infolist())
        told = [(member.name, member.size) for member in self.manifest.members]
        own = (manifest.NAME, self._bundle.getinfo(manifest.NAME).file_size)
        if there != sorted([*told, own]):
            raise ValueError("other parts than the manifest tells")


def inspect(archive: Archive, progress: Progress = silent) -> None:
    """Read all of an archive: every hash, every record, the whole chain of events. Raises Stop."""
    told = archive.manifest
    total = sum(told.counts.values())
    done = 0
    head: Event | None = None
    for kind in told.kinds:
        for record in archive.records(kind):
            if isinstance(record, Event):
                head = _follow(archive, head, record)
            done += 1
            progress(done, total)
    for name in (*manifest.FILES, *(member.name for member in told.attachments)):
        archive.file(name)
    hashes = {kind.name: cast(Member, told.member(kind.member)).sha256 for kind in told.kinds}
    end = (head.seq, head.hash) if head else None
    if content_hash(hashes) != told.content or end != ((told.head.seq, told.head.hash) if told.head else None):
        raise damaged(archive.path)


def tells_of_erased(archive: Archive) -> bool:
    """Whether the owner had erased anybody before; what `retention_days` erases is on no list."""
    events = archive.records(next(kind for kind in KINDS if kind.type is Event))
    return any(isinstance(event, Event) and event.what == "erased" and event.who == "owner" for event in events)


def damaged(path: Path) -> Stop:
    """The sentence for an archive that isn't whole."""
    return Stop(f"{path} isn't a whole backup of Helpleaf: it is damaged or half written. Use another archive.")


def newest(folder: Path) -> Path | None:
    """The newest archive in a folder of backups."""
    return max(folder.glob("helpleaf-*.zip"), default=None)


def date(time: datetime) -> str:
    """A time as the owner reads it."""
    return f"{time:%Y-%m-%d %H:%M} UTC"


def _follow(archive: Archive, previous: Event | None, event: Event) -> Event | None:
    try:
        return verify((event,), previous)
    except Broken as error:
        raise damaged(archive.path) from error


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise Stop(f"{path} isn't there. Name an archive that `helpleaf backup` wrote.") from error
    except IsADirectoryError as error:
        found = newest(path)
        hint = f"such as {found}" if found else "but it holds none"
        raise Stop(f"{path} is a folder. Name one of the archives in it, {hint}.") from error
    except OSError as error:
        raise Stop(f"{path} can't be read: {error.strerror or error}. Name another archive.") from error
    except NOT_WHOLE as error:
        raise damaged(path) from error
