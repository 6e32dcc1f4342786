"""Visitors who are slow on purpose, each in a way of their own, and how long the server keeps them."""

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

BODY = json.dumps({"message": "x" * 200}).encode()
POST = f"POST /api/tickets HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {len(BODY)}"
LARGE = POST.rpartition(" ")[0] + " 60000000"
GET = "GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"


MOST_GREEDY = 20


@dataclass(frozen=True)
class Kind:
    """What a slow visitor sends at once, and then piece by piece; `reads` is whether they read what comes back."""

    begins: bytes
    goes_on: bytes
    reads: bool = True


KINDS = {
    "says nothing": Kind(b"", b""),
    "sends empty lines": Kind(b"", b"\r\n"),
    "sends the head letter by letter": Kind(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx-", b"a"),
    "sends header by header": Kind(b"GET / HTTP/1.1\r\n", b"a: b\r\n"),
    "sends half a head": Kind(POST.encode(), b""),
    "sends the body letter by letter": Kind(POST.encode() + b"\r\n\r\n" + BODY[:20], b"x"),
    "sends half a body": Kind(POST.encode() + b"\r\n\r\n" + BODY[:20], b""),
    "goes on after it was refused": Kind(LARGE.encode() + b"\r\n\r\n" + BODY, b"x"),
    "sends chunk by chunk": Kind(
        POST.rpartition("\r\n")[0].encode() + b"\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n"
    ),
    "begins a second request": Kind(b"GET /ask HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\nGET /ask HTTP/1.1\r\nx-", b"a"),
    "reads nothing": Kind(GET.encode() * 300, b"", reads=False),
}


@dataclass
class Slow:
    """Slow visitors who are there; `kept` is for how many seconds each of those who were sent away was kept."""

    port: int
    count: int
    pause: float
    kept: list[tuple[str, float]] = field(default_factory=list)
    there: threading.Event = field(default_factory=threading.Event)
    waiting: int = 0

    async def come(self) -> None:
        names = [name for name, kind in KINDS.items() if kind.reads]
        greedy = [name for name in KINDS if name not in names] * MOST_GREEDY  # these cost more than their time
        asked = [*greedy, *(names[number % len(names)] for number in range(self.count))][: self.count]
        await asyncio.gather(*map(self._visit, asked))

    async def _visit(self, name: str) -> None:
        kind = KINDS[name]
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1024)
        began = time.monotonic()
        writer.write(kind.begins)
        self.waiting += 1
        if self.waiting == self.count:
            self.there.set()
        with contextlib.suppress(OSError):
            while await self._goes_on(kind, reader):
                writer.write(kind.goes_on if kind.reads else b"\r\n")
                await writer.drain()
        self.kept.append((name, time.monotonic() - began))
        writer.transport.abort()

    async def _goes_on(self, kind: Kind, reader: asyncio.StreamReader) -> bool:
        """Wait for a while; whether the server still keeps us."""
        if not kind.reads:
            await asyncio.sleep(self.pause)
            return True
        try:
            return await asyncio.wait_for(reader.read(65536), self.pause) != b""
        except TimeoutError:
            return True


@contextlib.contextmanager
def slow_visitors(port: int, count: int, pause: float) -> Iterator[Slow]:
    """So many slow visitors, each of whom sends something every `pause` seconds; at the end, all were sent away."""
    slow = Slow(port, count, pause)
    thread = threading.Thread(target=lambda: asyncio.run(slow.come()), daemon=True)
    thread.start()
    assert slow.there.wait(60), f"only {slow.waiting} came in"
    yield slow
    thread.join(120)
    assert len(slow.kept) == count, f"{count - len(slow.kept)} are still there"
