"""F15: visitors who are slow are sent away, and nobody else notices them."""

import contextlib
import http.client
import json
import socket
import time

import pytest

from tests.faults.slow import KINDS, slow_visitors
from tests.waiting import PATIENCE
from ticket_api.web import connection, intake


@pytest.fixture
def hasty(monkeypatch):
    """A server with less patience, so that the test is short."""
    for module, name, seconds in ((connection, "PATIENCE", 2.0), (connection, "LOOK_EVERY", 0.5)):
        monkeypatch.setattr(module, name, seconds)
    monkeypatch.setattr(intake, "BODY_SECONDS", 1.0)


def visit(port: int) -> list[int]:
    """What a normal visitor does, on one connection."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as visitor:
        statuses = []
        for path in ("/", "/api/search?q=refund", "/ask"):
            visitor.request("GET", path)
            with visitor.getresponse() as answer:
                answer.read()
                statuses.append(answer.status)
        visitor.request(
            "POST", "/api/tickets", json.dumps({"message": "Where is it?"}), {"Content-Type": "application/json"}
        )
        with visitor.getresponse() as answer:
            answer.read()
            return [*statuses, answer.status]


def test_slow_visitors_are_sent_away_and_others_are_served(hasty, unlimited, server):
    with slow_visitors(server.settings.port, 20 * len(KINDS), 0.3) as slow:
        for _ in range(10):
            assert visit(server.settings.port) == [200, 200, 200, 201]
    assert {name for name, _ in slow.kept} == set(KINDS)
    assert visit(server.settings.port) == [200, 200, 200, 201]


def test_who_waits_for_us_is_not_sent_away(hasty, server, monkeypatch):
    """A request that is whole, and takes long on our side."""
    real = type(server.store).together
    monkeypatch.setattr(type(server.store), "together", lambda self, jobs: (time.sleep(4), real(self, jobs))[1])
    assert visit(server.settings.port)[-1] == 201


def test_a_slow_body_is_told_so(hasty, server):
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.settings.port, timeout=20)) as visitor:
        visitor.putrequest("POST", "/api/tickets")
        visitor.putheader("content-type", "application/json")
        visitor.putheader("content-length", "200")
        visitor.endheaders(b'{"message": ')
        with visitor.getresponse() as answer:
            assert (answer.status, json.load(answer)["error"]["code"]) == (400, "too_slow")


def test_a_visitor_who_comes_back_again_and_again_is_kept(hasty, unlimited, server):
    """One connection, with pauses, for longer than one request may take."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.settings.port, timeout=20)) as visitor:
        for _ in range(8):
            visitor.request("GET", "/api/health")
            sock = visitor.sock
            with visitor.getresponse() as answer:
                assert answer.read()
            assert visitor.sock is sock
            time.sleep(0.5)


def test_who_reads_slowly_and_reads_gets_all(hasty, server):
    with socket.create_connection(("127.0.0.1", server.settings.port), timeout=PATIENCE) as visitor:
        visitor.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        asked = b"GET /api/search?q=refund&limit=50 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"
        visitor.sendall(asked * 59 + asked.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"))
        began, got = time.monotonic(), b""
        while piece := visitor.recv(65536):
            got += piece
            if time.monotonic() - began < 4:
                time.sleep(0.1)
    assert got.count(b"HTTP/1.1 ") == 60
