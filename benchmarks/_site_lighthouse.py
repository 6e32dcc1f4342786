"""What Lighthouse says of a page."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.browser.chromium import FLAGS, find

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
NEWEST_NODE = 22


def install(folder: Path) -> str:
    """Put Lighthouse into a folder; why not, where that can't be."""
    if not shutil.which("npm"):
        return "Lighthouse isn't run: npm isn't installed."
    node = subprocess.run(["node", "--version"], check=False, capture_output=True, text=True).stdout
    version = "13" if int(node.strip("v\n").split(".")[0] or 0) >= NEWEST_NODE else "12"
    command = [
        "npm",
        "install",
        "--silent",
        "--no-fund",
        "--no-audit",
        "--prefix",
        str(folder),
        f"lighthouse@{version}",
    ]
    folder.mkdir(exist_ok=True)
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return f"Lighthouse can't be installed: {done.stderr.strip()[-300:]}" if done.returncode else ""


def scores(folder: Path, address: str) -> Mapping[str, float]:
    """Its four figures, from 0 to 100, for a phone."""
    report = folder / "report.json"
    flags = ["--headless=new", *(flag for flag in FLAGS if not flag.startswith("--lang"))]
    command = [str(folder / "node_modules" / ".bin" / "lighthouse"), address, "--quiet", "--output=json"]
    command += [f"--output-path={report}", f"--chrome-flags={' '.join(flags)}"]
    command += [f"--only-categories={','.join(CATEGORIES)}"]
    environ = os.environ | {"CHROME_PATH": find() or ""}
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environ)
    if done.returncode:
        raise SystemExit(f"Lighthouse failed: {done.stderr[-2000:]}")
    found = json.loads(report.read_text(encoding="utf-8"))
    return {name: 100 * (found["categories"][name]["score"] or 0) for name in CATEGORIES}


def complaints(folder: Path) -> list[str]:
    """What the last page lost points for."""
    found = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    wanted = {each["id"] for one in found["categories"].values() for each in one["auditRefs"] if each["weight"]}
    return [
        f"{a['id']}: {a['title']}" for a in found["audits"].values() if a["id"] in wanted and (a["score"] or 0) < 0.9
    ]
