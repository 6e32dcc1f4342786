"""Send one mail over SMTP, and tell failures that pass from those that don't."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from typing import Literal

import aiosmtplib
from msgspec import Struct

from ticket_api.mail.compose import as_bytes
from ticket_api.mail.outcome import SENT, Outcome, failed

CONNECT_SECONDS = 10.0
"""For each of: the connection with the server's greeting, TLS, signing in."""
WHOLE_SECONDS = 60.0
"""For all of it."""
PARTING_SECONDS = 2.0
"""For the parting word of a server that has taken the mail."""
PORTS = {"starttls": 587, "tls": 465, "none": 25}
NOT_OURS = (530, 534, 535, 538, 454)
"""A server that wants another sign-in or TLS says so: it means the settings, not the mail."""

REFUSED = {"sender": "sender_refused", "recipient": "recipient_refused", "message": "message_refused"}
"""What a 5xx means at each step. One that refuses the sender means the settings, and all mail."""

Security = Literal["starttls", "tls", "none"]
Tell = Callable[[str], object]


class Server(Struct, frozen=True):
    """The mail server of the settings; without `user`, nobody signs in. `port` 0 is the usual one."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = ""

    @property
    def own_port(self) -> int:
        """The port that is connected to."""
        return self.port or PORTS[self.security]


class _Failed(Exception):
    """The outcome is known, and the conversation ends."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.code)
        self.outcome = outcome


async def send(server: Server, message: EmailMessage, tell: Tell = lambda _: None) -> Outcome:
    """Hand a message with one recipient to the server. Never raises but when it is cancelled.

    `tell` is called with the name of each step that was done.
    """
    sender, to = str(message["From"].addresses[0].addr_spec), str(message["To"].addresses[0].addr_spec)
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.own_port,
        local_hostname=sender.rpartition("@")[2],
        timeout=CONNECT_SECONDS,
        use_tls=server.security == "tls",
        start_tls=False,  # a step of its own, so that its failure can be told
        tls_context=None if server.security == "none" else await asyncio.to_thread(ssl.create_default_context),
    )
    try:
        async with asyncio.timeout(WHOLE_SECONDS):
            await _enter(client, server, tell)
            await _hand_over(client, sender, to, as_bytes(message), tell)
    except _Failed as known:
        return known.outcome
    except TimeoutError:
        return failed("too_slow")
    else:
        with suppress(Exception):
            await client.quit(timeout=PARTING_SECONDS)
        return SENT
    finally:
        client.close()


async def _enter(client: aiosmtplib.SMTP, server: Server, tell: Tell) -> None:
    with _sorted("connect"):
        await client.connect()
    tell("connected")
    if server.security == "starttls":
        with _sorted("tls"):
            await client.ehlo()
            if not client.supports_extension("starttls"):
                raise _Failed(failed("no_starttls"))
            await client.starttls()
    if server.security != "none":
        tell("encrypted")
    if server.user:
        with _sorted("login"):
            await client.ehlo()
            if not client.supported_auth_methods:
                raise _Failed(failed("no_login"))
            await client.login(server.user, server.password)
        tell("signed_in")


async def _hand_over(client: aiosmtplib.SMTP, sender: str, to: str, message: bytes, tell: Tell) -> None:
    with _sorted("sender"):
        await client.ehlo()
        wide = not to.isascii()
        if wide and not client.supports_extension("smtputf8"):
            raise _Failed(failed("no_letters", final=True))
        await client.mail(sender, options=["SMTPUTF8"] if wide else None)
    tell("sender_taken")
    with _sorted("recipient"):
        await client.rcpt(to, encoding="utf-8" if wide else "ascii")
    tell("recipient_taken")
    with _sorted("message"):
        await client.data(message, timeout=WHOLE_SECONDS)
    tell("message_taken")


@contextmanager
def _sorted(step: str) -> Iterator[None]:
    """Turn what goes wrong in a step into its outcome."""
    try:
        yield
    except _Failed:
        raise
    except aiosmtplib.SMTPResponseException as error:
        raise _Failed(_answered(step, error.code, f"{error.code} {error.message}")) from error
    except ssl.SSLCertVerificationError as error:
        raise _Failed(failed("bad_certificate", error.verify_message)) from error
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise _Failed(_unanswered(step, error)) from error


def _answered(step: str, code: int, said: str) -> Outcome:
    if step == "login" or code in NOT_OURS:
        return failed("login_refused", said)
    if code >= 500 and step in REFUSED:
        return failed(REFUSED[step], said, final=step != "sender")
    return failed("not_now", said)


def _unanswered(step: str, error: Exception) -> Outcome:
    cause = error.__cause__ or error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return failed("bad_certificate", cause.verify_message)
    if isinstance(cause, ssl.SSLError):
        return failed("no_tls")
    if isinstance(cause, socket.gaierror):
        return failed("unknown_host")
    if isinstance(error, TimeoutError):
        return failed("dropped" if step == "message" else "too_slow")
    if isinstance(cause, ConnectionRefusedError):
        return failed("nobody_there")
    if step == "message":
        return failed("dropped")
    return failed("hung_up" if isinstance(error, ConnectionError) else "strange", str(error))
