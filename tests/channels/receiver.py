"""A program that is called: a real server that counts who connects and keeps what it is sent."""

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

CERTIFICATE = Path(__file__).parents[1] / "mail" / "server.pem"
OK = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"

Behave = Callable[[socket.socket, "Receiver"], None]


class Receiver:
    """Listens on a port of its own. `behave` answers each request, which is in `got` by then."""

    def __init__(self, *, tls: bool = False, host: str = "127.0.0.1") -> None:
        self.connections = 0
        self.got: list[tuple[dict[str, str], dict]] = []
        self.raw: list[bytes] = []
        self.behave: Behave = answer(OK)
        self.ending = threading.Event()
        self._tls = tls
        self._listener = socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self.port}/told?by=helpleaf"

    @property
    def types(self) -> list[str]:
        """What it was told, in order."""
        return [body["type"] for _, body in self.got]

    def close(self) -> None:
        self.ending.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(20)
            assert not thread.is_alive()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(sock,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as open_:
            open_.enter_context(sock)
            sock.settimeout(20)
            if self._tls:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(CERTIFICATE, CERTIFICATE.with_suffix(".key"))
                sock = open_.enter_context(context.wrap_socket(sock, server_side=True))
            if self._keep(sock):
                self.behave(sock, self)

    def _keep(self, sock: socket.socket) -> bool:
        """Keep a request; False for one that was broken off."""
        with sock.makefile("rb") as lines:
            if not lines.readline().startswith(b"POST /told?by=helpleaf HTTP/1.1"):
                return False
            headers = {}
            while (line := lines.readline().strip()) != b"":
                name, _, value = line.decode().partition(": ")
                headers[name.lower()] = value
            length = int(headers.get("content-length", 0))
            body = lines.read(length)
        if not body or len(body) < length:
            return False
        self.raw.append(body)
        self.got.append((headers, json.loads(body)))
        return True


def answer(*pieces: bytes) -> Behave:
    """Answer with these bytes and hang up."""

    def behave(sock: socket.socket, _: Receiver) -> None:
        for piece in pieces:
            sock.sendall(piece)

    return behave


def status(code: int, *headers: str) -> Behave:
    """Answer with a status."""
    lines = "".join(f"{each}\r\n" for each in headers)
    return answer(f"HTTP/1.1 {code} Told\r\n{lines}Content-Length: 0\r\n\r\n".encode())


def hang(sock: socket.socket, receiver: Receiver) -> None:
    """Say nothing until the test is over."""
    receiver.ending.wait(20)


def drip(sock: socket.socket, receiver: Receiver) -> None:
    """Say one byte after the other, and never come to an end."""
    for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 2000:
        if receiver.ending.wait(0.05):
            return
        sock.sendall(bytes([byte]))


def flood(sock: socket.socket, receiver: Receiver) -> None:
    """Send one header that never ends."""
    sock.sendall(b"HTTP/1.1 200 OK\r\n")
    while not receiver.ending.is_set():
        sock.sendall(b"X-Long: " + b"x" * 16_000 + b"\r\n")


@contextlib.contextmanager
def receiver(*, tls: bool = False, host: str = "127.0.0.1") -> Iterator[Receiver]:
    there = Receiver(tls=tls, host=host)
    try:
        yield there
    finally:
        there.close()
