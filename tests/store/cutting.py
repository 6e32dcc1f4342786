"""A wire to PostgreSQL that is cut around a commit, so that nobody knows whether it happened."""

import socket
import threading
from contextlib import suppress
from typing import Literal

Where = Literal["before", "after", "never"]


class Wire:
    """Passes on what both sides say; with `cut`, until the client commits: the server hears of it or it doesn't."""

    def __init__(self, port: int) -> None:
        self.cut: Where = "never"
        self.commits = 0
        self._port = port
        self._ends: list[socket.socket] = []
        self._lock, self._closed = threading.Lock(), False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with self._lock:
            self._closed = True
        for end in (self._listener, *self._ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _kept(self, end: socket.socket) -> socket.socket:
        """An end that is closed with the wire, or at once when that is closed already."""
        with self._lock:
            self._ends.append(end)
            if self._closed:
                end.close()
        return end

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client = self._kept(self._listener.accept()[0])
                server = self._kept(socket.create_connection(("127.0.0.1", self._port)))
                for end in (client, server):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                committed = threading.Event()  # the server's next answer is that it has
                for source, target in ((client, server), (server, client)):
                    values = (source, target, source is client, committed)
                    threading.Thread(target=self._pass_on, args=values, daemon=True).start()

    def _pass_on(
        self, source: socket.socket, target: socket.socket, from_client: bool, committed: threading.Event
    ) -> None:
        with suppress(OSError):
            while said := source.recv(65536):
                # A statement that is prepared is sent by its name: tests cut the first commits of a connection.
                commits = from_client and b"COMMIT\0" in said
                self.commits += commits
                if (committed.is_set() and not from_client) or (commits and self.cut == "before"):
                    break
                if commits and self.cut == "after":
                    committed.set()
                target.sendall(said)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
