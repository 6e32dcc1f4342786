"""F6: a damaged file is found and told with the command that helps, and no record ever comes back as another."""

import random
import shutil
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.faults.life import Life
from tests.faults.promise import Ledger
from tests.store.asking import NOON, question
from ticket_api.errors import Broken, Stop, StoreUnavailable
from ticket_api.store import open_store, tinydb_store
from ticket_api.tickets.event import Act
from ticket_api.tickets.ticket import send

FLIPS = 300


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A file at rest with some of everything in it, the highest ticket erased; and all that can be read of it."""
    url = str(tmp_path_factory.mktemp("whole") / "tickets.db")
    chance = random.Random(1)
    with closing(open_store(url)) as store:
        life = Life(store, lambda *line: None)
        for _ in range(60):
            life.step(chance)
        life.ask()
        life.erase()
    with closing(open_store(url)) as store:
        return Path(url).read_bytes(), _all(store)


def _all(store):
    """Everything, by each way that there is to read it."""
    with store.snapshot() as snapshot:
        tickets = list(snapshot.tickets())
        found = [
            tickets,
            list(snapshot.events()),
            list(snapshot.feedback()),
            list(snapshot.searches()),
            snapshot.owner(),
            snapshot.count_tickets(),
        ]
    found.append([store.ticket_by_link(ticket.link) for ticket in tickets])
    found.append([store.ticket_by_request(ticket.request) for ticket in tickets])
    found.append([store.events(ticket.id) for ticket in tickets])
    found.append([store.tickets_of(ticket.email) for ticket in tickets])
    found.append([store.tickets([status], limit=1000) for status in ("open", "waiting", "solved", "offered")])
    return [*found, store.feedback("a/b"), store.count_tickets()]


def _told(url, text) -> bool:
    return url in text and "helpleaf restore" in text


def _was_told(url, records) -> bool:
    """Whether the damage was told at the start; else it has to be harmless to every record, and to every id."""
    try:
        store = open_store(url)
    except Stop as stop:
        message = stop.message
    else:
        with closing(store):
            assert _all(store) == records
            assert store.add_ticket(question(999)).id > max(event.ticket for event in records[1])
        return False
    assert _told(url, message), message
    return True


@pytest.mark.parametrize("part", range(10))
def test_a_flipped_bit_is_harmless_or_told_at_the_start(whole, tmp_path, part):
    content, records = whole
    chance, found = random.Random(part), 0
    url = str(tmp_path / "tickets.db")
    for _ in range(FLIPS // 10):
        _flipped(Path(url), content, chance)
        found += _was_told(url, records)
    assert found > 5


def _flipped(path, content, chance, begin=0) -> None:
    for each in path.parent.iterdir():
        each.unlink()
    place = chance.randrange(begin, len(content))
    path.write_bytes(content[:place] + bytes([content[place] ^ (1 << chance.randrange(8))]) + content[place + 1 :])


@pytest.mark.parametrize("part", range(5))
def test_in_a_large_file_a_flipped_bit_is_found_while_serving(whole, tmp_path, part, monkeypatch, caplog):
    """It isn't read as a whole at the start; `verify` then finds the bit, and no ticket is taken from there on."""
    monkeypatch.setattr(tinydb_store, "WHOLE_BYTES", 0)
    content, records = whole
    chance, found = random.Random(100 + part), 0
    url = str(tmp_path / "tickets.db")
    for _ in range(20):
        _flipped(Path(url), content, chance, begin=8192)  # the header and most of the schema are read at the start
        caplog.clear()
        with suppress(Stop), closing(open_store(url)) as store:  # what stops it is the rest of the schema
            try:
                store.verify()
            except Broken:
                found += 1
                assert any(_told(url, record.getMessage()) for record in caplog.records)
                _assert_refuses(store)
            else:
                assert _all(store) == records
    assert found > 3


def _assert_refuses(store) -> None:
    for call in (store.check, lambda: store.add_ticket(question(999))):
        with pytest.raises(StoreUnavailable):
            call()


def test_a_damaged_ticket_is_never_stored_anew_as_if_it_were_whole(url, monkeypatch):
    """A change of it would give the damage a sum of its own, and nobody would ever find it."""
    monkeypatch.setattr(tinydb_store, "WHOLE_BYTES", 0)
    with closing(open_store(url)) as store:
        store.add_ticket(question(1, subject="a word to look for"))
    content = Path(url).read_bytes()
    assert content.count(b"a word to look for") == 1
    Path(url).write_bytes(content.replace(b"a word to look for", b"a word to lo0k for"))
    with closing(open_store(url)) as store:
        with pytest.raises(StoreUnavailable):
            store.change_ticket(1, lambda ticket: send(ticket, NOON), Act("requester", "sent", NOON))
        with pytest.raises(Broken):
            store.verify()


@pytest.mark.parametrize("part", range(20))
def test_a_file_that_was_cut_is_told(whole, tmp_path, part):
    content, records = whole
    url = str(tmp_path / "tickets.db")
    Path(url).write_bytes(content[: 100 + (len(content) - 200) * part // 19])
    assert _was_told(url, records) or part == 19  # at its very end a page may be empty


def test_a_file_that_is_gone_while_its_log_is_there_is_told(url):
    with closing(open_store(url)) as store:
        store.add_ticket(question(1))
        log = Path(f"{url}-wal").read_bytes()
    Path(url).unlink()
    Path(f"{url}-wal").write_bytes(log)
    with pytest.raises(Stop) as stopped:
        open_store(url)
    assert _told(url, stopped.value.message)
    assert Path(f"{url}-wal").read_bytes() == log


def test_a_log_cut_anywhere_keeps_what_was_acknowledged_before_the_cut(url, tmp_path):
    """Every ticket whose end is in the log must be read."""
    with closing(open_store(url)) as store:
        ends, lines = [len(_log(url))], []
        for number in range(1, 7):
            lines.append(("ticket", store.add_ticket(question(number))))
            ends.append(len(_log(url)))
        for asked, (end, following) in enumerate(zip(ends, [*ends[1:], ends[-1] + 1], strict=True)):
            for cut in {end, min(end + 25, following - 1), (end + following) // 2, following - 1}:
                copy = _copy(url, tmp_path / str(cut), _log(url)[:cut])
                Ledger(lines[:asked], lines).assert_kept(copy, told_all=True)


@pytest.mark.parametrize("garbage", [b"\xa5" * 5000, bytes(8192), b"7"])
def test_garbage_at_the_end_of_the_log_is_left_out(url, tmp_path, garbage):
    with closing(open_store(url)) as store:
        lines = [("ticket", store.add_ticket(question(number))) for number in (1, 2)]
        copy = _copy(url, tmp_path / "copy", _log(url) + garbage)
        Ledger(lines, lines).assert_kept(copy, told_all=True)


def _log(url) -> bytes:
    return Path(f"{url}-wal").read_bytes()


def _copy(url, folder, log) -> str:
    folder.mkdir()
    shutil.copy(url, folder / "tickets.db")
    (folder / "tickets.db-wal").write_bytes(log)
    return str(folder / "tickets.db")
