"""A32: one event of the log is one line, and no terminal obeys what a stranger put into it."""

import io
import logging
import re
import socket
import subprocess

import pytest

from tests.flows.asking import ask, path_of
from tests.flows.test_restart import Process
from ticket_api import journal

FORGED = (
    "x\r\nERROR: the owner's password was changed\n\x1b[2J\x1b]0;owned\x07\x9b31m\u202eback\u2028WARNING: more\x00\x7f"
)
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]")


@pytest.fixture
def log():
    """What the journal writes."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(journal.OneLine())
    logging.getLogger().addHandler(handler)
    yield written.getvalue
    logging.getLogger().removeHandler(handler)


def events(text: str) -> list[str]:
    """The lines that begin an event; all others are indented."""
    lines = text.removesuffix("\n").split("\n")
    assert not CONTROL.search(text.replace("\n", ""))
    assert all(re.match(r"[A-Z]+: |    ", line) for line in lines), lines
    return [line for line in lines if line[0] != " "]


def test_a32_a_message_is_one_line(log):
    logging.getLogger("ticket_api").warning("Article %s", FORGED)
    (line,) = events(log())
    assert line.startswith("WARNING: Article x\\r\\nERROR: the owner")
    assert "\\x1b[2J" in line


def test_a32_a_traceback_holds_no_second_event(log):
    try:
        raise ValueError(FORGED) from KeyError(FORGED)
    except ValueError:
        logging.getLogger("ticket_api").exception("Failed: %s", FORGED)
    assert len(events(log())) == 1


def test_a32_what_strangers_send_makes_no_second_event(bob, store, monkeypatch, log):
    ticket = ask(bob)

    def fail(*given, **_):
        raise RuntimeError(FORGED, given)

    monkeypatch.setattr("ticket_api.knowledge.matching.suggest", fail)
    ask(bob, FORGED.replace("\x00", ""))
    monkeypatch.setattr(type(store), "add_ticket", fail)
    bob.post("/api/tickets", json={"message": FORGED.replace("\x00", ""), "name": "\x1b[31m"})
    bob.get(f"/t/{FORGED.encode().hex()}%0aERROR:%20x%1b", headers={"user-agent": "x\x1b[2J"})
    bob.post(path_of(ticket), data={"do": "write", "message": FORGED})
    assert events(log())


def test_a32_the_server_writes_its_log_so(tmp_path, built, monkeypatch):
    """The process itself, to which hostile bytes come."""
    real = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda *given, **named: real(*given, stderr=subprocess.PIPE, **named))
    server = Process(tmp_path / "data", built)
    for sent in (b"\x1b[31mGET / HTTP/1.1\r\n\r\n", b"GET /\x0aERROR: x HTTP/1.1\r\n\r\n", b"\x00\x00\r\nERROR: x\r\n"):
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(sent)
            assert connection.recv(1000)
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        head = b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
        connection.sendall(head + b"x: \x1b[31m\r\n\r\n")
        connection.recv(1000)
    server.process.terminate()
    told = server.process.stderr.read()
    server.process.stderr.close()
    server.wait()
    first, *others = told.split("\n", 1)
    assert first.startswith("helpleaf: ")
    assert all(line == "WARNING: Invalid HTTP request received." for line in events("".join(others)) if "HTTP" in line)
    assert "Invalid HTTP request" in told
