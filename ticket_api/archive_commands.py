"""The commands over all records at once: backup, restore, copy, export, erase, retention."""

import argparse
import contextlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ticket_api.archive import copying, erase, erased, folders, place, unfinished
from ticket_api.archive.backup import back_up, commit_of
from ticket_api.archive.export import Export
from ticket_api.archive.files import not_written, written_whole
from ticket_api.archive.manifest import Manifest
from ticket_api.archive.reading import Archive, date, inspect
from ticket_api.archive.restore import KEY, TOML, Restored, Target, restore
from ticket_api.errors import Broken, Stop, StoreFull, StoreUnavailable
from ticket_api.keys import key_mark, load_secret
from ticket_api.settings import Settings
from ticket_api.store import Snapshot, Store, open_store
from ticket_api.terminal import Progress, confirm, counted

SETTINGS_FILE = Path(TOML)


def add_commands(commands: Any) -> None:
    """Tell the parser of the six commands."""
    backup_command = _add(commands, "backup", backup, "write all of the desk into one archive, while it is served")
    backup_command.add_argument("folder", metavar="DEST", type=Path, help="the folder to write it into")
    restore_command = _add(commands, "restore", restore_archive, "put an archive into an empty place")
    restore_command.add_argument("archive", metavar="ARCHIVE", type=Path, help="what backup wrote")
    restore_command.add_argument("--check", action="store_true", help="verify all of it, and change nothing")
    restore_command.add_argument(
        "--erased",
        metavar="LIST",
        type=Path,
        nargs="+",
        default=[],
        help="further lists of the erased, or their folders",
    )
    copy_command = _add(commands, "copy", copy, "copy all records from one store into another")
    copy_command.add_argument("source", metavar="FROM", help="a path, or postgresql://...")
    copy_command.add_argument("target", metavar="TO", help="a path, or postgresql://...")
    export_command = _add(commands, "export", export, "write the tickets into a file for other programs")
    export_command.add_argument("file", metavar="FILE", type=Path, help="a name that ends in .json or .csv")
    export_command.add_argument("--requester", metavar="ADDRESS", help="only what is stored of this person")
    erase_command = _add(commands, "erase", erase_person, "erase a person without a trace")
    erase_command.add_argument("--requester", metavar="ADDRESS", required=True, help="the person's e-mail address")
    retention_command = _add(commands, "retention", retention, "erase tickets that were solved long ago")
    retention_command.add_argument("--days", type=_days, help="in place of the setting retention_days")


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """The desk's store, which is there already. Raises Stop when it isn't, and for every trouble with it."""
    with _opened_at(settings.store_url) as store:
        yield store


def _add(commands: Any, name: str, run: Callable[..., None], told: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=told)
    parser.add_argument("--data", help="the folder of tickets and secrets")
    parser.add_argument("--yes", action="store_true", help="go on without a question")
    parser.set_defaults(command=run)
    return parser


def backup(settings: Settings, given: argparse.Namespace) -> None:
    """Write an archive of one instant into a folder, and read it back. Raises Stop."""
    folder: Path = given.folder
    with opened(settings) as store, store.snapshot() as snapshot:
        key = _own_key(settings, snapshot)
        _make_folder(folder)
        folders.remember(settings.data, folder)
        path, manifest = back_up(
            snapshot,
            _desk_files(settings),
            folder,
            _now(),
            key=key_mark(key),
            articles=commit_of(settings.articles),
            progress=Progress("Backing up", "records"),
        )
    print(f"Backed up {_contents(manifest)} to {path} and read it back.")
    if settings.secret:
        print("The key isn't in it, because HELPLEAF_SECRET holds it: keep that elsewhere too.")


def restore_archive(settings: Settings, given: argparse.Namespace) -> None:
    """Verify an archive; unless that is all, put it into an empty place. Raises Stop."""
    with Archive(given.archive) as archive:
        if not given.check:
            place.require_empty(settings.store_url)
        inspect(archive, Progress("Verifying", "records"))
        _describe(archive)
        if given.check:
            return
        with _told(settings.store_url):
            target = Target(settings.data, settings.store_url, settings.secret, SETTINGS_FILE)
            done = restore(archive, target, given.erased, _now(), Progress("Restoring", "records"))
    _tell_restored(settings, done)


