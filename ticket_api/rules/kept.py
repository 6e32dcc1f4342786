"""What is kept of rules, in one paper: those of the desk, their order, which are switched off, and since when."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec
from msgspec import Struct

from ticket_api.errors import Broken
from ticket_api.keys import fingerprint
from ticket_api.tickets.rule import Rule
from ticket_api.tickets.rules import Ready

PAPER = "rules"
MOST_SLOW = 3
"""A pattern that ran out of time so often, on texts of ordinary length, is looked for no more until it is changed."""


ORDINARY = 500
"""Characters of a text of ordinary length."""


class Slow(Struct, frozen=True):
    """How often a pattern ran out of time."""

    pattern: str
    times: int


class Kept(Struct, frozen=True, kw_only=True):
    """What is kept of rules. `version` counts the owner's changes at the desk.

    `rules` were made there; `off` are the names of those that were switched off there, of the file's too. `since` is
    when each was first in force: it acts on no ticket from before. `slow` are those whose pattern ran out of time.
    """

    version: int = 0
    rules: tuple[Rule, ...] = ()
    off: tuple[str, ...] = ()
    since: Mapping[str, datetime] = {}
    slow: Mapping[str, Slow] = {}


class Listed(NamedTuple):
    """A rule as it stands at the desk. `too_slow`: its pattern was switched off; `since` None: not in force yet."""

    rule: Rule
    in_file: bool
    on: bool
    too_slow: int
    since: datetime | None

    @property
    def mark(self) -> str:
        """What stands for its name in addresses."""
        return fingerprint(self.rule.name)[:16]


class Present(NamedTuple):
    """All rules in force: as they are listed, and ready to be looked at."""

    version: int
    listed: tuple[Listed, ...]
    ready: tuple[Ready, ...]
    since: Mapping[str, datetime]


def listing(rule: Rule, kept: Kept, *, in_file: bool) -> Listed:
    """A rule as it stands at the desk."""
    slow = kept.slow.get(rule.name)
    times = slow.times if slow and slow.pattern == rule.when.pattern else 0
    on = rule.on and rule.name not in kept.off
    return Listed(rule, in_file, on, times if times >= MOST_SLOW else 0, kept.since.get(rule.name))


def decoded(paper: str) -> Kept:
    """What a paper says. Raises Broken when it isn't what was written."""
    try:
        return msgspec.json.decode(paper, type=Kept) if paper else Kept()
    except msgspec.DecodeError as error:
        raise Broken("damaged", table="papers", id=PAPER) from error


def encoded(kept: Kept) -> str:
    """It as a paper."""
    return msgspec.json.encode(kept).decode()
