"""F6: a flipped byte in the log of a killed desk is told at the start, and what a power cut leaves isn't."""

import errno
import random
import sqlite3
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.store.asking import ROOT, question
from tests.waiting import PATIENCE, hurried
from ticket_api.errors import Stop, StoreUnavailable
from ticket_api.store import open_store, sqlite_log
from ticket_api.store.sqlite_log import FRAME, HEADER, headed, is_broken, require_whole_log

STRIDE = FRAME + 4096
FLIPS = 120

KILLED = """
import os, sys
from tests.store.asking import question
from ticket_api.store import open_store

store = open_store(sys.argv[1])
for number in range(1, int(sys.argv[2]) + 1):
    store.add_ticket(question(number))
    if number % 15 == 0:
        store._file._checkpoints._checkpoint()
os._exit(0)
"""

WRITER = """
import sys
from tests.faults.life import checkpoints_after
from tests.store.asking import question
from ticket_api.store import open_store

with checkpoints_after(9):
    store, number = open_store(sys.argv[1]), 0
    while True:
        store.add_ticket(question(number))
        number += 1
        if number in (1, 400):
            print(number, flush=True)
"""

READER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
connection.close()
"""


@dataclass
class Desk:
    """What a killed desk left, and what can be read of it."""

    file: bytes
    log: bytes
    tickets: list
    commits: list[int]

    @property
    def last(self) -> int:
        """Where the last commit begins."""
        return HEADER + (self.commits[-2] + 1) * STRIDE

    @property
    def end(self) -> int:
        """Where it ends."""
        return HEADER + (self.commits[-1] + 1) * STRIDE

    def lies_in(self, folder, log: bytes) -> str:
        """A desk with another log."""
        folder.mkdir(exist_ok=True)
        for each in folder.iterdir():
            each.unlink()
        (folder / "tickets.db").write_bytes(self.file)
        (folder / "tickets.db-wal").write_bytes(log)
        return str(folder / "tickets.db")

    def flipped(self, place: int, bits: int) -> bytes:
        return self.log[:place] + bytes([self.log[place] ^ bits]) + self.log[place + 1 :]


@pytest.fixture(scope="module", params=[5, 34], ids=["first log", "log started anew"])
def desk(tmp_path_factory, request):
    url = str(tmp_path_factory.mktemp("killed") / "tickets.db")
    subprocess.run([sys.executable, "-c", KILLED, url, str(request.param)], cwd=ROOT, check=True, timeout=PATIENCE)
    file, log = Path(url).read_bytes(), Path(f"{url}-wal").read_bytes()
    with closing(open_store(url)) as store, store.snapshot() as snapshot:
        tickets = list(snapshot.tickets())
    assert len(tickets) == request.param
    return Desk(file, log, tickets, _commits(log))


def _commits(log) -> list[int]:
    """The frames that end a commit of this log."""
    heads = [struct.unpack_from(">II8s", log, place) for place in range(HEADER, len(log), STRIDE)]
    return [number for number, (_, commit, salts) in enumerate(heads) if salts == log[16:24] and commit]


def _tickets(url) -> list:
    with closing(open_store(url)) as store, store.snapshot() as snapshot:
        return list(snapshot.tickets())


def _refusal(url) -> str:
    """The sentence; and nothing was changed, made or removed."""
    before = {path.name: path.read_bytes() for path in Path(url).parent.iterdir()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite_log, "PAUSE_SECONDS", 0)  # nobody writes here
        with pytest.raises(Stop) as stopped:
            open_store(url)
    assert {path.name: path.read_bytes() for path in Path(url).parent.iterdir()} == before
    return stopped.value.message


def _assert_told(url) -> None:
    message = _refusal(url)
    assert f"{url}-wal is damaged" in message
    assert "helpleaf restore ARCHIVE" in message


def test_there_are_commits_to_lose(desk):
    assert len(desk.commits) > 2
    assert desk.end <= len(desk.log)


def test_the_log_of_a_killed_desk_is_whole(desk, tmp_path):
    assert _tickets(desk.lies_in(tmp_path / "data", desk.log)) == desk.tickets


@pytest.mark.parametrize("part", range(6))
def test_a_flip_before_the_last_commit_is_told(desk, tmp_path, part):
    chance = random.Random(part)
    for _ in range(FLIPS // 6):
        _assert_flip_told(desk, tmp_path, chance.randrange(HEADER, desk.last), 1 << chance.randrange(8))


def test_each_flip_in_the_head_of_the_commit_before_the_last_is_told(desk, tmp_path):
    """Only this frame says that a commit ends here; a flip that takes away just this mark is the one that passes."""
    begin = desk.last - STRIDE
    for place in range(begin, begin + FRAME + 4):
        for bits in {1, 0x80, 0xFF} - {desk.log[place]}:
            _assert_flip_told(desk, tmp_path, place, bits)


def test_each_flip_in_the_header_is_told(desk, tmp_path):
    for place in range(HEADER):
        _assert_flip_told(desk, tmp_path, place, 1 << place % 8)


def _assert_flip_told(desk, tmp_path, place, bits) -> None:
    _assert_told(desk.lies_in(tmp_path / "data", desk.flipped(place, bits)))


def test_a_flip_in_the_last_commit_costs_no_other(desk, tmp_path):
    """It can't be told from a power cut."""
    chance = random.Random(7)
    for _ in range(20):
        log = desk.flipped(chance.randrange(desk.last, desk.end), 1 << chance.randrange(8))
        assert _tickets(desk.lies_in(tmp_path / "data", log)) in (desk.tickets[:-1], desk.tickets)


def test_a_flip_behind_the_last_commit_is_harmless(desk, tmp_path):
    log = bytearray(desk.log + desk.log[HEADER : HEADER + 4 * STRIDE])
    log[desk.end + 5000] ^= 1
    assert _tickets(desk.lies_in(tmp_path / "data", bytes(log))) == desk.tickets


