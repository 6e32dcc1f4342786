"""The kinds of records and how each lies in an archive: one JSON document a line, in the order of their ids."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from ticket_api.keys import fingerprint
from ticket_api.store import Snapshot
from ticket_api.store.records import Feedback, Mail, OwnerAccount, Paper, Search, Session
from ticket_api.tickets.event import Event
from ticket_api.tickets.ticket import Ticket

Progress = Callable[[int, int], None]
"""Called with how many records are done, and how many there are."""


def silent(_done: int, _total: int) -> None:
    """No progress is shown."""


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """What there is one of: the owner's account, and the mark of the key."""

    account: OwnerAccount
    mark: str


class Kind(NamedTuple):
    """One kind of record: the name of its member in an archive, its type, how all of it is read, and since which
    format of archives it is there."""

    name: str
    type: type[msgspec.Struct]
    read: Callable[[Snapshot], Iterator[msgspec.Struct]]
    since: int = 1

    @property
    def member(self) -> str:
        """The name of its file in an archive."""
        return f"{self.name}.jsonl"


KINDS = (
    Kind("tickets", Ticket, lambda snapshot: snapshot.tickets()),
    Kind("events", Event, lambda snapshot: snapshot.events()),
    Kind("feedback", Feedback, lambda snapshot: snapshot.feedback()),
    Kind("searches", Search, lambda snapshot: snapshot.searches(), since=2),
    Kind("sessions", Session, lambda snapshot: iter(sorted(snapshot.sessions(), key=lambda session: session.id))),
    Kind("mails", Mail, lambda snapshot: snapshot.mails(), since=3),
    Kind("papers", Paper, lambda snapshot: snapshot.papers(), since=3),
    Kind("desk", Desk, lambda snapshot: iter([Desk(account=snapshot.owner(), mark=snapshot.mark())])),
)


def line(record: msgspec.Struct) -> bytes:
    """A record as one line; the same record always gives the same bytes."""
    return msgspec.json.encode(record) + b"\n"


def content_hash(hashes: Mapping[str, str]) -> str:
    """One hash for all records, of the SHA-256 of each kind's lines: equal when every record is equal.

    An older archive has fewer kinds.
    """
    return fingerprint(*(hashes[kind.name] for kind in KINDS if kind.name in hashes))


def hashes_of(snapshot: Snapshot, progress: Progress = silent) -> dict[str, str]:
    """The SHA-256, in hex, of each kind's lines."""
    total = expected(snapshot)
    done = 0
    hashes = {}
    for kind in KINDS:
        digest = hashlib.sha256()
        for record in kind.read(snapshot):
            digest.update(line(record))
            done += 1
            progress(min(done, total), total)
        hashes[kind.name] = digest.hexdigest()
    progress(total, total)
    return hashes


def expected(snapshot: Snapshot) -> int:
    """How many tickets and events there are; the rest is too few to count."""
    head = snapshot.head()
    return sum(snapshot.count_tickets().values()) + (head.seq if head else 0)
