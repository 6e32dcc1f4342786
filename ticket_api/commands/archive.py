"""The commands over all records at once: backup, restore, copy, export."""

import argparse
import re
import shlex
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ticket_api.archive import copying, erased, folders, place, unfinished
from ticket_api.archive.backup import back_up, commit_of
from ticket_api.archive.export import Export
from ticket_api.archive.files import make_way, written_whole
from ticket_api.archive.manifest import FILES, Manifest
from ticket_api.archive.opening import opened, opened_from, opened_to, own_key, require_folder, told
from ticket_api.archive.reading import Archive, date, inspect, tells_of_erased
from ticket_api.archive.restore import KEY, TOML, Restored, Target, lists_of, restore
from ticket_api.errors import Stop, StoreUnavailable
from ticket_api.keys import key_mark
from ticket_api.mailbox import is_mailbox
from ticket_api.orders import shelf
from ticket_api.settings import Settings
from ticket_api.store import Store
from ticket_api.store.attachments import Attachments
from ticket_api.terminal import Progress, confirm, counted
from ticket_api.tickets.ticket import Ticket

SETTINGS_FILE = Path(TOML)
SAME = "FROM and TO are the same store. Name another one to copy to."


def add_commands(commands: Any) -> None:
    """Tell the parser of the four commands."""
    backup_command = add_command(
        commands, "backup", backup, "write all of the desk into one archive, while it is served"
    )
    backup_command.add_argument("folder", metavar="DEST", help="the folder to write it into")
    restore_command = add_command(commands, "restore", restore_archive, "put an archive into an empty place")
    restore_command.add_argument("archive", metavar="ARCHIVE", help="what backup wrote")
    restore_command.add_argument("--check", action="store_true", help="verify all of it, and change nothing")
    restore_command.add_argument(
        "--erased",
        metavar="LIST",
        type=Path,
        nargs="+",
        default=[],
        help="further lists of the erased, or their folders",
    )
    copy_command = add_command(commands, "copy", copy, "copy all records from one store into another")
    copy_command.add_argument("source", metavar="FROM", help="a path, or postgresql://...")
    copy_command.add_argument("target", metavar="TO", help="a path, or postgresql://...")
    export_command = add_command(commands, "export", export, "write the tickets into a file for other programs")
    export_command.add_argument("file", metavar="FILE", help="a name that ends in .json or .csv")
    export_command.add_argument("--requester", metavar="ADDRESS", help="only what is stored of this person")
    export_command.add_argument("--customers", action="store_true", help="a CSV file of the customers instead")
    export_command.add_argument("--searches", action="store_true", help="a CSV file of what was searched for instead")