def copy(_: Settings, given: argparse.Namespace) -> None:
    """Copy one store into another and compare them. Raises Stop."""
    shown = place.shown(given.target)
    if given.source == given.target or _same_file(given.source, given.target):
        raise Stop("FROM and TO are the same store. Name another one to copy to.")
    with _opened_at(given.source) as source, source.snapshot() as here, _told(given.target):
        with contextlib.closing(open_store(given.target)) as target:
            with target.snapshot() as there:
                known = copying.common(here, there)
                whole = there.mark() not in ("", unfinished.copying(here))
            if whole:
                told = f"{shown} holds a copy up to event {known:,}. Its owner's account and sessions will be replaced."
                confirm(told, yes=given.yes)
            copying.copy(here, target, Progress("Copying", "events"))
            if copying.differs(here, target, Progress("Comparing", "records")):
                raise Stop(f"{shown} isn't the same as {place.shown(given.source)}. Don't use it; copy to a new place.")
        number = sum(here.count_tickets().values())
    print(f"Copied {counted(number, 'ticket')} to {shown}, and compared every record.")


def export(settings: Settings, given: argparse.Namespace) -> None:
    """Write a JSON or CSV file for other programs. Raises Stop."""
    file: Path = given.file
    if file.suffix.lower() not in (".json", ".csv"):
        raise Stop(f"{file}: name a file that ends in .json or .csv.")
    if given.requester is not None and not given.requester.strip():
        raise Stop("Name an e-mail address after --requester.")
    with opened(settings) as store, store.snapshot() as snapshot:
        if file.exists():
            confirm(f"{file} is there already and will be replaced.", yes=given.yes)
        work = Export(snapshot, given.requester or "", Progress("Exporting", "records"))
        with written_whole(file) as draft:
            work.write_json(draft) if file.suffix.lower() == ".json" else work.write_csv(draft)
    print(f"Exported {counted(work.tickets, 'ticket')} to {file}.")


def erase_person(settings: Settings, given: argparse.Namespace) -> None:
    """Erase all tickets of an address, here and wherever an older backup is restored. Raises Stop."""
    address: str = given.requester
    if not address.strip():
        raise Stop("Name an e-mail address after --requester.")
    with opened(settings) as store:
        with store.snapshot() as snapshot:
            key = _own_key(settings, snapshot)
        found = store.tickets_of(address)
        older = _older_files(settings)
        number = counted(sum(len(ticket.messages) for ticket in found), "message")
        told = [f"This erases {counted(len(found), 'ticket')} of {address} with {number}; it can't be undone."]
        told += [f"{path} is deleted too: it holds all tickets as an older version wrote them." for path in older]
        confirm("\n".join(told), yes=given.yes)
        now = _now()
        newest = max([now, *(ticket.created_at for ticket in found)])  # later than now where the clock went back
        unreached = folders.tell(settings.data, {erased.keyed_hash(key, address): newest})
        gone = erase.erase_requester(store, address, now, Progress("Erasing", "tickets"))
    print(f"Erased {counted(len(gone), 'ticket')}. Older backups leave them out when they are restored.")
    for folder in unreached:
        print(f"{folder} can't be reached now; it learns of this with the next backup into it.")


def retention(settings: Settings, given: argparse.Namespace) -> None:
    """Erase what was solved or deflected long ago. Raises Stop."""
    days = settings.retention_days if given.days is None else given.days
    if not days:
        print("retention_days is 0: nothing is erased for its age. Set it, or name a number with --days.")
        return
    with opened(settings) as store:
        now = _now()
        found = len(erase.due(store, days, now))
        told = f"This erases {counted(found, 'ticket')} solved or deflected more than {counted(days, 'day')} ago"
        jumped = erase.clock_jumped(store, days, now)
        doubt = f"The last event is long ago, and this machine's clock says {date(now)}: see that it is right. "
        if jumped and given.yes:
            raise Stop(f"{doubt}Nothing was erased; without --yes you are asked.")
        if found:
            confirm(f"{doubt if jumped else ''}{told}; it can't be undone.", yes=given.yes)
        gone = erase.retain(store, days, now, wary=False, progress=Progress("Erasing", "tickets"))
    print(f"Erased {counted(len(gone), 'ticket')}.")


