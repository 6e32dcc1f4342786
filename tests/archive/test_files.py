"""Files are whole or not there, and drafts of the killed are cleared away."""

import os

import pytest

from ticket_api.archive.files import append, lock, written_whole
from ticket_api.errors import Stop


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _begin(path, error) -> None:
    with written_whole(path) as file:
        file.write(b"half")
        raise error


def test_a_file_is_there_when_all_is_written(tmp_path):
    with written_whole(tmp_path / "a") as file:
        file.write(b"half")
        assert not (tmp_path / "a").exists()
        file.write(b", whole")
    assert (tmp_path / "a").read_bytes() == b"half, whole"
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, Stop("x")])
def test_an_exception_leaves_what_was_there(tmp_path, error):
    (tmp_path / "a").write_text("old")
    with pytest.raises((KeyboardInterrupt, ValueError, Stop)):
        _begin(tmp_path / "a", error)
    assert (tmp_path / "a").read_text() == "old"
    assert names(tmp_path) == ["a"]


def test_drafts_of_the_killed_go_and_those_at_work_stay(tmp_path):
    for name in (".a.0.draft", ".b.0.draft", ".a.1.draft", "a.draft"):
        (tmp_path / name).write_text("")
    with (tmp_path / ".a.1.draft").open("rb") as working:
        assert lock(working)
        with written_whole(tmp_path / "a"):
            pass
    assert names(tmp_path) == [".a.1.draft", ".b.0.draft", "a", "a.draft"]


def test_a_list_is_on_disk_after_each_line(tmp_path, monkeypatch):
    synced = []
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (synced.append(os.fstat(handle).st_size), sync(handle)))
    append(tmp_path / "list", ["one"])
    assert synced[0] == 4
    assert len(synced) == 2  # the folder too, when the list is new
    append(tmp_path / "list", ["two", "three"])
    assert synced[2:] == [14]
    append(tmp_path / "list", [])
    assert len(synced) == 3
