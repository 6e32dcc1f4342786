"""What runs before anything is installed: one clear sentence for each thing that is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ticket_api import install

SCRIPT = Path(install.__file__).resolve()
LOCK = "no-such-package==1.0 --hash=sha256:" + "0" * 64 + "\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\nversion = '1'\n")
    (tmp_path / "some.lock").write_text(LOCK)
    return tmp_path


def run(folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")} | more
    return subprocess.run(
        [sys.executable, str(SCRIPT), "some.lock"], cwd=folder, env=environ, capture_output=True, text=True, check=False
    )


def test_no_venv_module_is_told(folder):
    (folder / "venv.py").write_text("raise SystemExit('No module named ensurepip')")
    done = run(folder, PYTHONPATH=str(folder))
    assert done.returncode == 1
    assert "venv module is missing" in done.stderr
    assert "apt install python3-venv" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_venv_that_was_broken_off_is_made_anew(folder):
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    done = run(folder, PIP_CONFIG_FILE=os.devnull, PIP_INDEX_URL="http://127.0.0.1:9/", PIP_RETRIES="0")
    assert "Making .venv" in done.stdout
    assert "is the network there?" in done.stderr
    assert subprocess.run([str(python), "-m", "pip", "--version"], check=False, capture_output=True).returncode == 0


def test_no_network_is_told(folder):
    done = run(folder, PIP_CONFIG_FILE=os.devnull, PIP_INDEX_URL="http://127.0.0.1:9/", PIP_RETRIES="0")
    assert done.returncode == 1
    assert "could not be installed; is the network there?" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / ".venv" / "helpleaf-installed").exists()


def test_an_old_python_is_told(folder, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "version_info", (3, 10, 0))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer"):
        install.main(Path("some.lock"))


def test_what_is_installed_already_is_left_alone(folder, monkeypatch):
    monkeypatch.chdir(folder)
    install.PYTHON.parent.mkdir(parents=True)
    install.PYTHON.touch()
    install.STAMP.write_text(install._mark(Path("some.lock")))
    before = sorted(folder.rglob("*"))
    install.main(Path("some.lock"))
    assert sorted(folder.rglob("*")) == before


def test_a_lock_within_a_larger_one_counts_as_installed(folder, monkeypatch):
    monkeypatch.chdir(folder)
    Path("larger.lock").write_text(LOCK + "another==2.0 --hash=sha256:" + "1" * 64 + "\n")
    assert install._holds(Path("larger.lock"), Path("some.lock"))
    assert not install._holds(Path("some.lock"), Path("larger.lock"))
