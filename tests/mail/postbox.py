"""A real mail server on loopback that can be slow, refuse at each step, drop, and want TLS and a sign-in."""

import asyncio
import email.policy
import ssl
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.serving import free_port
from tests.serving import until as until
from ticket_api.settings import Settings

HERE = Path(__file__).parent
USER, PASSWORD = "alice", "a password at the mail server"


class Parted(SMTP):
    """Speaks SMTP as its postbox wants it to."""

    box: "Postbox"

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        await self.box.meet("ehlo", self) or await super().smtp_EHLO(hostname)

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802
        await self.box.meet("mail", self) or await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802
        await self.box.meet("rcpt", self) or await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        await self.box.meet("data", self) or await super().smtp_DATA(arg)


class Postbox(Controller):
    """`got`: what arrived, as bytes; `at` names a step and what happens there: an answer, `drop` or `hang`."""

    def __init__(self, port: int = 0, *, tls: str = "", login: bool = False, utf8: bool = False) -> None:
        self.got: list[bytes] = []
        self.envelopes: list[Envelope] = []
        self.at: dict[str, str] = {}
        self._servers: list[SMTP] = []
        self.heard: Callable[[EmailMessage], object] = lambda _: None
        self.tls, self.login, self.utf8 = tls, login, utf8
        own = _server_context() if tls else None
        super().__init__(
            self, "127.0.0.1", port or free_port(), ssl_context=own if tls == "tls" else None, ready_timeout=20
        )

    def factory(self) -> SMTP:
        given: dict[str, Any] = {"enable_SMTPUTF8": self.utf8, "decode_data": False}
        if self.tls == "starttls":
            given |= {"tls_context": _server_context(), "require_starttls": True}
        if self.login:
            given |= {"authenticator": _authenticate, "auth_required": True, "auth_require_tls": self.tls == "starttls"}
        with warnings.catch_warnings(action="ignore"):  # of a sign-in without STARTTLS, which is what is tried
            server = Parted(self, **given)
        server.box = self
        self._servers.append(server)
        return server

    def stop(self, no_assert: bool = False) -> None:
        """Hang up on everybody, those too who are just coming in, and stop."""
        asyncio.run_coroutine_threadsafe(self._part(), self.loop).result(20)
        super().stop(no_assert)

    async def _part(self) -> None:
        server = self.server
        assert isinstance(server, asyncio.Server)
        for knocked_at in server.sockets:
            self.loop.remove_reader(knocked_at.fileno())
        await _let_in()  # a server that is closed drops who comes in, and nobody closes their connection
        server.close()
        while server._active_count:  # type: ignore[attr-defined]  # connections that are there
            for each in self._servers:
                if each.transport:
                    each.transport.abort()
            await asyncio.sleep(0.005)

    async def meet(self, step: str, server: SMTP) -> bool:
        """Do what is to happen at a step; False when nothing is."""
        what = self.at.get(step, "")
        if what == "drop":
            server.transport.close()
        elif what and what != "hang":
            server._writer.write(f"{what}\r\n".encode())
            await server._writer.drain()
        return bool(what)  # one that hangs just doesn't answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """The mail is here, and then there is an answer, or none."""
        if answer := self.at.get("after data", ""):
            if answer.startswith("2") or answer == "drop":
                self._keep(envelope)
            if answer == "drop":
                server.transport.close()
            if answer == "hang":
                await asyncio.sleep(3600)
            return answer
        self._keep(envelope)
        return "250 Taken"

    def _keep(self, envelope: Envelope) -> None:
        self.envelopes.append(envelope)
        self.got.append(envelope.content)
        self.heard(read(envelope.content))

    @property
    def mails(self) -> list[EmailMessage]:
        """What arrived, parsed."""
        return [read(each) for each in self.got]


async def _let_in() -> None:
    """Return once who has knocked already has a connection that can be closed."""
    for _ in range(5):
        await asyncio.sleep(0)


def read(content: bytes) -> EmailMessage:
    return BytesParser(policy=email.policy.SMTP).parsebytes(content)


def _authenticate(_: Any, __: Any, ___: Any, ____: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()), handled=False)


def _server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(HERE / "server.pem", HERE / "server.key")
    return context


@contextmanager
def postbox(**given: Any) -> Iterator[Postbox]:
    """A mail server for as long as the context lasts."""
    box = Postbox(**given)
    box.start()
    try:
        yield box
    finally:
        if not box.loop.is_closed():  # a test may have stopped it
            box.stop()


def mailing(settings: Settings, box: Postbox) -> Settings:
    """The settings of a desk that sends through this server, and takes any number of questions."""
    return replace(settings, smtp_host="127.0.0.1", smtp_port=box.port, smtp_security="none", limits=False)
