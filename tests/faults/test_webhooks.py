"""F12: a webhook that hangs, drips, redirects, answers hugely or refuses costs its events a pause, and nobody else."""

import http.client
import socket
import threading
import time
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from tests.channels import receiver as receivers
from tests.channels.conftest import KEY, called, webhooks
from tests.channels.receiver import answer, drip, flood, hang, status
from tests.conftest import ORIGIN
from tests.flows.asking import ask
from tests.mail.postbox import until
from tests.serving import SECRET
from tests.store.asking import question
from ticket_api import calling
from ticket_api.app import create_app
from ticket_api.calling import Caller
from ticket_api.outside import target_of
from ticket_api.webhooks.state import PATIENCE

__all__ = ["called", "webhooks"]  # fixtures

HASTE, PATIENCE_OF_TESTS = 0.3, 20.0
HEAD = b"HTTP/1.1 200 OK\r\n"


def post(called, seconds=PATIENCE_OF_TESTS, **more):
    return Caller(seconds=seconds, **more).post(target_of(called.url, inside=True), b'{"a": 1}', {}, inside=True)


@pytest.mark.parametrize(
    ("behave", "trouble"),
    [
        (hang, "too_slow"),
        (drip, "too_slow"),
        (flood, "no_answer"),
        (answer(), "no_answer"),
        (answer(b"SSH-2.0-OpenSSH_9.6\r\n"), "no_answer"),
        (answer(b"HTTP/1.1 20"), "no_answer"),
        (answer(b"x" * 100_000), "no_answer"),
        (answer(*[b"HTTP/1.1 100 Continue\r\n\r\n"] * 5000), "no_answer"),
        (status(301, "Location: /elsewhere"), "redirected"),
        (status(304), "redirected"),
        (status(400), "answered"),
        (status(404), "answered"),
        (status(410), "answered"),
        (status(500), "answered"),
        (status(503, "Retry-After: 1"), "answered"),
    ],
)
def test_whatever_it_does_is_a_failure_of_its_own(called, behave, trouble):
    called.behave = behave
    assert post(called, HASTE if trouble == "too_slow" else PATIENCE_OF_TESTS).trouble == trouble


@pytest.mark.parametrize(
    "behave",
    [
        status(200),
        status(202),
        status(204),
        answer(HEAD + b"\r\n"),
        answer(HEAD + b"Content-Length: 9\r\n\r\nshort"),
        answer(HEAD + b"Content-Length: 99999999999\r\n\r\n", *[b"x" * 65_536] * 3),
        answer(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[b"ffff\r\n" + b"x" * 65_535 + b"\r\n"] * 3),
        answer(HEAD + b"Transfer-Encoding: chunked\r\n\r\nno number\r\n"),
    ],
)
def test_what_it_answers_beyond_its_status_is_read_to_64_kib_and_counts_for_nothing(called, behave):
    called.behave = behave
    assert post(called).trouble == ""


def test_a_body_that_never_ends_is_left_after_its_time(called, monkeypatch):
    over = []
    real = http.client.HTTPConnection.getresponse

    def getresponse(self):
        answer = real(self)
        over.append(True)  # the head is there, and the time is up
        return answer

    def behave(sock, receiver):
        sock.sendall(HEAD + b"\r\n")
        hang(sock, receiver)

    monkeypatch.setattr(http.client.HTTPConnection, "getresponse", getresponse)
    monkeypatch.setattr(calling, "monotonic", lambda: time.monotonic() + 100 * len(over))
    called.behave = behave
    assert post(called).status == 200


def test_no_more_than_64_kib_are_read(called, monkeypatch):
    counted = []
    real = calling._Reading.readinto

    def readinto(self, buffer):
        counted.append(real(self, buffer))
        return counted[-1]

    monkeypatch.setattr(calling._Reading, "readinto", readinto)
    called.behave = flood
    assert post(called).trouble == "no_answer"
    assert sum(counted) <= calling.MOST_READ
    assert calling.MOST_READ == 64 * 1024


def test_all_of_it_together_takes_five_seconds():
    assert calling.SECONDS == 5.0


def test_a_port_that_nobody_listens_on_is_told():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        target = target_of(f"http://127.0.0.1:{silent.getsockname()[1]}/", inside=True)
        assert Caller().post(target, b"", {}, inside=True).trouble == "no_connection"


def test_a_name_that_is_looked_up_for_ever_is_left(called):
    never = threading.Event()
    assert post(called, HASTE, resolve=lambda *_: never.wait(20) or []).trouble == "too_slow"
    never.set()


@pytest.mark.parametrize("error", [socket.gaierror(-2, "not known"), UnicodeError("label too long")])
def test_a_name_that_isnt_known_is_told(called, error):
    def resolve(*_):
        raise error

    assert post(called, resolve=resolve).trouble == "unknown_name"
    assert called.connections == 0


def test_https_where_there_is_none_is_told():
    with socket.create_server(("127.0.0.1", 0)) as plain:
        plain.settimeout(20)
        told = threading.Thread(target=lambda: plain.accept()[0].close(), daemon=True)
        told.start()
        target = target_of(f"https://127.0.0.1:{plain.getsockname()[1]}/", inside=True)
        trouble = Caller().post(target, b"", {}, inside=True).trouble
        told.join(20)
    assert trouble == "no_tls"


@pytest.mark.parametrize("behave", [hang, drip, flood, status(302, "Location: /"), status(500), answer()])
def test_it_is_tried_for_a_day_then_off_and_goes_on_where_it_was(webhooks, called, store, clock, behave):
    told = webhooks(caller := Caller(seconds=HASTE / 3), shop={})
    store.add_ticket(question(1))
    called.behave = behave
    for _ in range(60):
        if (state := told.all()[0].state).off:
            break
        clock.now = state.again_at or clock.now
        told.work()
    assert state.off
    assert state.failed_at - state.failing_since >= PATIENCE
    assert state.tries < 40, "the pauses grow"
    assert len({headers["webhook-id"] for headers, _ in called.got}) == 1
    clock.move(days=9)
    told.work()
    assert told.all()[0].state == state
    called.behave, before, caller.seconds = status(204), len(called.got), PATIENCE_OF_TESTS
    told.switch("shop", clock())
    told.work()
    assert called.types[before:] == ["ticket.asked"]
    assert told.all()[0].state.delivered == 1


def test_nobodys_request_waits_for_a_webhook_that_hangs(settings, store, index, clock):
    with receivers.receiver() as there:
        there.behave = hang
        table = {"name": "shop", "url": there.url, "inside": True}
        own = replace(settings, sections={"webhooks": [table]}, signing={"webhook:shop": KEY})
        app = create_app(own, store, index, SECRET, clock)
        with TestClient(app, base_url=ORIGIN) as bob:
            until(lambda: store.paper("follows:webhook:shop"))  # it follows from here on
            ask(bob)
            until(lambda: there.connections)
            for _ in range(5):
                ask(bob)  # while it hangs
                assert bob.get("/api/health").status_code == 200
            assert there.connections == 1
            there.ending.set()
        assert store.count_tickets()
