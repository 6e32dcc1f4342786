"""Tickets over HTTP: every server in a process of its own, and the load from another, in turns."""

import http.client
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks._measure import Figure, Progress, Times
from benchmarks._process import ROOT, process
from benchmarks._store_data import make_ticket
from benchmarks._store_servers import SERVERS

CONNECTIONS = 64
SECONDS = 3.0
ROUNDS = 6
TRIAL_SECONDS = 2.0
ASKS = 50
ASK_ROUNDS = 20
BUSY_SECONDS = 2.0
IDLE_SECONDS = 0.1
"""Processor time in a second that a server at rest stays below."""
KEPT_SECONDS = 4
"""uvicorn closes a connection on which nothing comes for five."""
PASSWORD = "correct horse battery staple"  # of a desk that lives as long as the benchmark
MATCHING = "ours, with matching"
PEERS = ("fastapi", "flask")


class Load:
    """The load generator."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks._store_load"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, port: int, seconds: float) -> dict[str, float]:
        """Post for so long: rate, p50 and p99. Every answer was a 201, else the benchmark ends."""
        assert self._process.stdin
        assert self._process.stdout
        print(port, seconds, CONNECTIONS, file=self._process.stdin, flush=True)
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        if refused := told.pop("refused"):
            raise SystemExit(f"Port {port} didn't store a ticket: {refused}")
        return told

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


@contextmanager
def server(name: str, folder: Path) -> Iterator[int]:
    """The port of one of SERVERS."""
    folder.mkdir()
    with process(["benchmarks._store_servers", name, str(folder)], os.environ) as running:
        assert running.stdout
        yield int(running.stdout.readline())


class Desk:
    """`helpleaf serve` as it is run, with the repository's own articles."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        said = ""
        while "Data:" not in said:
            line = process.stdout.readline()
            if not line:
                raise SystemExit(f"The server didn't start:\n{said}")
            said += line
        self.pid = process.pid
        site = re.search(r"http://127\.0\.0\.1:(\d+)/", said)
        code = re.search(r"code (\S+)\)", said)
        assert site
        self.port, self.code = int(site[1]), code[1] if code else ""
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port)
        self.cookie = ""
        self._used = 0.0

    def ask(self, number: int) -> float:
        """Ask one question, and return the seconds that it took."""
        ticket = make_ticket(number)
        body = json.dumps({"message": ticket.question, "email": ticket.email, "lang": "en", "page": ticket.page})
        started = time.perf_counter()
        self._request("POST", "/api/tickets", body, "application/json", 201)
        return time.perf_counter() - started

    def get(self, path: str) -> bytes:
        """Read a page, as the owner once signed in."""
        return self._request("GET", path, None, "", 200)

    def post(self, path: str, form: str) -> None:
        """Send a form, as the owner once signed in."""
        self._request("POST", path, form, "application/x-www-form-urlencoded", 303)

    def sign_in(self) -> None:
        """Set the owner's password, or sign in with it, and stay signed in."""
        if self.code:
            self.post("/desk/setup", urlencode({"code": self.code, "password": PASSWORD, "repeated": PASSWORD}))
        else:
            self.post("/desk/login", urlencode({"password": PASSWORD}))

    def rest(self) -> None:
        """Wait until the server has read its tickets through, as it does in the background after each start."""
        before = -1.0
        while (now := self._worked()) > before + IDLE_SECONDS:
            before = now
            time.sleep(1)

    def _worked(self) -> float:
        """Seconds of processor time so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> tuple[float, float]:
        """MB of the process now, and at the most so far."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        now, most = (re.search(rf"{name}:\s+(\d+) kB", status) for name in ("VmRSS", "VmHWM"))
        assert now
        assert most
        return int(now[1]) / 1000, int(most[1]) / 1000

    def _request(self, method: str, path: str, body: str | None, kind: str, wanted: int) -> bytes:
        if time.monotonic() - self._used > KEPT_SECONDS:
            self._connection.close()
        self._used = time.monotonic()
        headers = {"Cookie": self.cookie, "Sec-Fetch-Site": "same-origin"} | ({"Content-Type": kind} if kind else {})
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        told = answer.read()
        if answer.status != wanted:
            raise SystemExit(f"{method} {path} gave {answer.status}: {told[:300]!r}")
        if cookie := answer.getheader("set-cookie"):
            self.cookie = cookie.split(";")[0]
        return told


