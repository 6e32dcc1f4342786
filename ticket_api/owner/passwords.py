"""Passwords: what one must be, and its hash, which is slow on purpose."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ticket_api.errors import Invalid, Refused

SHORTEST = 10
LONGEST = 200

HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
"""Argon2id as OWASP recommends it: 19 MB and two rounds, some 20 ms of a processor."""

NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$Q8UTBdH/67OwfSBKzfNJRQ$CKzB6hGUFwdZvKnv2nKwRoSw6kp2pzyBcJTKv3n1YAA"
"""The hash of a password that nobody knows, as slow to check as any: for a desk that isn't set up."""


def check(password: str, repeated: str) -> None:
    """Raise Invalid unless a new password is long enough, not too long, and the same twice."""
    if len(password) < SHORTEST:
        raise Invalid("weak_password", field="password", limit=SHORTEST)
    if len(password) > LONGEST:
        raise Invalid("long_password", field="password", limit=LONGEST)
    if password != repeated:
        raise Invalid("password_mismatch", field="repeated")


def require(hashed: str, password: str, *, field: str = "password") -> None:
    """Raise Refused unless it is the password; as slowly where there is none, so that no clock tells which it was."""
    try:
        HASHER.verify(hashed or NOBODYS, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        raise Refused("wrong_password", field=field) from None
    if not hashed:
        raise Refused("wrong_password", field=field)


def renewed(hashed: str, password: str) -> str:
    """The hash to keep of a password that was right: a new one where today's costs are others."""
    return HASHER.hash(password) if HASHER.check_needs_rehash(hashed) else hashed
