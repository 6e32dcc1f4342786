"""The package as its users install it: a wheel, and sites that MkDocs builds with it."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.site.built import ROOT, Site


class Installed:
    """What lies in the wheel, put where Python finds it before the repository."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        [self.wheel] = folder.glob("*.whl")
        self.folder = folder / "installed"
        with zipfile.ZipFile(self.wheel) as wheel:
            self.names = wheel.namelist()
            wheel.extractall(self.folder)

    def run(self, folder: Path, *command: str, **variables: str) -> str:
        """Run a module of Python's in a folder; gives back what it said. A failure fails the test with that."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("HELPLEAF_")}
        environ |= {"PYTHONPATH": str(self.folder), "NO_MKDOCS_2_WARNING": "1"} | variables
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=folder, env=environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def build(self, folder: Path, files: Mapping[str, str], **variables: str) -> Site:
        """Write a site and build it as its owner does."""
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.lstrip("\n"), encoding="utf-8")
        said = self.run(folder, "mkdocs", "build", "--strict", **variables)
        assert "WARNING" not in said, said
        return Site(folder / "site")


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel, built once."""
    return Installed(tmp_path_factory.mktemp("wheel"))
