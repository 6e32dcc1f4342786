"""The ids of mails and of the threads that they stand in. Each carries a seal, so that nobody can make one up."""

import hmac
import re

from ticket_api.keys import mail_seal

_ID = re.compile(r"<([a-z0-9-]{1,64})\.([0-9a-f]{32})@[^\s<>@]+>")


def message_id(secret: bytes, uid: str, domain: str) -> str:
    """The Message-ID of a mail: the same one however often it is sent."""
    return f"<{uid}.{mail_seal(secret, uid)}@{domain}>"


def thread_id(secret: bytes, ticket: int, domain: str) -> str:
    """The id that all mails about a ticket refer to, by which mail programs show them as one conversation."""
    return message_id(secret, f"ticket-{ticket}", domain)


def named_by(secret: bytes, given: str) -> str | None:
    """What an id names, a mail's uid or `ticket-12`; None for one that this desk didn't make, wherever it was found."""
    found = _ID.fullmatch(given.strip())
    if not found or not hmac.compare_digest(found[2], mail_seal(secret, found[1])):
        return None
    return found[1]
