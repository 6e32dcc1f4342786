"""F16, F17: bodies that are huge, in tiny pieces, compressed, or no JSON that anybody would write."""

import contextlib
import json
import socket

import pytest

from tests.web.test_bad_input import BODIES
from ticket_api.web.intake import BODY_LIMIT

HEAD = b"POST /api/tickets HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
FORM = HEAD.replace(b"/api/tickets", b"/ask").replace(b"application/json", b"application/x-www-form-urlencoded")
HUGE = 50 * 1024 * 1024


@contextlib.contextmanager
def connected(server):
    with socket.create_connection(("127.0.0.1", server.settings.port), timeout=20) as connection:
        yield connection


def status_of(connection: socket.socket) -> int:
    """The status of the answer, once its head is there."""
    return int(connection.recv(65536).split()[1])


@pytest.mark.parametrize("head", [HEAD, FORM], ids=["JSON", "form"])
def test_f16_a_body_that_is_announced_as_huge_is_refused_before_it_comes(server, head):
    for length in (HUGE, BODY_LIMIT + 1, 10**18):
        with connected(server) as connection:
            connection.sendall(head + b"content-length: %d\r\n\r\n" % length)
            assert status_of(connection) == 413


@pytest.mark.parametrize("head", [HEAD, FORM], ids=["JSON", "form"])
def test_f16_a_huge_body_that_comes_all_the_same_hides_no_answer(server, head):
    with connected(server) as connection:
        connection.sendall(head + b"content-length: %d\r\n\r\n" % HUGE)
        for _ in range(50):
            connection.sendall(b" " * (HUGE // 50))
        assert status_of(connection) == 413
        connection.sendall(b"GET /api/health HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        assert b"200 OK" in connection.recv(65536)


@pytest.mark.parametrize("head", [HEAD, FORM], ids=["JSON", "form"])
def test_f16_a_body_in_pieces_of_one_byte_is_read_no_further_than_the_limit(server, head):
    with connected(server) as connection:
        connection.sendall(head + b"transfer-encoding: chunked\r\n\r\n" + b"1\r\n \r\n" * (BODY_LIMIT + 1))
        assert status_of(connection) == 413


def test_f16_a_body_without_end_is_cut_off(server, monkeypatch):
    monkeypatch.setattr("ticket_api.web.connection.MOST_BYTES", 4 * 1024 * 1024)
    chunks = (b"10000\r\n" + b" " * 65536 + b"\r\n") * 1000
    with connected(server) as connection, pytest.raises(OSError, match=r"reset|Broken pipe"):
        connection.sendall(HEAD + b"transfer-encoding: chunked\r\n\r\n" + chunks)


def test_f16_small_bodies_in_pieces_of_one_byte_are_taken(server):
    body = json.dumps({"message": "Where is it?"}).encode()
    with connected(server) as connection:
        connection.sendall(HEAD + b"transfer-encoding: chunked\r\n\r\n")
        connection.sendall(b"".join(b"1;x=y\r\n%c\r\n" % byte for byte in body) + b"0\r\nx-trailer: a\r\n\r\n")
        assert status_of(connection) == 201


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, identity", "GZIP"])
def test_f16_compressed_bodies_are_refused(server, encoding):
    for head in (HEAD, FORM):
        with connected(server) as connection:
            connection.sendall(head + b"content-encoding: %s\r\ncontent-length: 20\r\n\r\n" % encoding.encode())
            connection.sendall(b"\x1f\x8b" * 10)
            assert status_of(connection) == 415


def test_f16_a_head_without_end_is_refused(server):
    for head in (
        b"GET / HTTP/1.1\r\nx: ",
        b"GET /",
        b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 20_000,
        b"GET / HTTP/1.1\r\nx",
    ):
        with connected(server) as connection:
            connection.sendall(head + b"a" * 100_000)
            assert status_of(connection) == 431


def test_f16_a_head_of_many_headers_is_refused(server):
    for count, status in ((95, 200), (101, 431), (3000, 431)):
        with connected(server) as connection:
            connection.sendall(b"GET /api/health HTTP/1.1\r\nhost: 127.0.0.1\r\n" + b"a: b\r\n" * count + b"\r\n")
            assert status_of(connection) == status


def test_f16_headers_behind_a_body_are_dropped(server):
    body = json.dumps({"message": "Where is it?"}).encode()
    with connected(server) as connection:
        connection.sendall(HEAD + b"transfer-encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n" % (len(body), body))
        connection.sendall(b"idempotency-key: short\r\n" * 5000 + b"\r\n")
        assert status_of(connection) == 201


def test_f17_no_json_is_an_error_of_ours(server):
    """Over a real connection: what the doors say of each stands in tests/web/test_bad_input.py."""
    with connected(server) as connection:
        for body, status, _ in BODIES:
            connection.sendall(HEAD + b"content-length: %d\r\n\r\n" % len(body) + body)
            assert status_of(connection) == status
    assert server.store.count_tickets() == {}