def add_command(commands: Any, name: str, run: Callable[..., None], does: str) -> argparse.ArgumentParser:
    """A command that works on the desk of a data folder, and may ask before it destroys."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=does)
    parser.add_argument("--data", help="the folder of tickets and secrets")
    parser.add_argument("--yes", action="store_true", help="go on without a question")
    parser.set_defaults(command=run)
    return parser


def backup(settings: Settings, given: argparse.Namespace) -> None:
    """Write an archive of one instant into a folder, and read it back. Raises Stop."""
    folder = _path(given.folder, "a folder for backups")
    with opened(settings) as store, store.snapshot() as snapshot:
        key = own_key(settings, snapshot)
        folders.make(settings.data, folder)
        path, manifest = back_up(
            snapshot,
            _desk_files(settings),
            folder,
            now(),
            key=key_mark(key),
            articles=commit_of(settings.articles),
            attachments=Attachments(settings.files),
            progress=Progress("Backing up", "records"),
            remember=lambda: folders.remember(settings.data, folder),
        )
    print(f"Backed up {_contents(manifest)} to {path} and read it back.")
    _tell_missing(manifest, settings.files)
    if settings.secret:
        print("The key isn't in it, because HELPLEAF_SECRET holds it: keep that elsewhere too.")


def restore_archive(settings: Settings, given: argparse.Namespace) -> None:
    """Verify an archive; unless that is all, put it into an empty place. Raises Stop."""
    target = Target(settings.data, settings.store_url, settings.secret, SETTINGS_FILE)
    with Archive(_path(given.archive, "an archive")) as archive:
        if not given.check:
            require_folder(target.data)
            place.require_empty(target.store)
        inspect(archive, Progress("Verifying", "records"))
        _describe(archive)
        if given.check:
            return
        _look_at_lists(archive, lists_of(archive, target, given.erased), yes=given.yes)
        with told(target.store):
            done = restore(archive, target, given.erased, now(), Progress("Restoring", "records"))
    _tell_restored(settings, done)


def copy(settings: Settings, given: argparse.Namespace) -> None:
    """Copy one store into another and compare them. Raises Stop."""
    shown = place.shown(given.target)
    if not (given.source and given.target):
        raise Stop(f"{'TO' if given.source else 'FROM'} is empty. Name a path, or postgresql://...")
    if given.source == given.target or place.same_file(given.source, given.target):
        raise Stop(SAME)
    with opened_from(given.source) as source, source.snapshot() as here, opened_to(given.target) as target:
        try:
            if not (place.is_file(given.source) or place.is_file(given.target)) and copying.same(source, target):
                raise Stop(SAME)
            with target.snapshot() as there:
                known = copying.common(here, there)
                whole = there.mark() not in ("", unfinished.copying(here))
            if whole:
                asked = (
                    f"{shown} holds a copy up to event {known:,}; the owner's account and sessions in it are replaced."
                )
                confirm(asked, yes=given.yes)
            files = _files_of(settings, given.source), _files_of(settings, given.target)
            copying.copy(here, target, Progress("Copying", "events"), files)
            if copying.differs(here, target, Progress("Comparing", "records")):
                raise Stop(f"{shown} isn't the same as {place.shown(given.source)}. Don't use it; copy to a new place.")
        except StoreUnavailable:
            with told(given.source, "FROM"):  # is it this one, and not TO?
                source.verify()
            raise
        number = sum(here.count_tickets().values())
    print(f"Copied {counted(number, 'ticket')} to {shown}, and compared every record.")


def _files_of(settings: Settings, url: str) -> Attachments:
    """Where the attachments of a store are: beside a file of tickets, unless it is this desk's own."""
    own = not place.is_file(url) or url == settings.store_url or place.same_file(url, settings.store_url)
    return Attachments(settings.files if own else Path(url).parent / settings.files.name)


def export(settings: Settings, given: argparse.Namespace) -> None:
    """Write a JSON or CSV file for other programs. Raises Stop."""
    file = _path(given.file, "a file")
    if file.suffix.lower() not in (".json", ".csv"):
        raise Stop(f"{file}: name a file that ends in .json or .csv.")
    if (given.searches or given.customers) and (given.requester is not None or file.suffix.lower() != ".csv"):
        option = "--searches" if given.searches else "--customers"
        raise Stop(f"{option} goes into a CSV file, for nobody in particular: name one that ends in .csv.")
    with opened(settings) as store, store.snapshot() as snapshot:
        address = (given.requester or "").strip()
        if given.requester is not None and not (tickets_of(store, address) or shelf.orders_of(store, [address])):
            raise Stop(f"No ticket is from {address}: see that it is written right. Nothing was exported.")
        make_way(file)
        if file.exists():
            confirm(f"{file} is there already and will be replaced.", yes=given.yes)
        attachments = None if given.searches or given.customers else Attachments(settings.files)
        work = Export(snapshot, address, Progress("Exporting", "records"), attachments)
        writing = work.write_json if file.suffix.lower() == ".json" else work.write_csv
        with written_whole(file) as draft:
            (work.write_searches if given.searches else work.write_customers if given.customers else writing)(draft)
        folder = work.write_attachments(file)
    number = f"{work.searches:,} different searches" if given.searches else counted(work.tickets, "ticket")
    number = counted(work.customers, "customer") if given.customers else number
    print(f"Exported {number} to {file}{f', and their attachments into {folder}' if folder else ''}.")


def _path(text: str, wanted: str) -> Path:
    if not text.strip():
        raise Stop(f"The name is empty. Name {wanted}.")
    return Path(text)


