"""Servers in processes of their own, and pages in Chromium."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks._site_builds import HELPLEAF, ROOT, environment, spend
from tests.browser.chromium import FLAGS, find


@contextmanager
def serving(folder: Path, watch: str = "off") -> Iterator[str]:
    """`helpleaf serve` in a folder, as visitors meet it, or with `watch` on as its owner at home; its address."""
    command = (*HELPLEAF, "serve", "--port", "0")
    with _process(command, folder, r"Site:\s+(\S+)/$", watch=watch, limits="off") as address:
        yield address


@contextmanager
def serving_files(folder: Path) -> Iterator[str]:
    """A folder as plain files, as any web host serves them; its address."""
    command = (sys.executable, "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(folder))
    with _process(command, folder, r".*\((http://127\.0\.0\.1:\d+)/\)") as address:
        yield address


@contextmanager
def _process(command: tuple[str, ...], folder: Path, told: str, **settings: str) -> Iterator[str]:
    with (
        (folder / "server.log").open("w") as log,
        subprocess.Popen(
            command, cwd=folder, env=environment(folder, **settings), stdout=subprocess.PIPE, stderr=log, text=True
        ) as server,
    ):
        assert server.stdout
        try:
            found = next((match for line in server.stdout if (match := re.match(told, line))), None)
            if not found:
                raise SystemExit(f"{' '.join(command)} didn't start:\n{(folder / 'server.log').read_text()[-2000:]}")
            yield found[1]
        finally:
            server.terminate()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        yield browser
        browser.close()


def own_centre(folder: Path) -> Path:
    """This repository's help centre in a folder, built."""
    centre = folder / "own"
    if not centre.exists():
        centre.mkdir()
        for name in ("mkdocs.yml", "helpleaf.toml", "kb_articles"):
            (centre / name).symlink_to(ROOT / name)
        spend((*HELPLEAF, "build"), centre)
    return centre
