"""Restore: the same records in an empty place, less those who were erased."""

import threading
from contextlib import closing
from datetime import timedelta

import pytest

from tests.archive.desks import (
    BOB,
    KEY,
    MALLORY,
    NOON,
    TEXTS,
    account,
    all_bytes,
    content,
    content_at,
    question,
    restored,
)
from tests.waiting import PATIENCE
from ticket_api.archive import copying, erase, erased, folders, place
from ticket_api.archive import restore as restore_module
from ticket_api.errors import Stop
from ticket_api.keys import key_mark
from ticket_api.store import open_store
from ticket_api.store.postgres_store import PostgresStore


@pytest.fixture
def path(desk, tmp_path):
    return desk.back_up(tmp_path / "b")


def store_at(data):
    """The store in a data folder."""
    return closing(open_store(str(data / "tickets.db")))


def refusal(*arguments, **more) -> str:
    with pytest.raises(Stop) as stop:
        restored(*arguments, **more)
    return str(stop.value)


def test_what_comes_out_is_what_went_in(desk, path, tmp_path, url):
    """F18, through a backup."""
    done = restored(path, tmp_path / "new", url=url)
    assert (done.gone, done.erased, done.toml) == (0, {}, None)
    assert content_at(url) == content(desk.store)
    assert (tmp_path / "new" / "secret.key").read_bytes() == KEY
    store = open_store(url)
    assert {ticket.question for ticket in store.tickets(("open", "waiting", "solved"), limit=99)} == {
        f"{TEXTS[number % 7]} {number}" for number in range(1, 15) if number % 7
    }
    assert store.add_ticket(question(99)).id == 15  # the erased one of the highest id keeps it
    assert store.claim("another key") != "another key"
    store.close()


def test_there_and_back_through_the_other_store(desk, path, tmp_path, url):
    restored(path, tmp_path / "new", url=url)
    store = open_store(url)
    with store.snapshot() as snapshot:
        from ticket_api.archive.backup import back_up

        again, manifest = back_up(snapshot, {"secret.key": KEY}, tmp_path, NOON, key=key_mark(KEY))
    store.close()
    assert manifest.content == content(desk.store)
    restored(again, tmp_path / "third")
    assert content_at(str(tmp_path / "third" / "tickets.db")) == content(desk.store)


def test_nothing_but_what_is_meant_is_there_afterwards(path, tmp_path):
    restored(path, tmp_path / "new")
    assert sorted(each.name for each in (tmp_path / "new").iterdir()) == ["secret.key", "tickets.db"]
    assert all(each.stat().st_mode & 0o77 == 0 for each in (tmp_path / "new").iterdir())


def test_a_place_with_tickets_is_refused_and_left_alone(desk, path, tmp_path):
    before = content(desk.store)
    assert f"{desk.data / 'tickets.db'} is there already" in refusal(path, desk.data)
    assert content(desk.store) == before
    (tmp_path / "new").mkdir()
    (tmp_path / "new/tickets.db-wal").touch()
    assert "tickets.db-wal is there already" in refusal(path, tmp_path / "new")


def test_a_store_with_other_tickets_is_refused(path, tmp_path, other, url):
    other.add_ticket(question(1))
    before = content(other)
    assert "already" in refusal(path, tmp_path / "new", url=url)
    assert content(other) == before
    assert not (tmp_path / "new").exists()


def test_a_store_with_an_owner_is_refused(path, tmp_path, postgres_url):
    store = open_store(postgres_url)
    store.change_owner(lambda _: account())
    store.close()
    assert "holds tickets already" in refusal(path, tmp_path / "new", url=postgres_url)


def test_the_same_key_may_be_there_and_another_is_refused(path, tmp_path):
    (tmp_path / "new").mkdir()
    (tmp_path / "new/secret.key").write_bytes(KEY + b"\n")
    restored(path, tmp_path / "new")
    (tmp_path / "third").mkdir()
    (tmp_path / "third/secret.key").write_bytes(b"x" * 32)
    assert f"{tmp_path / 'third/secret.key'} isn't the key that" in refusal(path, tmp_path / "third")
    assert [each.name for each in (tmp_path / "third").iterdir()] == ["secret.key"]


def test_a_key_from_the_setting_must_be_the_one_backed_up_with(desk, path, tmp_path, monkeypatch):
    assert "HELPLEAF_SECRET isn't the key" in refusal(path, tmp_path / "new", secret="y" * 32)
    restored(path, tmp_path / "new", secret=KEY.decode())
    assert not (tmp_path / "new/secret.key").exists()