@contextmanager
def desk(data: Path, build: Path, **settings: str) -> Iterator[Desk]:
    """A running server over a data folder; the site is built into `build` unless it is there already."""
    data.mkdir(exist_ok=True)
    given = {"limits": "off", "build": str(build)} | settings
    environ = {f"HELPLEAF_{name.upper()}": value for name, value in given.items()} | {"PYTHONUNBUFFERED": "1"}
    with process(["ticket_api.cli", "serve", "--port", "0", "--data", str(data)], os.environ | environ) as running:
        yield Desk(running)


class Posted:
    """Tickets a second of each server, a list with one rate for each round, and the waits of the last one."""

    def __init__(self) -> None:
        self.rates: dict[str, list[float]] = {}
        self.waits: dict[str, dict[str, float]] = {}

    def add(self, name: str, told: dict[str, float]) -> None:
        """Note a run."""
        self.rates.setdefault(name, []).append(told["rate"])
        self.waits[name] = told

    def ratio(self, over: str, under: str) -> Figure:
        """How many times more tickets `over` took in the same round."""
        return Figure.of([one / other for one, other in zip(self.rates[over], self.rates[under], strict=True)])


def race(folder: Path) -> tuple[Posted, str, str]:
    """Ours, ours with matching, FastAPI and Flask in turns, each peer in the way that was faster in a trial.

    Returns what they did, and the names of the two peers.
    """
    load = Load()
    posted = Posted()
    with ExitStack() as stack:
        stack.callback(load.close)
        ports = {name: stack.enter_context(server(name, folder / f"web-{name}")) for name in SERVERS}
        ports[MATCHING] = stack.enter_context(desk(folder / "web-desk", folder / "build")).port
        progress = Progress("Posting over HTTP", len(SERVERS) + ROUNDS * 4)
        trial = {}
        for name in SERVERS:
            trial[name] = load.run(ports[name], TRIAL_SECONDS)["rate"]
            progress.step()
        fastapi, flask = (max((n for n in trial if n.startswith(kind)), key=trial.__getitem__) for kind in PEERS)
        order = ["ours", fastapi, flask, MATCHING]
        for _ in range(ROUNDS):
            order = order[1:] + order[:1]
            for name in order:
                posted.add(name, load.run(ports[name], SECONDS))
                progress.step()
    return posted, fastapi, flask


def asking(small: Path, large: Path, build: Path) -> tuple[Times, tuple[float, float]]:
    """How long asking takes at few and at many tickets, question by question in turns, and the memory of the larger.

    Before memory is read, the server has been asked from 64 connections, and the desk, search and suggestions read.
    """
    times = Times()
    load = Load()
    with ExitStack() as stack:
        stack.callback(load.close)
        few, many = (stack.enter_context(desk(data, build)) for data in (small, large))
        progress = Progress("Asking", ASK_ROUNDS + 1)
        many.rest()
        for number in range(ASK_ROUNDS):
            asks = range(10**6 + number * ASKS, 10**6 + (number + 1) * ASKS)
            pairs = [(few.ask(each), many.ask(each)) for each in asks]
            times.add("few", number, [seconds for seconds, _ in pairs])
            times.add("many", number, [seconds for _, seconds in pairs])
            progress.step()
        _use(many, load)
        progress.step()
        return times, many.memory()


def _use(desk: Desk, load: Load) -> None:
    desk.sign_in()
    load.run(desk.port, BUSY_SECONDS)
    for number in range(100):
        desk.get(f"/desk?status=open&after={number * 50}")
        desk.get(f"/desk/tickets/{number * 300 + 1}")
        desk.get(f"/api/search?q=refund+order+{number}")
        desk.get(f"/api/suggestions?q=when+does+my+parcel+arrive+{number}")
        desk.get("/")