@contextmanager
def _opened_at(url: str) -> Iterator[Store]:
    """A store that is there already: a path that isn't would be made on opening."""
    if place.is_file(url) and not Path(url).is_file():
        raise Stop(f"There is no desk at {url}. Name its folder with --data, or start it once.")
    with _told(url), contextlib.closing(open_store(url)) as store:
        with store.snapshot() as there:
            unfinished.require_whole(there.mark(), place.shown(url))
        yield store


@contextmanager
def _told(url: str) -> Iterator[None]:
    """Turns troubles of a store into a sentence."""
    where = place.shown(url)
    try:
        yield
    except StoreFull as trouble:
        raise Stop(f"There is no room left for {where}. Make room, then try again.") from trouble
    except Broken as broken:
        raise Stop(
            f"{where} is damaged ({broken.told}). Move it away and put a backup in its place: helpleaf restore ARCHIVE."
        ) from broken
    except StoreUnavailable as trouble:
        reason = trouble.__cause__ or "it doesn't answer"
        raise Stop(f"{where} can't be used at the moment ({reason}). Try again; it goes on where it was.") from trouble


def _own_key(settings: Settings, snapshot: Snapshot) -> bytes:
    """The desk's key, which is never made here. Raises Stop when it is missing or not that of the tickets."""
    path = settings.data / KEY
    if not settings.secret and not path.exists():
        raise Stop(f"{path} isn't there. Put it back, or set HELPLEAF_SECRET: customers' links are made with it.")
    key = load_secret(settings)
    if snapshot.mark() not in ("", key_mark(key)):
        where = "HELPLEAF_SECRET" if settings.secret else path
        raise Stop(f"{where} isn't the key that the links of these tickets were made with. Put the right one back.")
    return key


def _make_folder(folder: Path) -> None:
    """Only the last folder of the path is made: a disk that isn't plugged in must not turn into a folder."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise not_written(folder, error) from error


def _desk_files(settings: Settings) -> dict[str, bytes]:
    paths = [SETTINGS_FILE, settings.data / erased.NAME]
    paths += [] if settings.secret else [settings.data / KEY]
    return {path.name: path.read_bytes() for path in paths if path.is_file()}


def _older_files(settings: Settings) -> list[Path]:
    """The copies that were kept when the tickets were brought to a new format."""
    path = Path(settings.store_url)
    return sorted(path.parent.glob(f"{path.name}.format-*")) if place.is_file(settings.store_url) else []


def _same_file(source: str, target: str) -> bool:
    both = (source, target)
    return all(place.is_file(url) and Path(url).exists() for url in both) and Path(source).samefile(target)


def _contents(manifest: Manifest) -> str:
    return f"{counted(manifest.counts['tickets'], 'ticket')} and {counted(manifest.counts['events'], 'event')}"


def _describe(archive: Archive) -> None:
    told = archive.manifest
    print(f"{archive.path} is whole: {_contents(told)}, as they were at {date(told.created_at)}.")
    print(f"Articles: {f'commit {told.articles}' if told.articles else 'not in git'}, not in the archive.")
    names = [member.name for member in told.members if not member.name.endswith(".jsonl")]
    print(f"Files: {', '.join(names) or 'none'}.")
    if told.member(KEY) is None:
        print("The key isn't in it: restoring needs the same HELPLEAF_SECRET.")


def _tell_restored(settings: Settings, done: Restored) -> None:
    for path, number in done.erased.items():
        print(f"Erased again by {path}: {counted(number, 'ticket')}.")
    if not done.erased:
        print("No list of the erased was found: who was erased after this backup is back. Erase them again.")
    if done.toml:
        other = "" if done.toml == SETTINGS_FILE else f"; {SETTINGS_FILE} differs and was left as it is"
        print(f"The settings of the backup are in {done.toml}{other}.")
    kept = done.manifest.counts["tickets"] - done.gone
    print(f"Restored {counted(kept, 'ticket')} into {place.shown(settings.store_url)}. Start with make serve.")


def _days(text: str) -> int:
    if not text.isdecimal() or int(text) > 36_500:
        raise argparse.ArgumentTypeError("name a number of days between 0 and 36500")
    return int(text)


def _now() -> datetime:
    return datetime.now(UTC)
