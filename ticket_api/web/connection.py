"""Connection: what one visitor may keep open and send, beneath all doors. uvicorn has no deadlines and few limits."""

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as Protocol
else:
    from uvicorn.protocols.http.auto import AutoHTTPProtocol as Protocol

PATIENCE = 22.0
"""Seconds in which a whole request has to arrive."""
LOOK_EVERY = 3.0
"""Seconds after which a connection is looked at again."""
LEAST_READ = 4096
"""Bytes of an answer that a visitor takes between two looks, at least."""
MOST_HEAD = 64 * 1024
MOST_HEADERS = 100
MOST_BYTES = 64 * 1024 * 1024
"""Bytes of one request on the wire. Doors read far less; the rest is passed over, so that their answer arrives."""

TOO_LARGE = b"The head of the request is too large."


class Connection(Protocol):
    """uvicorn's connection, which ends when its visitor sends or reads too slowly, or sends what nobody needs."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._since = self.loop.time()
        self._received = self._unread = 0
        self._in_head = self._moved = False
        self._running: Any = None
        self._next_look = self.loop.call_later(LOOK_EVERY, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """Look no more, and tell the door that writes: uvicorn tells the last request, which may wait behind it."""
        self._next_look.cancel()
        if self._running is not None:
            self._running.disconnected = True
            self._running.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes, and end what nobody needs."""
        super().data_received(data)
        self._received += len(data)
        if self._in_head and self._received > MOST_HEAD:
            self._in_head = False
            self.transport.write(_HEAD_TOO_LARGE)
            self.transport.close()
        elif self._received > MOST_BYTES:
            self.transport.abort()

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._received, self._in_head = 0, True
        if self.cycle is not None:  # the first one has had time since the visitor came
            self._since = self.loop.time()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; those behind the body are none that any door reads, and are dropped."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Hand the request on, or refuse it for its many headers."""
        self._in_head = False
        if len(self.headers) > MOST_HEADERS:
            self.app = _refuse
        super().on_headers_complete()

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        """Wait for the next request; the rest of one that was answered early has only the time that it had."""
        super().on_response_complete()
        self._moved = True
        if not self.cycle.more_body:
            self._since = self.loop.time()

    def resume_writing(self) -> None:
        """The visitor has read most of what there was."""
        super().resume_writing()
        self._moved = True

    def _look(self) -> None:
        unread = self.transport.get_write_buffer_size()
        if self._is_stuck(unread) or (not unread and self._is_late()):
            self.transport.abort()
        else:
            self._unread, self._moved = unread, False
            self._next_look = self.loop.call_later(LOOK_EVERY, self._look)

    def _is_stuck(self, unread: int) -> bool:
        """Whether the visitor doesn't read the answer."""
        return bool(unread and self._unread) and not self._moved and unread > self._unread - LEAST_READ

    def _is_late(self) -> bool:
        """Whether the visitor doesn't send the request: one that is whole waits for us, however long that takes."""
        is_whole = self.cycle is not None and not self.cycle.response_complete and not self.cycle.more_body
        return not is_whole and self.loop.time() - self._since >= PATIENCE


_HEADERS = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(TOO_LARGE)).encode())]
_HEADERS += [(b"connection", b"close")]
_HEAD_TOO_LARGE = b"".join(
    (
        b"HTTP/1.1 431 Request Header Fields Too Large\r\n",
        *(b"%s: %s\r\n" % header for header in _HEADERS),
        b"\r\n" + TOO_LARGE,
    )
)


async def _refuse(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 431, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": TOO_LARGE})
