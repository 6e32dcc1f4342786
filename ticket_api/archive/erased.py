"""Lists of the erased: keyed hashes of addresses, so that restoring an old backup doesn't bring anybody back.

A line is `<time> <HMAC-SHA256 of the address under the desk's key> <number> <hash>`, the last two being those of the
desk's last event by then; who has the list alone can't tell whom it names.
"""

import hmac
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, Self

from ticket_api.archive import files
from ticket_api.errors import Stop
from ticket_api.mailbox import address_key
from ticket_api.orders.shelf import Cut
from ticket_api.tickets.event import Event
from ticket_api.tickets.ticket import Ticket

NAME = "erased.txt"
_LINE = re.compile(r"(\S+) ([0-9a-f]{64})(?: (\d{1,18}) ([0-9a-f]{64}))?")
_BEGUN = re.compile(r"[0-9T:.+-]{0,40}( [0-9a-f]{0,64}( \d{0,18}( [0-9a-f]{0,64})?)?)?")


class Erasure(NamedTuple):
    """A time, and the number and hash of the last event by then; 0 and "" where that isn't known."""

    at: datetime
    seq: int = 0
    event: str = ""

    @classmethod
    def after(cls, at: datetime, head: Event | None) -> Self:
        """Of a desk whose last event is `head`."""
        return cls(at, head.seq, head.hash) if head else cls(at)


Erased = Mapping[str, frozenset[Erasure]]
"""When each keyed hash was erased."""


class Chain(NamedTuple):
    """What is to be known of a desk's events: where each ticket begins, the hashes of those that a list names, and the
    last import of orders."""

    begun: Mapping[int, int]
    hashes: Mapping[int, str]
    imported: Event | None = None

    @classmethod
    def of(cls, events: Iterable[Event], lists: Iterable[Erased]) -> Self:
        """Of all events, for these lists."""
        wanted = {erasure.seq for each in lists for erasures in each.values() for erasure in erasures}
        begun: dict[int, int] = {}
        hashes: dict[int, str] = {}
        imported: Event | None = None
        for event in events:
            imported = event if event.what == "orders_imported" else imported
            begun.setdefault(event.ticket, event.seq)
            if event.seq in wanted:
                hashes[event.seq] = event.hash
        return cls(begun, hashes, imported)

    def has(self, erasure: Erasure) -> bool:
        """Whether these are the events of the desk that erased, by then at least."""
        return bool(erasure.event) and self.hashes.get(erasure.seq) == erasure.event


def keyed_hash(key: bytes, address: str) -> str:
    """What stands for an address in a list, in hex, however the address is written."""
    return hmac.digest(key, b"erased:" + address_key(address).encode(), "sha256").hex()


def parse(lines: bytes) -> dict[str, frozenset[Erasure]]:
    """Every whole line of a list; a torn or foreign one is left out."""
    found: dict[str, frozenset[Erasure]] = {}
    for line in _lines(lines):
        if (fields := _LINE.fullmatch(line)) and (at := _time(fields[1])):
            erasure = Erasure(at, int(fields[3] or 0), fields[4] or "")
            found[fields[2]] = found.get(fields[2], frozenset()) | {erasure}
    return found


def unreadable(lines: bytes) -> int:
    """How many lines are neither whole nor the beginning of one, which a killed erase leaves before it erases."""
    return sum(not _BEGUN.fullmatch(line) for line in _lines(lines))


def _lines(lines: bytes) -> list[str]:
    return [line.strip() for line in lines.decode(errors="replace").splitlines()]


def read(path: Path) -> dict[str, frozenset[Erasure]]:
    """The list at `path`, empty when it isn't there. Raises Stop when it can't be read."""
    return parse(content(path))


def content(path: Path) -> bytes:
    """The lines at `path`, none when it isn't there. Raises Stop when they can't be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise Stop(f"{path} can't be read: {error.strerror}. It lists who was erased; see that it can be.") from error


def add(path: Path, entries: Erased) -> None:
    """Put entries into the list at `path`, made when it isn't there; those in it already cost nothing.

    They are on disk afterwards. Raises OSError, and Stop when the list can't be read.
    """
    known = read(path)
    new = [(mark, each) for mark, those in entries.items() for each in sorted(those - known.get(mark, frozenset()))]
    files.append(path, [_line(mark, each) for mark, each in new])


def merged(lists: Iterable[Erased]) -> dict[str, frozenset[Erasure]]:
    """All lists as one."""
    found: dict[str, frozenset[Erasure]] = {}
    for each in lists:
        for mark, erasures in each.items():
            found[mark] = found.get(mark, frozenset()) | erasures
    return found


def names(entries: Erased, key: bytes, ticket: Ticket, chain: Chain) -> bool:
    """Whether a list says that this ticket was erased: it names the address, and the ticket is older than that.

    Older by the order of events where they are those of the desk that erased, else by the clock, which may have jumped.
    """
    if not ticket.email or not entries:
        return False
    begun = chain.begun.get(ticket.id, 0)
    return any(
        begun <= erasure.seq if chain.has(erasure) else ticket.created_at <= erasure.at
        for erasure in entries.get(keyed_hash(key, ticket.email), ())
    )


def cut(erasures: Collection[Erasure], chain: Chain) -> Cut | None:
    """Which orders of somebody who was erased then go: all that were there.

    That is all, unless orders were imported since, by the order of events or else by the clock; then those up to the
    day of the erase. A list may count that day from another time zone, or have been imported on it before and after.
    """
    if not erasures:
        return None
    if any(not _imported_after(erasure, chain) for erasure in erasures):
        return Cut()
    day = max(erasure.at for erasure in erasures).date().toordinal()
    return Cut(day, day - 1)


def _imported_after(erasure: Erasure, chain: Chain) -> bool:
    last = chain.imported
    return last is not None and (last.seq > erasure.seq if chain.has(erasure) else last.at > erasure.at)


def _line(mark: str, erasure: Erasure) -> str:
    known = f" {erasure.seq} {erasure.event}" if erasure.event else ""
    return f"{erasure.at.isoformat()} {mark}{known}"


def _time(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
        return time.astimezone(UTC) if time.tzinfo else None
    except (ValueError, OverflowError):
        return None
