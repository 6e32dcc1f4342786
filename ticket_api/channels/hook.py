"""Hook: a program that may send questions here, and where in its bodies they stand."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from ticket_api.channels.keys import check_name, keys_for
from ticket_api.errors import Stop
from ticket_api.settings import Settings, section

OWN_CHANNELS = ("form", "api")
"""How questions come that come through no hook; a hook can't be called so."""


class Hook(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table [hooks.NAME]: the dotted path of each part of a question in the body; "" for what isn't there.

    `id` is what tells one message from another, for senders that sign in the plain way ("hub"); `automatic` says that a
    program wrote the message.
    """

    message: str
    email: str = ""
    name: str = ""
    subject: str = ""
    lang: str = ""
    id: str = ""
    automatic: str = ""
    signature: Literal["standard", "hub"] = "standard"

    def __post_init__(self) -> None:
        if not self.message:
            raise ValueError("message must say where the customer's words stand, such as comment.text")
        if self.id and self.signature == "standard":
            raise ValueError('id is for signature = "hub" alone; else the header webhook-id is the id')


class OpenHook(Struct, frozen=True):
    """A hook with its name and key."""

    name: str
    hook: Hook
    key: bytes


def hooks_of(settings: Settings) -> Mapping[str, OpenHook]:
    """The hooks of the settings by their names. Raises Stop with a sentence."""
    tables = section(settings, "hooks", dict[str, Hook]) or {}
    for name in tables:
        try:
            check_name("hook", name)
        except ValueError as error:
            raise Stop(f"{settings.file}: in hooks: {error}.") from error
        if name in OWN_CHANNELS:
            raise Stop(f"{settings.file}: in hooks: {name} is how other questions come. Call the hook something else.")
    keys = keys_for(settings, "hook", tables)
    return {name: OpenHook(name, hook, keys[name]) for name, hook in tables.items()}
