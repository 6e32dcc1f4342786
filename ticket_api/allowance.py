"""Allowance: how many mails of fixed texts go out in a day, so that nobody bombs others with them through the form."""

import hashlib
import hmac
import json
from datetime import datetime

from ticket_api.mailbox import address_key
from ticket_api.store import Store

MOST_A_DAY = 100
"""Mails to all addresses together; to one address it is a single one of each kind."""
COUNTS = "mailed:"
"""What the names of the papers begin with; behind it stands the day."""


class Allowance:
    """The counts over one store, in a paper for each day, which holds keyed hashes of the addresses."""

    def __init__(self, store: Store, secret: bytes) -> None:
        self._store = store
        self._secret = secret

    def has_room(self, address: str, now: datetime) -> bool:
        """Whether an address may get a mail today; only a look, which counts nothing."""
        return _has_room(self._store.paper(_day(now)), self._mark(address))

    def take(self, address: str, now: datetime, kind: str = "") -> bool:
        """Count a mail that nobody of that address may have asked for; False when it is one too many of its kind."""
        name, mark, counted = _day(now), self._mark(kind + address), False

        def count(content: str) -> str:
            nonlocal counted
            counted = _has_room(content, mark)
            return json.dumps([*json.loads(content or "[]"), mark]) if counted else content

        self._store.change_paper(name, count)
        for paper in self._store.papers(COUNTS) if counted else ():
            if paper.name < name:
                self._store.change_paper(paper.name, lambda _: "")
        return counted

    def _mark(self, address: str) -> str:
        """A keyed hash of a mailbox. Ways to write to it at many providers, with a dot or a +tag, count as one."""
        local, _, domain = address_key(address).rpartition("@")
        known = f"mailed:{local.partition('+')[0].replace('.', '')}@{domain}"
        return hmac.new(self._secret, known.encode(), hashlib.sha256).hexdigest()[:16]


def _day(now: datetime) -> str:
    """The name of the paper that counts the mails of a day."""
    return f"{COUNTS}{now.date().isoformat()}"


def _has_room(content: str, mark: str) -> bool:
    return content.count('"') < 2 * MOST_A_DAY and mark not in content  # without parsing it for every question
