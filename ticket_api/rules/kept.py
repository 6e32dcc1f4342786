"""What is kept of rules: those of the desk, in order, which are off, from which ticket on they act, which were slow."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec
from msgspec import Struct

from ticket_api.errors import Broken
from ticket_api.keys import fingerprint
from ticket_api.tickets.rule import Rule
from ticket_api.tickets.rules import Ready

PAPER = "rules"
SLOW = "rules_slow"
LAST_SLOW = 5
"""Tickets that are named on which a pattern ran out of time."""


class Slow(Struct, frozen=True):
    """On how many tickets a pattern ran out of time, and the last of them (their ids), the newest first."""

    pattern: str
    times: int = 0
    tickets: tuple[int, ...] = ()

    def again(self, ticket_id: int) -> "Slow":
        """With another ticket; one that is looked at again counts once."""
        if ticket_id in self.tickets:
            return self
        return Slow(self.pattern, self.times + 1, (ticket_id, *self.tickets)[:LAST_SLOW])


class Kept(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is kept of rules. `version` counts the owner's changes at the desk.

    `rules` were made there; `off` are the names of those that were switched off there, of the file's too. `after` is
    the number of the last ticket before each was in force: it acts on those with a higher one, whatever any clock says.
    """

    version: int = 0
    rules: tuple[Rule, ...] = ()
    off: tuple[str, ...] = ()
    after: Mapping[str, int] = {}


class Listed(NamedTuple):
    """A rule as it stands at the desk. `after` None: not in force yet."""

    rule: Rule
    in_file: bool
    on: bool
    after: int | None

    @property
    def mark(self) -> str:
        """What stands for its name in addresses."""
        return fingerprint(self.rule.name)[:16]


class Present(NamedTuple):
    """All rules in force: as they are listed, and ready to be looked at."""

    version: int
    listed: tuple[Listed, ...]
    ready: tuple[Ready, ...]
    after: Mapping[str, int]


def listing(rule: Rule, kept: Kept, *, in_file: bool) -> Listed:
    """A rule as it stands at the desk."""
    return Listed(rule, in_file, rule.on and rule.name not in kept.off, kept.after.get(rule.name))


def decoded(paper: str) -> Kept:
    """What a paper says. Raises Broken when it isn't what was written."""
    try:
        return msgspec.json.decode(paper, type=Kept) if paper else Kept()
    except msgspec.DecodeError as error:
        raise Broken("damaged", table="papers", id=PAPER) from error


def slow_in(paper: str) -> Mapping[str, Slow]:
    """The rules whose pattern ran out of time, by name. Raises Broken when the paper isn't what was written."""
    try:
        return msgspec.json.decode(paper, type=dict[str, Slow]) if paper else {}
    except msgspec.DecodeError as error:
        raise Broken("damaged", table="papers", id=SLOW) from error


def encoded(kept: Kept | Mapping[str, Slow]) -> str:
    """It as a paper."""
    return msgspec.json.encode(kept).decode()