def test_a_sector_of_zeros_is_told(desk, tmp_path):
    place = HEADER + 3 * STRIDE
    log = desk.log[:place] + bytes(512) + desk.log[place + 512 :]
    _assert_told(desk.lies_in(tmp_path / "data", log))


@pytest.mark.parametrize("page", [1, 2, 5])
@pytest.mark.parametrize("mark", [1, 9, 15, 173])
def test_an_older_mark_of_a_commit_in_a_torn_one_is_a_power_cut(desk, tmp_path, page, mark):
    """The border of two sectors may lie within the head of a frame: its mark is old then, and all behind it new."""
    for place in range(desk.last, desk.end - STRIDE, STRIDE):
        torn = bytearray(desk.log)
        struct.pack_into(">II", torn, place, page, mark)
        assert not is_broken(headed(bytes(torn)))
    assert _tickets(desk.lies_in(tmp_path / "data", bytes(torn))) == desk.tickets[:-1]


def test_what_an_undone_write_left_behind_a_torn_commit_is_a_power_cut(desk, tmp_path):
    torn = bytearray(desk.log[: desk.end] + desk.log[desk.last - 3 * STRIDE : desk.last])
    torn[desk.last + FRAME : desk.last + FRAME + 512] = bytes(512)
    assert _tickets(desk.lies_in(tmp_path / "data", bytes(torn))) == desk.tickets[:-1]


@pytest.mark.parametrize(
    "header", [bytes(HEADER), b"\x37\x7f\x06\x82" + bytes(28), b"torn while it was started anew  "]
)
def test_a_log_whose_header_is_torn_is_told_unless_all_of_it_is_in_the_file(desk, tmp_path, header):
    url = desk.lies_in(tmp_path / "data", header + desk.log[HEADER:])
    _assert_told(url)
    with closing(sqlite3.connect(desk.lies_in(tmp_path / "data", desk.log))) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        file = Path(url).read_bytes()
    url = desk.lies_in(tmp_path / "data", header + desk.log[HEADER:])
    Path(url).write_bytes(file)
    assert _tickets(url) == desk.tickets


def test_without_room_for_a_copy_it_is_found_all_the_same(desk, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryDirectory", full)
    assert _tickets(desk.lies_in(tmp_path / "data", desk.log)) == desk.tickets
    _assert_flip_told(desk, tmp_path, desk.last - 3 * STRIDE, 1)


def test_what_a_killed_look_left_is_gone_after_the_next(desk, tmp_path):
    url = desk.lies_in(tmp_path / "data", desk.log)
    left = Path(f"{url}.look-abc")
    left.mkdir()
    (left / "copy-wal").write_bytes(desk.log)
    assert _tickets(url) == desk.tickets
    assert not left.exists()


def _link(url, folder) -> Path:
    folder.mkdir()
    (folder / "tickets.db").symlink_to(url)
    return folder / "tickets.db"


def test_behind_a_link_the_log_beside_the_file_itself_is_verified(desk, tmp_path):
    url = desk.lies_in(tmp_path / "disk", desk.flipped(desk.last - 3 * STRIDE, 1))
    link = _link(url, tmp_path / "data")
    assert f"{url}-wal is damaged" in _refusal(str(link))
    desk.lies_in(tmp_path / "disk", desk.log)
    assert _tickets(str(link)) == desk.tickets
    assert list(link.parent.iterdir()) == [link]


def test_a_link_that_leads_nowhere_begins_no_empty_desk(tmp_path):
    url = tmp_path / "disk" / "tickets.db"
    link = _link(url, tmp_path / "data")
    for target in (url, link):
        link.unlink()
        link.symlink_to(target)
        with pytest.raises(Stop) as stopped:
            open_store(str(link))
        assert f"{link} is a link to {target}, which can't be found" in stopped.value.message
        assert list(tmp_path.rglob("*")) == [link.parent, link]


def test_a_link_that_leads_elsewhere_meanwhile_takes_no_ticket(tmp_path):
    for name in ("disk", "other"):
        with closing(open_store(str(tmp_path / name / "tickets.db"))) as store:
            store.add_ticket(question(1))
    link = _link(tmp_path / "disk" / "tickets.db", tmp_path / "data")
    with closing(open_store(str(link))) as store:
        assert store.add_ticket(question(2)).id == 2
        link.unlink()
        link.symlink_to(tmp_path / "other" / "tickets.db")
        with pytest.raises(StoreUnavailable):
            store.add_ticket(question(3))


@contextmanager
def _writer(url) -> Iterator[subprocess.Popen]:
    command = [sys.executable, "-c", WRITER, url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_the_log_of_a_living_desk_is_never_refused(url):
    """It is started anew all the time, while it is looked at."""
    with _writer(url) as process:
        with hurried(process, "store a ticket"):
            assert process.stdout.readline() == "1\n"
        for _ in range(50):
            with closing(open_store(url)) as store:
                assert store.ticket(1).name == "Bob"
        for _ in range(200):
            require_whole_log(Path(url))
        with hurried(process, "store 400 tickets"):
            assert process.stdout.readline() == "400\n"


def test_opened_twice_in_one_process_the_locks_stay(url):
    """Without them, another process that closes the file takes itself for the last one, and removes the log."""
    with closing(open_store(url)) as first:
        first.add_ticket(question(1))
        with closing(open_store(url)) as second:
            second.add_ticket(question(2))
        subprocess.run([sys.executable, "-c", READER, url], check=True, timeout=PATIENCE)
        assert Path(f"{url}-wal").stat().st_size
        assert first.add_ticket(question(3)).id == 3
    assert len(_tickets(url)) == 3
