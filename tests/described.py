"""Schemathesis against the running server: every answer is as openapi.json describes it."""

import json
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("schemathesis")


def real_ticket(url: str) -> str:
    """Ask something and return the token of the ticket."""
    body = json.dumps({"message": "I was charged twice this month"}).encode()
    request = urllib.request.Request(f"{url}/api/tickets", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["link"].rsplit("/", 1)[1]


def check(url: str, folder: Path, examples: int, *, real: bool) -> int:
    """Run `examples` cases and more against each operation, with made-up links or a real one; return how many ran."""
    config = folder / "schemathesis.toml"
    config.write_text(f'[parameters]\n"path.token" = "{real_ticket(url)}"\n' if real else "")
    command = [str(PROGRAM), "--config-file", str(config), "run", f"{url}/api/openapi.json", "--no-color"]
    command += ["--max-examples", str(examples), "--seed", "1"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr
    return int(re.search(r"(\d+) generated", done.stdout).group(1))
