"""The secret key of this desk, and the tokens and fingerprints made from it."""

import hashlib
import hmac
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from ticket_api.errors import Stop
from ticket_api.settings import Settings

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
MIN_SECRET = 32
KEY = "secret.key"
FORM_LETTERS = 43
"""The length of a form's token."""


def load_secret(settings: Settings, known: str = "") -> bytes:
    """The key from the setting, else from secret.key in the data folder, which is made on the first call.

    `known` is the mark that the store remembers: with one, a new key would be the wrong one, and none is made. Raises
    Stop when it is missing or too short to be safe, or the file can't be read or made.
    """
    if settings.secret:
        return _long_enough(settings.secret.encode(), "HELPLEAF_SECRET")
    path = settings.data / KEY
    try:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _require_new(path, known)
            _make(path)
    except OSError as error:
        raise Stop(f"{path} can't be made: {error.strerror}. Choose another folder with DATA=.") from error
    try:
        return _long_enough(path.read_bytes().strip(), str(path))
    except OSError as error:
        raise Stop(
            f"{path} can't be read: {error.strerror}. Let this user read it, or put the key back in its place: each"
            " backup holds it."
        ) from error


def _require_new(path: Path, known: str) -> None:
    if known:
        raise Stop(
            f"{path} is missing, and the links of these tickets were made with it. Put it back from a copy of the"
            " folder, or from a backup: helpleaf restore ARCHIVE --data NEW-FOLDER brings it along. If HELPLEAF_SECRET"
            " gave the key, set that."
        )


def _make(path: Path) -> None:
    """Write a new key beside its place and link it there whole: of two starts at once, one wins and both read it."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, secrets.token_hex(MIN_SECRET).encode())
        os.fsync(handle)
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        os.close(handle)
        draft.unlink()


def _long_enough(secret: bytes, where: str) -> bytes:
    if len(secret) < MIN_SECRET:
        raise Stop(
            f"{where}: the key has {len(secret)} characters, at least {MIN_SECRET} are needed. Put back the one that"
            " customers' links were made with, or choose a longer one while there are no links."
        )
    return secret


def new_uid() -> str:
    """128 random bits in hex."""
    return secrets.token_hex(16)


def link_token(secret: bytes, uid: str) -> str:
    """The 128-bit token of a ticket's secret link: HMAC-SHA256 of its uid, so that it need not be stored."""
    return _text(_keyed(secret, b"link:", uid.encode()))


class Form(NamedTuple):
    """What a form's token says: when it was made, in UTC, and what tells it from all others."""

    at: datetime
    mark: bytes


def new_form_token(secret: bytes, now: datetime) -> str:
    """The token of a form that is shown now: the time, 64 random bits and an HMAC of both."""
    mark = int(now.timestamp() * 1000).to_bytes(8, "big") + secrets.token_bytes(8)
    return _text(mark + _keyed(secret, b"form:", mark))


def form_of(secret: bytes, token: str) -> Form | None:
    """What a form's token says, or None unless it was made with this key."""
    try:
        raw = urlsafe_b64decode(token + "=") if len(token) == FORM_LETTERS else b""
    except ValueError:
        return None
    mark, signed = raw[:16], raw[16:]
    if not hmac.compare_digest(signed, _keyed(secret, b"form:", mark)):
        return None
    return Form(datetime.fromtimestamp(int.from_bytes(mark[:8], "big") / 1000, UTC), mark)


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _keyed(secret: bytes, purpose: bytes, text: bytes) -> bytes:
    """128 bits that only who has the key can make, for one purpose."""
    keyed = _begun(secret, purpose).copy()
    keyed.update(text)
    return keyed.digest()[:16]


def mail_seal(secret: bytes, text: str) -> str:
    """128 bits in hex by which a text in a mail shows that this desk wrote it, and nobody who lacks the key."""
    return hmac.new(secret, f"mail:{text}".encode(), "sha256").hexdigest()[:32]


@lru_cache(maxsize=8)
def _begun(secret: bytes, purpose: bytes) -> hmac.HMAC:
    # Kept, because making one lets go of Python's lock, and with it a busy server's turn.
    return hmac.new(secret, purpose, "sha256")


def fingerprint(*texts: str) -> str:
    """SHA-256 in hex of some texts; what is stored in place of a token, a code or a key."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def key_mark(secret: bytes) -> str:
    """What the store remembers of the key, to tell another key from it; the key can't be found from it."""
    return hashlib.sha256(b"mark\0" + secret).hexdigest()


def new_session_token() -> str:
    """256 random bits for the owner's cookie."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """A one-time code to type by hand, 58 random bits in three groups, without letters that look alike."""
    letters = [secrets.choice(CODE_LETTERS) for _ in range(12)]
    return "-".join("".join(letters[place : place + 4]) for place in (0, 4, 8))


def code_mark(code: str) -> str:
    """The fingerprint of a code, however it was typed: small letters, spaces or hyphens make no difference."""
    return fingerprint("".join(letter for letter in code.upper() if letter.isalnum()))
