"""Back up: one instant, while others write; whole, or not there."""

import gc
import os
import stat
import sys
import threading
import zipfile

import pytest

from tests.archive.desks import KEY, NOON, TEXTS, checked, content, content_at, fill, restored
from ticket_api.archive import backup
from ticket_api.archive.backup import back_up, commit_of
from ticket_api.archive.kinds import KINDS
from ticket_api.errors import Broken, Stop
from ticket_api.keys import key_mark


def test_an_archive_holds_every_record_and_the_desks_files(desk, tmp_path):
    path = desk.back_up(tmp_path / "b", helpleaf_toml=b'company = "Larkbill"\n')
    manifest = checked(path)
    others = {"feedback": 3, "searches": 4, "sessions": 2, "mails": 3, "papers": 2, "desk": 1}
    assert manifest.counts == {"tickets": 12, "events": 24} | others
    assert manifest.content == content(desk.store)
    assert manifest.key == key_mark(KEY)
    with desk.store.snapshot() as snapshot:
        assert (manifest.head.seq, manifest.head.hash) == (snapshot.head().seq, snapshot.head().hash)
    with zipfile.ZipFile(path) as bundle:
        assert sorted(bundle.namelist()) == sorted(
            ["manifest.json", *[kind.member for kind in KINDS], "secret.key", "helpleaf.toml"]
        )
        assert bundle.read("helpleaf.toml") == b'company = "Larkbill"\n'
        tickets = bundle.read("tickets.jsonl").decode()
    assert TEXTS[4] in tickets


def test_only_its_owner_may_read_it(desk, tmp_path):
    before = os.umask(0)
    try:
        path = desk.back_up(tmp_path / "b")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_two_of_one_second_stand_beside_each_other(desk, tmp_path):
    first, second = desk.back_up(tmp_path / "b"), desk.back_up(tmp_path / "b")
    assert (first.name, second.name) == ("helpleaf-20261121-120000.zip", "helpleaf-20261121-120000-2.zip")


def test_a_name_that_somebody_takes_meanwhile_is_left_to_them(desk, tmp_path, monkeypatch):
    inspect = backup.inspect
    taken = tmp_path / "b/helpleaf-20261121-120000.zip"
    monkeypatch.setattr(backup, "inspect", lambda archive: (inspect(archive), taken.write_text("Alice's")))
    assert desk.back_up(tmp_path / "b").name == "helpleaf-20261121-120000-2.zip"
    assert taken.read_text() == "Alice's"


def test_a_disk_without_links_keeps_backups_as_well(desk, tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    first, second = desk.back_up(tmp_path / "b"), desk.back_up(tmp_path / "b")
    assert sorted(each.name for each in (tmp_path / "b").iterdir()) == sorted([first.name, second.name])
    assert checked(first) == checked(second)


def test_when_every_name_of_a_second_is_taken_none_is_written_over(desk, tmp_path, monkeypatch):
    monkeypatch.setattr(backup, "_places", lambda folder, _: [folder / "helpleaf-1.zip"])
    first = desk.back_up(tmp_path / "b")
    before = first.read_bytes()
    with pytest.raises(Stop, match="All names for this second are taken"):
        desk.back_up(tmp_path / "b")
    assert first.read_bytes() == before


def test_a_backup_while_four_threads_write_is_of_one_instant(desk, tmp_path):
    """F20."""
    going = threading.Event()
    threads = [threading.Thread(target=_write, args=(desk.store, going, 1000 * number)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    try:
        with desk.store.snapshot() as snapshot:
            before = content_of(snapshot)
            path, manifest = back_up(snapshot, {"secret.key": KEY}, tmp_path, NOON, key=key_mark(KEY))
            assert content_of(snapshot) == before
    finally:
        going.set()
        for thread in threads:
            thread.join()
    assert manifest.content == before
    restored(path, tmp_path / "new")
    assert content_at(str(tmp_path / "new" / "tickets.db")) == before != content(desk.store)


def content_of(snapshot) -> str:
    from ticket_api.archive.kinds import content_hash, hashes_of

    return content_hash(hashes_of(snapshot))


def _write(store, going, first) -> None:
    while not going.is_set():
        fill(store, 7, first)
        first += 7


def test_a_record_that_isnt_what_was_written_ends_it_and_leaves_nothing(desk, tmp_path, monkeypatch):
    def broken(*_):
        raise Broken("broken_chain", seq=3)

    monkeypatch.setattr(backup, "verify", broken)
    with pytest.raises(Broken):
        desk.back_up(tmp_path / "b")
    assert list((tmp_path / "b").iterdir()) == []


@pytest.mark.parametrize("folder", ["nowhere/b", "file"])
def test_a_wrong_folder_is_one_sentence(desk, tmp_path, folder):
    (tmp_path / "file").write_text("")
    with desk.store.snapshot() as snapshot, pytest.raises(Stop) as stop:
        back_up(snapshot, {}, tmp_path / folder, NOON, key=key_mark(KEY))
    assert f"{tmp_path / folder}/helpleaf-20261121-120000.zip can't be written" in str(stop.value)


def test_a_full_disk_is_one_sentence(desk, tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with desk.store.snapshot() as snapshot, pytest.raises(Stop, match="There is no room for"):
        back_up(snapshot, {}, tmp_path, NOON, key=key_mark(KEY))
    assert not list(tmp_path.glob("*.zip"))
    assert not list(tmp_path.glob(".*.draft"))


def test_progress_ends_at_the_whole(desk, tmp_path):
    seen = []
    with desk.store.snapshot() as snapshot:
        back_up(snapshot, {}, tmp_path, NOON, key="", progress=lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[-1] == (36, 36)


def test_articles_outside_of_git_have_no_commit(tmp_path):
    assert commit_of(tmp_path / "nowhere") == ""


def test_ctrl_c_while_a_part_is_ended_leaves_nothing_and_is_no_other_error(desk, tmp_path, monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    lost = []
    monkeypatch.setattr(sys, "unraisablehook", lost.append)
    monkeypatch.setattr(zipfile._ZipWriteFile, "close", interrupted)
    with pytest.raises(KeyboardInterrupt):
        desk.back_up(tmp_path / "b")
    gc.collect()
    assert lost == []
    assert list((tmp_path / "b").iterdir()) == []
