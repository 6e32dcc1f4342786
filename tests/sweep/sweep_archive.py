"""Kill -9 at every change that backup, restore, copy, export and erase make."""

import pytest

from tests.archive.test_kill import kills


@pytest.mark.parametrize("command", ["backup", "restore", "export", "copy", "erase"])
def test_a_command_killed_anywhere_harms_nothing(tmp_path, command):
    count = kills(tmp_path, command, 1, 1)
    print(f"archive_kills_{command}={count}")
    assert count >= 20
