"""Which folders hold backups, and that each learns who is erased."""

import shutil

import pytest

from tests.archive.desks import NOON
from ticket_api.archive import erased, folders
from ticket_api.errors import Stop

ENTRY = {"1" * 64: frozenset({erased.Erasure(NOON)})}
SECOND = {"2" * 64: frozenset({erased.Erasure(NOON)})}


@pytest.fixture
def data(tmp_path):
    (tmp_path / "data").mkdir()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        folders.remember(tmp_path / "data", tmp_path / name)
    return tmp_path / "data"


def test_each_folder_is_remembered_once(data, monkeypatch):
    monkeypatch.chdir(data.parent)
    folders.remember(data, data.parent / "one")
    folders.remember(data, folders.Path("two"))
    assert folders.known(data) == [data.parent / "one", data.parent / "two"]
    assert len((data / "backups.txt").read_text().splitlines()) == 2


def test_each_learns_who_is_erased(data):
    assert folders.tell(data, ENTRY) == []
    for folder in (data, data.parent / "one", data.parent / "two"):
        assert erased.read(folder / "erased.txt") == ENTRY


def test_one_out_of_reach_is_told_and_learns_with_the_next_backup(data):
    shutil.rmtree(data.parent / "one")
    assert folders.tell(data, ENTRY) == [data.parent / "one"]
    assert not (data.parent / "one").exists()
    (data.parent / "one").mkdir()
    folders.remember(data, data.parent / "one")
    assert erased.read(data.parent / "one/erased.txt") == ENTRY


def test_a_new_folder_learns_who_was_erased_before(data, tmp_path):
    folders.tell(data, ENTRY)
    folders.tell(data, SECOND)
    (tmp_path / "three").mkdir()
    folders.remember(data, tmp_path / "three")
    assert erased.read(tmp_path / "three/erased.txt") == ENTRY | SECOND


def test_a_folder_of_another_desk_keeps_its_list(data, tmp_path):
    erased.add(tmp_path / "one/erased.txt", SECOND)
    folders.tell(data, ENTRY)
    assert erased.read(tmp_path / "one/erased.txt") == ENTRY | SECOND


def test_a_torn_line_is_no_folder(data):
    with (data / "backups.txt").open("ab") as file:
        file.write(b"tmp/hal")
    assert len(folders.known(data)) == 2
    folders.remember(data, data)
    assert folders.known(data)[-1] == data


def test_a_name_of_two_lines_is_refused(data, tmp_path):
    (tmp_path / "a\nb").mkdir()
    with pytest.raises(Stop, match="line break"):
        folders.remember(data, tmp_path / "a\nb")


def test_a_data_folder_is_made_where_tickets_lie_elsewhere(tmp_path):
    (tmp_path / "backups").mkdir()
    folders.remember(tmp_path / "new" / "data", tmp_path / "backups")
    assert folders.known(tmp_path / "new" / "data") == [tmp_path / "backups"]
