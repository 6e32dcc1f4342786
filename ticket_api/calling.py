"""I/O: one message to a webhook, to an address that was checked, within a few seconds."""

import http.client
import io
import queue
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from time import monotonic

from msgspec import Struct

from ticket_api.outside import Target, may_be_called

SECONDS = 5.0
"""For all of it: the name, the connection, TLS, the message and its answer."""
MOST_READ = 64 * 1024
"""Bytes of an answer that are read."""
PIECE = 16 * 1024

Resolve = Callable[[str, int], list[str]]
Connect = Callable[[str, int, float], socket.socket]


class Called(Struct, frozen=True):
    """What became of a call: `trouble` is "" when it was taken, else a code; `status` is the answer's, 0 for none."""

    trouble: str = ""
    status: int = 0


class _Failed(Exception):
    """The outcome is known."""

    def __init__(self, trouble: str) -> None:
        super().__init__(trouble)
        self.trouble = trouble


def resolve(host: str, port: int) -> list[str]:
    """The IP addresses of a host. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def connect(address: str, port: int, seconds: float) -> socket.socket:
    """A connection to an IP address. Raises OSError."""
    return socket.create_connection((address, port), seconds)


class Caller:
    """Posts messages. A host is looked up once, and the connection goes to the very address that was checked."""

    def __init__(self, *, seconds: float = SECONDS, resolve: Resolve = resolve, connect: Connect = connect) -> None:
        self.seconds = seconds
        self._resolve = resolve
        self._connect = connect

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """Certificates are checked, and the name in them."""
        return ssl.create_default_context()

    def post(self, target: Target, body: bytes, headers: Mapping[str, str], *, inside: bool = False) -> Called:
        """Post a body, and tell what became of it. Never raises, and follows no redirect.

        `inside`: the address may be one of the owner's own network.
        """
        ends = monotonic() + self.seconds
        try:
            with _sorted("unknown_name"):
                addresses = _within(ends, lambda: self._resolve(target.host, target.port))
            if not may_be_called(addresses, inside=inside):
                return Called("inside_address")
            with self._connected(target, addresses, ends) as sock:
                return _told(_exchange(sock, ends, target, body, headers))
        except _Failed as known:
            return Called(known.trouble)
        except TimeoutError:
            return Called("too_slow")

    @contextmanager
    def _connected(self, target: Target, addresses: list[str], ends: float) -> Iterator[socket.socket]:
        """A connection to the first of the addresses that takes one, encrypted for https."""
        plain = self._first(addresses, target.port, ends)
        try:
            if target.scheme == "https":
                plain.settimeout(_left(ends))
                with _sorted("no_tls"):
                    plain = self.tls.wrap_socket(plain, server_hostname=target.host)
            yield plain
        finally:
            plain.close()

    def _first(self, addresses: list[str], port: int, ends: float) -> socket.socket:
        last: OSError = ConnectionRefusedError()
        for address in addresses:
            try:
                return self._connect(address, port, _left(ends))
            except OSError as error:
                last = error
        if isinstance(last, TimeoutError):
            raise last
        raise _Failed("no_connection") from last


def _exchange(sock: socket.socket, ends: float, target: Target, body: bytes, headers: Mapping[str, str]) -> int:
    """Send the message and read the status of the answer; what follows it is read as far as there is time and room."""
    link = http.client.HTTPConnection(target.host, target.port)
    link.sock = _Bounded(sock, ends)
    with _sorted("no_answer"):
        link.request("POST", target.path, body, {**headers, "Host": target.named, "Connection": "close"})
        answer = link.getresponse()
        with suppress(OSError, http.client.HTTPException), answer:  # who hangs up too early breaks off some receivers
            answer.read(MOST_READ)
        return answer.status


def _told(status: int) -> Called:
    if 200 <= status < 300:
        return Called("", status)
    return Called("redirected" if 300 <= status < 400 else "answered", status)


def _left(ends: float) -> float:
    """The seconds that are left; raises TimeoutError when there are none."""
    left = ends - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _within(ends: float, look_up: Callable[[], list[str]]) -> list[str]:
    """What a look-up gives that can't be told how long it may take. Raises OSError."""
    answers: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def work() -> None:
        try:
            answers.put(look_up())
        except (OSError, UnicodeError) as error:
            answers.put(error if isinstance(error, OSError) else OSError(str(error)))

    threading.Thread(target=work, name="look-up", daemon=True).start()
    try:
        answer = answers.get(timeout=_left(ends))
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, OSError):
        raise answer
    return answer


@contextmanager
def _sorted(trouble: str) -> Iterator[None]:
    """Turn what goes wrong in a step into its outcome."""
    try:
        yield
    except TimeoutError:
        raise
    except ssl.SSLCertVerificationError as error:
        raise _Failed("bad_certificate") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _Failed(trouble) from error


class _Bounded:
    """A socket as http.client uses it, on which everything together takes until `ends` at most."""

    def __init__(self, sock: socket.socket, ends: float) -> None:
        self._sock = sock
        self._ends = ends

    def sendall(self, data: bytes) -> None:
        """Send all of it, each piece in the time that is left."""
        rest = memoryview(data)
        while rest:
            self._sock.settimeout(_left(self._ends))
            rest = rest[self._sock.send(rest[:PIECE]) :]

    def makefile(self, _: str) -> io.BufferedReader:
        """What comes in."""
        return io.BufferedReader(_Reading(self._sock, self._ends))

    def close(self) -> None:
        """The caller closes the socket."""


class _Reading(io.RawIOBase):
    """What comes in, at most MOST_READ of it; beyond that, reading fails."""

    def __init__(self, sock: socket.socket, ends: float) -> None:
        self._sock = sock
        self._ends = ends
        self._room = MOST_READ

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read some bytes in the time that is left."""
        if not self._room:
            raise OSError(f"more than {MOST_READ} bytes")
        self._sock.settimeout(_left(self._ends))
        count = self._sock.recv_into(buffer[: self._room])
        self._room -= count
        return count
