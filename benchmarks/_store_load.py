"""A load generator in a process of its own: 64 connections that are kept open and ask again once they are answered.

It reads `PORT SECONDS CONNECTIONS` a line and writes what happened as JSON, one line each.
"""

import asyncio
import json
import re
import secrets
import sys
import time
from typing import cast

from benchmarks._store_data import make_ticket

BODIES = 200
WARM_UP = 0.3
PATIENCE = 20
"""Seconds to wait for the last answers."""
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
KEY = 32


def requests(port: int) -> list[tuple[bytes, bytes]]:
    """What is posted, before and after the Idempotency-Key."""
    made = []
    for number in range(BODIES):
        ticket = make_ticket(number)
        body = json.dumps(
            {"message": ticket.question, "name": ticket.name, "email": ticket.email, "lang": "en", "page": ticket.page}
        ).encode()
        head = (
            f"POST /api/tickets HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: load\r\nAccept: application/json\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nIdempotency-Key: "
        )
        made.append((head.encode(), b"\r\n\r\n" + body))
    return made


class Run:
    """What all connections of one run share."""

    def __init__(self, port: int, seconds: float) -> None:
        self.requests = requests(port)
        self.seed = secrets.token_hex(KEY // 4)
        self.sent = 0
        self.counted_from = time.perf_counter() + WARM_UP
        self.ends = self.counted_from + seconds
        self.waits: list[float] = []
        self.refused = b""

    def next(self) -> bytes:
        """The next request, with a key that was never sent."""
        self.sent += 1
        before, after = self.requests[self.sent % BODIES]
        return b"%b%b%016x%b" % (before, self.seed.encode(), self.sent, after)


class Connection(asyncio.Protocol):
    """One visitor after the other on one connection."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.answer = b""
        self.asked = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._ask()

    def _ask(self) -> None:
        self.asked = time.perf_counter()
        self.transport.write(self.run.next())

    def data_received(self, data: bytes) -> None:
        self.answer += data
        end = self.answer.find(b"\r\n\r\n")
        if end < 0:
            return
        length = LENGTH.search(self.answer, 0, end + 1)
        if length and len(self.answer) >= end + 4 + int(length[1]):
            self._take()

    def _take(self) -> None:
        now = time.perf_counter()
        if not self.answer.startswith(b"HTTP/1.1 201"):
            self.run.refused = self.answer[:500]
            self.transport.close()
        elif now < self.run.ends:
            if now >= self.run.counted_from:
                self.run.waits.append(now - self.asked)
            self.answer = b""
            self._ask()
        else:
            self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if time.perf_counter() < self.run.ends and not self.run.refused:
            self.run.refused = f"the connection was closed: {error}".encode()
        if not self.done.done():
            self.done.set_result(None)


async def load(port: int, seconds: float, connections: int) -> dict[str, object]:
    """Post on all connections for so long; the answers a second, the wait of each, and what was refused."""
    run = Run(port, seconds)
    loop = asyncio.get_running_loop()
    opened = [await loop.create_connection(lambda: Connection(run), "127.0.0.1", port) for _ in range(connections)]
    _, silent = await asyncio.wait([connection.done for _, connection in opened], timeout=WARM_UP + seconds + PATIENCE)
    if silent:
        run.refused = f"{len(silent)} connections got no answer".encode()
    waits = sorted(run.waits) or [0.0]
    return {
        "rate": len(run.waits) / seconds,
        "p50": waits[len(waits) // 2],
        "p99": waits[len(waits) * 99 // 100],
        "refused": run.refused.decode("utf-8", "replace"),
    }


def main() -> None:
    """Answer lines until there are no more."""
    try:
        from uvloop import new_event_loop
    except ModuleNotFoundError:  # there is none for this platform
        from asyncio import new_event_loop
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        for line in sys.stdin:
            port, seconds, connections = line.split()
            print(json.dumps(runner.run(load(int(port), float(seconds), int(connections)))), flush=True)


if __name__ == "__main__":
    main()
