"""F13, F14: the server is told to stop, and started again, while customers write: a real process, a real port."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.serving import free_port
from tests.waiting import PATIENCE, hurried
from ticket_api.store import open_store

ROOT = Path(__file__).parents[2]
CUSTOMERS = 16


class Process:
    """`helpleaf serve` on one port and one folder, to be ended and started again."""

    def __init__(self, data: Path, built: Path) -> None:
        self.data = data
        self.port = free_port()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HELPLEAF_")}
        self.environment = kept | {"HELPLEAF_BUILD": str(built), "HELPLEAF_WATCH": "off", "PYTHONUNBUFFERED": "1"}
        self.environment["HELPLEAF_LIMITS"] = "off"  # one client stands for many
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "ticket_api.cli", "serve", "--port", str(self.port), "--data", str(self.data)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True)
        with hurried(self.process, "say that it serves"):
            assert any(line.startswith("Data:") for line in self.process.stdout)

    def end(self, how: signal.Signals) -> int:
        """End it; its exit code."""
        self.process.send_signal(how)
        return self.wait()

    def wait(self) -> int:
        """Wait until it has ended by itself; its exit code."""
        with self.process.stdout:
            return self.process.wait(PATIENCE)


class Customer(threading.Thread):
    """Asks one question after the other; `answers` are those that arrived: what was asked, and the answer to it."""

    def __init__(self, port: int, name: str, stop: threading.Event, *, tries_again: bool) -> None:
        super().__init__(daemon=True)
        self.port, self.named, self.stop, self.tries_again = port, name, stop, tries_again
        self.answers: list[tuple[str, dict]] = []
        self.lost = 0

    def run(self) -> None:
        number = 0
        while not self.stop.is_set():
            number += 1
            question = f"Where is refund {number} of {self.named}?"
            while (answer := self._post(question)) is None and self.tries_again and not self.stop.is_set():
                self.lost += 1
                time.sleep(0.02)
            if answer:
                self.answers.append((question, answer))
            elif not self.tries_again:
                return

    def _post(self, question: str) -> dict | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        key = question.replace(" ", "-") + "-----------"
        try:
            headers = {"Content-Type": "application/json", "Idempotency-Key": key}
            connection.request("POST", "/api/tickets", json.dumps({"message": question}), headers)
            answer = connection.getresponse()
            body = json.loads(answer.read())
            return body if answer.status == 201 else None
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()


class Held:
    """A request that is under way: the server reads its body, and has the first half of it."""

    def __init__(self, port: int, question: str) -> None:
        body = json.dumps({"message": question}).encode()
        self.question, self.rest = question, body[10:]
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.connection.putrequest("POST", "/api/tickets")
        for name, value in (("Content-Type", "application/json"), ("Expect", "100-continue")):
            self.connection.putheader(name, value)
        self.connection.putheader("Content-Length", str(len(body)))
        self.connection.endheaders()
        assert self.connection.sock.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        self.connection.send(body[:10])

    def finish(self) -> tuple[int, dict]:
        """Send the other half; the status and the answer."""
        self.connection.send(self.rest)
        with contextlib.closing(self.connection), self.connection.getresponse() as answer:
            return answer.status, json.load(answer) if answer.status == 201 else {}


def customers(port: int, stop: threading.Event, *, tries_again: bool) -> list[Customer]:
    made = [Customer(port, f"customer {n}", stop, tries_again=tries_again) for n in range(CUSTOMERS)]
    for each in made:
        each.start()
    return made


def wait_for(made: list[Customer], count: int) -> None:
    deadline = time.monotonic() + 60
    while sum(len(each.answers) for each in made) < count:
        assert time.monotonic() < deadline, "the server doesn't answer"
        time.sleep(0.01)


def finish(made: list[Customer], stop: threading.Event) -> list[tuple[str, dict]]:
    stop.set()
    for each in made:
        each.join(30)
        assert not each.is_alive()
    return [answer for each in made for answer in each.answers]


@pytest.fixture
def process(tmp_path: Path, built: Path):
    made = Process(tmp_path / "data", built)
    yield made
    if made.process.poll() is None:
        made.end(signal.SIGKILL)


def wait_until_nobody_is_let_in(port: int) -> None:
    """The server has begun to end."""
    deadline = time.monotonic() + 60
    while True:
        assert time.monotonic() < deadline, "the server doesn't end"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=20).close()
        except ConnectionRefusedError:
            return
        time.sleep(0.01)


def test_a_server_that_is_told_to_stop_answers_what_it_has_begun_to_read(process):
    """F13."""
    stop = threading.Event()
    writing = customers(process.port, stop, tries_again=False)
    wait_for(writing, 20)
    held = [Held(process.port, f"Where is refund {number}?") for number in range(CUSTOMERS)]
    process.process.send_signal(signal.SIGTERM)
    wait_until_nobody_is_let_in(process.port)
    time.sleep(1)  # a server that waits for nobody cuts them off meanwhile
    answers = [each.finish() for each in held]
    assert [status for status, _ in answers] == [201] * CUSTOMERS
    assert process.wait() in (0, -signal.SIGTERM)
    acknowledged = finish(writing, stop)
    acknowledged += [(each.question, answer) for each, (_, answer) in zip(held, answers, strict=True)]
    store = open_store(str(process.data / "tickets.db"))
    for question, answer in acknowledged:
        assert store.ticket(answer["id"]).question == question
    store.close()


def test_a_server_that_is_told_to_stop_loses_nothing_that_it_acknowledged(process):
    """F13."""
    stop = threading.Event()
    writing = customers(process.port, stop, tries_again=False)
    wait_for(writing, 100)
    ended = process.end(signal.SIGTERM)  # though they go on asking
    answers = finish(writing, stop)
    assert ended in (0, -signal.SIGTERM)
    store = open_store(str(process.data / "tickets.db"))
    for question, answer in answers:
        assert store.ticket(answer["id"]).question == question
    store.verify()
    store.close()


def test_customers_who_try_again_through_restarts_get_one_ticket_each(process):
    """F14."""
    stop = threading.Event()
    writing = customers(process.port, stop, tries_again=True)
    for how in (signal.SIGTERM, signal.SIGKILL):
        so_far = sum(len(each.answers) for each in writing)
        wait_for(writing, so_far + 60)
        process.end(how)
        process.start()
    wait_for(writing, sum(len(each.answers) for each in writing) + 60)
    answers = finish(writing, stop)
    assert sum(each.lost for each in writing) > 0
    process.end(signal.SIGTERM)
    store = open_store(str(process.data / "tickets.db"))
    statuses = tuple(store.count_tickets())
    stored = store.tickets(statuses, limit=1_000_000)
    questions = [ticket.question for ticket in stored]
    assert len(questions) == len(set(questions))
    assert {question for question, _ in answers} <= set(questions)
    assert all(store.ticket(answer["id"]).question == question for question, answer in answers)
    store.close()
