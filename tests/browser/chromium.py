"""Which Chromium the browser tests drive, and how to get one on a machine that has none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
"""The first one has no windows of its own to draw: a page in it takes a third of the processor."""
PACKAGES = ("chromium-headless-shell", "chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--lang=en-US"]


def find() -> str | None:
    """The path of a Chromium: one that the machine has, or the one that Playwright installed."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> None:
    """Get a Chromium: Debian's package as root, else Playwright's own. Leaves with a sentence when neither works."""
    if find():
        return
    failed = []
    if os.geteuid() == 0 and shutil.which("apt-get"):
        if _from_debian():
            return
        failed.append("apt-get failed")
    print("Installing Playwright's chromium", flush=True)
    if (
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False).returncode == 0
        and find()
    ):
        return
    failed.append("playwright install chromium failed")
    sys.exit(f"The browser tests need Chromium: {', '.join(failed)}. Install it by hand, or check the network.")


def _from_debian() -> bool:
    """Whether one of Debian's packages could be installed."""
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL, "check": False}
    subprocess.run(["apt-get", "update", "-qq"], **quiet)
    for package in PACKAGES:
        print(f"Installing Debian's {package}", flush=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", package], **quiet)
        if find():
            return True
    return False


if __name__ == "__main__":
    install()
