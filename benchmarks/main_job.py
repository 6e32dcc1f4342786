"""The main job on a help centre from elsewhere: import it, build it, serve it, and ask the running server.

MATCHING_DATA names the folder of question sets; a centre is a pair `en_NAME` and `zh_NAME` with the same articles in
both languages. Each question is posted as a customer's is; what counts is whether the right article is among the
three that are offered. Questions that no article answers show how often something is offered all the same.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks._questions import read, sets

ROOT = Path(__file__).parents[1]
CLI = (sys.executable, "-m", "ticket_api.cli")


def main() -> int:
    """Print the figures of every pair of sets; 2 when there is no data."""
    folders = sets()
    names = {folder.name for folder in folders}
    for name in sorted(
        name.removeprefix("en_") for name in names if f"zh_{name.removeprefix('en_')}" in names - {name}
    ):
        with tempfile.TemporaryDirectory() as desk:
            measure(name, folders[0].parent, Path(desk))
    return 0 if folders else 2


def measure(name: str, data: Path, desk: Path) -> None:
    """Import, build, serve and ask one help centre."""
    environ = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    (desk / "kb_articles").mkdir()
    (desk / "mkdocs.yml").write_bytes((ROOT / "mkdocs.yml").read_bytes())
    for lang in ("en", "zh"):
        source = data / f"{lang}_{name}" / "articles.jsonl"
        done = subprocess.run(
            [*CLI, "import", source], cwd=desk, env=environ, check=True, capture_output=True, text=True
        )
        print(done.stdout.splitlines()[-1])
    print(f"{name}_articles={len(list((desk / 'kb_articles').rglob('*.md')))}")
    started = time.perf_counter()
    with subprocess.Popen(
        [*CLI, "serve", "--port", "0"], cwd=desk, env=environ, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            url = _wait(server)
            print(f"{name}_start_s={time.perf_counter() - started:.1f}")
            for lang in ("en", "zh"):
                _report(f"{name}_{lang}", url, read(data / f"{lang}_{name}" / "dev.jsonl"))
        finally:
            server.terminate()


def _wait(server: subprocess.Popen[str]) -> str:
    assert server.stdout is not None
    for line in server.stdout:
        if found := re.match(r"Site:\s+(\S+)/$", line):
            return found.group(1)
    raise SystemExit("The server didn't start.")


def _report(label: str, url: str, questions: list[dict[str, Any]]) -> None:
    right = offered_for_nothing = answerable = 0
    millis = []
    for place, question in enumerate(questions, 1):
        started = time.perf_counter()
        offered = [each["id"] for each in _ask(url, question)["suggestions"]]
        millis.append((time.perf_counter() - started) * 1000)
        answerable += bool(question["relevant"])
        right += bool(set(offered) & set(question["relevant"]))
        offered_for_nothing += bool(offered and not question["relevant"])
        if sys.stdout.isatty():
            print(f"\r{label}: {place}/{len(questions)}", end="\n" if place == len(questions) else "", flush=True)
    print(f"{label}_right_among_three={right}/{answerable}")
    print(f"{label}_offered_though_unanswerable={offered_for_nothing}/{len(questions) - answerable}")
    print(f"{label}_ask_p50_ms={median(millis):.1f}")


def _ask(url: str, question: Mapping[str, Any]) -> dict[str, Any]:
    body = json.dumps({"message": question["text"], "lang": question["lang"]}).encode()
    request = urllib.request.Request(f"{url}/api/tickets", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        stored: dict[str, Any] = json.load(answer)
    return stored


if __name__ == "__main__":
    sys.exit(main())
