"""What the owner is told of promises: several notices wait together and are one mail. Pure."""

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

from ticket_api.tickets.ticket import Ticket

MOST = 20
"""Tickets that one mail names; of all others it says how many they are."""


class Notice(Struct, frozen=True):
    """A promise about a ticket that is close or missed. `due` is aware."""

    ticket: int
    kind: Literal["first_response", "resolution"]
    what: Literal["near", "missed"]
    due: datetime


class Notices(Struct, frozen=True):
    """What stands in one mail: the notices that it names, and how many more there were."""

    named: tuple[Notice, ...] = ()
    more: int = 0

    def __len__(self) -> int:
        return len(self.named) + self.more

    def with_one(self, notice: Notice) -> "Notices":
        """These and one more. What was close and is missed now stands there once."""
        same = (notice.ticket, notice.kind)
        others = tuple(each for each in self.named if (each.ticket, each.kind) != same)
        if len(others) < MOST:
            return Notices((*others, notice), self.more)
        return Notices(self.named, self.more + 1)


def still_stands(notice: Notice, ticket: Ticket) -> bool:
    """Whether a ticket still waits for what a notice tells of."""
    answered = notice.kind == "first_response" and ticket.answered
    return not answered and ticket.status not in ("solved", "deflected", "quarantined") and not ticket.merged_into


def read(text: str) -> Notices:
    """The notices that stand in a waiting mail."""
    return msgspec.json.decode(text, type=Notices) if text else Notices()


def written(notices: Notices) -> str:
    """Notices as a waiting mail keeps them."""
    return msgspec.json.encode(notices).decode()