def test_an_archive_without_its_key_wants_the_setting(desk, tmp_path):
    from ticket_api.archive.backup import back_up

    with desk.store.snapshot() as snapshot:
        path, _ = back_up(snapshot, {}, tmp_path, NOON, key=key_mark(KEY))
    assert "Set HELPLEAF_SECRET, then restore" in refusal(path, tmp_path / "new")
    assert "isn't the key" in refusal(path, tmp_path / "new", secret="y" * 32)
    restored(path, tmp_path / "new", secret=KEY.decode())


def test_settings_go_where_none_are_and_never_over_others(desk, tmp_path):
    path = desk.back_up(tmp_path / "b", helpleaf_toml=b"port = 1\n")
    toml = tmp_path / "helpleaf.toml"
    assert restored(path, tmp_path / "new").toml == toml
    assert toml.read_bytes() == b"port = 1\n"
    assert restored(path, tmp_path / "third").toml is None
    toml.write_bytes(b"port = 2\n")
    assert restored(path, tmp_path / "fourth").toml == tmp_path / "fourth/helpleaf.toml"
    assert toml.read_bytes() == b"port = 2\n"


AN_HOUR_LATER = NOON.replace(hour=13)


def entries(address=BOB, at=AN_HOUR_LATER):
    return {erased.keyed_hash(KEY, address): frozenset({erased.Erasure(at)})}


@pytest.mark.parametrize("where", ["beside", "inside", "data", "given", "folder"])
def test_whoever_is_on_a_list_isnt_brought_back(desk, tmp_path, where):
    files = {}
    if where == "inside":
        erased.add(tmp_path / "list", entries(" BOB@customer.example"))
        files["erased_txt"] = (tmp_path / "list").read_bytes()
    path = desk.back_up(tmp_path / "b", **files)
    (tmp_path / "new").mkdir()
    given = {"beside": path.parent / "erased.txt", "data": tmp_path / "new/erased.txt"}.get(
        where, tmp_path / "erased.txt"
    )
    if where != "inside":
        erased.add(given, entries())
    lists = {"given": (given,), "folder": (tmp_path,)}.get(where, ())
    done = restored(path, tmp_path / "new", lists=lists)
    assert list(done.erased.values()) == [6]
    assert done.gone == 6
    store = open_store(str(tmp_path / "new" / "tickets.db"))
    assert store.tickets_of(BOB) == []
    assert len(store.tickets_of(MALLORY)) == 6
    assert [event.what for event in store.events(2)] == ["asked", "erased"]
    store.verify()
    store.close()
    assert erased.read(tmp_path / "new/erased.txt") == entries()
    with store_at(tmp_path / "new") as store, store.snapshot() as snapshot:
        assert [each.to for each in snapshot.mails()] == [MALLORY]
        assert [each.name for each in snapshot.papers()] == ["preferences"]
    assert BOB.encode() not in all_bytes(tmp_path / "new")
    assert b"Bob" not in all_bytes(tmp_path / "new")


def test_who_came_back_after_being_erased_stays(desk, path, tmp_path):
    erased.add(tmp_path / "erased.txt", entries(at=NOON))
    done = restored(path, tmp_path / "new", lists=(tmp_path / "erased.txt",))
    assert (done.gone, list(done.erased.values())) == (0, [0])
    with store_at(tmp_path / "new") as store:
        assert store.mails_of(6)


@pytest.mark.parametrize("when", [timedelta(days=1), timedelta(days=4000)])
def test_who_comes_back_after_being_erased_stays_whatever_the_clock_does(desk, tmp_path, when):
    """F9: the clock said another day when Bob was erased than when he wrote again."""
    with desk.store.snapshot() as snapshot:
        erasure = erased.Erasure.after(NOON + when, snapshot.head())
    erase.erase_requester(desk.store, BOB, NOON + when)
    desk.store.add_ticket(question(30))
    path = desk.back_up(tmp_path / "b")
    erased.add(path.parent / "erased.txt", {erased.keyed_hash(KEY, BOB): frozenset({erasure})})
    assert restored(path, tmp_path / "new").gone == 0


@pytest.mark.parametrize("content", [None, b"PK\x03\x04", b"hello\n"])
def test_what_isnt_a_list_of_the_erased_is_refused(path, tmp_path, content):
    if content:
        (tmp_path / "list").write_bytes(content)
    assert str(tmp_path / "list") in refusal(path, tmp_path / "new", lists=(tmp_path / "list",))
    assert not (tmp_path / "new").exists()


