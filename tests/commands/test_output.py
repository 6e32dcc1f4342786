"""What a command prints may get lost, and its work is done all the same."""

import json
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.archive.desks import BOB, all_bytes, question
from tests.commands.losing import WAYS
from tests.commands.test_archive import place as desk_place
from tests.commands.test_cli import CLI, environment, run
from tests.commands.test_cli import desk as articles
from tests.serving import free_port
from ticket_api.store import open_store

place, served = desk_place, articles  # fixtures


def losing(how: str, numbers: str, *arguments: str) -> list[str]:
    """The command whose output, or what else has one of these numbers, is lost."""
    return [sys.executable, str(Path(__file__).with_name("losing.py")), how, numbers, *CLI, *arguments]


def lost(place: Path, how: str, *arguments: str, numbers: str = "12", **more: str):
    """How it ended and what was heard."""
    return subprocess.run(
        losing(how, numbers, *arguments),
        cwd=place,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize("buffered", ["", "1"])
@pytest.mark.parametrize("how", WAYS)
def test_a_command_that_nobody_hears_does_all_of_its_work(place, how, buffered):
    more = {"PYTHONUNBUFFERED": buffered}
    done = lost(place, how, "export", "all.json", "--yes", numbers="1", **more)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(json.loads((place / "all.json").read_text())["tickets"]) == 12
    assert lost(place, how, "erase", "--requester", BOB, "--yes", **more).returncode == 0
    assert BOB.encode() not in all_bytes(place / "data")
    assert lost(place, how, "--version", **more).returncode == 0


def test_what_stands_in_the_place_of_closed_streams_isnt_written_into(place):
    done = lost(place, "closed", "export", "all.json", "--yes", numbers="012")
    assert done.returncode == 0
    assert len(json.loads((place / "all.json").read_text())["tickets"]) == 12
    asked = lost(place, "closed", "erase", "--requester", BOB, numbers="0")
    assert (asked.returncode, asked.stdout.count("\n")) == (1, 1)
    assert "nobody can be asked here. Add --yes" in asked.stderr


@pytest.mark.parametrize("how", WAYS)
def test_a_server_whose_lines_nobody_reads_goes_on(served, how):
    port = free_port()
    process = subprocess.Popen(losing(how, "12", "serve", "--port", str(port)), cwd=served, env=environment())
    try:
        while not answers(port):
            assert process.poll() is None
            time.sleep(0.05)
        body = json.dumps({"message": "How do I get a refund?"}).encode()
        asked = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/tickets", body, {"content-type": "application/json"}
        )
        with urllib.request.urlopen(asked, timeout=60) as answer:
            assert answer.status == 201
    finally:
        process.send_signal(signal.SIGTERM)
    assert process.wait(60) in (0, -signal.SIGTERM)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=60) as answer:
            return answer.status == 200
    except OSError:
        return False


def test_letters_that_a_terminal_cant_show_are_escaped(place):
    address = "用户@例子.中国"
    store = open_store(str(place / "data/tickets.db"))
    store.add_ticket(question(99, address))
    store.close()
    shown = address.encode("ascii", "backslashreplace").decode()
    refused = run(place, "export", "用户.txt", PYTHONIOENCODING="ascii")
    assert refused.stderr.startswith("helpleaf: \\u7528\\u6237.txt: name a file")
    done = run(place, "erase", "--requester", address, "--yes", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"1 ticket of {shown} with" in done.stdout
    assert address.encode() not in all_bytes(place / "data")
