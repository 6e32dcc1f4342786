"""The keys of hooks and webhooks: each has one, and each key has its hook or webhook."""

import re
from collections.abc import Collection, Mapping

from ticket_api.channels.signing import key_of
from ticket_api.errors import Stop
from ticket_api.settings import PREFIX, Settings

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)


def check_name(kind: str, name: str) -> None:
    """Raise ValueError unless this can be the name of a hook or webhook."""
    if not NAME.fullmatch(name):
        raise ValueError(
            f"{name!r} can't be the name of a {kind}: small letters, digits and _ make one, with a letter first"
        )


def keys_for(settings: Settings, kind: str, names: Collection[str]) -> Mapping[str, bytes]:
    """The key of each hook or webhook (`kind`) by its name.

    Raises Stop with a sentence when one has no key, a key has none, or a key is no key.
    """
    given = {name.partition(":")[2]: text for name, text in settings.signing.items() if name.partition(":")[0] == kind}
    for name in names:
        if name not in given:
            raise Stop(
                f"{settings.file}: the {kind} {name} has no key. Set {_variable(kind, name)} to the one that its"
                f" {'sender signs' if kind == 'hook' else 'receiver checks'} with, such as one that"
                ' python3 -c "import secrets; print(secrets.token_hex(24))" prints.'
            )
    for name in given:
        if name not in names:
            table = f"table [hooks.{name}]" if kind == "hook" else f'table [[webhooks]] with name = "{name}"'
            raise Stop(
                f"{_variable(kind, name)} is set, and {settings.file} has no {table}. Add it, or take the variable"
                " away."
            )
    return {name: _key(kind, name, text) for name, text in given.items()}


def _key(kind: str, name: str, text: str) -> bytes:
    try:
        return key_of(text)
    except ValueError as error:
        raise Stop(f"{_variable(kind, name)}: the key {error}.") from error


def _variable(kind: str, name: str) -> str:
    return f"{PREFIX}{kind.upper()}_{name.upper()}_SECRET"
