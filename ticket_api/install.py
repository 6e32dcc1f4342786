"""Make .venv and install a lock file into it; run by the Makefile with whatever Python there is, before anything else.

python3 ticket_api/install.py requirements.lock
"""

from __future__ import annotations  # an older Python is to reach the sentence that says so

import hashlib
import re
import subprocess
import sys
from pathlib import Path

VENV = Path(".venv")
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "helpleaf-installed"
OLDEST = (3, 11)


def main(lock: Path) -> None:
    """Install unless this very lock is installed already; leave with one sentence when something is missing."""
    if sys.version_info < OLDEST:
        sys.exit(
            f"Helpleaf needs Python 3.11 or newer: not {sys.version.split()[0]}. Name one: make serve PYTHON=python3.12"
        )
    wanted = _mark(lock)
    installed = STAMP.read_text().split() if STAMP.exists() else []
    if wanted in installed and PYTHON.exists():
        return
    if not _has_pip():
        _make_venv()
    _pip(["--require-hashes", "--requirement", str(lock)], len(_packages(lock)))
    _pip(["--no-deps", "--no-build-isolation", "--editable", "."], 0)
    STAMP.write_text("\n".join([wanted, *(_mark(other) for other in Path().glob("*.lock") if _holds(lock, other))]))


def _has_pip() -> bool:
    """Whether there is a whole .venv: one that was broken off has a Python and no pip."""
    if not PYTHON.exists():
        return False
    return subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def _make_venv() -> None:
    print("Making .venv", flush=True)
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(
            "Python's venv module is missing or can't make .venv here"
            f" ({_last_line(done.stderr or done.stdout)}). On Debian and Ubuntu: apt install python3-venv."
        )


def _mark(lock: Path) -> str:
    """What .venv must hold: the lock, the project's own description and the Python that runs it."""
    content = lock.read_bytes() + Path("pyproject.toml").read_bytes() + sys.version.encode()
    return hashlib.sha256(content).hexdigest()


def _packages(lock: Path) -> set[str]:
    return set(re.findall(r"^([\w.-]+==[^ ;\\]+)", lock.read_text(), re.MULTILINE))


def _holds(lock: Path, other: Path) -> bool:
    """Whether installing `lock` installs all of `other` as well."""
    return other != lock and _packages(other) <= _packages(lock)


def _pip(arguments: list[str], packages: int) -> None:
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        assert pip.stdout is not None  # noqa: S101
        last, collected = "", 0
        for line in pip.stdout:
            last = line if line.startswith("ERROR") or not last.startswith("ERROR") else last
            if line.startswith("Collecting ") and packages:
                collected += 1
                _progress(f"Fetching packages {collected}/{packages}")
            elif line.startswith("Installing collected") and packages:
                _progress(f"Installing {packages} packages")
    if sys.stdout.isatty() and packages:
        print()
    if pip.returncode:
        sys.exit(f"The packages could not be installed; is the network there? pip says: {_last_line(last)}")


def _progress(text: str) -> None:
    print(f"\r\033[K{text}" if sys.stdout.isatty() else text, end="" if sys.stdout.isatty() else "\n", flush=True)


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no reason given"])[-1]


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except KeyboardInterrupt:
        sys.exit(130)
