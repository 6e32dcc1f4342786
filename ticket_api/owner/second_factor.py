"""The second factor: a code of six digits that changes every half minute (RFC 6238), or a recovery code."""

import re
from datetime import datetime
from hmac import compare_digest

import pyotp
from msgspec.structs import replace

from ticket_api.errors import Invalid, Refused
from ticket_api.keys import code_mark, new_code
from ticket_api.store.records import SecondFactor

RECOVERY_CODES = 8
SECRET_LETTERS = 32
"""160 bits in base32, as long as the hash below it."""
SLIP = 1
"""By how many half minutes the clock of a telephone may be off."""


def new_secret() -> str:
    """What an authenticator app makes codes from, in base32."""
    return pyotp.random_base32(SECRET_LETTERS)


def address(secret: str, company: str) -> str:
    """The address that an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name="Helpleaf", issuer_name=company)


def begun(secret: str, code: str, now: datetime) -> tuple[SecondFactor, tuple[str, ...]]:
    """A second factor whose app has shown its first code, and its recovery codes, which nobody is told again.

    Raises Invalid for a secret that isn't one of ours, Refused for a wrong code.
    """
    if not re.fullmatch(f"[A-Z2-7]{{{SECRET_LETTERS}}}", secret):
        raise Invalid("wrong_value", field="secret", name="secret")
    codes = tuple(new_code() for _ in range(RECOVERY_CODES))
    return used(SecondFactor(secret, 0, marks(codes)), code, now), codes


def marks(codes: tuple[str, ...]) -> tuple[str, ...]:
    """What is stored of recovery codes."""
    return tuple(code_mark(code) for code in codes)


def used(factor: SecondFactor, code: str, now: datetime) -> SecondFactor:
    """The second factor after a code was used, which can't be used again. Raises Refused for a wrong or used one."""
    typed = "".join(code.split())
    step = _step(factor, typed, now) if re.fullmatch("[0-9]{6}", typed) else 0
    if step:
        return replace(factor, step=step)
    mark = code_mark(code)
    if mark not in factor.recovery:
        raise Refused("wrong_second_code", field="code")
    return replace(factor, recovery=tuple(each for each in factor.recovery if each != mark))


def _step(factor: SecondFactor, code: str, now: datetime) -> int:
    """The half minute, counted from 1970, of which this is the code, or 0. Those up to the last used one are gone."""
    totp = pyotp.TOTP(factor.secret)
    present = totp.timecode(now)
    last = factor.step if factor.step <= present + SLIP else 0  # from further ahead: the clock went back
    steps = range(max(present - SLIP, last + 1), present + SLIP + 1)
    return next((step for step in steps if compare_digest(totp.generate_otp(step), code)), 0)
