"""Back up: all records of one instant, and the desk's own files, in one archive with a manifest of hashes."""

import hashlib
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from ticket_api import __version__
from ticket_api.archive import manifest
from ticket_api.archive.attachments import content_of, named
from ticket_api.archive.files import drafted, put_beside, sync
from ticket_api.archive.kinds import KINDS, Kind, Progress, content_hash, expected, line, silent
from ticket_api.archive.manifest import Head, Manifest, Member
from ticket_api.archive.reading import Archive, inspect
from ticket_api.store import Snapshot
from ticket_api.store.attachments import Attachments
from ticket_api.tickets.event import Event, verify
from ticket_api.tickets.ticket import Ticket

LEVEL = 3
"""How hard records are compressed; more costs twice the time and saves a tenth."""
CHUNK = 1 << 18


def back_up(
    snapshot: Snapshot,
    files: Mapping[str, bytes],
    folder: Path,
    now: datetime,
    *,
    key: str,
    articles: str = "",
    progress: Progress = silent,
    attachments: Attachments | None = None,
    remember: Callable[[], object] = lambda: None,
) -> tuple[Path, Manifest]:
    """Write one archive into `folder`, read it back, and return its place. Drafts of killed backups are removed.

    `files` go in as they are, `key` is the mark of the desk's key, `articles` the commit of the articles; of
    `attachments` those that the tickets name. `remember` is called when the archive is on disk and has no name yet.
    Raises Stop when it can't be written, and Broken when a
    record isn't what was written; then there is no new file.
    """
    places = _places(folder, now)
    with drafted(places[0], leftovers="helpleaf-*") as (draft, file):
        writing = _Writing(file, expected(snapshot), progress, attachments)
        writing.write(snapshot, files, now, key=key, articles=articles)
        sync(file)
        with Archive(places[0], file) as archive:
            inspect(archive)
            remember()
            return put_beside(draft, file, places), archive.manifest


def commit_of(folder: Path) -> str:
    """The commit that a folder's files are of, and whether they have changes beyond it; "" when it isn't in git."""
    head = _git(folder, "rev-parse", "HEAD")
    changed = head and _git(folder, "status", "--porcelain", "--", ".")
    return f"{head} with changes that aren't committed" if changed else head


def _git(folder: Path, *arguments: str) -> str:
    git = shutil.which("git")
    if git is None:
        return ""
    done = subprocess.run([git, "-C", str(folder), *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def _places(folder: Path, now: datetime) -> list[Path]:
    """Where an archive of this second may stand, the best place first."""
    stem = f"helpleaf-{now:%Y%m%d-%H%M%S}"
    return [folder / f"{stem}.zip", *(folder / f"{stem}-{number}.zip" for number in range(2, 100))]


class _Writing:
    """One archive while it is written."""

    def __init__(self, file: BinaryIO, total: int, progress: Progress, attachments: Attachments | None) -> None:
        self._bundle = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL)
        self._members: list[Member] = []
        self._counts: dict[str, int] = {}
        self._head: Event | None = None
        self._done = 0
        self._total = total
        self._progress = progress
        self._attachments = attachments
        self._named: dict[str, None] = {}
        self._missing: list[str] = []

    def write(self, snapshot: Snapshot, files: Mapping[str, bytes], now: datetime, *, key: str, articles: str) -> None:
        """Write all parts, and the manifest at the end."""
        try:
            for kind in KINDS:
                self._write_kind(kind, kind.read(snapshot))
            for name, content in files.items():
                self._write(name, iter([content]))
            for file_id in self._named:
                self._write_attachment(file_id)
            told = self._manifest(now, key, articles)
            self._write(manifest.NAME, iter([msgspec.json.format(msgspec.json.encode(told)) + b"\n"]))
            self._bundle.close()
        finally:
            self._bundle.fp = None  # what was interrupted isn't brought to an end later
        self._progress(self._total, self._total)

    def _manifest(self, now: datetime, key: str, articles: str) -> Manifest:
        hashes = {member.name.removesuffix(".jsonl"): member.sha256 for member in self._members}
        return Manifest(
            version=__version__,
            created_at=now,
            articles=articles,
            counts=self._counts,
            head=Head(self._head.seq, self._head.hash) if self._head else None,
            content=content_hash(hashes),
            key=key,
            members=tuple(self._members),
            missing=tuple(self._missing),
        )

    def _write_kind(self, kind: Kind, records: Iterator[msgspec.Struct]) -> None:
        self._counts[kind.name] = 0
        if kind.type is Event:
            records = self._chained(cast(Iterator[Event], records))
        if kind.type is Ticket:
            records = self._naming(cast(Iterator[Ticket], records))
        self._write(kind.member, _gathered(line(record) for record in self._counted(kind, records)))

    def _chained(self, events: Iterator[Event]) -> Iterator[Event]:
        """The events as they come, each checked against the one before."""
        for event in events:
            self._head = verify((event,), self._head)
            yield event

    def _naming(self, tickets: Iterator[Ticket]) -> Iterator[Ticket]:
        """The tickets as they come; their files are noted."""
        for ticket in tickets:
            self._named |= dict.fromkeys(named([ticket]))
            yield ticket

    def _write_attachment(self, file_id: str) -> None:
        content = content_of(self._attachments, file_id) if self._attachments else None
        if content is None:
            self._missing.append(file_id)
        else:
            self._write(f"files/{file_id}", iter([content]), packed=False)

    def _counted(self, kind: Kind, records: Iterator[msgspec.Struct]) -> Iterator[msgspec.Struct]:
        for record in records:
            yield record
            self._counts[kind.name] += 1
            self._done += 1
            self._progress(min(self._done, max(self._total - 1, 0)), self._total)

    def _write(self, name: str, chunks: Iterator[bytes], *, packed: bool = True) -> None:
        digest = hashlib.sha256()
        size = 0
        part = zipfile.ZipInfo(name)  # with no time of its own: a wild clock mustn't end a backup
        part.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        part.external_attr = 0o600 << 16
        with self._bundle.open(part, "w", force_zip64=True) as member:
            for chunk in chunks:
                member.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self._members.append(Member(name, size, digest.hexdigest()))


def _gathered(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines in larger pieces, which cost less to compress and write."""
    waiting: list[bytes] = []
    size = 0
    for one in lines:
        waiting.append(one)
        size += len(one)
        if size >= CHUNK:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)