def test_after_an_erase_every_older_backup_leaves_the_person_out(desk, path, tmp_path):
    folders.remember(desk.data, path.parent)
    assert folders.tell(desk.data, entries()) == []
    erase.erase_requester(desk.store, BOB, NOON)
    done = restored(path, tmp_path / "new")
    assert done.gone == 6


def test_a_killed_restore_into_a_database_goes_on(path, tmp_path, postgres_url, desk, monkeypatch):
    def killed(store, archive):
        raise KeyboardInterrupt

    monkeypatch.setattr(restore_module, "AT_ONCE", 5)
    monkeypatch.setattr(restore_module, "_load_desk", killed)
    erased.add(tmp_path / "erased.txt", entries())
    for lists in ((), (tmp_path / "erased.txt",), (tmp_path / "erased.txt",)):
        with pytest.raises(KeyboardInterrupt):
            restored(path, tmp_path / "new", url=postgres_url, lists=lists)
    monkeypatch.undo()
    done = restored(path, tmp_path / "new", url=postgres_url, lists=(tmp_path / "erased.txt",))
    assert done.gone == 6
    store = open_store(postgres_url)
    store.verify()
    assert (len(store.tickets_of(MALLORY)), store.tickets_of(BOB)) == (6, [])
    store.close()


@pytest.fixture
def kill(monkeypatch):
    """Ends a restore into PostgreSQL before it stores its batch of this number."""
    load, left = PostgresStore.load, [0]

    def loaded(store, batch):
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        load(store, batch)

    monkeypatch.setattr(restore_module, "AT_ONCE", 5)
    monkeypatch.setattr(PostgresStore, "load", loaded)
    return lambda number: left.__setitem__(0, number)


def test_a_restore_into_a_database_may_be_killed_before_any_of_its_steps(path, tmp_path, postgres_url, desk, kill):
    for number in range(1, 16):
        kill(number)
        with pytest.raises(KeyboardInterrupt):
            restored(path, tmp_path / "new", url=postgres_url)
    kill(16)
    restored(path, tmp_path / "new", url=postgres_url)
    assert content_at(postgres_url) == content(desk.store)


def test_half_a_restore_is_marked_and_nothing_else_may_go_on_with_it(path, tmp_path, postgres_url, desk, kill):
    kill(3)
    with pytest.raises(KeyboardInterrupt):
        restored(path, tmp_path / "new", url=postgres_url)
    desk.store.add_ticket(question(99))
    other = desk.back_up(tmp_path / "other")
    assert "restore was interrupted. Run helpleaf restore again with the same" in refusal(
        other, tmp_path / "new", url=postgres_url
    )
    store = open_store(postgres_url)
    assert store.claim("a key's").startswith("restoring:")
    with desk.store.snapshot() as here, pytest.raises(Stop, match="a restore was interrupted"):
        copying.copy(here, store)
    store.close()
    restored(path, tmp_path / "new", url=postgres_url)
    store = open_store(postgres_url)
    assert store.claim("another key's") == key_mark(KEY)
    store.close()


def test_two_restores_into_one_place_dont_mix(path, tmp_path, monkeypatch):
    inside, going = threading.Event(), threading.Event()
    load = restore_module._load

    def slow(*arguments):
        inside.set()
        going.wait(20)
        load(*arguments)

    monkeypatch.setattr(restore_module, "_load", slow)
    first = threading.Thread(target=restored, args=(path, tmp_path / "new"), daemon=True)
    first.start()
    inside.wait(20)
    assert "Another restore is at work" in refusal(path, tmp_path / "new")
    going.set()
    first.join(PATIENCE)
    assert (tmp_path / "new/tickets.db").is_file()
    assert not (tmp_path / "new" / place.DRAFT).exists()


def test_what_came_to_stand_there_meanwhile_is_never_overwritten(path, tmp_path, monkeypatch):
    load = restore_module._load

    def meanwhile(*arguments):
        load(*arguments)
        (tmp_path / "new/tickets.db").write_text("Alice's")

    monkeypatch.setattr(restore_module, "_load", meanwhile)
    assert "came to be there meanwhile" in refusal(path, tmp_path / "new")
    assert (tmp_path / "new/tickets.db").read_text() == "Alice's"


def test_a_url_is_shown_without_its_password():
    assert place.shown("postgresql://alice:se@cret@db:5/x?password=p") == "postgresql://db:5/x"
    assert place.shown("data/tickets.db") == "data/tickets.db"
