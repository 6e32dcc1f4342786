"""F7, F8, F21, F24: where the file lies, who else has it open, how slow its disk is, and how large it has grown."""

import json
import os
import random
import tempfile
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from tests.faults.disk import disk
from tests.faults.life import Nursery
from tests.faults.promise import Ledger, tickets_in
from tests.serving import Server, free_port
from tests.store.asking import question
from ticket_api.errors import Stop, StoreUnavailable
from ticket_api.settings import load_settings
from ticket_api.store import open_store

NOBODY = 65534


@contextmanager
def _only_reading(folder):
    """This folder can't be written to; root, whom no mode stops, becomes nobody."""
    for path in (*folder.iterdir(), folder):
        path.chmod(0o555 if path.is_dir() else 0o444)
    with ExitStack() as stack:
        stack.callback(folder.chmod, 0o755)
        if os.geteuid() == 0:
            stack.callback(os.seteuid, 0)
            os.seteuid(NOBODY)
        yield


@pytest.fixture
def open_folder():
    """A folder that everybody may enter, unlike the ones that pytest makes."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "data").mkdir()
        yield Path(folder) / "data"


def test_in_a_folder_that_cant_be_written_tickets_are_read_and_none_taken(open_folder):
    """F7."""
    url = str(open_folder / "tickets.db")
    with closing(open_store(url)) as store:
        asked = [store.add_ticket(question(number)) for number in (1, 2, 3)]
    with _only_reading(open_folder), closing(open_store(url)) as store:
        assert store.tickets(["offered"], limit=10) == asked
        assert store.ticket_by_link("link-2") == asked[1]
        store.verify()
        for refused in (
            store.check,
            lambda: store.add_ticket(question(4)),
            lambda: store.change_owner(lambda account: account),
            lambda: store.claim("mark"),
            store.scrub,
        ):
            with pytest.raises(StoreUnavailable):
                refused()
    with closing(open_store(url)) as store:
        store.check()
        assert store.add_ticket(question(4)).id == 4


def test_where_the_log_of_a_killed_desk_cant_be_read_it_is_told(open_folder):
    """F7 after F1: what stands in the log alone is shown or told, never left out."""
    url = str(open_folder / "tickets.db")
    with closing(Nursery()) as nursery:
        lines = nursery.live(url, kill_at=200)
    assert Path(f"{url}-wal").stat().st_size
    with _only_reading(open_folder):
        try:
            store = open_store(url)
        except Stop as stop:
            message = stop.message
        else:
            message = url
            with closing(store):
                assert all(store.ticket(each.id).version >= each.version for each in Ledger(lines).tickets.values())
    assert url in message
    Ledger(lines).assert_kept(url)


def test_two_desks_on_one_file_each_killed_lose_nothing(url):
    """F8."""
    chance, lines = random.Random(8), []
    with closing(Nursery()) as first, closing(Nursery()) as second, ThreadPoolExecutor(2) as pool:
        for life in range(1, 11, 2):
            lives = [
                pool.submit(nursery.live, url, seconds=chance.uniform(0.1, 0.4), threads=2, seed=life + number)
                for number, nursery in enumerate((first, second))
            ]
            lines += [line for each in lives for line in each.result()]
            lines.append(Ledger(lines).assert_kept(url, lives=life + 1))
    assert tickets_in(lines) > 20


class _Gate:
    """A disk on which the sync of the log takes until it is let go."""

    def __init__(self) -> None:
        self.closed = False
        self.syncing, self.open = threading.Event(), threading.Event()

    def __call__(self, call) -> int:
        if self.closed and call.kind == "sync":
            self.syncing.set()
            assert self.open.wait(60)
        return call.go()


def test_who_reads_doesnt_wait_for_the_disk_of_who_writes(url):
    """F21: the write is still under way when everything was read."""
    gate = _Gate()
    with disk(gate), ThreadPoolExecutor(1) as pool, closing(open_store(url)) as store:
        asked = store.add_ticket(question(1))
        gate.closed = True
        write = pool.submit(store.add_ticket, question(2))
        assert gate.syncing.wait(20)
        assert store.ticket(1) == store.ticket_by_link("link-1") == store.ticket_by_request("request-1") == asked
        assert store.tickets(["offered"], limit=10) == store.tickets_of(asked.email) == [asked]
        assert store.count_tickets() == {"offered": 1}
        assert len(store.events(1)) == 1
        with store.snapshot() as snapshot:
            assert list(snapshot.tickets()) == [asked]
        assert not write.done()
        gate.open.set()
        assert write.result().id == 2
        assert store.count_tickets() == {"offered": 2}


def test_visitors_arent_held_up_by_sixty_who_wait_for_the_disk(built, tmp_path, clock):
    """F21 over HTTP: all that sixty customers send waits for one sync, and others read meanwhile."""
    gate = _Gate()
    settings = load_settings(
        environ={}, given={"data": str(tmp_path), "build": str(built), "port": free_port(), "limits": "off"}
    )
    with disk(gate), ThreadPoolExecutor(60) as pool, closing(open_store(str(tmp_path / "tickets.db"))) as store:
        server = Server(settings, store, clock)
        link = _posted(server.url, "I was charged twice")["link"]
        gate.closed = True
        posts = [pool.submit(_posted, server.url, f"I was charged twice {number}") for number in range(60)]
        assert gate.syncing.wait(20)
        for path in ("/", "/api/search?q=refund&lang=en", "/api/suggestions?q=charged+twice&lang=en"):
            assert _read(server.url + path)
        assert "I was charged twice" in _read(link)
        assert not any(post.done() for post in posts)
        gate.open.set()
        assert len({post.result()["id"] for post in posts}) == 60
        server.stop()


def _read(url) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read().decode()


def _posted(url, message):
    body = json.dumps({"message": message}).encode()
    request = urllib.request.Request(f"{url}/api/tickets", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 201
        return json.load(answer)


def _filled(url, count) -> None:
    """Tickets as an owner has them, some 3 KB each."""
    with closing(open_store(url)) as store:
        for first in range(0, count, 100):
            numbers = range(first, first + 100)
            jobs = [lambda n=n: store.add_ticket(question(n * 7, page="/" + "x" * 2000)) for n in numbers]
            assert not [each for each in store.together(jobs) if isinstance(each, Exception)]


def _read_to_open(url) -> int:
    """The bytes that are read of the file until the first ticket was shown."""
    read = 0

    def count(call) -> int:
        nonlocal read
        read += call.size if call.kind == "read" else 0
        return call.go()

    with disk(count, reads=True), closing(open_store(url)) as store:
        store.ticket(50)
        store.tickets(["offered"], limit=50)
        store.count_tickets()
    return read


def test_opening_reads_no_more_when_there_are_fifty_times_as_many_tickets(tmp_path):
    """F24."""
    few, many = str(tmp_path / "few.db"), str(tmp_path / "many.db")
    _filled(few, 100)
    _filled(many, 5000)
    assert Path(many).stat().st_size > 12_000_000
    assert 0 < _read_to_open(many) <= 2 * _read_to_open(few)
