"""PURE: what programs sign their messages with: Standard Webhooks, and the plain hash that GitHub made common.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta

PREFIX = "whsec_"
LEAST_KEY = 16
"""Bytes of a key; with fewer it could be guessed."""
TOLERANCE = timedelta(minutes=5)
MOST_SIGNATURES = 10

_ID = re.compile(r"[!-\-/-~]{1,200}")
"""Without a dot: it would let what was signed be cut in another place."""
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)


def key_of(secret: str) -> bytes:
    """The key that a secret stands for: base64 behind whsec_, else its own bytes. Raises ValueError with a sentence."""
    try:
        key = b64decode(secret.removeprefix(PREFIX), validate=True) if secret.startswith(PREFIX) else secret.encode()
    except ValueError:
        raise ValueError("begins with whsec_ and isn't base64 behind it: copy it whole") from None
    if len(key) < LEAST_KEY:
        raise ValueError(f"has {len(key)} bytes, and at least {LEAST_KEY} are needed: make a longer one")
    return key


def signature(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    """The signature of a message in the Standard Webhooks scheme; `timestamp` in seconds since 1970."""
    signed = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return f"v1,{b64encode(signed.digest()).decode()}"


def fits(key: bytes, message_id: str, timestamp: str, body: bytes, signatures: str) -> bool:
    """Whether one of the signatures, divided by blanks, is that of this message. As long for each wrong one."""
    plausible = bool(_ID.fullmatch(message_id) and _TIMESTAMP.fullmatch(timestamp))
    wanted = signature(key, message_id, timestamp, body)
    given = signatures.split(" ")[:MOST_SIGNATURES]
    return plausible & (sum(_same(each, wanted) for each in given) > 0)


def is_fresh(timestamp: str, now: datetime) -> bool:
    """Whether a message was signed within TOLERANCE of now, before or after."""
    return abs(now - datetime(1970, 1, 1, tzinfo=UTC) - timedelta(seconds=int(timestamp))) <= TOLERANCE


def hub_signature(key: bytes, body: bytes) -> str:
    """The signature of a body in the plain scheme, without id and time."""
    return f"sha256={hmac.new(key, body, hashlib.sha256).hexdigest()}"


def hub_fits(key: bytes, body: bytes, given: str) -> bool:
    """Whether this is the signature of this body."""
    return _same(given.lower(), hub_signature(key, body))


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), wanted.encode())
