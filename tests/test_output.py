"""What a command prints may get lost, and its work is done all the same."""

import json
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.archive.desks import BOB, all_bytes, question
from tests.serving import free_port
from tests.test_archive_commands import place as desk_place
from tests.test_cli import CLI, environment, run
from tests.test_cli import desk as articles
from ticket_api.store import open_store

place, served = desk_place, articles  # fixtures


def no_reader(number: int) -> None:
    """A pipe whose reader is gone."""
    reads, writes = os.pipe()
    os.close(reads)
    os.dup2(writes, number)


def full_disk(number: int) -> None:
    os.dup2(os.open("/dev/full", os.O_WRONLY), number)


def closed(number: int) -> None:
    os.close(number)


LOST = (no_reader, full_disk, closed)


def lost(place: Path, how: Callable[[int], None], *arguments: str, numbers: tuple[int, ...] = (1, 2), **more: str):
    """Run a command whose output, or what else has one of these numbers, is lost; how it ended and what was heard."""
    return subprocess.run(
        [*CLI, *arguments],
        cwd=place,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        preexec_fn=lambda: [how(number) for number in numbers],
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize("buffered", ["", "1"])
@pytest.mark.parametrize("how", LOST)
def test_a_command_that_nobody_hears_does_all_of_its_work(place, how, buffered):
    more = {"PYTHONUNBUFFERED": buffered}
    done = lost(place, how, "export", "all.json", "--yes", numbers=(1,), **more)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(json.loads((place / "all.json").read_text())["tickets"]) == 12
    assert lost(place, how, "erase", "--requester", BOB, "--yes", **more).returncode == 0
    assert BOB.encode() not in all_bytes(place / "data")
    assert lost(place, how, "--version", **more).returncode == 0


def test_what_stands_in_the_place_of_closed_streams_isnt_written_into(place):
    done = lost(place, closed, "export", "all.json", "--yes", numbers=(0, 1, 2))
    assert done.returncode == 0
    assert len(json.loads((place / "all.json").read_text())["tickets"]) == 12
    asked = lost(place, closed, "erase", "--requester", BOB, numbers=(0,))
    assert (asked.returncode, asked.stdout.count("\n")) == (1, 1)
    assert "nobody can be asked here. Add --yes" in asked.stderr


@pytest.mark.parametrize("how", LOST)
def test_a_server_whose_lines_nobody_reads_goes_on(served, how):
    port = free_port()
    command = [*CLI, "serve", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=served, env=environment(), preexec_fn=lambda: [how(number) for number in (1, 2)]
    )
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
