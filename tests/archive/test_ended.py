"""Kill -9 and Ctrl-C in the middle of each command; the long list of both is in the sweep."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def ends(folder: Path, way: str, command: str, first: int, step: int) -> int:
    """How often a command was ended at another of its calls, with everything in order afterwards."""
    program = [sys.executable, "-m", "tests.archive.life", str(folder), way, command, str(first), str(step)]
    done = subprocess.run(program, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return int(done.stdout)


@pytest.mark.parametrize(
    ("command", "first", "step"),
    [("backup", 3, 11), ("restore", 2, 37), ("export", 1, 13), ("copy", 5, 41), ("erase", 4, 23)],
)
def test_a_killed_command_harms_nothing(tmp_path, command, first, step):
    assert ends(tmp_path, "killed", command, first, step) >= 3


@pytest.mark.parametrize("command", ["backup", "restore", "export", "copy", "erase"])
def test_an_interrupted_command_harms_nothing_and_says_nothing(tmp_path, command):
    assert ends(tmp_path, "interrupted", command, 1000, 3001) >= 10
