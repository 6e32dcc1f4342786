"""Kill -9 in the middle of each command; the long list of it is in the sweep."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def kills(folder: Path, command: str, first: int, step: int) -> int:
    """How often a command was killed at another of its changes, with everything in order afterwards."""
    program = [sys.executable, "-m", "tests.archive.life", str(folder), command, str(first), str(step)]
    done = subprocess.run(program, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return int(done.stdout)


@pytest.mark.parametrize(
    ("command", "first", "step"),
    [("backup", 3, 11), ("restore", 2, 37), ("export", 1, 13), ("copy", 5, 41), ("erase", 4, 23)],
)
def test_a_killed_command_harms_nothing(tmp_path, command, first, step):
    assert kills(tmp_path, command, first, step) >= 3
