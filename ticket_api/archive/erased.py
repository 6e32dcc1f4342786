"""Lists of the erased: keyed hashes of addresses, so that restoring an old backup doesn't bring anybody back.

A line is `<time> <HMAC-SHA256 of the address under the desk's key>`; who has the list alone can't tell whom it names.
"""

import hmac
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from ticket_api.archive import files
from ticket_api.errors import Stop
from ticket_api.tickets.ticket import Ticket, address_key

NAME = "erased.txt"
_LINE = re.compile(r"(\S+) ([0-9a-f]{64})")

Erased = Mapping[str, datetime]
"""The last time at which each keyed hash was erased."""


def keyed_hash(key: bytes, address: str) -> str:
    """What stands for an address in a list, in hex, however the address is written."""
    return hmac.digest(key, b"erased:" + address_key(address).encode(), "sha256").hex()


def parse(content: bytes) -> dict[str, datetime]:
    """Every whole line of a list; a torn or foreign one is left out."""
    found: dict[str, datetime] = {}
    for line in content.decode(errors="replace").splitlines():
        if (fields := _LINE.fullmatch(line.strip())) and (at := _time(fields[1])):
            found[fields[2]] = max(at, found.get(fields[2], at))
    return found


def read(path: Path) -> dict[str, datetime]:
    """The list at `path`, empty when it isn't there. Raises Stop when it can't be read."""
    try:
        return parse(path.read_bytes())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise Stop(f"{path} can't be read: {error.strerror}. It lists who was erased; see that it can be.") from error


def add(path: Path, entries: Erased) -> None:
    """Put entries into the list at `path`, made when it isn't there; those in it already cost nothing.

    They are on disk afterwards. Raises OSError, and Stop when the list can't be read.
    """
    known = read(path)
    new = {mark: at for mark, at in entries.items() if mark not in known or known[mark] < at}
    files.append(path, [f"{at.isoformat()} {mark}" for mark, at in new.items()])


def merged(lists: Iterable[Erased]) -> dict[str, datetime]:
    """All lists as one, with the last time for each."""
    found: dict[str, datetime] = {}
    for each in lists:
        for mark, at in each.items():
            found[mark] = max(at, found.get(mark, at))
    return found


def names(entries: Erased, key: bytes, ticket: Ticket) -> bool:
    """Whether a list says that this ticket was erased: it names the address, and the ticket is older than that."""
    if not ticket.email or not entries:
        return False
    at = entries.get(keyed_hash(key, ticket.email))
    return at is not None and ticket.created_at <= at


def _time(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo else None
