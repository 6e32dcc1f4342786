"""Questions that other programs send: whether they are from whom they should be, and what they say."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from ticket_api.channels.hook import OpenHook
from ticket_api.channels.mapping import any_at, is_marked, text_at
from ticket_api.channels.signing import TOLERANCE, fits, hub_fits, is_fresh
from ticket_api.errors import HelpleafError, Invalid, Refused
from ticket_api.keys import fingerprint
from ticket_api.knowledge.text import is_han
from ticket_api.mailbox import is_mailbox, named_mailbox
from ticket_api.question import Question
from ticket_api.words import choose, spoken

LONGEST_LINE = 200
"""Characters of a name and a subject, as in the form. What is longer stands before the message."""
SAME_BODY = timedelta(days=1)
"""How long the same body again is a retry where it holds no id; senders try again within hours."""
NOBODY = b"a key of no hook at all, so that unknown names take as long"


class Signature(Struct, frozen=True):
    """What the headers of a message say; "" for what is missing."""

    id: str = ""
    timestamp: str = ""
    signatures: str = ""
    hub: str = ""


class Heard(Struct, frozen=True):
    """What came through a hook since the server started."""

    received: int = 0
    received_at: datetime | None = None
    refused: HelpleafError | None = None
    refused_at: datetime | None = None


class Hooks:
    """The hooks of one server. What came through them is counted in memory. Used from one thread."""

    def __init__(self, hooks: Mapping[str, OpenHook]) -> None:
        self._hooks = hooks
        self._heard = dict.fromkeys(hooks, Heard())

    def all(self) -> list[tuple[OpenHook, Heard]]:
        """Each hook with what came through it."""
        return [(each, self._heard[name]) for name, each in self._hooks.items()]

    def opened(self, name: str, body: bytes, signature: Signature, now: datetime) -> OpenHook:
        """The hook that a message is for, when it is from whom it should be.

        Raises Refused, alike for a hook that isn't there and for a signature that doesn't fit.
        """
        known = self._hooks.get(name)
        if not _fits(known, body, signature) or known is None:
            raise Refused("bad_signature")
        if known.hook.signature == "standard" and not is_fresh(signature.timestamp, now):
            raise Refused("old_timestamp", minutes=int(TOLERANCE.total_seconds() // 60))
        return known

    def question(self, hook: OpenHook, fields: object, lang: str, limit: int) -> Question:
        """The question in a message. Raises Invalid. `lang` is taken where the message names and shows no other.

        What stands where the address should be and is none is kept before the message, of at most `limit` characters.
        """
        paths = hook.hook
        message = _text(fields, paths.message)
        if not message:
            raise Invalid("hook_missing", field=paths.message, path=paths.message)
        subject, name = _text(fields, paths.subject), _text(fields, paths.name)
        address, caller, rest = _address(any_at(fields, paths.email))
        name = name or caller
        kept = subject if len(subject) > LONGEST_LINE else ""
        whole = _joined(kept, rest or (caller if caller != name else ""), message)
        return Question(
            message=whole if len(whole) <= limit else _joined(kept, message),
            subject=_cut(subject),
            name=_cut(name),
            email=address,
            lang=_language(_text(fields, paths.lang), message, lang),
            channel=hook.name,
            automatic=is_marked(fields, paths.automatic),
            lasts=None if paths.signature == "standard" or _text(fields, paths.id) else SAME_BODY,
        )

    def received(self, name: str, now: datetime) -> None:
        """Note that a message was taken."""
        heard = self._heard[name]
        self._heard[name] = Heard(heard.received + 1, now, heard.refused, heard.refused_at)

    def refused(self, name: str, error: HelpleafError, now: datetime) -> None:
        """Note that a message was refused; one for a hook that isn't there is forgotten."""
        if heard := self._heard.get(name):
            self._heard[name] = Heard(heard.received, heard.received_at, error.with_traceback(None), now)


def key_of_message(hook: OpenHook, body: bytes, fields: object, signature: Signature) -> str:
    """What makes a retry a retry: the header webhook-id, the id in the body, or the body itself, which lasts SAME_BODY.

    Raises Invalid.
    """
    if hook.hook.signature == "standard":
        return signature.id
    return fingerprint("id", told) if (told := _text(fields, hook.hook.id)) else hashlib.sha256(body).hexdigest()


def _fits(known: OpenHook | None, body: bytes, signature: Signature) -> bool:
    key = known.key if known else NOBODY
    if known and known.hook.signature == "hub":
        return hub_fits(key, body, signature.hub)
    return fits(key, signature.id, signature.timestamp, body, signature.signatures)


def _text(fields: object, path: str) -> str:
    try:
        return text_at(fields, path)
    except ValueError:
        raise Invalid("hook_no_text", field=path, path=path) from None


def _address(told: str) -> tuple[str, str, str]:
    """The address in what stands at its path, the name beside it, and all of it where there is no address for sure."""
    if not told or is_mailbox(told):
        return told, "", ""
    address, name = named_mailbox(told)
    return address, _cut(name), "" if address else _cut(told)


def _joined(*parts: str) -> str:
    return "\n\n".join(filter(None, parts))


def _cut(line: str) -> str:
    one = " ".join(line.split())
    return one if len(one) <= LONGEST_LINE else f"{one[: LONGEST_LINE - 1]}…"


def _language(wish: str, message: str, otherwise: str) -> str:
    if wish and any(wish.lower().startswith(each) for each in spoken()):
        return choose(wish)
    return "zh" if any(map(is_han, message)) else choose(otherwise)
