"""The commands that erase: a person, and what was solved long ago."""

import argparse
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from ticket_api.archive import erase, erased, folders, place
from ticket_api.archive.beside import Beside
from ticket_api.archive.opening import opened, own_key
from ticket_api.archive.reading import date
from ticket_api.commands.archive import add_command, now, tickets_of
from ticket_api.errors import Stop, StoreFull, StoreUnavailable
from ticket_api.orders import shelf
from ticket_api.settings import Settings
from ticket_api.store import Store
from ticket_api.store.queue_file import remove_queue_file
from ticket_api.terminal import Progress, confirm, counted
from ticket_api.tickets.ticket import Ticket

LONGEST = 36_500
"""Days, a hundred years: as far as `retention` goes."""


def add_commands(commands: Any) -> None:
    """Tell the parser of the two commands."""
    erase_command = add_command(commands, "erase", erase_person, "erase a person without a trace")
    erase_command.add_argument("--requester", metavar="ADDRESS", required=True, help="the person's e-mail address")
    retention_command = add_command(commands, "retention", retention, "erase tickets that were solved long ago")
    retention_command.add_argument("--days", help="a number of days, in place of the setting retention_days")


def erase_person(settings: Settings, given: argparse.Namespace) -> None:
    """Erase all tickets of an address, here and wherever an older backup is restored. Raises Stop."""
    address: str = given.requester.strip()
    with opened(settings) as store:
        with store.snapshot() as snapshot:
            key = own_key(settings, snapshot)
        found = tickets_of(store, address)
        confirm(_what_goes(store, address, found, _older_files(settings)), yes=given.yes)
        at = now()
        newest = max([at, *(ticket.created_at for ticket in found)])  # later than now where the clock went back
        place.remove_draft(settings.store_url)
        unreached = _list(settings, store, key, address, newest)
        gone = _erase(settings, store, address, at)
        if len(gone) > len(found):  # somebody wrote meanwhile
            _list(settings, store, key, address, newest)
    remove_queue_file(settings.queue_path)
    print(f"Erased {counted(len(gone), 'ticket')}. Older backups leave out {address} when they are restored.")
    for folder in unreached:
        print(
            f"{folder} can't be reached now; it learns of this with the next backup into it. If it is gone for good,"
            f" take its line out of {settings.data / folders.NAME}."
        )


def _erase(settings: Settings, store: Store, address: str, at: datetime) -> list[int]:
    try:
        return erase.erase_requester(store, address, at, Progress("Erasing", "tickets"), beside=Beside.of(settings))
    except StoreUnavailable as trouble:
        if store.tickets_of(address):
            raise
        full = "there is no room to write it anew; make room" if isinstance(trouble, StoreFull) else ""
        raise Stop(
            f"The tickets of {address} are erased, but their words aren't out of {place.shown(settings.store_url)} yet:"
            f" {full or trouble.__cause__ or 'it is busy'}. Then run the same again; a server does it too, at its next"
            " start or within a day."
        ) from trouble


def _list(settings: Settings, store: Store, key: bytes, address: str, at: datetime) -> Sequence[Path]:
    """Put an address on every list of the erased; returns the folders out of reach."""
    with store.snapshot() as snapshot:
        erasure = erased.Erasure.after(at, snapshot.head())
    return folders.tell(settings.data, {erased.keyed_hash(key, address): frozenset({erasure})})


def retention(settings: Settings, given: argparse.Namespace) -> None:
    """Erase what was solved or deflected long ago. Raises Stop."""
    days = settings.retention_days if given.days is None else _days(given.days)
    if not days:
        print("retention_days is 0: nothing is erased for its age. Set it, or name a number with --days.")
        return
    with opened(settings) as store:
        at = now()
        found = len(erase.due(store, days, at))
        searched = len(erase.searches_due(store, days, at))
        asked = f"This erases {counted(found, 'ticket')} solved or deflected more than {counted(days, 'day')} ago"
        asked += ", and what was searched for before then" if searched else ""
        jumped = erase.clock_jumped(store, days, at)
        doubt = (
            f"By this machine's clock, which says {date(at)}, nothing happened here for long: see that it is right. "
        )
        if jumped and given.yes:
            raise Stop(f"{doubt}Nothing was erased; without --yes you are asked.")
        if found or searched:
            confirm(f"{doubt if jumped else ''}{asked}; it can't be undone.", yes=given.yes)
        place.remove_draft(settings.store_url)
        progress = Progress("Erasing", "tickets")
        gone = erase.retain(store, days, at, wary=False, progress=progress, beside=Beside.of(settings))
    remove_queue_file(settings.queue_path)
    print(f"Erased {counted(len(gone), 'ticket')}.")


def _what_goes(store: Store, address: str, found: Sequence[Ticket], older: Sequence[Path]) -> str:
    number = counted(sum(len(ticket.messages) for ticket in found), "message")
    lines = [f"This erases {counted(len(found), 'ticket')} of {address} with {number}; it can't be undone."]
    if not found and store.needs_scrub():
        lines = [f"No ticket is from {address} any more. What an earlier erase left in freed places is cleared up."]
    elif not found:
        lines = [
            f"No ticket is from {address}: see that it is written right. Going on puts it on the list of the erased,"
            " so that older backups leave it out."
        ]
    if orders := len(shelf.orders_of(store, [address])):
        lines.append(f"{counted(orders, 'order')} of this address {'is' if orders == 1 else 'are'} erased too.")
    lines += [f"{path} is deleted too: it holds all tickets as an older version wrote them." for path in older]
    return "\n".join(lines)


def _older_files(settings: Settings) -> list[Path]:
    """The copies that were kept when the tickets were brought to a new format."""
    path = Path(settings.store_url)
    return sorted(path.parent.glob(f"{path.name}.format-*")) if place.is_file(settings.store_url) else []


def _days(text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text) or not 1 <= int(text) <= LONGEST:
        raise Stop(f"--days {text}: name a whole number of days between 1 and {LONGEST}.")
    return int(text)
