"""Webhook: a program that is told what happens to tickets."""

from collections.abc import Sequence
from typing import Literal, get_args

from msgspec import Struct

from ticket_api.channels.keys import check_name, keys_for
from ticket_api.errors import Stop
from ticket_api.outside import Target, target_of
from ticket_api.settings import Settings, section
from ticket_api.tickets.event import OfTicket

MOST = 20
"""Webhooks; each has a thread of its own."""
ALL = "*"
TOLD = tuple(sorted({*get_args(OfTicket)} - {"called"}))
"""The events that a webhook may name. One that a rule calls is told of that without naming it."""


class Webhook(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry of [[webhooks]]. `include`: what of a customer it is told beside the number of the ticket.

    `inside`: its URL may lead into the owner's own network.
    """

    name: str
    url: str
    events: tuple[str, ...] | str = ALL
    include: tuple[Literal["message", "email"], ...] = ()
    inside: bool = False

    def __post_init__(self) -> None:
        check_name("webhook", self.name)
        for event in self.named:
            if event not in (*TOLD, ALL):
                raise ValueError(f'there is no event {event!r}; write "*", or some of {", ".join(TOLD)}')
        if self.target.scheme != "https" and self.include and not self.inside:
            raise ValueError("a customer's words and address leave over https alone: url must begin so")

    @property
    def named(self) -> Sequence[str]:
        """The events that it names."""
        return (self.events,) if isinstance(self.events, str) else self.events

    @property
    def target(self) -> Target:
        """Where its URL leads. Raises ValueError with a sentence."""
        return target_of(self.url, inside=self.inside)

    def wants(self, what: str, status: str) -> bool:
        """Whether it is told of an event; of what happens to a ticket in quarantine only when it names the event."""
        return what in self.named or (ALL in self.named and status != "quarantined" and what in TOLD)


class OpenWebhook(Struct, frozen=True):
    """A webhook with its key."""

    webhook: Webhook
    key: bytes

    @property
    def name(self) -> str:
        """The webhook's name."""
        return self.webhook.name


def webhooks_of(settings: Settings) -> Sequence[OpenWebhook]:
    """The webhooks of the settings, in their order. Raises Stop with a sentence."""
    listed = section(settings, "webhooks", list[Webhook]) or []
    names = [each.name for each in listed]
    if len(listed) > MOST:
        raise Stop(f"{settings.file}: there are {len(listed)} webhooks; at most {MOST} are called.")
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise Stop(f"{settings.file}: two webhooks are called {twice}. Give one of them another name.")
    keys = keys_for(settings, "webhook", names)
    return [OpenWebhook(each, keys[each.name]) for each in listed]
