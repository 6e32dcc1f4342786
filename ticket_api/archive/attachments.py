"""The files that tickets name: kept from getting lost, and cleared away when no ticket names them any more."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from ticket_api.archive.kinds import Progress, silent
from ticket_api.errors import NotFound
from ticket_api.store import Snapshot, Store
from ticket_api.store.attachments import Attachments
from ticket_api.tickets.ticket import Ticket

A_DAY = timedelta(days=1)
"""Whoever sends a file has its ticket stored within that, or not at all."""

log = logging.getLogger(__name__)


def named(tickets: Iterable[Ticket]) -> list[str]:
    """The ids of all files that tickets name."""
    return list(dict.fromkeys(each.id for ticket in tickets for each in ticket.attachments))


def tidy(store: Store, attachments: Attachments, now: datetime, progress: Progress = silent) -> int:
    """Remove the files that no ticket has named for a day; the log says which named ones are missing.

    Returns how many were removed. Files from before the first event may be another desk's, and stay.
    """
    with store.snapshot() as snapshot:
        first = snapshot.event(1)
        known = named(_with_progress(snapshot, progress))
    missing = sorted(set(known) - attachments.ids())
    if missing:
        log.error(
            "%d attachments of tickets aren't in %s, such as %s. Put them back from the folder files of a backup.",
            len(missing),
            attachments.folder,
            missing[0],
        )
    return attachments.remove_strays(known, first.at, now - A_DAY) if first else 0


def carry_over(source: Attachments, target: Attachments, ids: Iterable[str]) -> None:
    """Copy those of these files that the target hasn't; what the source hasn't either is left out."""
    there = target.ids()
    for file_id in ids:
        if file_id not in there and (content := content_of(source, file_id)) is not None:
            target.put_as(file_id, content)


def content_of(attachments: Attachments, file_id: str) -> bytes | None:
    """The content of a file, or None when it isn't there."""
    try:
        with attachments.open(file_id) as file:
            return file.read()
    except NotFound:
        return None


def _with_progress(snapshot: Snapshot, progress: Progress) -> Iterable[Ticket]:
    total = sum(snapshot.count_tickets().values())
    for done, ticket in enumerate(snapshot.tickets(), 1):
        yield ticket
        if done % 100 == 0:
            progress(min(done, total), total)
