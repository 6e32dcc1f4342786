"""Restore: an archive into an empty place, less those who were erased since."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TypeVar, cast

from msgspec import Struct

from ticket_api.archive import erase, erased, place, unfinished
from ticket_api.archive.attachments import named
from ticket_api.archive.kinds import KINDS, Desk, Progress, hashes_of, silent
from ticket_api.archive.manifest import Manifest
from ticket_api.archive.reading import Archive, damaged
from ticket_api.customers.ratings import rate
from ticket_api.errors import Broken, Stop
from ticket_api.keys import key_mark
from ticket_api.orders import importing, shelf
from ticket_api.store import Store
from ticket_api.store.attachments import Attachments
from ticket_api.store.records import Batch, Feedback, Mail, Paper, Search, Session
from ticket_api.tickets.event import Act, Event
from ticket_api.tickets.ticket import Ticket

AT_ONCE = 500
KEY = "secret.key"
TOML = "helpleaf.toml"
FILES = "files"
"""The folder of attachments in a data folder, and in an archive."""

T = TypeVar("T")


class Target(Struct, frozen=True):
    """Where to restore to: the data folder, the store's URL, the key from the setting or "", and helpleaf.toml."""

    data: Path
    store: str
    secret: str
    toml: Path


class Restored(Struct, frozen=True):
    """What was restored.

    `erased` has, for each list of the erased that was found, how many tickets it took out again (one that stands on
    several counts for each). `toml` is where helpleaf.toml was put, None when the one that is there is the same.
    """

    manifest: Manifest
    erased: Mapping[Path, int]
    gone: int
    toml: Path | None


def restore(
    archive: Archive,
    target: Target,
    lists: Sequence[Path],
    now: datetime,
    progress: Progress = silent,
) -> Restored:
    """Put an inspected archive's records and files in place; the file of tickets comes last, when all is verified.

    `lists` are further lists of the erased, or folders that hold one. Raises Stop when the place isn't empty, or when
    the key is another one. Killed at any instant, it can be repeated.
    """
    place.require_empty(target.store)
    key = _key(archive, target)
    found = {path: erased.parse(lines) for path, lines in lists_of(archive, target, lists).items()}
    with place.new_store(target.store) as store:
        _begin(store, archive, target.store)
        if not _erased_after(store, archive):
            _load(store, archive, progress)
            _require_same(store, archive)
        counts = _erase_again(store, found, key, now)
        gone = _erased_after(store, archive)
        toml = _put_files(archive, target, erased.merged(found.values()))
        _put_attachments(store, archive, Attachments(target.data / FILES))
        _load_desk(store, archive)
    return Restored(archive.manifest, counts, gone, toml)


def _key(archive: Archive, target: Target) -> bytes:
    """The desk's key: the archive's own, or that of the setting. Raises Stop unless it is the one backed up with."""
    own = archive.file(KEY)
    path = target.data / KEY
    if own is None and not target.secret and not path.exists():
        raise Stop(f"The key isn't in {archive.path}: HELPLEAF_SECRET held it. Set HELPLEAF_SECRET, then restore.")
    if target.secret:
        key, told = target.secret.encode(), "HELPLEAF_SECRET"
    elif path.exists():
        key, told = _content(path).strip(), str(path)
    else:
        key, told = (own or b"").strip(), f"The key in {archive.path}"
    if key_mark(key) != archive.manifest.key:
        raise Stop(
            f"{told} isn't the key that {archive.path} was backed up with, and customers' links would stop working."
            " Take it away, or name another folder with --data."
        )
    return key


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Stop(f"{path} can't be read: {error.strerror}.") from error


def lists_of(archive: Archive, target: Target, lists: Sequence[Path]) -> dict[Path, bytes]:
    """Every list of the erased that is there, by its place. Raises Stop when one that was named isn't."""
    given = [path / erased.NAME if path.is_dir() else path for path in lists]
    for path in given:
        if not path.is_file():
            raise Stop(f"{path} isn't there. Name lists of the erased with --erased, or folders that hold one.")
        if not erased.read(path) and path.stat().st_size:
            raise Stop(f"{path} isn't a list of the erased. Such a list is called {erased.NAME}.")
    beside = [archive.path.absolute().parent / erased.NAME, target.data / erased.NAME]
    found = {path.resolve(): erased.content(path) for path in (*beside, *given) if path.is_file()}
    own = archive.file(erased.NAME)
    return found if own is None else found | {archive.path / erased.NAME: own}


def _begin(store: Store, archive: Archive, url: str) -> None:
    """Mark a store, before the first record, as one that isn't whole; Stop unless it is empty or has this very mark."""
    mark = unfinished.restoring(archive.manifest)
    with store.snapshot() as there:
        unfinished.require_whole(there.mark(), place.shown(url), own=mark)
        if there.mark() != mark and (there.head() or there.count_tickets() or there.owner().password):
            raise Stop(
                f"{place.shown(url)} holds tickets already, and an archive is restored into an empty place alone."
            )
    store.load(Batch(mark=mark))