def tickets_of(store: Store, address: str) -> list[Ticket]:
    """The tickets of an address. Raises Stop for what is none, and isn't that of any ticket either."""
    if not address or re.search("[\ud800-\udfff]", address):  # bytes that are no text
        raise Stop("Name an e-mail address after --requester.")
    found = store.tickets_of(address)
    if not found and not is_mailbox(address):
        raise Stop(f"{address} isn't an e-mail address. Name one such as bob@example.com after --requester.")
    return found


def _desk_files(settings: Settings) -> dict[str, bytes]:
    paths = [SETTINGS_FILE, settings.data / erased.NAME]
    paths += [] if settings.secret else [settings.data / KEY]
    return {path.name: path.read_bytes() for path in paths if path.is_file()}


def _contents(manifest: Manifest) -> str:
    told = f"{counted(manifest.counts['tickets'], 'ticket')} and {counted(manifest.counts['events'], 'event')}"
    return told + (f" with {counted(len(files), 'attachment')}" if (files := manifest.attachments) else "")


def _tell_missing(manifest: Manifest, folder: Path) -> None:
    if manifest.missing:
        print(
            f"{counted(len(manifest.missing), 'attachment')} that tickets name isn't in {folder} and so not in the"
            f" archive, such as {manifest.missing[0]}. Put it there from the folder files of an older archive."
        )


def _describe(archive: Archive) -> None:
    told = archive.manifest
    print(f"{archive.path} is whole: {_contents(told)}, as they were at {date(told.created_at)}.")
    print(f"Articles: {f'commit {told.articles}' if told.articles else 'not in git'}, not in the archive.")
    names = [name for name in FILES if told.member(name)]
    print(f"Files: {', '.join(names) or 'none'}.")
    if told.member(KEY) is None:
        print("The key isn't in it: restoring needs the same HELPLEAF_SECRET.")


def _look_at_lists(archive: Archive, lists: Mapping[Path, bytes], *, yes: bool) -> None:
    """Say so when there is no list of the erased, or when one can't be read to its end."""
    for path, lines in lists.items():
        if unreadable := erased.unreadable(lines):
            confirm(
                f"{counted(unreadable, 'line')} of {path} can't be read: whoever stands there comes back. Mend it, or"
                " name another copy of the list with --erased; one is in each folder of backups.",
                yes=yes,
            )
    if not lists and tells_of_erased(archive):
        confirm(
            f"People were erased from this desk before the backup, but their list, {erased.NAME}, isn't beside the"
            " archive, in it or in the data folder. Who was erased after the backup comes back. If you have the list,"
            " name it with --erased.",
            yes=yes,
        )
    elif not lists:
        print("There is no list of erased people. If you erased somebody after this backup, erase them again.")


def _tell_restored(settings: Settings, done: Restored) -> None:
    if done.erased:
        lists = ", ".join(str(path) for path in done.erased)
        print(f"Erased again, as listed in {lists}: {counted(done.gone, 'ticket')}.")
    if done.toml:
        other = "" if done.toml == SETTINGS_FILE else f"; {SETTINGS_FILE} differs and was left as it is"
        print(f"The settings of the backup are in {done.toml}{other}.")
    kept = done.manifest.counts["tickets"] - done.gone
    print(f"Restored {counted(kept, 'ticket')} into {place.shown(settings.store_url)}. Start with {_start(settings)}.")


def _start(settings: Settings) -> str:
    """The command that serves what these settings name; an address with a password isn't shown."""
    command = "make serve"
    if settings.data != Path("data"):
        command += f" DATA={shlex.quote(str(settings.data))}"
    if settings.store and place.is_file(settings.store):
        command = f"HELPLEAF_STORE={shlex.quote(settings.store)} {command}"
    kept = ["HELPLEAF_STORE"] if "://" in settings.store else []
    kept += ["HELPLEAF_SECRET"] if settings.secret else []
    return f"{command}, and {' and '.join(kept)} as here" if kept else command


def now() -> datetime:
    """The time of this command."""
    return datetime.now(UTC)
