"""Sessions: on which browsers the owner is signed in, and for how long that lasts."""

from datetime import datetime, timedelta

from ticket_api.keys import fingerprint
from ticket_api.store.records import OwnerAccount, Session

IDLE = timedelta(days=7)
LONGEST_SESSION = timedelta(days=30)
SECONDS_FOR_CODE = 600
"""How long after the password the second factor may come."""
SEEN_EVERY = timedelta(minutes=10)
CLOCK_SLIP = timedelta(hours=1)
"""How far the clock may have gone back since a session was made; one from further ahead is none."""
LONGEST_AGENT = 300


def begin(token: str, account: OwnerAccount, now: datetime, agent: str, *, half: bool = False) -> Session:
    """A session of an account for the browser that holds a token; `half`: it awaits the second factor."""
    return Session(fingerprint(token), _mark(account, half=half), now, now, agent[:LONGEST_AGENT])


def is_whole(session: Session, account: OwnerAccount, now: datetime) -> bool:
    """Whether somebody is signed in with it: not idle for too long, too old, from the future, or awaiting a code."""
    fresh = -CLOCK_SLIP <= now - session.seen_at <= IDLE and now - session.created_at >= -CLOCK_SLIP
    return _fits(session, account) and fresh and now - session.created_at <= LONGEST_SESSION


def is_half(session: Session, account: OwnerAccount, now: datetime) -> bool:
    """Whether it awaits the second factor still."""
    age = now - session.created_at
    return _fits(session, account, half=True) and -CLOCK_SLIP <= age <= timedelta(seconds=SECONDS_FOR_CODE)


def _fits(session: Session, account: OwnerAccount, *, half: bool = False) -> bool:
    return bool(account.password) and session.account == _mark(account, half=half)


def _mark(account: OwnerAccount, *, half: bool) -> str:
    """What binds a session to the password that it began with."""
    return fingerprint(account.password, "half") if half else fingerprint(account.password)