def _erased_after(store: Store, archive: Archive) -> int:
    """How many tickets were erased once all records were in, by a restore that was killed later too."""
    end = archive.manifest.head
    with store.snapshot() as there:
        head = there.head()
    return max(0, head.seq - end.seq) if head and end else 0


def _load(store: Store, archive: Archive, progress: Progress) -> None:
    total = sum(archive.manifest.counts.values()) - archive.manifest.counts["desk"]
    with store.snapshot() as there:
        head = there.head()
    done = 0
    for batch, size in _batches(archive, head.seq if head else 0):
        try:
            store.load(batch)
        except Broken as error:
            raise damaged(archive.path) from error
        done += size
        progress(done, total)
    progress(total, total)


def _batches(archive: Archive, known: int) -> Iterator[tuple[Batch, int]]:
    """The records in parts, each with its size. Events up to the number `known` are there."""
    for tickets in _parts(_records(archive, Ticket)):
        yield Batch(tickets=tickets), len(tickets)
    for events in _parts(_records(archive, Event)):
        yield Batch(events=tuple(event for event in events if event.seq > known)), len(events)
    for feedback in _parts(_records(archive, Feedback)):
        yield Batch(feedback=feedback), len(feedback)
    for searches in _parts(_records(archive, Search)):
        yield Batch(searches=searches), len(searches)
    for sessions in _parts(_records(archive, Session)):
        yield Batch(sessions=sessions), len(sessions)
    for mails in _parts(_records(archive, Mail)):
        yield Batch(mails=mails), len(mails)
    for papers in _parts(_records(archive, Paper)):
        yield Batch(papers=papers), len(papers)


def _load_desk(store: Store, archive: Archive) -> None:
    """The account and the mark of the key come last: only then is a database whole."""
    for desk in _records(archive, Desk):
        store.load(Batch(owner=desk.account, mark=desk.mark or archive.manifest.key))


def _require_same(store: Store, archive: Archive) -> None:
    """Compare what is in the store with the archive, kind by kind; the desk's own record comes later."""
    with store.snapshot() as there:
        hashes = hashes_of(there)
    for kind in KINDS:
        member = archive.manifest.member(kind.member)
        if kind.type is not Desk and member is not None and hashes[kind.name] != member.sha256:
            raise Stop(f"The {kind.name} in the new store aren't those of {archive.path}. Nothing was put in place.")


def _erase_again(store: Store, found: Mapping[Path, erased.Erased], key: bytes, now: datetime) -> dict[Path, int]:
    """Take out whom the lists name, and every trace of the words; how many each list took out."""
    counts = dict.fromkeys(found, 0)
    ids: list[int] = []
    with store.snapshot() as there:
        chain = erased.Chain.of(there.events() if any(found.values()) else (), found.values())
        for ticket in there.tickets() if any(found.values()) else ():
            by = [path for path, entries in found.items() if erased.names(entries, key, ticket, chain)]
            counts |= {path: counts[path] + 1 for path in by}
            ids += [ticket.id] if by else []
    erase.erase_tickets(store, ids, Act("system", "erased", now))
    marks = erased.merged(found.values())
    erase.erase_mails(store, lambda address: erased.keyed_hash(key, address) in marks)
    orders = _erase_orders(store, marks, key, chain)
    erase.forget_buyers(store, lambda address: erased.keyed_hash(key, address) in marks)
    if orders:
        rate(store, now)
    if orders or store.needs_scrub():
        store.scrub()
    return counts


def _erase_orders(store: Store, marks: erased.Erased, key: bytes, chain: erased.Chain) -> bool:
    """Take out the orders of whom a list names; whether there were any, or what may have been some."""
    if not marks:
        return False

    def cut(address: str) -> shelf.Cut | None:
        return erased.cut(marks.get(erased.keyed_hash(key, address), frozenset()), chain)

    begun = importing.give_up_begun(store)  # what goes of it would be missing when it went on
    return bool(begun + shelf.erase(store, cut))


def _put_files(archive: Archive, target: Target, entries: erased.Erased) -> Path | None:
    own = archive.file(KEY)
    if own is not None and not target.secret and not (target.data / KEY).exists():
        place.put_file(target.data / KEY, own)
    if entries:
        target.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        erased.add(target.data / erased.NAME, entries)
    toml = archive.file(TOML)
    if toml is None or (target.toml.exists() and target.toml.read_bytes() == toml):
        return None
    path = target.data / TOML if target.toml.exists() else target.toml
    place.put_file(path, toml)
    return path


def _put_attachments(store: Store, archive: Archive, attachments: Attachments) -> None:
    """Put the files in place that the tickets name which are there now."""
    with store.snapshot() as there:
        ids = named(there.tickets()) if archive.manifest.attachments else []
    for file_id in ids:
        content = archive.file(f"files/{file_id}")
        if content is not None:
            attachments.put_as(file_id, content)


def _records(archive: Archive, kind: type[T]) -> Iterator[T]:
    return cast(Iterator[T], archive.records(next(each for each in KINDS if cast(object, each.type) is kind)))


def _parts(records: Iterator[T]) -> Iterator[tuple[T, ...]]:
    while part := tuple(islice(records, AT_ONCE)):
        yield part
