"""Attachments: whole under a random id or not there; A9: no name from outside reaches the disk."""

import errno
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ticket_api.errors import NotFound, StoreFull, StoreUnavailable
from ticket_api.store import attachments as module
from ticket_api.store.attachments import Attachments

HOSTILE = ["", "..", "../secret.key", "/etc/passwd", "a" * 31, "A" * 32, "a" * 32 + "\n", "a" * 32 + "/..", "a\0" * 16]
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
def files(tmp_path):
    (tmp_path / "secret.key").write_text("secret")
    return Attachments(tmp_path / "data" / "files")


def names(files) -> list[str]:
    return sorted(path.name for path in files.folder.iterdir()) if files.folder.exists() else []


def test_what_is_put_is_read_under_a_random_id(files):
    ids = [files.put(b"\x89PNG" * 100), files.put(b"\x89PNG" * 100)]
    assert all(re.fullmatch("[0-9a-f]{32}", each) for each in ids)
    assert names(files) == sorted(ids) == sorted(files.ids())
    with files.open(ids[0]) as file:
        assert file.read() == b"\x89PNG" * 100
    assert files.folder.stat().st_mode & 0o777 == 0o700
    assert (files.folder / ids[0]).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", HOSTILE)
def test_mallorys_names_reach_nothing(files, name):
    """A9."""
    files.put(b"x")
    before = names(files)
    for call in (files.open, lambda each: files.put_as(each, b"x"), lambda each: files.remove([each])):
        with pytest.raises(NotFound):
            call(name)
    assert names(files) == before
    assert (files.folder.parent.parent / "secret.key").read_text() == "secret"


def test_a_link_in_the_folder_is_not_followed(files):
    files.put(b"x")
    (files.folder / ("b" * 32)).symlink_to(files.folder.parent.parent / "secret.key")
    with pytest.raises(StoreUnavailable):
        files.open("b" * 32)


def test_all_is_on_disk_before_it_returns(files, monkeypatch):
    """The bytes, then the name, then the folder that is new."""
    synced = []
    fsync = os.fsync

    def noted(handle):
        synced.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    file_id = files.put(b"x")
    assert re.fullmatch(rf"{files.folder}/\.{file_id}\.[0-9a-f]{{32}}", synced[-2])
    assert synced[:-2] + synced[-1:] == [str(files.folder.parent), str(files.folder)]


@pytest.mark.parametrize(("number", "kind"), [(errno.ENOSPC, StoreFull), (errno.EIO, StoreUnavailable)])
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_what_the_disk_refuses_leaves_nothing_behind(files, monkeypatch, number, kind, call):
    """F3, F4."""

    def refuse(*_):
        raise OSError(number, os.strerror(number))

    kept = files.put(b"kept")
    monkeypatch.setattr(*((os, "fsync") if call == "fsync" else (module.Path, "replace")), refuse)
    with pytest.raises(kind):
        files.put(b"x")
    assert names(files) == [kept]


def test_removed_is_gone_and_twice_is_no_error(files):
    files.remove(["a" * 32])
    first, second = files.put(b"1"), files.put(b"2")
    files.remove([first])
    files.remove([first])
    assert names(files) == [second]
    with pytest.raises(NotFound):
        files.open(first)


def aged(path, **ago) -> None:
    at = (datetime.now(UTC) - timedelta(**ago)).timestamp()
    os.utime(path, (at, at), follow_symlinks=False)


def test_strays_go_once_they_are_old_and_nothing_that_isnt_ours(files):
    named, stray, young, ancient = (files.put(b"x") for _ in range(4))
    draft = f".{'c' * 32}.{'d' * 32}"
    for name in (draft, "notes.txt", ".keep"):
        (files.folder / name).write_text("x")
    for name in (named, stray, draft, "notes.txt", ".keep"):
        aged(files.folder / name, days=2)
    aged(files.folder / ancient, days=9)
    now = datetime.now(UTC)
    assert files.remove_strays([named], now - timedelta(days=5), now - timedelta(days=1)) == 2
    assert names(files) == sorted([named, young, ancient, "notes.txt", ".keep"])
    assert Attachments(files.folder / "nowhere").remove_strays([], LONG_AGO, now) == 0
