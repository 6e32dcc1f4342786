"""Kill -9 at every change, and Ctrl-C at every hundredth call, that backup, restore, copy, export and erase make."""

import pytest

from tests.archive.test_ended import ends


@pytest.mark.parametrize("command", ["backup", "restore", "export", "copy", "erase"])
def test_a_command_killed_anywhere_harms_nothing(tmp_path, command):
    count = ends(tmp_path, "killed", command, 1, 1)
    print(f"archive_kills_{command}={count}")
    assert count >= 20


@pytest.mark.parametrize("command", ["backup", "restore", "export", "copy", "erase"])
def test_a_command_interrupted_anywhere_harms_nothing_and_says_nothing(tmp_path, command):
    count = ends(tmp_path, "interrupted", command, 10, 101)
    print(f"archive_interrupts_{command}={count}")
    assert count >= 200
